"""Link state ids of version 3, which say nothing and only tell LSAs apart (RFC 5340 4.4.3)."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping


class Numbers:
    """Gives everything that is told a number, from 1 on; those given back are used again."""

    def __init__(self) -> None:
        """None is given."""
        self._given: dict[Hashable, int] = {}
        self._free: list[int] = []

    def of(self, what: Hashable) -> int:
        """Give the number of something, the same each time until it is released."""
        number = self._given.get(what)
        if number is None:
            number = heappop(self._free) if self._free else len(self._given) + 1
            self._given[what] = number
        return number

    def recall(self, given: Mapping[Hashable, int]) -> None:
        """Begin with numbers that were given before; they differ. What is far off is given anew."""
        most = 2 * len(given) + 1024
        self._given = {what: number for what, number in given.items() if 0 < number <= most}
        taken = set(self._given.values())
        self._free = [one for one in range(1, max(taken, default=0)) if one not in taken]

    def release(self, what: Hashable) -> None:
        """Take a number back; of what has none that is no error."""
        number = self._given.pop(what, None)
        if number is not None:
            heappush(self._free, number)
