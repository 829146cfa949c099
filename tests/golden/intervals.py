"""An oracle for millions of queries: the table flattened into intervals with one answer each.

1. Every prefix begins somewhere and ends somewhere; sort all these boundaries. Between two
   neighbouring boundaries every address has the same longest match: that stretch is a cell.
2. Paint the cells, short prefixes first, so that longer ones paint over them. Prefixes of one
   length never overlap, so each length is painted in one stroke.
3. A query is answered by the cell of the last boundary that is not above it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from golden.columns import U32, U64, Addresses, Prefixes, host_bits

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Intervals:
    """`answer[i]` holds from boundary i up to the next; 0 says that nothing matches."""

    high: U64
    low: U64
    answer: U32

    @classmethod
    def of(cls, prefixes: Prefixes, ids: U32) -> Intervals:
        """Flatten distinct prefixes; `ids[i]` above 0 is the answer that prefix i gives."""
        boundaries, first, after = _cells(prefixes)
        answer = np.zeros(len(boundaries), dtype=np.uint32)
        for length in np.unique(prefixes.length):
            chosen = np.flatnonzero(prefixes.length == length)
            sizes = after[chosen] - first[chosen]
            answer[_ranges(first[chosen], sizes)] = np.repeat(ids[chosen], sizes)
        return cls(boundaries.high, boundaries.low, answer)

    def __len__(self) -> int:
        return len(self.answer)

    def lookup(self, addresses: Addresses) -> U32:
        """The id of each address's longest match, 0 where there is none."""
        at = np.searchsorted(self.high, addresses.high, side="right") - 1
        # The high words alone may lead past the cell: walk back where the low word says so.
        doubtful = np.arange(len(at))
        while len(doubtful):
            cell = at[doubtful]
            same = self.high[cell] == addresses.high[doubtful]
            doubtful = doubtful[same & (self.low[cell] > addresses.low[doubtful])]
            at[doubtful] -= 1
        found: U32 = self.answer[at]
        return found


def _cells(prefixes: Prefixes) -> tuple[Addresses, Index, Index]:
    """All boundaries in order; for each prefix its first cell and the cell after its last."""
    start = prefixes.network
    high_mask, low_mask = host_bits(prefixes.length)
    end_low = (start.low | low_mask) + np.uint64(1)
    carry = (end_low == 0).astype(np.uint64)
    end_high = (start.high | high_mask) + carry
    # A zero in front makes the cell below the first prefix; an end that wraps falls on it too.
    high = np.concatenate([np.zeros(1, np.uint64), start.high, end_high])
    low = np.concatenate([np.zeros(1, np.uint64), start.low, end_low])
    order = np.lexsort((low, high))
    sorted_high, sorted_low = high[order], low[order]
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (np.diff(sorted_high) != 0) | (np.diff(sorted_low) != 0)
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.cumsum(is_new) - 1
    count = len(prefixes)
    first, after = rank[1 : count + 1], rank[count + 1 :]
    boundaries = Addresses(prefixes.version, sorted_high[is_new], sorted_low[is_new])
    return boundaries, first, np.where(after == 0, len(boundaries), after)


def _ranges(first: Index, sizes: Index) -> Index:
    """`first[0], first[0] + 1, ...` for sizes[0] cells, then the next range, in one array."""
    total = int(sizes.sum())
    begins = np.cumsum(sizes) - sizes
    shifts: Index = np.repeat(first - begins, sizes)
    return np.arange(total, dtype=np.intp) + shifts
