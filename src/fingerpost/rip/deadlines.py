"""Many things that come due at few instants: all routes of one message time out together.

A bucket an instant, so that to hear a route again costs two steps in dicts and none in the heap.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import Generic, Protocol, TypeVar


class Timed(Protocol):
    """Anything with an identity of its own; `due` belongs to `Deadlines`, None is not running."""

    due: int | None


Item = TypeVar("Item", bound=Timed)


class Deadlines(Generic[Item]):
    """At most one deadline an item. Starting and stopping cost O(1), a new instant O(log n)."""

    def __init__(self) -> None:
        """Nothing runs."""
        self._at: dict[int, dict[Item, None]] = {}
        self._heap: list[int] = []  # every instant of `_at`, and some that are over

    def __len__(self) -> int:
        """How many run."""
        return sum(len(items) for items in self._at.values())

    def start(self, item: Item, instant: int) -> None:
        """Let an item come due at an instant, and at no other."""
        if item.due is not None:
            self.stop(item)
        items = self._at.get(instant)
        if items is None:
            items = self._at[instant] = {}
            heappush(self._heap, instant)
            if len(self._heap) > 2 * len(self._at) + 64:
                self._heap = list(self._at)
                heapify(self._heap)
        items[item] = None
        item.due = instant

    def stop(self, item: Item) -> None:
        """Let it not come due; one that does not run is no error."""
        due = item.due
        if due is None:
            return
        item.due = None
        items = self._at[due]
        del items[item]
        if not items:
            del self._at[due]

    def next_deadline(self) -> int | None:
        """The instant of the first; None if none runs."""
        heap = self._heap
        while heap and heap[0] not in self._at:
            heappop(heap)
        return heap[0] if heap else None

    def expired(self, now: int) -> Iterator[Item]:
        """Give what is due by now, one by one: in order of instant, then of being started.

        Whoever takes them may start and stop others meanwhile, but start none at or before `now`.
        """
        while (first := self.next_deadline()) is not None and first <= now:
            for item in list(self._at[first]):
                if item.due == first:
                    self.stop(item)
                    yield item
