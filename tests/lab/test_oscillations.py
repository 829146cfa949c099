"""Policies that settle, and those that never do: the lab tells which, and names the round."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fingerpost.lab.gadgets import GADGETS, gadget, stable_paths
from fingerpost.lab.network import Network
from fingerpost.lab.topology import loads

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
P = "10.255.0.1/32"


def hops(network: Network) -> dict[str, str | None]:
    """Which node each sends to for the prefix of n0."""
    found = {}
    for name in network:
        routes = [route for p, route in network[name].table.items() if str(p) == P]
        gateways = [hop.gateway for route in routes for hop in route.next_hops]
        found[name] = next((network.owner_of(one) for one in gateways if one is not None), None)
    return found


def test_the_good_gadget_settles_on_its_one_solution() -> None:
    for seed in range(3):
        network = Network.of(gadget("good"), seed=seed).run("converged")
        assert network.is_converged
        assert network.oscillations == ()
        assert hops(network) == {"n0": None, "n1": "n3", "n2": "n0", "n3": "n0"}


def test_the_bad_gadget_never_settles_and_its_round_is_named() -> None:
    network = Network.of(gadget("bad"), seed=1).run("converged")
    assert not network.is_converged
    (found,) = network.oscillations
    assert str(found.prefix) == P
    assert sorted(found.nodes) == ["n1", "n2", "n3"]
    assert {step.next_hops for step in found.steps} == {("n0",), ("n1",), ("n2",), ("n3",)}
    (entry,) = [one for one in network.events if one.kind == "oscillates"]
    assert entry.detail == str(found)
    assert found.as_dict()["prefix"] == P


def test_two_that_disagree_settle_one_way_or_the_other_unless_they_are_equally_fast() -> None:
    together = Network.of(gadget("disagree"), seed=1).run("converged")
    (found,) = together.oscillations
    assert [str(step) for step in found.steps] == ["n1 by n0", "n2 by n0", "n2 by n1", "n1 by n2"]
    ends = []
    for slow in (0, 1):
        description = gadget("disagree")
        near_0 = [
            one
            for one in description["topology"]["links"]
            if any(end["node"] == "n0" for end in one["endpoints"])
        ]
        near_0[slow]["delay"] = "20ms"
        network = Network.of(description, seed=1).run("converged")
        assert network.is_converged
        ends.append(hops(network))
    assert ends == [
        {"n0": None, "n1": "n2", "n2": "n0"},
        {"n0": None, "n1": "n0", "n2": "n1"},
    ]


def test_what_was_done_to_the_network_is_not_taken_for_a_round() -> None:
    network = Network.of(gadget("surprise"), seed=1).run("converged")
    assert network.is_converged
    for _ in range(12):  # the same changes, again and again, but of our making
        network.fail("n0-n2")
        network.run("converged")
        assert network.is_converged
        network.restore("n0-n2")
        network.run("converged")
    assert network.oscillations == ()
    network.fail("n0-n4")  # with that way gone there is no solution left
    network.run("converged")
    assert len(network.oscillations) == 1
    network.restore("n0-n4")
    assert network.oscillations == ()
    network.run(f"{network.now // 10**9 + 60}s")  # n4 is tried again after a while
    assert network.is_converged
    assert network.oscillations == ()


def test_paths_of_one_neighbor_are_told_apart() -> None:
    rankings = {1: ((2, 3, 0), (0,)), 2: ((3, 0), (0,)), 3: ((0,),)}
    network = Network.of(stable_paths("line", rankings), seed=1).run("converged")
    assert hops(network) == {"n0": None, "n1": "n2", "n2": "n3", "n3": "n0"}
    assert set(GADGETS) == {"good", "bad", "disagree", "surprise"}


def test_med_among_reflectors_goes_round_and_stands_where_all_are_compared() -> None:
    text = (EXAMPLES / "bgp-med.yaml").read_text(encoding="utf-8")
    network = Network(loads(text, "bgp-med.yaml"), seed=1).run("converged")
    (found,) = network.oscillations
    assert [str(step) for step in found.steps] == [  # RFC 3345 2.1
        "ra by c",
        "rb by ra",
        "ra by d",
        "rb by e",
    ]
    description = yaml.safe_load(text)
    for node in ("ra", "rb"):  # RFC 3345 4.2.2
        bgp = description["topology"]["nodes"][node]["router"]["bgp"]
        bgp["decision"] = {"always-compare-med": True, "missing-med-worst": True}
    network = Network.of(description, seed=1).run("converged")
    assert network.is_converged


LEAK = """
    routing: bgp
    topology:
      nodes: {{left: {{as: 1}}, right: {{as: 2}}, leaker: {{as: 3}}}}
      links:
        - {{endpoints: [{{node: left, bgp: {left}}}, leaker]}}
        - {{endpoints: [{{node: right, bgp: {right}}}, leaker]}}
"""


@pytest.mark.parametrize("role", [None, "provider"])
def test_a_customer_of_two_leaks_unless_roles_say_what_it_is(role: str | None) -> None:
    said = "{}" if role is None else f"{{role: {role}}}"
    network = Network(loads(LEAK.format(left=said, right=said), "leak"), seed=1)
    network.run("converged")
    routes = {str(p): route for p, route in network["left"].table.items()}
    assert "10.255.0.3/32" in routes
    assert ("10.255.0.2/32" in routes) is (role is None)  # the way to right, through its customer
