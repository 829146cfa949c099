"""BGP between routers whose links have no addresses: they are found by router advertisements."""

from __future__ import annotations

from pathlib import Path

from fingerpost.addr import Prefix
from fingerpost.bgp.fsm import State
from fingerpost.bgp.machine import Bgp
from fingerpost.forwarding.durations import SECOND
from fingerpost.lab.network import Network

FABRIC = Path(__file__).parents[2] / "examples" / "bgp-unnumbered.yaml"
FAR = {4: Prefix("10.255.1.2/32"), 6: Prefix("fd00:ff::1:2/128")}


def bgp(network: Network, node: str) -> Bgp:
    routing = network[node].router.routing
    assert routing is not None
    found = routing.protocols["bgp"].machine
    assert isinstance(found, Bgp)
    return found


def states(network: Network, node: str) -> list[State]:
    return [peer.state for peer in bgp(network, node).peers.values()]


def hops(network: Network, version: int) -> set[tuple[str | None, bool]]:
    """By which interfaces `leaf1` reaches `leaf2`, and whether by link-local gateways alone."""
    route = network["leaf1"].table[FAR[version]]
    return {
        (hop.interface, hop.gateway is not None and hop.gateway.is_unicast_link_local)
        for hop in route.next_hops
    }


def test_neighbors_are_found_and_ipv4_goes_by_ipv6_next_hops() -> None:
    """RFC 8950."""
    network = Network.load(FABRIC)
    assert network.run("converged").is_converged
    for node in ("spine1", "spine2", "leaf1", "leaf2"):
        assert states(network, node) == [State.ESTABLISHED] * 2
        numbered = [one for one in network[node].addresses if not one.address.is_link_local]
        assert len(numbered) == 2  # of the loopback
    for version in (4, 6):
        assert hops(network, version) == {("eth1", True), ("eth2", True)}
        assert network["leaf1"].ping(FAR[version].address).received == 4


def test_a_link_that_fails_and_returns_is_found_anew() -> None:
    network = Network.load(FABRIC)
    network.run("converged")
    network.fail("spine1-leaf1")
    network.run(network.now + 20 * SECOND)
    assert hops(network, 4) == {("eth2", True)}
    assert network["leaf1"].ping(FAR[4].address).received == 4
    network.restore("spine1-leaf1")
    network.run(network.now + 60 * SECOND)
    assert states(network, "leaf1") == [State.ESTABLISHED] * 2
    assert hops(network, 4) == {("eth1", True), ("eth2", True)}


def test_who_was_late_is_found_by_what_it_asks() -> None:
    """A router that starts later asks at once (RFC 4861 6.3.7) and is answered, not waited for."""
    network = Network.load(FABRIC)
    network.fail("leaf1")
    network.run(30 * SECOND)
    assert State.ESTABLISHED not in states(network, "leaf1")
    network.restore("leaf1")
    network.run(network.now + 8 * SECOND)  # less than the time between two advertisements
    assert states(network, "leaf1") == [State.ESTABLISHED] * 2
