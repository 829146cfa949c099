"""Networks other than LANs: NBMA, point-to-multipoint, unnumbered, loopback, passive, virtual."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Literal

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.ospf.config import (
    NetworkType,
    OspfArea,
    OspfInterface,
    StaticNeighbor,
    VirtualLink,
)
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.packet import PacketType
from fingerpost.ospf.text import undotted
from fingerpost.protocol import events as ev

from .network import Network, S
from .silent import silent

VERSIONS = pytest.mark.parametrize("version", [2, 3])


def hellos(network: Network, router: str) -> list[tuple[int, str]]:
    """When and to whom a router sent Hellos."""
    assert network.capture is not None
    return [
        (one.instant, str(one.packet.destination))
        for one in network.capture
        if one.router == router and one.packet.payload[1] == PacketType.HELLO
    ]


def named(version: int, *numbers: int) -> tuple[StaticNeighbor, ...]:
    texts = [f"192.0.2.{n}" if version == 2 else f"fe80::{n}" for n in numbers]
    return tuple(StaticNeighbor(Address(text)) for text in texts)


def lan(network: Network, names: str) -> None:
    network.link("l", *[(n, "eth0", f"192.0.2.{i}/24") for i, n in enumerate(names, 1)])


# ---- NBMA (RFC 2328 9.5.1)


def nbma(version: Literal[2, 3], priorities: dict[str, int]) -> Network:
    """Routers that know each other's addresses if they may be elected."""
    network = Network(version, make=silent)
    for number, (name, priority) in enumerate(priorities.items(), 1):
        others = [n for n in range(1, len(priorities) + 1) if n != number]
        one = OspfInterface(
            "eth0",
            network_type=NetworkType.NON_BROADCAST,
            priority=priority,
            neighbors=named(version, *others) if priority else (),
        )
        network.router(name, f"10.0.0.{number}", one)
    return network


@VERSIONS
def test_routers_of_an_nbma_network_find_each_other_without_multicast(
    version: Literal[2, 3],
) -> None:
    network = nbma(version, {"a": 5, "b": 3, "c": 0})
    network.capture = []
    lan(network, "abc")
    network.run(300)  # two Hellos before the election, and one poll for who was too early
    assert [network.routers[n].interfaces["eth0"].state for n in "abc"] == [
        InterfaceState.DR,
        InterfaceState.BACKUP,
        InterfaceState.DR_OTHER,
    ]
    assert network.is_full("a", "b")
    assert network.is_full("a", "c")
    assert network.is_full("b", "c")
    assert not [one for one in network.capture if one.packet.destination.is_multicast]


def test_a_router_of_an_nbma_network_that_is_silent_is_polled() -> None:
    network = nbma(2, {"a": 1, "b": 1})
    network.capture = []
    lan(network, "a")
    network.run(600)
    interface = network.routers["a"].interfaces["eth0"]
    (other,) = interface.expected.values()
    assert other.state is NeighborState.DOWN
    assert not interface.neighbors
    instants = [instant for instant, _ in hellos(network, "a")]
    early = [one for one in instants if one <= 40 * S]
    late = [one for one in instants if one > 41 * S]
    assert len(early) >= 4  # Attempt: at the Hello interval
    gaps = [b - a for a, b in pairwise(late)]
    assert set(gaps) == {120 * S}  # Down: at the poll interval


def test_a_neighbor_of_an_nbma_network_that_comes_late_is_found_by_a_poll() -> None:
    network = nbma(2, {"a": 1, "b": 1})
    lan(network, "ab")
    network.down("b", "eth0")
    network.run(300)
    network.up("b", "eth0")
    assert network.run_until(lambda: network.is_full("a", "b"), 200)


# ---- point-to-multipoint


@VERSIONS
@pytest.mark.parametrize("has_names", [False, True])
def test_all_are_adjacent_on_a_point_to_multipoint_network(
    version: Literal[2, 3], has_names: bool
) -> None:
    network = Network(version, make=silent)
    for number, name in enumerate("abc", 1):
        others = named(version, *[n for n in (1, 2, 3) if n != number])
        one = OspfInterface(
            "eth0",
            network_type=NetworkType.POINT_TO_MULTIPOINT,
            neighbors=others if has_names else (),
        )
        network.router(name, f"10.0.0.{number}", one)
    network.capture = []
    lan(network, "abc")
    network.run(30)
    for one_name, other in ("ab", "bc", "ac"):
        assert network.is_full(one_name, other)
    groups = [one for one in network.capture if one.packet.destination.is_multicast]
    assert bool(groups) != has_names
    assert {one.packet.payload[1] for one in groups} <= {PacketType.HELLO}


# ---- point-to-point without an address of its own, loopback, passive


def test_an_unnumbered_link_borrows_an_address() -> None:
    network = Network(2, make=silent)
    for number, name in enumerate("ab", 1):
        loopback = OspfInterface("lo")
        one = OspfInterface("ppp0", network_type=NetworkType.POINT_TO_POINT)
        network.router(name, f"10.0.0.{number}", loopback, one)
        event = ev.InterfaceWentUp("lo", (InterfaceAddress(f"10.0.0.{number}/32"),), 65536, True)
        network.give(name, event)
    network.capture = []
    network.link("l", ("a", "ppp0", ()), ("b", "ppp0", ()))
    assert network.routers["a"].interfaces["lo"].state is InterfaceState.LOOPBACK
    assert network.run_until(lambda: network.is_full("a", "b"), 30)
    assert {str(one.packet.source) for one in network.capture} == {"10.0.0.1", "10.0.0.2"}
    assert network.capture[0].packet.payload[24:28] == bytes(4)  # the mask


def test_a_shared_address_of_32_bits_is_unnumbered() -> None:
    network = Network(2, make=silent)
    for number, name in enumerate("ab", 1):
        one = OspfInterface("ppp0", network_type=NetworkType.POINT_TO_POINT)
        network.router(name, f"10.0.0.{number}", one)
        held = InterfaceAddress(f"10.0.0.{number}/32")
        network.give(name, ev.InterfaceWentUp("lo", (held,), 65536, True))
    network.link("l", ("a", "ppp0", "10.0.0.1/32"), ("b", "ppp0", "10.0.0.2/32"))
    assert network.routers["a"].interfaces["ppp0"].is_unnumbered
    assert network.run_until(lambda: network.is_full("a", "b"), 30)


@VERSIONS
def test_a_passive_interface_neither_speaks_nor_hears(version: Literal[2, 3]) -> None:
    network = Network(version, make=silent)
    network.router("a", "10.0.0.1", OspfInterface("eth0", is_passive=True))
    network.router("b", "10.0.0.2", OspfInterface("eth0"))
    network.capture = []
    lan(network, "ab")
    network.run(60)
    assert {one.router for one in network.capture} == {"b"}
    assert network.routers["a"].interfaces["eth0"].state is InterfaceState.DR
    assert not network.routers["a"].interfaces["eth0"].groups


def test_designated_routers_alone_hear_their_group() -> None:
    network = Network(2, make=silent)
    for number, name in enumerate("abc", 1):
        network.router(name, f"10.0.0.{number}", OspfInterface("eth0"))
    lan(network, "abc")
    network.run(60)
    groups = [len(network.routers[n].interfaces["eth0"].groups) for n in "abc"]
    assert groups == [1, 2, 2]


# ---- virtual links (RFC 2328 15)


@VERSIONS
def test_routers_meet_over_a_virtual_link(version: Literal[2, 3]) -> None:
    network = Network(version, make=silent)
    for name, other in (("a", 2), ("b", 1)):
        area = OspfArea(1, virtual_links=(VirtualLink(undotted(f"10.0.0.{other}")),))
        router_id = f"10.0.0.{3 - other}"
        network.router(name, router_id, OspfInterface("eth0", area=1), areas=(area,))
    texts = (
        ["192.0.2.1/24", "192.0.2.2/24"] if version == 2 else ["2001:db8::1/64", "2001:db8::2/64"]
    )
    network.link("l", ("a", "eth0", texts[0]), ("b", "eth0", texts[1]))
    ends = [InterfaceAddress(text).address for text in texts]
    network.capture = []
    for name, (source, destination) in zip("ab", (ends, ends[::-1]), strict=True):
        ospf = network.routers[name]
        transit = ospf.areas[1]
        link = transit.config.virtual_links[0]
        ospf.virtual_links.up(transit, link, 10, source, destination)
        network.give(name, ev.TimePassed())

    def is_full() -> bool:
        found = [network.routers[n].virtual.values() for n in "ab"]
        return all(
            one.state is NeighborState.FULL
            for (interface,) in found
            for one in interface.neighbors.values()
        ) and all(interface.neighbors for (interface,) in found)

    assert network.run_until(is_full, 60)
    far = [one.packet for one in network.capture if one.packet.interface is None]
    assert far
    assert {one.hop_limit for one in far} == {255}
    assert {one.destination for one in far} == set(ends)
    network.routers["a"].virtual_links.down(1, undotted("10.0.0.2"))
    assert not next(iter(network.routers["a"].virtual.values())).neighbors


def test_packets_of_the_backbone_come_by_a_virtual_link_or_not_at_all() -> None:
    network = Network(2, make=silent)
    network.router("a", "10.0.0.1", OspfInterface("eth0", area=1))
    network.router("b", "10.0.0.2", replace(OspfInterface("eth0"), area=0))
    lan(network, "ab")
    network.run(30)
    (shown,) = network.routers["a"].snapshot()["refused"]
    assert (shown["reason"], shown["theirs"], shown["ours"]) == ("area", "0.0.0.0", "0.0.0.1")
