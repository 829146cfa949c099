"""Protocols that speak IP itself, in labs: what crosses links is whole, and the same each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fingerpost.lab.network import Network
from fingerpost.lab.topology import loads
from fingerpost.router import RouterConfig
from fingerpost.wire.ethernet import Ethernet
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from raw_speaker import OSPF, Greeting, Speaker, speakers, speaking

__all__ = ["speakers"]

pytestmark = pytest.mark.usefixtures("speakers")
S = 1_000_000_000
LAB = """
name: speakers
numbering: {families: [ipv4, ipv6]}
topology:
  nodes: {a: {}, b: {}, c: {}, d: {}}
  links:
    - {endpoints: [a, b], delay: 1ms, bandwidth: 10Mbps}
    - {endpoints: [b, c, d], delay: 1ms}
"""


def network(seed: int = 1) -> Network:
    """Two links, one of them a LAN; everybody greets on both each second, in both families."""
    lab = loads(LAB, "test")
    greetings = {"v2": Greeting(4, interval_ns=S), "v3": Greeting(6, interval_ns=S)}
    told = RouterConfig(protocols={name: speaking(said) for name, said in greetings.items()})
    nodes = {name: replace(node, router=told) for name, node in lab.nodes.items()}
    return Network(replace(lab, nodes=nodes), seed=seed)


def speaker(net: Network, node: str, name: str) -> Speaker:
    routing = net[node].router.routing
    assert routing is not None
    machine = routing.protocols[name].machine
    assert isinstance(machine, Speaker)
    return machine


def heard(net: Network) -> dict[str, int]:
    """How many greetings each node has heard."""
    return {node: sum(len(speaker(net, node, one).heard) for one in ("v2", "v3")) for node in net}


def test_everybody_hears_all_others_of_his_links_each_second() -> None:
    net = network()
    net.run("2.5s")
    before = heard(net)
    net.run("12.5s")
    after = heard(net)
    assert {node: after[node] - before[node] for node in net} == {
        **{"a": 10 * 2, "b": 10 * 3 * 2},
        **{"c": 10 * 2 * 2, "d": 10 * 2 * 2},
    }


def test_a_capture_has_every_frame_whole() -> None:
    net = network()
    with net.capture() as capture:
        net.run("10.5s")
    frames = [Ethernet.decode(one.frame) for one in capture]
    packets = [Ipv4.decode(one.payload) for one in frames if one.ethertype == 0x0800]
    greetings = [one for one in packets if one.protocol == OSPF]
    assert len(greetings) == 11 * 5  # five ends of links
    assert {one.payload for one in greetings} == {b"hello"}
    packets6 = [Ipv6.decode(one.payload) for one in frames if one.ethertype == 0x86DD]
    assert len([one for one in packets6 if one.next_header == OSPF]) == 11 * 5


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for at in range(2):
        net = network(seed=7)
        with net.capture(tmp_path / f"{at}.pcapng"):
            net.run("5s")
        found.append((tmp_path / f"{at}.pcapng").read_bytes())
    assert found[0] == found[1]
    assert len(found[0]) > 4_000


@pytest.mark.parametrize("target", ["a-b", "a"])
def test_what_is_cut_off_is_not_heard_and_comes_back(target: str) -> None:
    net = network()
    net.run("5.5s")
    net.fail(target)
    net.run("6.5s")
    before = heard(net)
    net.run("16.5s")
    assert heard(net)["b"] - before["b"] == 10 * 2 * 2
    net.restore(target)
    net.run("20.5s")
    assert {one.source for one in speaker(net, "a", "v2").heard} != set()
    last = heard(net)
    net.run("30.5s")
    assert heard(net)["b"] - last["b"] == 10 * 3 * 2
    assert heard(net)["a"] - last["a"] == 10 * 2


def test_how_fast_a_link_is_comes_with_its_interface() -> None:
    net = network()
    (to_b,) = (one for one in speaker(net, "a", "v2").up.values())
    assert to_b.speed == 10_000_000
    assert {one.speed for one in speaker(net, "c", "v2").up.values()} == {None}
