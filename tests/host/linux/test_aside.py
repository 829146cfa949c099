"""An instance in a thread of its own, to which it is no matter what the router's thread does."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.bfd import BfdConfig, BfdPeer, BfdTimers
from fingerpost.forwarding.route import NextHop
from fingerpost.host.linux import turns as turns_module
from fingerpost.host.linux.aside import Aside
from fingerpost.host.linux.runner import LinuxHost
from fingerpost.host.linux.turns import Turns
from fingerpost.rib import StaticRoute
from fingerpost.router import ConfigurationChanged, ProtocolConfig, RouterConfig, TableConfig
from foreign import bird
from linux.cable import End, cable, wait
from linux.stand import Stand, standing
from linux.test_bfd import is_up, session, watching
from netns import require_root

MS = 1_000_000
A, B = Address("10.0.0.1"), Address("10.0.0.2")
QUICK = BfdTimers(50 * MS, 50 * MS, 3)
BUSY_S = 0.6
TRIES = 4  # of a machine that may be too busy for 50 ms itself
BIRD = """
router id 10.0.0.2;
protocol device { }
protocol bfd {
  interface "vb" { min rx interval 50 ms; min tx interval 50 ms; multiplier 3; };
  neighbor 10.0.0.1 dev "vb";
}
"""


@pytest.fixture
def ends() -> Iterator[tuple[End, End]]:
    require_root()
    with cable(("10.0.0.1/24", "10.0.0.2/24")) as both:
        yield both


@pytest.fixture
def beside_bird(ends: tuple[End, End]) -> Iterator[Stand]:
    """A host with one session with BIRD, 3 x 50 ms."""
    require_root("bird")
    with (
        TemporaryDirectory(prefix="fp-", dir="/tmp") as folder,
        bird(ends[1].space, Path(folder), BIRD),
        standing(ends[0].space, one_session(B, QUICK)) as host,
    ):
        yield host


def is_quick(host: Stand) -> bool:
    known = session(host)
    return bool(known["status"] == "Up" and known["detection_ns"] == 150 * MS)


def compute(_: LinuxHost) -> int:
    """Keep the host's thread busy for four Detection Times."""
    end, turns = time.monotonic() + BUSY_S, 0
    while time.monotonic() < end:
        turns += len([one * one for one in range(200)])
    return turns


def test_a_router_that_computes_keeps_its_sessions(beside_bird: Stand) -> None:
    for _ in range(TRIES):
        wait(lambda: is_quick(beside_bird), 20)
        before = session(beside_bird)
        beside_bird.ask(compute)
        after = session(beside_bird)
        assert after["counters"]["packets_out"] > before["counters"]["packets_out"]
        if after["counters"]["downs"] == before["counters"]["downs"]:
            return
    pytest.fail(f"{TRIES} times the session fell: {session(beside_bird)['last_fall']}")


def one_session(peer: Address, timers: BfdTimers, *statics: StaticRoute) -> RouterConfig:
    config = BfdConfig(peers=(BfdPeer(peer),), timers=timers)
    tables = {"main": TableConfig(statics)}
    return RouterConfig(None, tables, (), {"bfd": ProtocolConfig("bfd", config)})


def aside(host: LinuxHost) -> Aside:
    found = host.routing.protocols["bfd"].machine
    assert isinstance(found, Aside)
    return found


def test_what_came_while_nobody_could_listen_is_heard_before_anybody_is_given_up(
    ends: tuple[End, End],
) -> None:
    patient = BfdTimers(50 * MS, 50 * MS, 255)  # to give us up
    with (
        standing(ends[0].space, one_session(B, patient)) as us,
        standing(ends[1].space, one_session(A, QUICK)) as them,
    ):
        wait(lambda: is_quick(us) and is_up(them), 20)
        before = session(us)["counters"]["packets_in"]
        us.ask(aside)._post(time.sleep, BUSY_S)
        wait(lambda: session(us)["counters"]["packets_in"] > before + 8)
        assert session(us)["counters"]["downs"] == 0


def test_who_is_silent_is_given_up_all_the_same(ends: tuple[End, End]) -> None:
    patient = BfdTimers(50 * MS, 50 * MS, 255)
    with (
        standing(ends[0].space, one_session(B, patient)) as us,
        standing(ends[1].space, one_session(A, QUICK)) as them,
    ):
        wait(lambda: is_quick(us) and is_up(them), 20)
        them.ask(aside)._post(time.sleep, 2 * BUSY_S)
        wait(lambda: session(us)["counters"]["downs"] == 1)


def test_a_fault_ends_it_clients_and_neighbours_hear_of_it_and_it_can_begin_anew(
    ends: tuple[End, End],
) -> None:
    hop = NextHop(gateway=B)
    watched = StaticRoute(Prefix("203.0.113.0/24"), (hop,), watched=(hop,))
    config = one_session(B, QUICK, watched)
    told: list[str] = []
    with (
        standing(ends[0].space, config) as us,
        standing(ends[1].space, one_session(A, QUICK)) as them,
    ):
        us._loop.set_exception_handler(lambda _, context: told.append(str(context["message"])))
        wait(lambda: us.table.shown, 20)
        first = us.ask(aside)
        first._post(fail)
        wait(lambda: not us.table.shown)
        assert told == ["bfd has ended by a fault"]
        (happened,) = [one for one in us.happened if one.kind == "bfd failed"]
        assert happened.detail == "bfd has ended by a fault: ValueError: on purpose"
        known: Mapping[str, Any] = first.snapshot()
        assert (known["failed"], known["stopped"]) == ("ValueError: on purpose", True)
        wait(lambda: "AdminDown" in str(session(them)["last_fall"]))
        # what is asked of it then hangs nowhere
        us.ask(lambda host: host.receive(ConfigurationChanged(replace(config, protocols={}))))
        us.ask(lambda host: host.receive(ConfigurationChanged(config)))
        wait(lambda: us.table.shown, 20)
        assert us.ask(aside) is not first


def fail() -> None:
    raise ValueError("on purpose")


def test_the_process_is_as_it_was_when_the_router_has_ended(ends: tuple[End, End]) -> None:
    before = (sys.getswitchinterval(), len(gc.callbacks), threading.active_count())
    with standing(ends[0].space, watching(B)):
        assert sys.getswitchinterval() < before[0]
        assert "bfd" in [one.name for one in threading.enumerate()]
    after = (sys.getswitchinterval(), len(gc.callbacks), threading.active_count())
    assert after == before
    assert gc.get_freeze_count() == 0


class Ring:
    """Garbage that no reference count finds."""

    def __init__(self) -> None:
        self.own = self


def test_old_objects_are_set_aside_and_searched_all_together_where_that_is_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> None:
        turns = Turns()
        turns.begin()
        try:
            ring = Ring()
            seen = weakref.ref(ring)
            before = gc.get_freeze_count()
            gc.collect()
            assert gc.get_freeze_count() > before
            del ring
            gc.collect()
            assert seen() is not None
            monkeypatch.setattr(turns_module, "MOST", 0)
            turns._search_all()
            assert seen() is not None
            monkeypatch.setattr(turns_module, "MOST", 10**9)
            turns._search_all()
            assert seen() is None
        finally:
            turns.end()

    asyncio.run(run())
    assert gc.get_freeze_count() == 0
