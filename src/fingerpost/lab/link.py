"""A link between two ends, or a LAN segment with many: what happens to a frame on its way.

The life of a frame: it waits in the sender's queue, takes its time to be sent, then the medium may
lose, damage, double, hold back or delay it, and it arrives, unless the link was cut meanwhile. A
LAN is a learning switch (IEEE 802.1D-2004 7.8): it floods what it does not know.

Every link draws from a generator of its own, in the order of its frames, so that what happens
elsewhere in the lab changes nothing here. The words and their meaning follow tc-netem(8), with two
differences: jitter alone does not let frames overtake each other, and what `reorder` picks is held
back rather than sent ahead.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from random import Random

    from fingerpost.lab.model import Quality
    from fingerpost.lab.scheduler import Scheduler

SECOND = 1_000_000_000
HELD_BACK_NS = 1_000_000  # the least that a reordered frame waits, so that others can pass it
QUEUE_PACKETS = 1_000  # where the lab says nothing; Linux's default too
STATIONS = 4_096  # that a LAN remembers
_LINK_HEADER, _TAG = 14, 4
_TAGGED = (b"\x81\x00", b"\x88\xa8")


class Fate(StrEnum):
    """What became of a frame on the link."""

    SENT = "sent"
    LOST = "lost"
    DAMAGED = "damaged"
    DUPLICATED = "duplicated"
    HELD_BACK = "held back"
    QUEUE_FULL = "queue full"
    TOO_BIG = "larger than the link's MTU"
    DOWN = "link is down"
    CUT = "cut on its way"


Receiver: TypeAlias = Callable[[bytes, int], None]
"""Takes a frame that has arrived, and the instant."""
Tap: TypeAlias = Callable[[int, int, bytes, Fate], None]
"""Sees each frame put on the link: instant, index of the sending end, the frame, its fate."""


@dataclass(slots=True)
class LinkCounters:
    """What happened to the frames that one end sent; `delivered` counts arrivals."""

    sent: int = 0
    sent_bytes: int = 0
    delivered: int = 0
    lost: int = 0
    damaged: int = 0
    duplicated: int = 0
    held_back: int = 0
    queue_full: int = 0
    too_big: int = 0
    down: int = 0  # sent into a link that was down, or cut on its way

    def as_dict(self) -> dict[str, int]:
        """By name, for JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class Link:
    """Carries frames between its ends, which are numbered as its endpoints are.

    `send(end, frame, now)` puts a frame on it; the receivers of the other ends get it when it has
    arrived. `generation` counts cuts: a frame that was sent before one does not arrive after it.
    """

    def __init__(
        self,
        name: str,
        qualities: Sequence[Quality],
        scheduler: Scheduler,
        *,
        mtu: int = 1500,
    ) -> None:
        """`qualities`: one for each end, of the frames that leave it."""
        self.name = name
        self.mtu = mtu
        self.scheduler = scheduler
        self.rng: Random = scheduler.random_for("link", name)
        self.taps: list[Tap] = []
        self.directions = [Direction(self, end, one) for end, one in enumerate(qualities)]
        self.receivers: list[Receiver | None] = [None] * len(qualities)
        self._stations: dict[bytes, int] = {}

    def __repr__(self) -> str:
        """Its name, and whether it carries frames."""
        state = "up" if all(direction.is_up for direction in self.directions) else "up in part"
        return f"<link {self.name}: {state if self.is_up else 'down'}>"

    @property
    def is_lan(self) -> bool:
        """Whether more than two ends share it."""
        return len(self.directions) > 2

    @property
    def is_up(self) -> bool:
        """Whether any direction carries frames."""
        return any(direction.is_up for direction in self.directions)

    def attach(self, end: int, receiver: Receiver | None) -> None:
        """Let `receiver` have what arrives at `end`."""
        self.receivers[end] = receiver

    def send(self, end: int, frame: bytes, now: int) -> None:
        """Put a frame on the link at `end`."""
        self.directions[end].send(frame, now)

    def set_up(self, is_up: bool, end: int | None = None) -> None:
        """Cut it, or mend it; with `end` only for the frames that leave there."""
        for direction in self.directions if end is None else (self.directions[end],):
            direction.set_up(is_up)
        self._stations.clear()

    def set_quality(self, end: int, quality: Quality) -> None:
        """Treat frames that leave `end` so from now on; those on their way are not touched."""
        self.directions[end].set_quality(quality)

    def arrive(self, end: int, frame: bytes, now: int) -> None:
        """Hand a frame that `end` sent to whom it concerns."""
        if not self.is_lan:
            if (receiver := self.receivers[1 - end]) is not None:
                receiver(frame, now)
            return
        for other in self._ports(end, frame):
            if other != end and (receiver := self.receivers[other]) is not None:
                receiver(frame, now)

    def _ports(self, end: int, frame: bytes) -> Sequence[int]:
        """Learn where the sender is; give the ports that the frame goes to."""
        source = frame[6:12]
        if len(source) == 6 and not source[0] & 1:
            if len(self._stations) >= STATIONS and source not in self._stations:
                self._stations.pop(next(iter(self._stations)))
            self._stations[source] = end
        known = self._stations.get(frame[:6])
        return range(len(self.receivers)) if known is None else (known,)

    def snapshot(self) -> dict[str, object]:
        """The state as plain data, for JSON."""
        return {
            "name": self.name,
            "is_up": self.is_up,
            "directions": [
                {"is_up": one.is_up, **one.counters.as_dict()} for one in self.directions
            ],
        }


class Direction:
    """The frames that leave one end: its queue, its quality, its counters."""

    def __init__(self, link: Link, end: int, quality: Quality) -> None:
        """Made by `Link`."""
        self.link = link
        self.name = f"link {link.name}"
        self.end = end
        self.is_up = True
        self.counters = LinkCounters()
        self._generation = 0
        self._free_at = 0  # when the sender has sent all that it has
        self._last_arrival = 0
        self._waiting: deque[tuple[int, int]] = deque()  # (when its turn comes, bytes)
        self._waiting_bytes = 0
        self.set_quality(quality)

    def set_quality(self, quality: Quality) -> None:
        """Treat frames so from now on."""
        self.quality = quality
        # most links only delay; the longer way is for those that do more
        self._is_plain = not (
            quality.bandwidth
            or quality.jitter_ns
            or quality.loss
            or quality.corrupt
            or quality.duplicate
            or quality.reorder
        )

    def set_up(self, is_up: bool) -> None:
        """Cut or mend; what is on its way or waits is lost by a cut."""
        if self.is_up and not is_up:
            self._generation += 1
            self._waiting.clear()
            self._waiting_bytes = 0
            self._free_at = self._last_arrival = 0
        self.is_up = is_up

    # -- sending -------------------------------------------------------------------------------

    def send(self, frame: bytes, now: int) -> None:
        """Put a frame on the link."""
        counters = self.counters
        if not self.is_up:
            counters.down += 1
            self._tell(now, frame, Fate.DOWN)
            return
        if len(frame) > self.link.mtu + _LINK_HEADER and self._is_too_big(frame):
            counters.too_big += 1
            self._tell(now, frame, Fate.TOO_BIG)
            return
        if not self._is_plain:
            self._send_slowly(frame, now)
            return
        counters.sent += 1
        counters.sent_bytes += len(frame)
        if self.link.taps:
            self._tell(now, frame, Fate.SENT)
        arrival = now + self.quality.delay_ns
        # frames keep their order where the delay has become less
        if arrival < self._last_arrival:
            arrival = self._last_arrival
        self._last_arrival = arrival
        self.link.scheduler.post(arrival, self._arrive, (frame, self._generation))

    def _is_too_big(self, frame: bytes) -> bool:
        tags = (frame[12:14] in _TAGGED) + (frame[16:18] in _TAGGED)
        return len(frame) > self.link.mtu + _LINK_HEADER + tags * _TAG

    def _send_slowly(self, frame: bytes, now: int) -> None:
        quality, counters, rng = self.quality, self.counters, self.link.rng
        left = self._sent_at(frame, now)
        if left is None:
            counters.queue_full += 1
            self._tell(now, frame, Fate.QUEUE_FULL)
            return
        counters.sent += 1
        counters.sent_bytes += len(frame)
        if quality.loss and rng.random() < quality.loss:
            counters.lost += 1
            self._tell(now, frame, Fate.LOST)
            return
        fate = Fate.SENT
        received = frame
        if quality.corrupt and rng.random() < quality.corrupt:
            counters.damaged += 1
            fate, received = Fate.DAMAGED, _damaged(frame, rng)
        copies = 1
        if quality.duplicate and rng.random() < quality.duplicate:
            counters.duplicated += 1
            fate, copies = Fate.DUPLICATED if fate is Fate.SENT else fate, 2
        arrival, is_held_back = self._arrival(left)
        if is_held_back:
            counters.held_back += 1
            fate = Fate.HELD_BACK if fate is Fate.SENT else fate
        self._tell(now, frame, fate)
        for _ in range(copies):
            self.link.scheduler.post(arrival, self._arrive, (received, self._generation))

    def _sent_at(self, frame: bytes, now: int) -> int | None:
        """When the last bit has left; None: the queue is full."""
        quality = self.quality
        if quality.bandwidth is None:
            return now
        while self._waiting and self._waiting[0][0] <= now:
            self._waiting_bytes -= self._waiting.popleft()[1]
        turn = max(now, self._free_at)
        if turn > now:
            most_bytes = quality.queue_bytes
            most = quality.queue_packets
            if most is None and most_bytes is None:
                most = QUEUE_PACKETS
            is_full = most is not None and len(self._waiting) >= most
            if is_full or (
                most_bytes is not None and self._waiting_bytes + len(frame) > most_bytes
            ):
                return None
            self._waiting.append((turn, len(frame)))
            self._waiting_bytes += len(frame)
        self._free_at = turn - (-len(frame) * 8 * SECOND // quality.bandwidth)
        return self._free_at

    def _arrival(self, left: int) -> tuple[int, bool]:
        """When a frame that has left arrives, and whether others may pass it."""
        quality, rng = self.quality, self.link.rng
        delay = quality.delay_ns
        if quality.jitter_ns:
            delay = max(delay + rng.randint(-quality.jitter_ns, quality.jitter_ns), 0)
        if quality.reorder and rng.random() < quality.reorder:
            return left + delay + max(quality.delay_ns, HELD_BACK_NS), True
        self._last_arrival = max(self._last_arrival, left + delay)
        return self._last_arrival, False

    # -- arriving ------------------------------------------------------------------------------

    def _arrive(self, sent: tuple[bytes, int]) -> None:
        frame, generation = sent
        link = self.link
        if generation != self._generation:
            self.counters.down += 1
            self._tell(link.scheduler.now, frame, Fate.CUT)
            return
        self.counters.delivered += 1
        link.arrive(self.end, frame, link.scheduler.now)

    def _tell(self, now: int, frame: bytes, fate: Fate) -> None:
        for tap in self.link.taps:
            tap(now, self.end, frame, fate)


def _damaged(frame: bytes, rng: Random) -> bytes:
    """The frame with one bit flipped, wherever it is."""
    bit = rng.randrange(max(len(frame), 1) * 8)
    found = bytearray(frame or b"\0")
    found[bit // 8] ^= 1 << bit % 8
    return bytes(found)
