"""BFD in whole labs, on virtual hosts and real packets: exact instants, loss, static routes."""

from __future__ import annotations

from typing import Any

import pytest

from fingerpost.bfd import Bfd, State
from fingerpost.bfd.session import Session
from fingerpost.lab.network import Network

S = 1_000_000_000
MS = 1_000_000
FLOATING = ["10.9.0.0/16 via 10.0.1.2 bfd", "10.9.0.0/16 via 10.0.2.2 distance 200"]


def network(family: int = 4, quality: dict[str, str] | None = None, **more: Any) -> Network:  # noqa: ANN401
    """a and b with two links between them; a watches b on the first."""
    one, two = ("10.0.1.{}/24", "10.0.2.{}/24") if family == 4 else ("fd01::{}/64", "fd02::{}/64")
    times = {"min-transmit": "50ms", "min-receive": "50ms"}

    def node(number: int, peer: int, static: list[str]) -> dict[str, Any]:
        address = one.format(peer).partition("/")[0]
        return {
            "interfaces": {
                "eth1": {"addresses": [one.format(number)]},
                "eth2": {"addresses": [two.format(number)]},
            },
            "router": {"bfd": {**times, "peers": [address]}, "static": static},
        }

    static = FLOATING if family == 4 else []
    return Network.of(
        {
            "name": "net",
            "topology": {
                "nodes": {"a": node(1, 2, static), "b": node(2, 1, [])},
                "links": [
                    {"name": "near", "endpoints": ["a:eth1", "b:eth1"], **(quality or {})},
                    {"name": "far", "endpoints": ["a:eth2", "b:eth2"]},
                ],
            },
            **more,
        }
    )


def session(net: Network, name: str = "a") -> Session:
    routing = net.node(name).router.routing
    assert routing is not None
    machine = routing.protocols["bfd"].machine
    assert isinstance(machine, Bfd)
    (found,) = machine.sessions
    return found


def way(net: Network) -> str:
    route = net.node("a").table.lookup("10.9.1.1")
    return "" if route is None else ", ".join(str(hop) for hop in route.next_hops)


@pytest.mark.parametrize("family", [4, 6])
def test_sessions_come_up_over_real_packets(family: int) -> None:
    net = network(family, {"delay": "2ms"})
    net.run(until=5 * S)
    for name in ("a", "b"):
        one = session(net, name)
        assert one.state is State.UP
        assert one.counters.downs == 0
        assert not one.counters.faults
        assert one.transmit_ns == 50 * MS
        assert one.detection_ns == 150 * MS


def test_a_link_that_loses_all_in_silence_is_left_after_exactly_the_detection_time() -> None:
    net = network(quality={"delay": "2ms"})
    net.run(until=5 * S)
    assert way(net) == "via 10.0.1.2 dev eth1"
    net.set("near", loss="100%")
    net.run(until=5 * S + 30 * MS)  # what was on its way has come
    heard = session(net).remote.heard
    assert heard is not None
    net.run(until=heard + 150 * MS - 1)
    assert way(net) == "via 10.0.1.2 dev eth1"
    net.run(until=heard + 150 * MS)
    assert way(net) == "via 10.0.2.2 dev eth2"
    net.set("near", loss="0%")
    net.run(until=10 * S)
    assert way(net) == "via 10.0.1.2 dev eth1"


def test_a_link_that_fails_is_left_at_once() -> None:
    net = network()
    net.run(until=5 * S)
    net.fail("near")
    assert way(net) == "via 10.0.2.2 dev eth2"
    assert session(net).path_fault == "interface eth1 is down"
    net.restore("near")
    net.run(until=10 * S)
    assert way(net) == "via 10.0.1.2 dev eth1"


def test_some_loss_is_survived_and_all_is_counted() -> None:
    net = network(quality={"delay": "1ms", "loss": "5%"}, seed=3)
    net.run(until=60 * S)
    one, other = session(net), session(net, "b")
    assert one.state is other.state is State.UP
    assert one.counters.packets_in < other.counters.packets_out
    assert one.counters.packets_out > 60_000 / 50


def test_tables_stand_when_sessions_are_up() -> None:
    net = network()
    net.run()
    assert way(net) == "via 10.0.1.2 dev eth1"


def test_the_same_seed_runs_the_same_way() -> None:
    counts = []
    for _ in range(2):
        net = network(quality={"loss": "20%", "delay": "3ms"}, seed=7)
        net.run(until=30 * S)
        counts.append([session(net, name).counters for name in ("a", "b")])
    assert counts[0] == counts[1]


def test_ospf_leaves_a_silent_neighbour_within_the_detection_time() -> None:
    """RFC 5882 4.3: its own dead interval is 40 s."""
    ospf = {"interfaces": {"*": {"bfd": True, "type": "point-to-point"}}}
    router = {"ospf": ospf, "bfd": {"min-transmit": "50ms", "min-receive": "50ms"}}
    ends = {"ab": ("a", "b"), "bc": ("b", "c"), "ac": ("a", "c")}
    net = Network.of(
        {
            "name": "net",
            "routing": "ospf",
            "topology": {
                "defaults": {"router": router},
                "nodes": {name: {} for name in "abc"},
                "links": [
                    {"name": name, "endpoints": list(both), "delay": "1ms"}
                    for name, both in ends.items()
                ],
            },
        }
    )
    net.run(until=60 * S)
    loopback = net.address_of("b")
    before = net.node("a").table.lookup(loopback)
    assert before is not None
    assert [hop.interface for hop in before.next_hops] == ["eth1"]
    net.set("ab", loss="100%")
    net.run(until=60 * S + 160 * MS)
    after = net.node("a").table.lookup(loopback)
    assert after is not None
    assert [hop.interface for hop in after.next_hops] == ["eth2"]


def test_neighbours_several_hops_away_are_reached_by_the_table() -> None:
    """RFC 5883: over a router between them, from address to address."""

    def end(own: str, other: str, via: str) -> dict[str, Any]:
        peer = {"address": other, "local": own, "hops": 2}
        return {
            "interfaces": {"eth1": {"addresses": [f"{own}/24"]}},
            "router": {"bfd": {"peers": [peer]}, "static": [f"default via {via}"]},
        }

    middle = {"eth1": {"addresses": ["10.0.1.254/24"]}, "eth2": {"addresses": ["10.0.2.254/24"]}}
    net = Network.of(
        {
            "name": "net",
            "routing": "none",
            "topology": {
                "nodes": {
                    "a": end("10.0.1.1", "10.0.2.1", "10.0.1.254"),
                    "m": {"interfaces": middle},
                    "b": end("10.0.2.1", "10.0.1.1", "10.0.2.254"),
                },
                "links": [
                    {"endpoints": ["a:eth1", "m:eth1"]},
                    {"name": "mb", "endpoints": ["m:eth2", "b:eth1"]},
                ],
            },
        }
    )
    net.run(until=10 * S)
    assert session(net).state is State.UP
    assert not session(net).counters.faults
    net.fail("mb")
    net.run(until=12 * S)
    assert session(net).state is State.DOWN


def rip_ring() -> Network:
    """a hears of c's network from b and, at a higher cost, from c itself."""

    def node(interfaces: dict[str, str], costs: dict[str, int]) -> dict[str, Any]:
        links = {name: {"bfd": True, "cost": cost} for name, cost in costs.items()}
        return {
            "interfaces": {name: {"addresses": [one]} for name, one in interfaces.items()},
            "router": {
                "bfd": {"min-transmit": "50ms", "min-receive": "50ms"},
                "rip": {"interfaces": links},
            },
        }

    return Network.of(
        {
            "name": "ring",
            "seed": 7,
            "topology": {
                "nodes": {
                    "a": node({"e1": "10.0.1.1/24", "e2": "10.0.2.1/24"}, {"e1": 1, "e2": 5}),
                    "b": node({"e1": "10.0.1.2/24", "e2": "10.0.3.2/24"}, {"e1": 1, "e2": 1}),
                    "c": node(
                        {"e1": "10.0.3.3/24", "e2": "10.0.2.3/24", "e3": "10.9.0.1/16"},
                        {"e1": 1, "e2": 5, "e3": 1},
                    ),
                    "d": {"interfaces": {"e1": {"addresses": ["10.9.0.2/16"]}}},
                },
                "links": [
                    {"name": "ab", "endpoints": ["a:e1", "b:e1"]},
                    {"name": "bc", "endpoints": ["b:e2", "c:e1"]},
                    {"name": "ac", "endpoints": ["a:e2", "c:e2"]},
                    {"name": "edge", "endpoints": ["c:e3", "d:e1"]},
                ],
            },
        }
    )


def test_rip_leaves_a_silent_link_when_bfd_does() -> None:
    net = rip_ring()
    net.run(until=60 * S)
    assert way(net) == "via 10.0.1.2 dev e1"
    net.set("ab", loss="100%")
    # b's routes are lost after 150 ms; c tells of itself within an update interval, not a timeout
    net.run(until=60 * S + 200 * MS)
    assert way(net) != "via 10.0.1.2 dev e1"
    net.run(until=100 * S)
    assert way(net) == "via 10.0.2.3 dev e2"
    net.set("ab", loss="0%")
    net.run(until=140 * S)
    assert way(net) == "via 10.0.1.2 dev e1"
