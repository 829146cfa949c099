"""Deadlines by key: at most one a key, asked for in order of instant, then of being started."""

from __future__ import annotations

from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from typing import Generic, Protocol, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Waits(Protocol):
    """Whatever has something to do at some instant."""

    def next_deadline(self) -> int | None:
        """That instant; None if there is none."""
        ...


def earliest(*parts: Waits) -> int | None:
    """The first deadline of several; asked after every packet, so it makes no lists."""
    first: int | None = None
    for part in parts:
        due = part.next_deadline()
        if due is not None and (first is None or due < first):
            first = due
    return first


class Timers(Generic[Key]):
    """Timers as data; a stopped or moved one stays in the heap until it comes up or is in the way.

    Starting, stopping and taking cost O(log n) amortised.
    """

    def __init__(self) -> None:
        """Nothing runs."""
        self._heap: list[tuple[int, int, Key]] = []
        self._live: dict[Key, tuple[int, int, Key]] = {}  # what of the heap still counts
        self._over: set[int] = set()  # the rest of the heap, by number
        self._started = 0

    def __len__(self) -> int:
        """How many run."""
        return len(self._live)

    def start(self, key: Key, instant: int) -> None:
        """Let `key` come due at `instant`, and at no other."""
        self.stop(key)
        self._started += 1
        entry = self._live[key] = (instant, self._started, key)
        if len(self._heap) > 2 * len(self._live) + 64:
            self._heap = list(self._live.values())
            self._over.clear()
            heapify(self._heap)
        else:
            heappush(self._heap, entry)

    def stop(self, key: Key) -> None:
        """Let it not come due; one that does not run is no error."""
        entry = self._live.pop(key, None)
        if entry is not None:
            self._over.add(entry[1])

    def instant(self, key: Key) -> int | None:
        """When `key` comes due; None if it does not run."""
        held = self._live.get(key)
        return held[0] if held is not None else None

    def next_deadline(self) -> int | None:
        """The instant of the first; None if none runs."""
        heap, over = self._heap, self._over
        while heap:
            first = heap[0]
            if first[1] not in over:
                return first[0]
            over.remove(first[1])
            heappop(heap)
        return None

    def take(self, now: int) -> Key | None:
        """The first key that is due by `now`, which no longer runs then; None if none is."""
        due = self.next_deadline()
        if due is None or due > now:
            return None
        key = heappop(self._heap)[2]
        del self._live[key]
        return key
