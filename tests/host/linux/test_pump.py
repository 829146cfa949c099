"""How a host divides its time: turns, budgets, deadlines."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from typing import cast

import pytest

from fingerpost.addr import Address
from fingerpost.host.linux.alarm import Alarm
from fingerpost.host.linux.pump import BATCH, COURTESY, Pump
from fingerpost.host.linux.sockets.datagrams import DatagramSocket, Received
from fingerpost.protocol.events import DatagramReceived
from linux.inside import run, until

MS = 1_000_000
A = Address("10.0.0.1")


class Clock:
    """A clock that goes on when somebody works."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


class Source:
    """A socket to the pump: readable while it has datagrams."""

    def __init__(self, name: str, count: int = 0) -> None:
        self.name = name
        self.left = count
        self.near, self.far = socket.socketpair()
        self.near.setblocking(False)
        self.waiting: deque[bytes] = deque()
        self.has_waiting = False
        self.flushed = 0
        if count:
            self.far.send(b"!")

    def fileno(self) -> int:
        return self.near.fileno()

    def receive(self, limit: int) -> list[DatagramReceived] | None:
        taken = min(limit, self.left)
        self.left -= taken
        if not taken:
            if self.near.recv(16, socket.MSG_DONTWAIT) != b"!":
                raise AssertionError("read more often than it was readable")
            return None
        return [DatagramReceived(self.name, A, 520, A, 1, b"")] * taken

    def flush(self) -> None:
        self.flushed += 1
        self.has_waiting = self.flushed < 2
        if self.flushed == 1:
            raise OSError("lost")

    @property
    def as_socket(self) -> DatagramSocket:
        return cast("DatagramSocket", self)

    def close(self) -> None:
        self.near.close()
        self.far.close()


@pytest.fixture
def sources() -> Iterator[list[Source]]:
    made: list[Source] = []
    yield made
    for one in made:
        one.close()


def test_a_turn_ends_with_its_budget_and_begins_with_what_is_due(sources: list[Source]) -> None:
    clock, order = Clock(), list[str]()

    def take(one: Received) -> None:
        order.append(one.interface)
        clock.now += MS

    async def case() -> None:
        pump = Pump(clock, lambda: order.append("due"), budget_ns=(3 * BATCH - 1) * MS)
        sources.extend((Source("a", 100), Source("b", 20)))
        for one in sources:
            pump.watch(one.as_socket, take)
        await until(lambda: order.count("a") == 100 and order.count("b") == 20)
        pump.close()
        assert pump.counters["datagrams"] == 120

    run(case)
    turns = " ".join(order).split("due")[1:]
    first, second = (turn.split() for turn in turns[:2])
    # in order, a batch each, and no batch begins after the budget is spent
    assert first == ["a"] * BATCH + ["b"] * BATCH + ["a"] * BATCH
    assert second == ["b"] * BATCH + ["a"] * BATCH + ["b"] * BATCH
    assert all(len(turn.split()) <= 3 * BATCH for turn in turns)


def test_others_have_their_turn_while_a_socket_never_runs_dry(sources: list[Source]) -> None:
    clock, others = Clock(), list[int]()

    def take(_: Received) -> None:
        clock.now += MS

    async def case() -> None:
        pump = Pump(clock, lambda: None, budget_ns=(2 * BATCH - 1) * MS)
        sources.append(Source("a", 10**9))
        pump.watch(sources[0].as_socket, take)
        for _ in range(50 * COURTESY):
            others.append(pump.counters["datagrams"])
            await asyncio.sleep(0)
        pump.close()
        before = pump.counters["datagrams"]
        await asyncio.sleep(0.01)
        assert pump.counters["datagrams"] == before

    run(case)
    steps = [after - before for before, after in pairwise(others)]
    assert max(steps) == 2 * BATCH
    turns = [at for at, step in enumerate(steps) if step]
    assert len(turns) >= 48, "the pump works on"
    assert {after - before for before, after in pairwise(turns)} == {COURTESY}


@pytest.mark.parametrize("is_due_broken", [False, True])
def test_a_fault_of_one_stops_nobody_else(sources: list[Source], is_due_broken: bool) -> None:
    taken: list[str] = []
    told: list[object] = []

    def fail(*_: Received) -> None:
        raise ValueError("a fault")

    async def case() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        pump = Pump(lambda: 0, fail if is_due_broken else lambda: None)
        sources.extend((Source("a", 1), Source("b", 30)))
        pump.watch(sources[0].as_socket, fail)
        pump.watch(sources[1].as_socket, lambda one: taken.append(one.interface))
        await until(lambda: len(taken) == 30)
        pump.close()

    run(case)
    assert len(told) == 1 or is_due_broken


def test_a_socket_that_is_let_go_of_gets_nothing_more(sources: list[Source]) -> None:
    taken: list[str] = []

    async def case() -> None:
        pump = Pump(lambda: 0, lambda: None)
        sources.extend((Source("a", 30), Source("b", 30)))
        first, second = (one.as_socket for one in sources)

        def take(one: Received) -> None:
            taken.append(one.interface)
            pump.unwatch(first)  # while its batch is under way
            pump.unwatch(first)

        pump.watch(first, take)
        pump.watch(second, lambda one: taken.append(one.interface))
        await until(lambda: taken.count("b") == 30)
        pump.close()

    run(case)
    assert taken.count("a") == 1


def test_what_waits_is_sent_when_there_is_room(sources: list[Source]) -> None:
    async def case() -> None:
        pump = Pump(lambda: 0, lambda: None)
        sources.append(Source("a"))
        one = sources[0]
        one.has_waiting = True
        pump.watch(one.as_socket, lambda _: None)
        pump.flush_when_writable(one.as_socket)
        await until(lambda: one.flushed == 2)
        await asyncio.sleep(0.02)
        assert one.flushed == 2
        pump.close()

    run(case)


def test_an_alarm_rings_once_when_its_deadline_has_come_and_not_before() -> None:
    rung: list[int] = []

    async def case() -> None:
        loop = asyncio.get_running_loop()

        def clock() -> int:
            return int(loop.time() * 1_000_000_000) - 3 * MS  # behind the loop's own

        alarm = Alarm(clock, lambda: rung.append(clock()))
        deadline = clock() + 20 * MS
        alarm.set(clock() + 3_600_000 * MS)
        alarm.set(deadline)
        alarm.set(deadline)
        await until(lambda: rung)
        await asyncio.sleep(0.03)
        (when,) = rung
        assert deadline <= when
        assert alarm.deadline is None
        alarm.set(clock() - MS)  # past already
        await until(lambda: len(rung) == 2)
        alarm.set(clock() + 5 * MS)
        alarm.set(None)
        await asyncio.sleep(0.02)
        assert len(rung) == 2

    run(case)
