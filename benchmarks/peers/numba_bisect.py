from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from golden.columns import U32, U64, Addresses
from golden.intervals import Intervals
from matching.peer import Bulk, Peer, Table


class Adapter(Peer):
    """Bisection over the flattened table, compiled by numba.

    Timed: the flattening and the search; not the compilation, which `build` triggers once on one
    question before the clock of the lookups starts. IPv6 is compared as two words.
    """

    name: ClassVar[str] = "numba"
    distribution: ClassVar[str] = "numba"

    def prepare(self, table: Table) -> Table:
        self.bisect = _compile()
        none = np.zeros(1, dtype=np.uint64)
        self.bisect(none, none, np.zeros(1, dtype=np.uint32), none, none)
        return table

    def build(self, prepared: Table) -> None:
        self.flat = Intervals.of(prepared.prefixes, np.array(prepared.ids, dtype=np.uint32))

    def bulks(self) -> list[Bulk]:
        flat = self.flat

        def lookup(asked: tuple[U64, U64]) -> U32:
            found: U32 = self.bisect(flat.high, flat.low, flat.answer, *asked)
            return found

        return [Bulk("numpy uint64, uint64", _words, lookup, np.asarray)]


def _words(addresses: Addresses) -> tuple[U64, U64]:
    return addresses.high, addresses.low


def _compile() -> Any:
    import numba

    @numba.njit(nogil=True)  # type: ignore[misc]  # numba has no types
    def bisect(high: Any, low: Any, answer: Any, asked_high: Any, asked_low: Any) -> Any:
        found = np.empty(len(asked_high), dtype=np.uint32)
        for at in range(len(asked_high)):
            first, last = 0, len(high)
            while last - first > 1:
                middle = (first + last) >> 1
                above = high[middle] > asked_high[at] or (
                    high[middle] == asked_high[at] and low[middle] > asked_low[at]
                )
                if above:
                    last = middle
                else:
                    first = middle
            found[at] = answer[first]
        return found

    return bisect
