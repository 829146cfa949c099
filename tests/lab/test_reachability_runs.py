"""What the tables promise is what running routers do: the check against every router's own words.

`Network.why` asks each router on the way with the code that forwards; the check computes from the
tables alone. They share nothing but the tables.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fingerpost.lab.model import Lab
from fingerpost.lab.network import Network
from fingerpost.lab.reachability import Outcome, check
from fingerpost.lab.routes import Tables
from fingerpost.lab.topology import load, loads

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CHAIN = """
topology:
  nodes:
    a: {loopback: 10.255.0.1, routes: [10.255.0.0/16 via 10.255.0.3, 10.255.0.3/32 via 10.0.0.1]}
    b: {loopback: 10.255.0.2, routes: [10.255.0.3/32 via 10.0.0.3, default via 10.0.0.0]}
    c: {loopback: 10.255.0.3, routes: [default via 10.0.0.2, 10.255.0.9/32 via 10.0.0.2]}
    h: {kind: host}
  links:
    - {endpoints: [a, b], ipv4: [10.0.0.0/31, 10.0.0.1/31]}
    - {endpoints: [b, c], ipv4: [10.0.0.2/31, 10.0.0.3/31]}
    - {endpoints: [c, h], ipv4: [10.9.0.1/24, 10.9.0.2/24]}
"""
LABS = {
    "campus": lambda: load(EXAMPLES / "campus.yaml"),
    "equal-cost": lambda: load(EXAMPLES / "equal-cost.yaml"),
    "recursive": lambda: loads(CHAIN, "recursive"),
}
FAULTS: dict[str, tuple[str, ...]] = {
    "campus": ("", "core1-library", "physics-lab-pc", "border->core1", "core2", "library"),
    "equal-cost": ("", "west-south", "north", "east->south"),
    "recursive": ("", "b-c", "b->a", "b"),
}
CASES = [(name, fault) for name, faults in FAULTS.items() for fault in faults]


def running(name: str, fault: str) -> tuple[Lab, Network]:
    lab = LABS[name]()
    network = Network(lab)
    network.run(until="1s")  # addresses are checked for duplicates, neighbours are heard of
    if fault:
        network.fail(fault)
        network.run(until="2s")
    return lab, network


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_every_router_does_what_the_check_says(name: str, fault: str) -> None:
    lab, network = running(name, fault)
    live = {node: network[node].table for node in lab.nodes}
    found = check(lab, live, network.failures)
    compared = 0
    for source in lab.nodes:
        for target in lab.nodes:
            for address in lab.targets(target):
                outcome = found.outcome(source, address)
                if source == target or not outcome:
                    continue
                why = network.why(source, address)
                if bool(why) != bool(outcome & Outcome.DELIVERED):
                    assert outcome & (outcome - 1), f"{source} to {address}: {why}"
                compared += outcome in (1, 2, 4)
    assert compared > len(lab.nodes)


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_computed_tables_are_those_of_the_running_routers(name: str, fault: str) -> None:
    lab, network = running(name, fault)
    computed = Tables(lab, network.failures)
    for node in lab.nodes:
        if node in network.failures.nodes:
            continue
        ours = {prefix: set(route.next_hops) for prefix, route in computed[node].items()}
        theirs = {prefix: set(route.next_hops) for prefix, route in network[node].table.items()}
        assert ours == theirs, node
