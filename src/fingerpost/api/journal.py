"""`Journal`: the one stream of what happens in a daemon, for its log, its API and its readers.

Life of a record: somebody says it; it gets a number and the time; it enters the ring that the API
shows, goes to the log, and into the queue of every subscriber. Nobody waits for anybody: a queue
that is full counts what it loses, and its reader is told of the gap in the place of it.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RING = 10_000
QUEUE = 1_000
NOTHING: Mapping[str, object] = MappingProxyType({})


class Level(IntEnum):
    """How much a record matters; the numbers are those of `logging`."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40

    @property
    def word(self) -> str:
        """As people write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened. `kind` is stable, few words; `wall_ns` counts from 1970.

    Numbers rise by one; a record that nobody but subscribers see (a route) has number 0.
    """

    number: int
    wall_ns: int
    level: Level
    kind: str
    text: str
    fields: Mapping[str, object] = field(default_factory=lambda: NOTHING)

    @property
    def time(self) -> str:
        """RFC 3339, in UTC, to the microsecond."""
        return _instant(self.wall_ns)

    def as_dict(self) -> dict[str, object]:
        """The model that the log, the API and `show log` print."""
        return {
            "number": self.number,
            "time": self.time,
            "level": self.level.word,
            "kind": self.kind,
            "text": self.text,
            **({"fields": dict(self.fields)} if self.fields else {}),
        }

    def __str__(self) -> str:
        """A line of a log."""
        told = " ".join(f"{name}={value}" for name, value in self.fields.items())
        text = f"{self.time} {self.level.word:7} {self.kind}: {self.text}"
        return f"{text} ({told})" if told else text


def _instant(wall_ns: int) -> str:
    seconds, rest = divmod(wall_ns, 1_000_000_000)
    day = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{day}.{rest // 1000:06}Z"


class Subscriber:
    """One reader of the stream, with its own bounded queue."""

    def __init__(self, least: Level, *, wants_routes: bool, room: int = QUEUE) -> None:
        """Nothing waits yet."""
        self.least = least
        self.wants_routes = wants_routes
        self.lost = 0
        self._room = room
        self._waiting: deque[Record] = deque()
        self._came = asyncio.Event()

    @property
    def room(self) -> int:
        """How many records it takes before it loses some."""
        return self._room - len(self._waiting)

    def put(self, record: Record) -> bool:
        """Queue a record; False where there is no room, and it is lost."""
        if len(self._waiting) >= self._room:
            self.lose(1)
            return False
        self._waiting.append(record)
        self._came.set()
        return True

    def lose(self, count: int) -> None:
        """Count records that were not queued."""
        self.lost += count
        self._came.set()

    def wake(self) -> None:
        """Let `take` return, with nothing if there is nothing."""
        self._came.set()

    async def take(self, timeout_s: float, most: int = 200) -> tuple[list[Record], int]:
        """Wait for records: up to `most` of them, and how many were lost behind them."""
        if not self._waiting and not self.lost:
            self._came.clear()
            try:
                await asyncio.wait_for(self._came.wait(), timeout_s)
            except TimeoutError:
                return [], 0
        taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
        if self._waiting:
            return taken, 0
        lost, self.lost = self.lost, 0
        return taken, lost


class Journal:
    """What happened since it `began`, the last `ring` records of it.

    `counters`: records by level, and "lost".
    """

    def __init__(
        self, *, ring: int = RING, wall: Callable[[], int] = time.time_ns, least: Level = Level.INFO
    ) -> None:
        """`least`: what the log gets; the ring and subscribers may have more."""
        self.records: deque[Record] = deque(maxlen=ring)
        self.counters: Counter[str] = Counter()
        self.least = least
        self.writers: list[Callable[[Record], None]] = []
        self.subscribers: list[Subscriber] = []
        self.began = _instant(wall())
        self._wall = wall
        self._last = 0

    def say(self, level: Level, kind: str, text: str, **fields: object) -> None:
        """Record that something happened. Never waits, never raises for a slow reader."""
        self._last += 1
        record = Record(self._last, self._wall(), level, kind, text, fields)
        self.counters[level.word] += 1
        self.records.append(record)
        if level >= self.least:
            for write in self.writers:
                write(record)
        for one in self.subscribers:
            if level >= one.least and not one.put(record):
                self.counters["lost"] += 1

    def tell_routes(
        self, count: int, described: Iterable[tuple[str, Mapping[str, object]]]
    ) -> None:
        """Tell subscribers that want it of `count` changes; what nobody has room for costs nothing.

        `described` gives text and fields of each and is read only as far as there is room.
        """
        wanting = [one for one in self.subscribers if one.wants_routes]
        if not wanting:
            return
        room = max(one.room for one in wanting)
        now, told = self._wall(), 0
        for text, fields in described:
            if told >= room:
                break
            told += 1
            record = Record(0, now, Level.INFO, "route", text, fields)
            for one in wanting:
                if not one.put(record):
                    self.counters["lost"] += 1
        for one in wanting:
            one.lose(count - told)
            self.counters["lost"] += count - told

    def wake(self) -> None:
        """Let every subscriber look up, as when all ends."""
        for one in self.subscribers:
            one.wake()

    def since(self, number: int, least: Level, limit: int) -> list[Record]:
        """The last `limit` records after a number, oldest first."""
        found: deque[Record] = deque(maxlen=limit)
        for record in reversed(self.records):
            if record.number <= number or len(found) == limit:
                break
            if record.level >= least:
                found.appendleft(record)
        return list(found)

    @contextmanager
    def subscribed(self, one: Subscriber) -> Iterator[Subscriber]:
        """Let a reader hear what happens from now on, until it leaves."""
        self.subscribers.append(one)
        try:
            yield one
        finally:
            self.subscribers.remove(one)
