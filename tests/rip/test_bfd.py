"""RIP has BFD watch whom it hears, and loses at once whom BFD loses (RFC 5882 4.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.protocol import events as ev
from fingerpost.rib.events import AnnounceRoutes, WithdrawRoutes
from fingerpost.rip import Rip, RipConfig, RipInterface, show
from rip.single import EXACT, PEER, PEER_NG, S, heard, heard_ng, machine, ng, rte

FAST = ev.WatchTimers(50_000_000, 50_000_000, 3)
OTHER = Address("10.0.0.3")
FAR = Prefix("10.9.0.0/16")


def config(bfd: ev.WatchTimers | None = FAST) -> RipConfig:
    return RipConfig((RipInterface("eth0", bfd=bfd), RipInterface("eth1")), timers=EXACT)


def watching() -> Rip:
    return machine(config=config())


def learn(rip: Rip, now: int, source: Address = PEER, metric: int = 1) -> list[ev.Output]:
    return rip.receive(heard([rte("10.9.0.0/16", metric)], source=source), now)


def asked(outputs: list[ev.Output]) -> list[ev.WatchNeighbor | ev.UnwatchNeighbor]:
    return [one for one in outputs if isinstance(one, ev.WatchNeighbor | ev.UnwatchNeighbor)]


def bfd_says(
    rip: Rip, now: int, *, up: bool, source: Address = PEER, administrative: bool = False
) -> list[ev.Output]:
    said = ev.NeighborReachability("eth0", source, up, "nothing heard for 150 ms", administrative)
    return rip.receive(said, now)


@pytest.mark.parametrize(
    ("version", "message", "peer"),
    [(2, heard([rte("10.9.0.0/16")]), PEER), ("ng", heard_ng(ng("fd09::/48")), PEER_NG)],
)
def test_who_is_heard_is_watched_once(
    version: Literal[2, "ng"], message: ev.DatagramReceived, peer: Address
) -> None:
    rip = machine(config=config(), version=version)
    assert asked(rip.receive(message, 1 * S)) == [ev.WatchNeighbor("rip", "eth0", None, peer, FAST)]
    assert asked(rip.receive(message, 2 * S)) == []


def test_nobody_is_watched_where_nobody_asks_for_it() -> None:
    rip = watching()
    message = heard([rte("10.9.0.0/16")], interface="eth1", source="10.0.1.2")
    assert asked(rip.receive(message, 1 * S)) == []


def test_a_session_that_falls_takes_the_routes_with_it_and_neighbours_hear_of_it() -> None:
    rip = watching()
    (announced,) = [one for one in learn(rip, 1 * S) if isinstance(one, AnnounceRoutes)]
    assert [route.prefix for route in announced.routes] == [FAR]
    bfd_says(rip, 2 * S, up=True)
    out = bfd_says(rip, 10 * S, up=False)
    assert [one.prefixes for one in out if isinstance(one, WithdrawRoutes)] == [(FAR,)]
    assert asked(out) == [ev.UnwatchNeighbor("rip", "eth0", PEER)]
    assert [one.detail for one in out if isinstance(one, ev.Happened)] == [
        "10.0.0.2: BFD: nothing heard for 150 ms"
    ]
    entry = rip.table.entries[FAR]
    assert (str(entry.state), entry.told[0]) == ("deleted", 16)
    assert any(isinstance(one, ev.SendDatagram) for one in out)  # a triggered update
    rip.receive(ev.TimePassed(), 10 * S + EXACT.garbage_ns)
    assert FAR not in rip.table.entries


def test_only_the_routes_of_that_neighbour_are_lost() -> None:
    rip = watching()
    learn(rip, 1 * S)
    learn(rip, 1 * S, OTHER)
    assert len(rip.table.entries[FAR].paths) == 2
    for peer in (PEER, OTHER):
        bfd_says(rip, 2 * S, up=True, source=peer)
    bfd_says(rip, 3 * S, up=False)
    assert [path.neighbor for path in rip.table.entries[FAR].paths] == [OTHER]
    assert rip.table.entries[FAR].told[0] == 2


def test_the_next_update_makes_it_a_neighbour_again_and_asks_anew() -> None:
    rip = watching()
    learn(rip, 1 * S)
    bfd_says(rip, 2 * S, up=True)
    bfd_says(rip, 3 * S, up=False)
    assert rip.snapshot()["neighbors"] == []
    assert asked(learn(rip, 4 * S)) == [ev.WatchNeighbor("rip", "eth0", None, PEER, FAST)]
    assert rip.table.entries[FAR].told[0] == 2
    assert [one["bfd"] for one in rip.snapshot()["neighbors"]] == [None]


def test_a_session_that_is_switched_off_leaves_it_to_the_timeout() -> None:
    rip = watching()
    learn(rip, 1 * S)
    bfd_says(rip, 2 * S, up=True)
    assert asked(bfd_says(rip, 3 * S, up=False, administrative=True)) == []
    assert rip.table.entries[FAR].told[0] == 2
    assert "down" in str(show.neighbors(rip.snapshot()))
    out = rip.receive(ev.TimePassed(), 1 * S + EXACT.timeout_ns + 1)
    assert asked(out) == [ev.UnwatchNeighbor("rip", "eth0", PEER)]


def test_what_bfd_says_of_others_changes_nothing() -> None:
    rip = watching()
    learn(rip, 1 * S)
    out = bfd_says(rip, 2 * S, up=False, source=OTHER)
    assert not [one for one in out if isinstance(one, WithdrawRoutes | ev.Happened)]
    assert rip.table.entries[FAR].told[0] == 2


def test_a_link_that_goes_ends_the_asking() -> None:
    rip = watching()
    learn(rip, 1 * S)
    assert asked(rip.receive(ev.InterfaceWentDown("eth0"), 2 * S)) == [
        ev.UnwatchNeighbor("rip", "eth0", PEER)
    ]


def test_a_configuration_asks_otherwise_and_no_more_and_again() -> None:
    rip = watching()
    learn(rip, 1 * S)
    slow = replace(FAST, multiplier=5)
    watch = ev.WatchNeighbor("rip", "eth0", None, PEER, FAST)
    for wanted, told in (
        (slow, [replace(watch, parameters=slow)]),
        (slow, []),
        (None, [ev.UnwatchNeighbor("rip", "eth0", PEER)]),
        (FAST, [watch]),
    ):
        assert asked(rip.receive(ev.ConfigurationChanged(config(wanted)), 2 * S)) == told
    assert rip.table.entries[FAR].told[0] == 2


def test_what_is_shown_says_up_and_down() -> None:
    rip = watching()
    learn(rip, 1 * S)
    cells = []
    for is_up in (True, False):
        bfd_says(rip, 2 * S, up=is_up, administrative=True)
        (row,) = show.neighbors(rip.snapshot()).rows
        cells.append(row[-1])
    assert cells == ["up", "down"]
    assert [one["bfd"] for one in rip.snapshot()["interfaces"]] == [True, False]
