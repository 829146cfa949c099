"""A router restarts, and nobody sends packets another way meanwhile (RFC 3623 2, RFC 5187 3)."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import pairwise
from typing import Literal

import pytest

from fingerpost.ospf.config import GracefulRestart, NetworkType, OspfInterface
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.machine import Ospf
from fingerpost.protocol import events as ev
from fingerpost.protocol.settings import Resumption
from fingerpost.rib.events import AnnounceAlike, AnnounceRoutes, WithdrawRoutes

from .network import Network
from .silent import whole

VERSIONS = pytest.mark.parametrize("version", [2, 3])
RESTARTS = GracefulRestart(is_enabled=True)


def line(
    version: Literal[2, 3],
    kind: NetworkType,
    names: str = "abc",
    restarts: GracefulRestart = RESTARTS,
) -> Network:
    """Routers one behind the other, all able to restart."""
    network = Network(version, make=whole)
    for number, name in enumerate(names):
        near = names[max(number - 1, 0) : number + 2].replace(name, "")
        interfaces = [OspfInterface(other, network_type=kind) for other in near]
        network.router(name, f"10.0.0.{number + 1}", *interfaces, graceful_restart=restarts)
    for number, (one, other) in enumerate(pairwise(names)):
        text = f"10.1.{number}.{{}}/24" if version == 2 else f"2001:db8:{number}::{{}}/64"
        ends = ((one, other, text.format(1)), (other, one, text.format(2)))
        network.link(one + other, *ends)
    return network


def restart(network: Network, name: str, seconds: float, backwards: bool = False) -> Ospf:
    """Stop a router as planned, and start it again knowing what it kept; gives the new one."""
    ospf = network.routers[name]
    network.give(name, ev.RestartRequested())
    network.run_until(lambda: ospf.is_prepared, 10)
    kept = ospf.keep()
    assert kept is not None
    network.give(name, ev.ShutdownRequested(is_polite=False))
    network.run(seconds)
    start(network, name, Resumption(json.loads(json.dumps(kept))), backwards=backwards)
    return network.routers[name]


def fall(network: Network, name: str, seconds: float) -> None:
    """Stop a router unplanned, and start it again by the routes that it left."""
    network.give(name, ev.ShutdownRequested(is_polite=False))
    network.run(seconds)
    start(network, name, Resumption())


def start(
    network: Network, name: str, resumption: Resumption | None, *, backwards: bool = False
) -> None:
    before = network.routers[name]
    config = replace(before.config, resumption=resumption)
    network.routers[name] = whole(config, random.Random("again"), network.version)
    network.outputs[name].clear()
    for interface in sorted(before.interfaces, reverse=backwards):
        network.up(name, interface)


def said(network: Network, name: str) -> list[str]:
    return [
        one.detail
        for _, router, one in network.told
        if one.kind == "graceful restart" and router == name and one.interface is None
    ]


def changes(network: Network, name: str) -> list[ev.Output]:
    kinds = (AnnounceAlike, AnnounceRoutes, WithdrawRoutes)
    return [one for one in network.outputs[name] if isinstance(one, kinds)]


KINDS = pytest.mark.parametrize("kind", [NetworkType.POINT_TO_POINT, NetworkType.BROADCAST])


@VERSIONS
@KINDS
@pytest.mark.parametrize("seconds", [2, 60])
def test_routes_of_others_stay_while_a_router_restarts(
    version: Literal[2, 3], kind: NetworkType, seconds: float
) -> None:
    network = line(version, kind)
    network.run(150)
    before = len(changes(network, "a")), len(changes(network, "c"))
    assert before[0]
    assert network.is_full("a", "b")
    states = [one.state for one in network.routers["b"].interfaces.values()]
    restart(network, "b", seconds)
    network.run(130)
    assert network.is_full("a", "b")
    assert network.is_full("b", "c")
    assert (len(changes(network, "a")), len(changes(network, "c"))) == before
    assert said(network, "b")[-1] == "has restarted: all neighbors are there again"
    assert changes(network, "b"), "it has routes again"
    assert [one.state for one in network.routers["b"].interfaces.values()] == states
    for name in "ac":
        ospf = network.routers[name]
        assert not any(one.is_helped for one in ospf.neighbors.values())


@VERSIONS
def test_a_router_that_nobody_knows_begins_at_once(version: Literal[2, 3]) -> None:
    restarts = replace(RESTARTS, covers_outages=True)
    network = line(version, NetworkType.POINT_TO_POINT, "ab", restarts)
    network.cut("ab")
    network.run(200)
    fall(network, "a", 1)
    network.run(3500)  # until its LSAs are gone from the other's database
    network.plug("ab", ("a", "b"))
    network.plug("ab", ("b", "a"))
    network.run(60)
    assert said(network, "a")[0] == "restarts, and tells nothing until it is known again"
    assert network.routers["a"].database.count(network.routers["a"].areas[0].scope) >= 2


@VERSIONS
def test_a_first_start_and_a_fall_are_no_restarts_unless_an_operator_says_so(
    version: Literal[2, 3],
) -> None:
    network = line(version, NetworkType.POINT_TO_POINT)
    network.run(60)
    assert said(network, "b") == []
    fall(network, "b", 2)
    network.run(60)
    start(network, "b", None)
    network.run(60)
    assert said(network, "b") == []


@VERSIONS
def test_who_covers_outages_asks_before_its_first_hello(version: Literal[2, 3]) -> None:
    network = line(
        version, NetworkType.POINT_TO_POINT, "abc", replace(RESTARTS, covers_outages=True)
    )
    network.run(60)
    before = len(changes(network, "a")), len(changes(network, "c"))
    fall(network, "b", 2)
    network.capture = []
    network.run(60)
    assert said(network, "b")[-1] == "has restarted: all neighbors are there again"
    assert (len(changes(network, "a")), len(changes(network, "c"))) == before
    (helped,) = network.routers["a"].snapshot()["helped"]
    assert (helped["reason"], helped["why"]) == ("unknown", "it has taken its grace LSA back")


def test_a_router_that_was_given_up_meanwhile_begins_anew() -> None:
    network = line(2, NetworkType.POINT_TO_POINT)
    network.run(60)
    network.cut("ab")
    restart(network, "b", 200)
    for end in (("a", "b"), ("b", "a")):
        network.plug("ab", end)
    network.run(60)
    assert network.is_full("a", "b")
    assert said(network, "b")[-1].startswith("has restarted: ")
    network.run(100)
    assert len(network.routers["a"].snapshot()["neighbors"]) == 1


def test_who_does_not_find_all_again_goes_on_when_the_time_is_over() -> None:
    network = line(2, NetworkType.POINT_TO_POINT)
    network.run(60)
    restart(network, "b", 2)
    network.cut("ab")
    network.run(100)
    assert said(network, "b")[-1] == "restarts, and tells nothing until it is known again"
    network.run(30)
    assert said(network, "b")[-1] in {
        "has restarted: the grace period is over",
        "has restarted: a neighbor has given it up",
    }


def test_a_designated_router_is_it_again() -> None:
    network = line(2, NetworkType.BROADCAST, "ab")
    network.run(100)
    (b,) = network.routers["b"].interfaces.values()
    assert b.state is InterfaceState.DR
    restart(network, "b", 1)
    network.run(10)
    (again,) = network.routers["b"].interfaces.values()
    assert again.state is InterfaceState.DR
    assert again.backup == int(again.neighbors.popitem()[1].address)


def test_a_router_without_restarts_asks_nobody() -> None:
    network = Network(2, make=whole)
    network.router("a", "10.0.0.1", OspfInterface("eth0"))
    network.capture = []
    network.link("l", ("a", "eth0", "192.0.2.1/24"))
    assert {one.packet.payload[1] for one in network.capture} == {1}
    assert network.give("a", ev.ShutdownRequested(is_polite=False)) == []


@VERSIONS
def test_who_is_about_to_restart_waits_until_all_know(version: Literal[2, 3]) -> None:
    network = line(version, NetworkType.POINT_TO_POINT)
    network.run(60)
    b = network.routers["b"]
    network.cut("ab")
    network.give("b", ev.RestartRequested())
    network.run(3)
    assert not b.is_prepared
    assert b.snapshot()["restart"]["unaware"] == 1
    for end in (("a", "b"), ("b", "a")):
        network.plug("ab", end)
    network.run(6)  # a retransmission interval
    assert b.is_prepared
    told = {one.router_id: one.is_helped for one in network.routers["a"].neighbors.values()}
    assert told == {b.router_id: True}


@VERSIONS
@pytest.mark.parametrize("backwards", [False, True])
def test_an_area_border_router_waits_for_all_its_areas(
    version: Literal[2, 3], backwards: bool
) -> None:
    network = Network(version, make=whole)
    text = "10.1.{}.{}/24" if version == 2 else "2001:db8:{}::{}/64"
    p2p = NetworkType.POINT_TO_POINT
    for number, name in enumerate("abc", 1):
        areas = {"a": (("b", 0),), "b": (("a", 0), ("c", 1)), "c": (("b", 1),)}[name]
        ends = [OspfInterface(other, area=area, network_type=p2p) for other, area in areas]
        network.router(name, f"10.0.0.{number}", *ends, graceful_restart=RESTARTS)
    network.link("ab", ("a", "b", text.format(1, 1)), ("b", "a", text.format(1, 2)))
    network.link("bc", ("b", "c", text.format(2, 1)), ("c", "b", text.format(2, 2)))
    network.run(120)
    before = len(changes(network, "a")), len(changes(network, "c"))
    assert before[0]
    numbers = {one.name: one.number for one in network.routers["b"].interfaces.values()}
    told = own_lsas(network)
    again = restart(network, "b", 3, backwards)
    network.run(60)
    assert said(network, "b")[-1] == "has restarted: all neighbors are there again"
    assert (len(changes(network, "a")), len(changes(network, "c"))) == before
    assert {one.name: one.number for one in again.interfaces.values()} == numbers
    assert own_lsas(network) == told


def own_lsas(network: Network) -> set[tuple[bytes, bytes]]:
    """What neighbours have of b: type, link state id and body, but for what only links are told."""
    kind_of_links = {2: 9, 3: 0x0008}[network.version]
    return {
        (lsa[2:8], lsa[20:])
        for name in "ac"
        for _, lsa in network.routers[name].database.entries(network.now)
        if lsa[8:12] == bytes([10, 0, 0, 2])
        and int.from_bytes(lsa[2:4], "big") & 0x1FFF != kind_of_links
    }
