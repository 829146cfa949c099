"""Databases that differ are the same once both sides are full (RFC 2328 10.6 to 10.9)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Literal

import pytest

from fingerpost.ospf.config import NetworkType, OspfInterface
from fingerpost.ospf.faults import Fault
from fingerpost.ospf.machine import Ospf
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.packet import PacketType
from fingerpost.protocol import events as ev

from .lsas import lsa
from .network import Network
from .silent import silent

VERSIONS = pytest.mark.parametrize("version", [2, 3])
POINT_TO_POINT = OspfInterface("eth0", network_type=NetworkType.POINT_TO_POINT)


def pair(version: Literal[2, 3], one: OspfInterface = POINT_TO_POINT, **faults: float) -> Network:
    network = Network(version, make=silent, **faults)  # type: ignore[arg-type]
    for number, name in enumerate("ab", 1):
        network.router(name, f"10.0.0.{number}", one)
    return network


def join(network: Network, **known: object) -> None:
    network.link("l", ("a", "eth0", "192.0.2.1/30"), ("b", "eth0", "192.0.2.2/30"), **known)


def fill(ospf: Ospf, routers: range, size: int = 12) -> None:
    """Put router-LSAs of others into the database, as if they had come by another link."""
    scope = ospf.places.area(0).scope
    kind = 1 if ospf.version == 2 else 0x2001
    for router in routers:
        made = lsa(router, id=router, kind=kind, version=ospf.version, body=bytes(size))
        ospf.database.install(scope, made, ospf.now)


def held(ospf: Ospf) -> set[bytes]:
    return {one[2:] for _, one in ospf.database.entries(ospf.now, ospf.areas[0].scope)}


class _Unasked(Network):
    """A network in which b hears no request of a."""

    def _deliver(self, end: tuple[str, str], packet: ev.SendPacket) -> None:
        if end != ("b", "eth0") or packet.payload[1] != PacketType.REQUEST:
            super()._deliver(end, packet)


class _TooEarly(Network):
    """A network in which the first description that b sends to a is not taken."""

    missed = 0

    def _deliver(self, end: tuple[str, str], packet: ev.SendPacket) -> None:
        if end == ("a", "eth0") and packet.payload[1] == PacketType.DESCRIPTION and not self.missed:
            self.missed += 1
        else:
            super()._deliver(end, packet)


@VERSIONS
def test_a_first_description_that_came_too_early_is_repeated_within_a_second(
    version: Literal[2, 3],
) -> None:
    """RFC 2328 10.8 sends it again after RxmtInterval, 5 s; the other's own shows it is missed."""
    network = _TooEarly(version, make=silent)
    for number, name in enumerate("ab", 1):
        network.router(name, f"10.0.0.{number}", POINT_TO_POINT)
    join(network)
    assert network.run_until(lambda: network.is_full("a", "b"), 2)
    assert network.missed == 1


@VERSIONS
def test_what_is_awaited_of_one_may_come_from_another(version: Literal[2, 3]) -> None:
    """RFC 2328 13.3 (1) (b): the list of requests gets empty, and that ends Loading (10.9)."""
    network = _Unasked(version, make=silent)
    links = {"a": ("eth0", "eth1"), "b": ("eth0",), "c": ("eth1",)}
    for number, (name, ports) in enumerate(links.items(), 1):
        network.router(name, f"10.0.0.{number}", *(replace(POINT_TO_POINT, name=p) for p in ports))
    for name in "bc":
        fill(network.routers[name], range(1000, 1003))
    join(network)
    network.run(0.5)
    assert network.state("a", "b") is NeighborState.LOADING
    network.link("k", ("a", "eth1", "192.0.2.5/30"), ("c", "eth1", "192.0.2.6/30"))
    assert network.run_until(lambda: network.is_full("a", "b"), 2)
    assert network.is_full("a", "c")


@VERSIONS
@pytest.mark.parametrize("common", [0, 100])
def test_both_have_all_lsas_when_they_are_full(version: Literal[2, 3], common: int) -> None:
    network = pair(version)
    a, b = network.routers["a"], network.routers["b"]
    fill(a, range(1000, 1300 + common))
    fill(b, range(1300, 1600))
    join(network)
    assert network.run_until(lambda: network.is_full("a", "b"), 5)
    network.run(2)
    assert held(a) == held(b)
    assert len(held(a)) == 600


@VERSIONS
@pytest.mark.parametrize("seed", range(5))
def test_the_exchange_survives_loss_duplicates_and_reordering(
    version: Literal[2, 3], seed: int
) -> None:
    network = pair(version, seed=seed, loss=0.15, twice=0.1, jitter=20_000_000)
    a, b = network.routers["a"], network.routers["b"]
    fill(a, range(1000, 1200), 100)
    fill(b, range(1100, 1400), 100)
    join(network)
    assert network.run_until(lambda: network.is_full("a", "b"), 120)
    network.run(60)
    assert held(a) == held(b)
    assert len(held(a)) == 400


def test_the_router_with_the_greater_id_is_master() -> None:
    network = pair(2)
    join(network)
    assert network.run_until(lambda: network.is_full("a", "b"), 5)
    masters = []
    for router, other in ("ab", "ba"):
        neighbor = network.neighbor(router, other)
        assert neighbor is not None
        assert neighbor.exchange is not None
        masters.append(neighbor.exchange.is_master)
    assert masters == [False, True]


def test_descriptions_are_sent_again_until_they_are_answered() -> None:
    network = pair(2)
    join(network)
    assert network.run_until(lambda: network.state("b", "a") is NeighborState.EX_START, 5)
    network.capture = []
    network.loss = 1.0
    network.run(16)
    sent = [one for one in network.capture if one.packet.payload[1] == PacketType.DESCRIPTION]
    of_b = [one for one in sent if one.router == "b"]
    gaps = [later.instant - one.instant for one, later in pairwise(of_b)]
    assert gaps == [5_000_000_000] * len(gaps)
    assert len(of_b) == 3
    network.loss = 0
    assert network.run_until(lambda: network.is_full("a", "b"), 40)


@VERSIONS
def test_a_larger_mtu_is_named_on_both_sides(version: Literal[2, 3]) -> None:
    network = pair(version)
    network.link("l", ("a", "eth0", "192.0.2.1/30"), ("b", "eth0", "192.0.2.2/30"))
    for name, mtu in (("a", 1500), ("b", 1400)):
        network.down(name, "eth0")
        network.up(name, "eth0", mtu=mtu)
    network.run(30)
    assert network.state("b", "a") is NeighborState.EX_START
    why = {one: network.routers[one].snapshot()["neighbors"][0]["why_not_full"] for one in "ab"}
    assert why["b"] == "has a larger MTU: 1500, ours is 1400"
    assert why["a"] == "its MTU is 1400 and ours 1500: it refuses our descriptions"


def test_an_mtu_may_be_ignored() -> None:
    network = pair(
        2, OspfInterface("eth0", network_type=NetworkType.POINT_TO_POINT, ignores_mtu=True)
    )
    network.link("l", ("a", "eth0", "192.0.2.1/30"), ("b", "eth0", "192.0.2.2/30"))
    network.down("b", "eth0")
    network.up("b", "eth0", mtu=9000)
    assert network.run_until(lambda: network.is_full("a", "b"), 30)


@VERSIONS
def test_a_neighbor_that_restarts_is_full_again(version: Literal[2, 3]) -> None:
    network = pair(version)
    join(network)
    assert network.run_until(lambda: network.is_full("a", "b"), 5)
    network.down("b", "eth0")
    network.run(1)
    network.up("b", "eth0")
    network.run(1)
    assert network.run_until(lambda: network.is_full("a", "b"), 5)
    why = [one.detail for _, router, one in network.told if router == "a"]
    assert any("Full to Init (1-WayReceived)" in one for one in why)


@VERSIONS
def test_what_takes_the_short_way_in_is_judged_all_the_same(version: Literal[2, 3]) -> None:
    network = pair(version)
    network.capture = []
    join(network)
    assert network.run_until(lambda: network.is_full("a", "b"), 5)
    a, b = network.routers["a"], network.routers["b"]
    interface = a.interfaces["eth0"]
    kind = 1 if version == 2 else 0x2001
    for number in range(3):
        made = lsa(b.router_id, id=number, kind=kind, version=version)
        b.database.originate(b.areas[0].scope, made, network.now)
        network.give("b", ev.TimePassed())
        network.run(2)
    assert len(held(a)) == 3
    (speaker,) = interface.speakers.values()
    assert speaker.neighbor is network.neighbor("a", "b")
    update = next(
        one.packet
        for one in reversed(network.capture)
        if one.packet.payload[1] == PacketType.UPDATE
    )
    assert update.source is not None
    for payload, fault in (
        (update.payload[:-1] + b"\x01", Fault.CHECKSUM),
        (update.payload[:-1], Fault.MALFORMED),
        (b"\x07" + update.payload[1:], Fault.MALFORMED),
    ):
        before = interface.faults[fault]
        event = ev.PacketReceived("eth0", update.source, update.destination, 1, payload)
        assert network.give("a", event) is not None
        assert interface.faults[fault] == before + 1
    network.down("a", "eth0")
    assert not interface.speakers
