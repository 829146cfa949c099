"""Ranges of an area: networks that are told outside as one (RFC 2328 3.5, 12.4.3).

A range is active while a network of its area lies in it; it costs what the costliest of them does,
unless its configuration says otherwise. Of nested ranges the longest takes a network in.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.addr import Prefix
    from fingerpost.ospf.config import AreaRange


class AreaRanges:
    """The ranges of one area, with the costs of what lies in each."""

    def __init__(self, ranges: Iterable[AreaRange]) -> None:
        """Nothing lies in them."""
        self._ranges = {one.prefix: one for one in ranges}
        self._lengths = sorted({one.length for one in self._ranges}, reverse=True)
        self._costs: dict[Prefix, Counter[int]] = {one: Counter() for one in self._ranges}

    def __iter__(self) -> Iterator[AreaRange]:
        """Give the ranges as they are configured."""
        return iter(self._ranges.values())

    def find(self, prefix: Prefix) -> AreaRange | None:
        """Give the range that takes a network in."""
        for length in self._lengths:
            if length <= prefix.length:
                found = self._ranges.get(
                    prefix if length == prefix.length else prefix.supernet(length)
                )
                if found is not None:
                    return found
        return None

    def at(self, prefix: Prefix) -> AreaRange | None:
        """Give the range that is just this prefix."""
        return self._ranges.get(prefix)

    def add(self, held: AreaRange, cost: int) -> None:
        """A network of this cost lies in a range from now on."""
        self._costs[held.prefix][cost] += 1

    def remove(self, held: AreaRange, cost: int) -> None:
        """It does so no more."""
        costs = self._costs[held.prefix]
        costs[cost] -= 1
        if costs[cost] <= 0:
            del costs[cost]

    def cost(self, held: AreaRange) -> int | None:
        """Give what a range costs; None if it is not active."""
        costs = self._costs[held.prefix]
        if not costs:
            return None
        return max(costs) if held.cost is None else held.cost
