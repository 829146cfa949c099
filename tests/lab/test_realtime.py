"""The lab held to a clock; devices are socket pairs here. Real ones: tests/interop."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from fingerpost.lab.link import Link
from fingerpost.lab.model import Quality
from fingerpost.lab.realtime import SECOND, Attachment, RealTime
from fingerpost.lab.scheduler import Scheduler

MILLISECOND = 1_000_000


class PairPort:
    """One end of a pair of sockets that keep frames apart."""

    name = "pair0"

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        end.setblocking(False)

    def fileno(self) -> int:
        return self._end.fileno()

    def receive(self) -> list[bytes]:
        try:
            return [self._end.recv(65536)]
        except BlockingIOError:
            return []

    def send(self, frame: bytes) -> bool:
        try:
            self._end.send(frame)
        except (BlockingIOError, BrokenPipeError):
            return False
        return True

    def close(self) -> None:
        self._end.close()


def frame(text: bytes) -> bytes:
    return bytes(12) + b"\x08\x00" + text


@pytest.fixture
def theirs() -> Iterator[socket.socket]:
    """The far end of the device."""
    far, near = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    far.settimeout(2)
    with far:
        NEAR.append(near)
        yield far


NEAR: list[socket.socket] = []


def lab(delay_ns: int = 0) -> tuple[Scheduler, Link, Attachment, list[bytes]]:
    scheduler = Scheduler(seed=1)
    quality = Quality(delay_ns=delay_ns)
    link = Link("a-b", (quality, quality), scheduler)
    arrived: list[bytes] = []
    link.attach(1, lambda data, _now: arrived.append(data))
    return scheduler, link, Attachment(link, 0, PairPort(NEAR.pop())), arrived


def test_frames_of_the_device_enter_the_link_and_arrive_after_its_delay(
    theirs: socket.socket,
) -> None:
    scheduler, _, attachment, arrived = lab(delay_ns=20 * MILLISECOND)
    with RealTime(scheduler, [attachment]) as real:
        theirs.send(frame(b"in"))
        real.run(stop=lambda: bool(arrived), until_ns=2 * SECOND)
    assert arrived == [frame(b"in")]
    assert scheduler.now >= 20 * MILLISECOND


def test_frames_of_the_link_leave_by_the_device(theirs: socket.socket) -> None:
    scheduler, link, attachment, _ = lab()
    with RealTime(scheduler, [attachment]) as real:
        link.send(1, frame(b"out"), 0)
        real.run(until_ns=MILLISECOND)
        assert theirs.recv(100) == frame(b"out")


def test_what_the_device_does_not_take_is_counted(theirs: socket.socket) -> None:
    scheduler, link, attachment, _ = lab()
    with RealTime(scheduler, [attachment]) as real:
        theirs.close()
        link.send(1, frame(b"out"), 0)
        real.run(until_ns=MILLISECOND)
    assert attachment.refused == 1


def test_the_clock_of_the_lab_is_that_of_the_machine() -> None:
    ticks = iter(range(0, 100 * SECOND, SECOND // 10))
    scheduler = Scheduler(seed=1)
    seen: list[int] = []
    scheduler.at(SECOND // 4, lambda _: seen.append(scheduler.now))
    with RealTime(scheduler, clock=lambda: next(ticks)) as real:
        real.run(until_ns=SECOND)
    assert seen == [SECOND // 4]
    assert scheduler.now == SECOND
    assert 0 < real.lag_ns <= SECOND // 5


def test_a_run_may_be_stopped_and_go_on() -> None:
    scheduler = Scheduler(seed=1)
    with RealTime(scheduler) as real:
        real.run(stop=lambda: True)
        first = scheduler.now
        real.run(until_ns=first + MILLISECOND)
    assert scheduler.now == first + MILLISECOND


def test_closing_gives_the_device_back(theirs: socket.socket) -> None:
    scheduler, link, attachment, _ = lab()
    real = RealTime(scheduler, [attachment])
    real.close()
    real.close()
    assert theirs.recv(10) == b""
    assert link.receivers[0] is None
