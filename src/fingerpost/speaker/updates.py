"""`Updates`: what neighbours say, for a reader that comes at its own pace.

The core keeps, for each reader, the names of the paths that changed since they were read, each
once. So a path that changed ten times meanwhile is told once, as it is now, and a reader that is
slow costs no more than that; one that is millions behind is told everything anew.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING

from fingerpost.bgp.attributes import AttributeSet
from fingerpost.speaker.path import Path
from fingerpost.speaker.seen import Batch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from fingerpost._core import BgpTable
    from fingerpost.bgp.family import Family
    from fingerpost.speaker.seen import Update

SLICE = 2_000
"""Paths that are taken from the core at a time; the loop has a turn after each."""


@lru_cache(maxsize=4_096)
def path_of(attributes: bytes) -> Path:
    """The path of canonical octets; one for all prefixes that share it."""
    return Path(AttributeSet.decode(attributes))


class Watching:
    """What one reader has not seen of one family."""

    def __init__(
        self,
        table: BgpTable,
        family: Family,
        name_of: Callable[[int], str],
        *,
        is_best: bool,
        replays: bool,
    ) -> None:
        """Watch from now on."""
        self._table = table
        self._family = family
        self._name_of = name_of
        self._watcher = table.watch(family.code, is_best, replays)
        self.is_caught_up = False

    def take(self) -> list[Batch]:
        """A slice; empty: nothing is left."""
        is_anew, self.is_caught_up, told = self._table.watched(
            self._family.code, self._watcher, SLICE
        )
        found = []
        for number, path_id, attributes, is_accepted, prefixes in told:
            path = None if attributes is None else path_of(attributes)
            name = self._name_of(number)
            found.append(Batch(prefixes, path, name, self._family, path_id, is_accepted, is_anew))
            is_anew = False
        return found

    def close(self) -> None:
        """Watch no more."""
        self._table.unwatch(self._family.code, self._watcher)


class Updates:
    """An asynchronous iterator of `Update`; `batches` gives them by what they have in common.

    It ends when the speaker is closed, or by `close`.
    """

    def __init__(self, watching: Sequence[Watching], closed: Callable[[Updates], None]) -> None:
        """Of some families; `closed` is called when nobody reads any more."""
        self._watching = watching
        self._closed = closed
        self._news = asyncio.Event()
        self._is_over = False
        self._rest: Iterator[Update] = iter(())
        self._left: list[Batch] = []

    def wake(self) -> None:
        """There may be something."""
        self._news.set()

    def close(self) -> None:
        """Read no more."""
        if not self._is_over:
            self._is_over = True
            for one in self._watching:
                one.close()
            self._closed(self)
            self._news.set()

    def __aiter__(self) -> Updates:
        """Itself."""
        return self

    async def __anext__(self) -> Update:
        """The next, when there is one."""
        while True:
            for update in self._rest:
                return update
            self._rest = iter(await self._next_batch())

    async def batches(self) -> AsyncIterator[Batch]:
        """Batches in place of single updates."""
        while True:
            try:
                batch = await self._next_batch()
            except StopAsyncIteration:
                return
            yield batch

    async def _next_batch(self) -> Batch:
        while not self._left:
            if self._is_over:
                raise StopAsyncIteration
            self._news.clear()
            for one in self._watching:
                self._left += one.take()
            self._left.reverse()
            if self._left:
                await asyncio.sleep(0)  # sessions have their turn, however much there is
            else:
                await self._news.wait()
        return self._left.pop()

    def __enter__(self) -> Updates:
        """Close it at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Read no more."""
        self.close()
