"""OSPF over wires without addresses: a line of routers, end to end, on real packets (RFC 2328 8.2).

The routers have a loopback each and no other address on the wires between them, so that every
gateway is a loopback's address that no network of the router asked has.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from fingerpost.addr import Address
from fingerpost.lab.network import Network

ROUTERS = ("r1", "r2", "r3", "r4")
WIRE = {"type": "point-to-point", "hello": "1s", "dead": "4s"}


def line() -> Network:
    """left - r1 - r2 - r3 - r4 - right"""
    nodes: dict[str, Any] = {}
    for number, name in enumerate(ROUTERS, 1):
        wires = [side for side, end in (("west", "r1"), ("east", "r4")) if name != end]
        interfaces: dict[str, Any] = {wire: {"addresses": []} for wire in wires}
        spoken: dict[str, Any] = {"lo": {}, **dict.fromkeys(wires, WIRE)}
        if name in ("r1", "r4"):
            interfaces["lan"] = {"addresses": [f"10.{number}.0.1/24"]}
            spoken["lan"] = {"passive": True}
        own = f"10.255.0.{number}"
        ospf = {"router-id": own, "interfaces": spoken}
        nodes[name] = {
            "loopback": [f"{own}/32"],
            "interfaces": interfaces,
            "router": {"ospf": ospf},
        }
    for host, number in (("left", 1), ("right", 4)):
        interfaces = {"eth0": {"addresses": [f"10.{number}.0.9/24"]}}
        nodes[host] = {"kind": "host", "interfaces": interfaces}
    wires_of = [
        {"name": f"{one}{other}", "endpoints": [f"{one}:east", f"{other}:west"], "delay": "1ms"}
        for one, other in pairwise(ROUTERS)
    ]
    lans = [{"endpoints": ["left:eth0", "r1:lan"]}, {"endpoints": ["r4:lan", "right:eth0"]}]
    return Network.of({"name": "line", "topology": {"nodes": nodes, "links": [*wires_of, *lans]}})


@pytest.fixture(scope="module")
def converged() -> Network:
    return line().run(until="converged")


def way(network: Network, name: str, to: str) -> str:
    route = network[name].table.lookup(to)
    return "" if route is None else str(route)


def test_gateways_are_loopbacks_of_neighbours_on_the_wire(converged: Network) -> None:
    assert way(converged, "r1", "10.4.0.9") == "via 10.255.0.2 dev east onlink"
    assert way(converged, "r1", "10.255.0.2") == "via 10.255.0.2 dev east onlink"
    assert way(converged, "r3", "10.255.0.1") == "via 10.255.0.2 dev west onlink"
    assert way(converged, "r3", "10.4.0.0") == "via 10.255.0.4 dev east onlink"


def test_hosts_and_loopbacks_reach_each_other(converged: Network) -> None:
    assert converged["left"].ping("right", count=2)
    assert converged["right"].ping("left", count=2)
    for one in ROUTERS:
        for other in ROUTERS:
            assert one == other or converged[one].ping(other, count=1), (one, other)


def test_routers_on_the_way_speak_with_their_loopbacks(converged: Network) -> None:
    """RFC 1812 4.3.2.4, 2.2.7."""
    hops = converged["left"].traceroute("right").hops
    heard = [hop.addresses for hop in hops[1:4]]
    assert heard == [(Address(f"10.255.0.{number}"),) for number in (2, 3, 4)]


def test_what_is_computed_and_what_is_explained_agree(converged: Network) -> None:
    assert not converged.reachability().blackholes
    why = converged.why("left", "right")
    assert why.is_delivered
    assert "via 10.255.0.2 dev east onlink" in str(why)


def test_routes_go_with_the_wire_and_come_back() -> None:
    network = line().run(until="converged")
    network.fail("r2r3")
    network.run(until=network.now + 5_000_000_000)
    assert way(network, "r1", "10.4.0.9") == ""
    assert not network["left"].ping("right", count=1)
    network.restore("r2r3")
    network.run(until=network.now + 10_000_000_000)
    assert way(network, "r1", "10.4.0.9") == "via 10.255.0.2 dev east onlink"
    assert network["left"].ping("right", count=1)
