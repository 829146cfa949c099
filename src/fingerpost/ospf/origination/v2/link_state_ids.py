"""Link state ids of networks in version 2: two networks may begin alike (RFC 2328 appendix E).

A network's LSA is named by its address, of which host bits may be set (RFC 2328 12.1.4). Where
networks of several lengths have one address, the shortest gets it, as appendix E has it, and each
longer one its last address. A host has no bits to set: it always gets its own address, and whatever
had that moves on to the next one that is free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Prefix

WIDTH = 32
TRIES = 256  # addresses of a network that are looked at, from its last one down


class LinkStateIds:
    """The link state ids of the LSAs of one type in one scope."""

    def __init__(self) -> None:
        """None is given."""
        self._by_id: dict[int, Prefix] = {}
        self._ids: dict[Prefix, int] = {}
        self._moved: list[Prefix] = []

    def of(self, prefix: Prefix) -> int | None:
        """Give the id of a network; None where all that it could have are taken by hosts."""
        known = self._ids.get(prefix)
        if known is not None:
            return known
        first = int(prefix.network)
        holder = self._by_id.get(first)
        if holder is None:
            return self._give(prefix, first)
        if prefix.length == WIDTH or prefix.length < holder.length < WIDTH:
            self._give(prefix, first)
            del self._ids[holder]
            self._moved.append(holder)
            return first
        free = self._free(prefix)
        return None if free is None else self._give(prefix, free)

    def release(self, prefix: Prefix) -> None:
        """Take an id back; of what has none that is no error."""
        known = self._ids.pop(prefix, None)
        if known is not None:
            del self._by_id[known]

    def take_moved(self) -> list[Prefix]:
        """Give the networks whose ids others got: they have to be told by new ones."""
        moved, self._moved = self._moved, []
        return moved

    def _give(self, prefix: Prefix, number: int) -> int:
        self._by_id[number] = prefix
        self._ids[prefix] = number
        return number

    def _free(self, prefix: Prefix) -> int | None:
        last, first = int(prefix.last), int(prefix.network)
        for number in range(last, max(first, last - TRIES), -1):
            if number not in self._by_id:
                return number
        return None
