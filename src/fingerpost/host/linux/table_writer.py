"""`TableWriter`: what is to be forwarded by, handed to the kernel's table in a thread of its own.

One batch is under way at a time; what changes meanwhile is gathered, and goes with the next. So a
full table of routes takes the time that the kernel takes, and nobody waits for it but the next
batch.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from fingerpost.forwarding.events import Happened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fingerpost.rib.events import Change
    from fingerpost.rib.route import RibRoute

CONNECTED = "connected"


class KernelTable(Protocol):
    """What the kernel forwards by, as somebody wants it; called by one thread at a time."""

    def want(self, changes: Sequence[Change]) -> object:
        """Know what is wanted from now on."""
        ...

    def sync(self) -> object:
        """Make the kernel's table so; raises `OSError` where it cannot be."""
        ...


def others(changes: Iterable[Change]) -> list[Change]:
    """Leave out connected routes, which the kernel makes of its addresses itself."""
    found = []
    for change in changes:
        before = change.before if _is_ours(change.before) else None
        after = change.after if _is_ours(change.after) else None
        if before is not None or after is not None:
            found.append(replace(change, before=before, after=after))
    return found


def _is_ours(route: RibRoute | None) -> bool:
    return route is not None and route.source.partition(":")[0] != CONNECTED


class TableWriter:
    """Writes to `table` what it is given, in order. `counters`: "batches", "changes", "failures".

    What fails is reported and tried again after `again_s`, by which time more may be known.
    """

    def __init__(
        self, table: KernelTable, report: Callable[[Happened], None], *, again_s: float = 1.0
    ) -> None:
        """Nothing is written before the first `write`."""
        self.counters: Counter[str] = Counter()
        self._table = table
        self._report = report
        self._again_s = again_s
        self._wanted: list[Change] = []
        self._is_due = False
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "kernel-table")
        self._is_closing = False

    def write(self, changes: Iterable[Change]) -> None:
        """Have the table changed, soon."""
        found = others(changes)
        if found:
            self._wanted += found
            self.check()

    def check(self) -> None:
        """Have the table made as it was wanted, soon, whether anything was written or not."""
        self._is_due = True
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._is_due:
            self._is_due = False
            batch, self._wanted = self._wanted, []
            self.counters["batches"] += 1
            self.counters["changes"] += len(batch)
            try:
                await loop.run_in_executor(self._thread, self._put, batch)
            except Exception as error:  # whatever it is, the next batch shall have its chance
                self.counters["failures"] += 1
                detail = f"{type(error).__name__}: {error}"
                self._report(Happened("kernel table failed", None, detail))
                if self._is_closing:
                    break
                await asyncio.sleep(self._again_s)
                self._is_due = True
        self._task = None

    def _put(self, batch: list[Change]) -> None:
        if batch:
            self._table.want(batch)
        self._table.sync()

    async def close(self) -> None:
        """Write what is left and end the thread."""
        self._is_closing = True
        if self._task is not None:
            await self._task
        self._thread.shutdown()
