"""BFD between the protocols of a router: who asks is told, and static routes follow."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.bfd import Bfd, BfdConfig, BfdPeer, BfdTimers
from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop
from fingerpost.protocol import events as ev
from fingerpost.rib import StaticRoute
from fingerpost.router import (
    ConfigurationChanged,
    ProtocolConfig,
    RouterConfig,
    Routing,
    ShutdownRequested,
    TableConfig,
    configured,
)
from fingerpost.router import config as router_config
from fingerpost.router.kinds import KINDS, Kind
from router.wires import S, Wires

FAR = Prefix("203.0.113.0/24")
NEAR, OTHER = NextHop(gateway=Address("10.0.0.2")), NextHop(gateway=Address("10.0.0.3"))
MS = 1_000_000
FAST = BfdConfig(timers=BfdTimers(100 * MS, 100 * MS, 3))


def bfd(config: BfdConfig = FAST) -> dict[str, ProtocolConfig]:
    return {"bfd": ProtocolConfig("bfd", config)}


def router(*lines: StaticRoute, protocols: dict[str, ProtocolConfig] | None = None) -> RouterConfig:
    return RouterConfig(
        None, {"main": TableConfig(lines)}, (), bfd() if protocols is None else protocols
    )


WATCHED = StaticRoute(FAR, (NEAR,), watched=(NEAR,))
FLOATING = StaticRoute(FAR, (OTHER,), distance=200)


def pair(*lines: StaticRoute) -> Wires:
    """A router with these static routes, and a neighbour that answers."""
    world = Wires()
    world.router("a", router(*lines), lan="10.0.0.1/24")
    peers = BfdConfig((), (BfdPeer(Address("10.0.0.1")),), FAST.timers)
    world.router("b", router(protocols=bfd(peers)), lan="10.0.0.2/24")
    return world


def way(world: Wires) -> str | None:
    route = world.fibs["a"].get(FAR)
    return None if route is None else ", ".join(str(hop) for hop in route.next_hops)


def test_a_watched_static_route_is_there_while_its_neighbour_is_reached() -> None:
    world = pair(WATCHED)
    assert way(world) is None
    world.run(5 * S)
    assert way(world) == "via 10.0.0.2 dev lan"
    world.cut("b", "lan")
    world.run(6 * S)
    assert way(world) is None
    world.cut("b", "lan", is_up=True)
    world.run(10 * S)
    assert way(world) == "via 10.0.0.2 dev lan"


def test_the_detection_time_is_all_that_a_floating_route_waits_for() -> None:
    world = pair(WATCHED, FLOATING)
    world.run(5 * S)
    assert way(world) == "via 10.0.0.2 dev lan"
    (session,) = machine(world).sessions
    heard = session.remote.heard
    world.cut("b", "lan")
    assert heard is not None
    world.run(heard + 300 * MS - 1)
    assert way(world) == "via 10.0.0.2 dev lan"
    world.run(heard + 300 * MS)
    assert way(world) == "via 10.0.0.3 dev lan"


def machine(world: Wires) -> Bfd:
    found = world.routers["a"].protocols["bfd"].machine
    assert isinstance(found, Bfd)
    return found


def test_of_several_next_hops_only_the_watched_one_goes() -> None:
    world = pair(StaticRoute(FAR, (NEAR, OTHER), watched=(NEAR,)))
    assert way(world) == "via 10.0.0.3 dev lan"
    world.run(5 * S)
    assert way(world) == "via 10.0.0.2 dev lan, via 10.0.0.3 dev lan"
    world.cut("b", "lan")
    world.run(6 * S)
    assert way(world) == "via 10.0.0.3 dev lan"


def test_a_session_that_is_switched_off_takes_a_static_route_out() -> None:
    """RFC 5882 3.2: it has no other way to know."""
    world = pair(WATCHED)
    world.run(5 * S)
    shut = BfdConfig((), (BfdPeer(Address("10.0.0.1"), is_shut_down=True),))
    world.give("b", ConfigurationChanged(router(protocols=bfd(shut))))
    world.run(6 * S)
    assert way(world) is None


def test_a_line_that_asks_no_more_is_used_at_once_and_its_session_goes() -> None:
    world = pair(WATCHED)
    plain = StaticRoute(FAR, (NEAR,))
    world.give("a", ConfigurationChanged(router(plain)))
    assert way(world) == "via 10.0.0.2 dev lan"
    world.run(10 * S)
    assert len(machine(world).sessions) == 0
    world.give("a", ConfigurationChanged(router(WATCHED)))
    assert way(world) is None
    world.run(20 * S)
    assert way(world) == "via 10.0.0.2 dev lan"


def test_bfd_may_come_later_and_go_earlier_than_who_asks() -> None:
    world = pair(WATCHED)
    world.give("a", ConfigurationChanged(router(WATCHED, protocols={})))
    world.run(5 * S)
    assert way(world) is None
    world.give("a", ConfigurationChanged(router(WATCHED)))
    world.run(10 * S)
    assert way(world) == "via 10.0.0.2 dev lan"
    world.give("a", ConfigurationChanged(router(WATCHED, protocols={})))
    assert way(world) is None


def test_all_routing_may_begin_anew() -> None:
    world = pair(WATCHED)
    world.run(5 * S)
    tables = {"main": TableConfig((WATCHED,)), "blue": TableConfig()}
    world.give("a", ConfigurationChanged(RouterConfig(None, tables, (), bfd())))
    world.run(15 * S)
    assert way(world) == "via 10.0.0.2 dev lan"


def test_why_not_says_what_bfd_found() -> None:
    world = pair(WATCHED)
    answer = world.routers["a"].explain_not(FAR)
    assert "via 10.0.0.2: BFD has not reached it yet" in str(answer)
    world.run(5 * S)
    world.cut("b", "lan")
    world.run(6 * S)
    answer = world.routers["a"].explain_not(FAR, "static")
    assert "via 10.0.0.2: nothing heard for 300 ms, the Detection Time" in str(answer)
    assert [one.source for one in answer.endings] == ["static"]


def test_bfd_is_no_source_of_routes() -> None:
    world = pair(StaticRoute(FAR, (NEAR,)))
    answer = world.routers["a"].explain_not(Prefix("192.0.2.0/24"))
    assert "bfd" not in [one.source for one in answer.endings]
    with pytest.raises(UsageError, match="no protocol 'bfd'"):
        world.routers["a"].explain_not(FAR, to="bfd")


def test_a_watched_next_hop_needs_a_gateway_of_the_line() -> None:
    for hop in (NextHop("lan"), OTHER):
        with pytest.raises(UsageError, match="BFD watches"):
            StaticRoute(FAR, (NextHop("lan"), NEAR), watched=(hop,))


# ---- a protocol that asks


class Asking:
    """A protocol that asks for one neighbour as soon as it knows an interface."""

    listens = ()

    def __init__(self) -> None:
        self.told: list[ev.NeighborReachability] = []

    def receive(self, event: ev.Event, now: int) -> Sequence[ev.Output]:
        del now
        match event:
            case ev.InterfaceWentUp(name):
                return [ev.WatchNeighbor("k", name, None, Address("10.0.0.2"))]
            case ev.NeighborReachability():
                self.told.append(event)
            case ev.ShutdownRequested():
                return []
        return []

    def next_deadline(self) -> int | None:
        return None

    def policies(self) -> tuple[()]:
        return ()

    def snapshot(self) -> dict[str, object]:
        return {}


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> Asking:
    made = Asking()
    kinds = {**KINDS, "asking": Kind("asking", lambda: int, lambda _, __: made)}  # type: ignore[arg-type, return-value]
    monkeypatch.setattr(configured, "KINDS", kinds)
    monkeypatch.setattr(router_config, "KINDS", kinds)
    return made


def test_a_protocol_is_told_by_the_names_that_it_asked_by(asking: Asking) -> None:
    world = pair(WATCHED)
    both = {"asking": ProtocolConfig("asking", 1), **bfd()}
    world.give("a", ConfigurationChanged(router(WATCHED, protocols=both)))
    world.run(5 * S)
    (first,) = asking.told
    assert (first.interface, first.address, first.is_up) == ("lan", Address("10.0.0.2"), True)
    # and shares the session with the static route
    (model,) = machine(world).snapshot()["sessions"]
    assert [one["name"] for one in model["clients"]] == ["static", "asking"]
    world.cut("b", "lan")
    world.run(6 * S)
    assert [one.is_up for one in asking.told] == [True, False]
    assert not asking.told[-1].is_administrative


def test_what_an_instance_asked_goes_with_it(asking: Asking) -> None:
    del asking
    world = pair()
    both = {"asking": ProtocolConfig("asking", 1), **bfd()}
    world.give("a", ConfigurationChanged(router(protocols=both)))
    world.run(5 * S)
    assert len(machine(world).sessions) == 1
    world.give("a", ConfigurationChanged(router()))
    world.run(10 * S)
    assert len(machine(world).sessions) == 0


def test_a_polite_end_takes_the_routes_and_tells_the_neighbour() -> None:
    world = pair(WATCHED)
    world.run(5 * S)
    world.give("a", ShutdownRequested())
    assert way(world) is None
    world.run(6 * S)
    (session,) = machine_of(world.routers["b"]).sessions
    assert "AdminDown" in session.fell


def machine_of(routing: Routing) -> Bfd:
    found = routing.protocols["bfd"].machine
    assert isinstance(found, Bfd)
    return found
