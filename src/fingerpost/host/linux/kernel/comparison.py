"""The ledger held against what the kernel has: at the start, after changes of links, on doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.host.linux.kernel.attributes import Tail, read_tail
from fingerpost.host.linux.kernel.report import Found
from fingerpost.host.linux.kernel.stray import remove
from fingerpost.host.linux.kernel.ways import NONE, Ways

if TYPE_CHECKING:
    from fingerpost._core import PrefixColumn, RouteDump, RouteLedger, RouteSocket
    from fingerpost.host.linux.kernel.nexthops import NexthopObjects

ATTEMPTS = 3  # to read a table that changes while it is read


@dataclass(frozen=True, slots=True)
class Ours:
    """Where our routes are and by which numbers they are known."""

    socket: RouteSocket
    protocol: int
    table: int
    metric: int

    def is_regular(self, tail: Tail) -> bool:
        """Whether a route that carries our protocol number is as this run makes them."""
        return tail.metric == self.metric and tail.tos == 0


class Comparison:
    """Compares, as often as it is asked to.

    `count` says how often it was, `is_complete` whether the last time the table stood still.
    """

    def __init__(
        self,
        ours: Ours,
        ledger: RouteLedger,
        ways: Ways,
        objects: NexthopObjects | None,
        left: NexthopObjects | None,
    ) -> None:
        """`objects` are those that ways name, `left` those that an earlier run may have left."""
        self._ours, self._ledger, self._ways = ours, ledger, ways
        self._objects, self._left = objects, left
        self._strays: list[tuple[Tail, PrefixColumn]] = []
        self.count = 0
        self.is_complete = True

    def run(self, *, spares: bool) -> Found:
        """Read the table and correct the ledger; `spares`: unknown routes of ours are let be."""
        self.count += 1
        mended = self._objects.reload() if self._objects is not None else 0
        self._ways.refresh()
        dump = self._dump()
        tails = [read_tail(tail) for tail in dump.tails()]
        is_regular = self._ours.is_regular
        self._strays = [
            (tail, dump.with_tail(at)) for at, tail in enumerate(tails) if not is_regular(tail)
        ]
        ways = [self._ways.of_tail(tail) if is_regular(tail) else NONE for tail in tails]
        found = self._ledger.reconcile(dump, ways, spares=spares)
        self._ways.tidy()
        return Found(*found, sum(len(prefixes) for _, prefixes in self._strays), mended)

    def remove_strays(self) -> int:
        """Remove routes of ours that are not as this run makes them; gives how many went."""
        strays, self._strays = self._strays, []
        ours = self._ours
        return sum(
            remove(ours.socket, ours.protocol, ours.table, tail, prefixes)
            for tail, prefixes in strays
        )

    def remove_stale_objects(self) -> None:
        """Remove nexthop objects of ours that nobody uses."""
        _, _, refused, _ = self._ledger.counts()
        if self._left is None or refused:
            return  # what should have been replaced may rest on them
        if self._objects is None:
            self._left.reload()
        self._left.remove_stale()

    def _dump(self) -> RouteDump:
        for _ in range(ATTEMPTS):
            dump = self._ours.socket.dump_routes()
            self.is_complete = not dump.is_interrupted
            if self.is_complete:
                break
        return dump
