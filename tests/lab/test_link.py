"""Links: what happens to frames on their way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.lab.link import Fate, Link, Receiver
from fingerpost.lab.model import Quality
from fingerpost.lab.scheduler import Scheduler

MS = 1_000_000
PERFECT = Quality()
FRAME = bytes(range(12)) + b"\x08\x00" + bytes(86)  # 100 bytes


class Wire:
    """A link with recording ends."""

    def __init__(self, quality: Quality = PERFECT, ends: int = 2, seed: int = 1) -> None:
        self.scheduler = Scheduler(seed=seed)
        self.link = Link("a-b", [quality] * ends, self.scheduler)
        self.arrived: list[tuple[int, int, bytes]] = []
        self.fates: list[Fate] = []
        self.link.taps.append(lambda _now, _end, _frame, fate: self.fates.append(fate))
        for end in range(ends):
            self.link.attach(end, self._receiver(end))

    def _receiver(self, end: int) -> Receiver:
        return lambda frame, now: self.arrived.append((now, end, frame))

    def send(self, frame: bytes = FRAME, end: int = 0) -> None:
        self.link.send(end, frame, self.scheduler.now)

    def run(self) -> list[tuple[int, int, bytes]]:
        self.scheduler.run_until()
        return self.arrived

    @property
    def counters(self) -> dict[str, int]:
        counted = self.link.directions[0].counters.as_dict()
        return {name: n for name, n in counted.items() if n and name != "sent_bytes"}


def test_a_frame_arrives_at_the_other_end_after_the_delay() -> None:
    wire = Wire(Quality(delay_ns=3 * MS))
    wire.send()
    wire.send(end=1)
    assert wire.run() == [(3 * MS, 1, FRAME), (3 * MS, 0, FRAME)]


def test_bandwidth_sends_one_after_the_other_and_the_queue_is_bounded() -> None:
    # 100 bytes at 800 kbit/s take a millisecond
    wire = Wire(Quality(bandwidth=800_000, queue_packets=2, delay_ns=MS))
    for _ in range(5):
        wire.send()
    assert [now for now, _, _ in wire.run()] == [2 * MS, 3 * MS, 4 * MS]
    assert wire.counters == {"sent": 3, "delivered": 3, "queue_full": 2}
    assert wire.fates.count(Fate.QUEUE_FULL) == 2


def test_a_queue_may_be_bounded_in_bytes_and_empties_as_frames_leave() -> None:
    wire = Wire(Quality(bandwidth=800_000, queue_bytes=250))
    for _ in range(4):
        wire.send()
    assert wire.counters == {"sent": 3, "queue_full": 1}
    wire.scheduler.run_until(int(1.5 * MS))
    wire.send()
    assert len(wire.run()) == 4


def test_transmission_time_is_rounded_up() -> None:
    wire = Wire(Quality(bandwidth=3))
    wire.send(FRAME[:14])
    assert wire.run()[0][0] == -(-14 * 8 * 10**9 // 3)


@pytest.mark.parametrize("jitter_ms", [1, 30])
def test_jitter_alone_does_not_reorder(jitter_ms: int) -> None:
    wire = Wire(Quality(delay_ns=20 * MS, jitter_ns=jitter_ms * MS))
    frames = [FRAME + bytes([at]) for at in range(100)]
    for at, frame in enumerate(frames):
        wire.scheduler.run_until(at * MS // 2)
        wire.send(frame)
    assert [frame for _, _, frame in wire.run()] == frames
    delays = {now - at * MS // 2 for at, (now, _, _) in enumerate(wire.arrived)}
    assert len(delays) > 10
    assert all(delay <= (20 + jitter_ms + jitter_ms) * MS for delay in delays)


def test_a_reordered_frame_is_passed_by_those_after_it() -> None:
    wire = Wire(Quality(delay_ns=2 * MS, reorder=0.2))
    frames = [FRAME + bytes([at]) for at in range(200)]
    for at, frame in enumerate(frames):
        wire.scheduler.run_until(at * MS)
        wire.send(frame)
    got = [frame for _, _, frame in wire.run()]
    assert got != frames
    assert sorted(got) == sorted(frames)
    assert 20 < wire.counters["held_back"] < 60


def test_loss_duplication_and_damage_are_counted_and_seen() -> None:
    wire = Wire(Quality(loss=0.1, duplicate=0.1, corrupt=0.1))
    for _ in range(1000):
        wire.send()
    arrived, counters = wire.run(), wire.counters
    assert len(arrived) == 1000 - counters["lost"] + counters["duplicated"]
    assert all(50 < counters[what] < 150 for what in ("lost", "duplicated", "damaged"))
    damaged = [frame for _, _, frame in arrived if frame != FRAME]
    flipped = {
        (int.from_bytes(f, "big") ^ int.from_bytes(FRAME, "big")).bit_count() for f in damaged
    }
    assert flipped == {1}
    assert wire.fates.count(Fate.LOST) == counters["lost"]


def test_frames_beyond_the_mtu_are_dropped_and_a_tag_is_not_counted() -> None:
    wire = Wire()
    wire.send(bytes(12) + b"\x08\x00" + bytes(1501))
    wire.send(bytes(12) + b"\x81\x00\x00\x07\x08\x00" + bytes(1500))
    wire.send(bytes(12) + b"\x88\xa8\x00\x07\x81\x00\x00\x07\x08\x00" + bytes(1500))
    assert len(wire.run()) == 2
    assert wire.counters["too_big"] == 1


def test_a_cut_takes_what_is_on_its_way() -> None:
    wire = Wire(Quality(delay_ns=10 * MS))
    wire.send()
    wire.scheduler.run_until(5 * MS)
    wire.link.set_up(False)
    wire.send()
    wire.link.set_up(True)
    wire.send(FRAME + b"!")
    assert wire.run() == [(15 * MS, 1, FRAME + b"!")]
    assert wire.counters == {"sent": 2, "delivered": 1, "down": 2}
    assert set(wire.fates) == {Fate.SENT, Fate.DOWN, Fate.CUT}


def test_one_direction_can_be_cut_alone() -> None:
    wire = Wire()
    wire.link.set_up(False, 0)
    wire.send(end=0)
    wire.send(end=1)
    assert wire.run() == [(0, 0, FRAME)]
    assert wire.link.is_up


def test_a_lan_floods_what_it_does_not_know_and_learns() -> None:
    wire = Wire(ends=4)
    a, b = b"\x02\0\0\0\0\x0a", b"\x02\0\0\0\0\x0b"
    wire.send(b + a + b"\x08\x00", end=0)
    assert [end for _, end, _ in wire.run()] == [1, 2, 3], "nobody knows b yet"
    wire.arrived.clear()
    wire.send(a + b + b"\x08\x00", end=2)
    assert [end for _, end, _ in wire.run()] == [0]
    wire.arrived.clear()
    wire.send(b"\xff" * 6 + a + b"\x08\x06", end=0)
    assert [end for _, end, _ in wire.run()] == [1, 2, 3]
    wire.arrived.clear()
    wire.send(a + a + b"\x08\x00", end=0)
    assert wire.run() == [], "a switch sends nothing back where it came from"


def test_a_less_delay_does_not_let_frames_overtake() -> None:
    wire = Wire(Quality(delay_ns=10 * MS))
    wire.send(FRAME + b"1")
    wire.link.set_quality(0, Quality(delay_ns=MS))
    wire.send(FRAME + b"2")
    assert [frame[-1:] for _, _, frame in wire.run()] == [b"1", b"2"]


@settings(max_examples=40)
@given(
    quality=st.builds(
        Quality,
        delay_ns=st.integers(0, 5 * MS),
        jitter_ns=st.integers(0, 5 * MS),
        bandwidth=st.none() | st.integers(1000, 10**9),
        queue_packets=st.none() | st.integers(0, 5),
        queue_bytes=st.none() | st.integers(0, 500),
        loss=st.floats(0, 1),
        duplicate=st.floats(0, 1),
        reorder=st.floats(0, 1),
        corrupt=st.floats(0, 1),
    ),
    gaps=st.lists(st.integers(0, 2 * MS), max_size=30),
    sizes=st.lists(st.integers(0, 200), min_size=30, max_size=30),
)
def test_every_frame_is_accounted_for(quality: Quality, gaps: list[int], sizes: list[int]) -> None:
    wires = [Wire(quality), Wire(quality)]
    for wire in wires:
        for gap, size in zip(gaps, sizes, strict=False):
            wire.scheduler.run_until(wire.scheduler.now + gap)
            wire.send(FRAME[:size])
        wire.run()
    counters = wires[0].link.directions[0].counters
    assert counters.sent + counters.queue_full == len(gaps)
    assert counters.delivered == counters.sent - counters.lost + counters.duplicated
    assert wires[0].arrived == wires[1].arrived, "same seed, same bytes"


def test_other_links_change_nothing_here() -> None:
    quality = Quality(loss=0.5, jitter_ns=MS)

    def arrivals(others: int) -> list[int]:
        scheduler, got = Scheduler(seed=3), []
        link = Link("mine", [quality, quality], scheduler)
        link.attach(1, lambda _frame, now: got.append(now))
        rest = [
            Link(f"other{n}", [replace(quality, loss=0.1)] * 2, scheduler) for n in range(others)
        ]
        for _ in range(50):
            for one in (*rest, link):
                one.send(0, FRAME, scheduler.now)
        scheduler.run_until()
        return got

    assert arrivals(0) == arrivals(3)


def test_a_link_names_itself_and_its_state() -> None:
    link = Wire().link
    assert repr(link) == "<link a-b: up>"
    link.set_up(False, 0)
    assert repr(link) == "<link a-b: up in part>"
    link.set_up(False)
    assert repr(link) == "<link a-b: down>"
