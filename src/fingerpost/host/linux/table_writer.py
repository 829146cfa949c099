"""`TableWriter`: what is to be forwarded by, handed to the kernel's table in a thread of its own.

One batch is under way at a time; what changes meanwhile is gathered, and goes with the next. A
batch writes no more than some thousands of routes: a full table takes the time that the kernel
takes, and nobody waits for all of it. What others do to our routes, and what interfaces do to them,
is put right the same way.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from fingerpost.forwarding.events import Happened
from fingerpost.host.linux.kernel.report import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fingerpost.addr import Prefix
    from fingerpost.host.linux.kernel.report import Done, KernelWhy, Refusal
    from fingerpost.rib.events import Change

T = TypeVar("T")
DISTURBED_S = 0.1
TOLD_AT_ONCE = 5  # refusals that one batch reports
MOST_AT_ONCE = 20_000  # routes a batch writes, so that who asks and what changes waits for less


class KernelTable(Protocol):
    """What the kernel forwards by, as somebody wants it: `kernel_fib.KernelFib`.

    Called by one thread at a time.
    """

    def fileno(self) -> int:
        """What becomes readable when somebody else has changed the kernel's table."""

    def want(self, changes: Iterable[Change]) -> None:
        """Know what is wanted from now on."""

    @property
    def is_behind(self) -> bool:
        """Whether the last `sync` has left something to do."""

    def sync(self, most: int | None = None) -> Done:
        """Make the kernel's table so, of `most` routes at a time; `OSError` where it cannot be."""

    def adopt(self) -> object:
        """Take over what an earlier run left, and remove nothing of it yet."""

    def sweep(self) -> Done:
        """Make the kernel's table so, and remove what was taken over and is not wanted."""

    def withdraw(self) -> object:
        """Remove all that is ours."""

    def interface_changed(self) -> None:
        """Know that the kernel may have dropped routes."""

    def refused(self, limit: int = ...) -> Sequence[Refusal]:
        """What the kernel does not take."""

    def why(self, prefix: Prefix) -> KernelWhy:
        """What is wanted for a prefix, what the kernel has, and why they differ."""


@dataclass(slots=True)
class Batch:
    """What goes to the table together."""

    changes: list[Sequence[Change]] = field(default_factory=list)
    is_unsure: bool = False  # an interface changed
    is_sweep: bool = False

    def put(self, table: KernelTable) -> Sequence[Refusal]:
        """Give it to a table; gives some of what that refuses."""
        if self.is_unsure:
            table.interface_changed()
        for changes in self.changes:
            table.want(changes)
        done = table.sweep() if self.is_sweep else table.sync(MOST_AT_ONCE)
        return table.refused(TOLD_AT_ONCE) if done.refused else ()


class TableWriter:
    """Writes to `table` what it is given, in order, on the running loop.

    What fails is reported and tried again after `again_s`, by which time more may be known; what
    the kernel refuses is reported once. `counters`: "batches", "changes", "failures", "refused",
    "disturbed" (somebody else changed the kernel's table).
    """

    def __init__(
        self, table: KernelTable, report: Callable[[Happened], None], *, again_s: float = 1.0
    ) -> None:
        """Nothing is read or written before `start`."""
        self.counters: Counter[str] = Counter()
        self._table = table
        self._report = report
        self._again_s = again_s
        self._batch = Batch()
        self._is_due = False
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "kernel-table")
        self._is_closing = False
        self._known: frozenset[Refusal] = frozenset()
        self._disturbance: asyncio.TimerHandle | None = None

    async def start(self) -> int:
        """Take over what an earlier run left, and give how many routes that is.

        Raises `OSError` where the table is not to be had.
        """
        found = await self.ask(lambda table: table.adopt())
        self._listen()
        return found.routes if isinstance(found, Found) else 0

    async def ask(self, question: Callable[[KernelTable], T]) -> T:
        """Ask the table, between two batches."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._table)

    def write(self, changes: Sequence[Change]) -> None:
        """Have the table changed, soon."""
        if changes:
            self._batch.changes.append(changes)
            self._wake()

    def interface_changed(self) -> None:
        """Have the table compared: the kernel drops routes of a link without a word."""
        self._batch.is_unsure = True
        self._wake()

    def sweep(self) -> None:
        """Have what was taken over and is not wanted removed, soon."""
        self._batch.is_sweep = True
        self._wake()

    async def close(self, *, withdraws: bool) -> None:
        """Write what is left, or remove all that is ours, and end the thread."""
        self._is_closing = True
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._table.fileno())
        if self._disturbance is not None:
            self._disturbance.cancel()
        if self._task is not None:
            await self._task
        try:
            if withdraws:
                await self.ask(lambda table: table.withdraw())
        except Exception as error:
            self._failed(error)
        self._thread.shutdown()

    # -- the batches ---------------------------------------------------------------------------

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._table.fileno(), self._disturbed)

    def _disturbed(self) -> None:
        """The kernel tells of a change; it is read with a batch, in its thread.

        A little later: where an interface is behind it, its change is known by then.
        """
        self.counters["disturbed"] += 1
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._table.fileno())
        self._disturbance = loop.call_later(DISTURBED_S, self._wake)

    def _wake(self) -> None:
        self._is_due = True
        if self._task is None and not self._is_closing:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while self._is_due:
            self._is_due = False
            batch, self._batch = self._batch, Batch()
            self.counters["batches"] += 1
            self.counters["changes"] += sum(map(len, batch.changes))
            try:
                self._tell(await self.ask(batch.put))
                self._is_due |= self._table.is_behind
            except Exception as error:  # whatever it is, the next batch shall have its chance
                self._failed(error)
                if self._is_closing:
                    break
                await asyncio.sleep(self._again_s)
                self._batch.is_sweep |= batch.is_sweep
                self._is_due = True
            if not self._is_closing:
                self._listen()
        self._task = None

    def _failed(self, error: Exception) -> None:
        self.counters["failures"] += 1
        detail = f"{type(error).__name__}: {error}"
        self._report(Happened("kernel table failed", None, detail))

    def _tell(self, refusals: Sequence[Refusal]) -> None:
        new = [one for one in refusals if one not in self._known]
        self._known = frozenset(refusals)
        self.counters["refused"] += len(new)
        for one in new:
            self._report(Happened("route refused", None, str(one)))
