"""`Kept`: what has to outlive a planned restart of an instance (RFC 3623 2.1, RFC 5187 3).

Link state ids are not among it: our own LSAs, which the neighbours keep, say them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.ospf.text import dotted, undotted

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Kept:
    """What an instance leaves to the one that comes after it.

    `until_ns`: the end of the grace period since 1970. `areas`: those in which it was adjacent to
    somebody. `numbers` of interfaces by name, the Interface IDs of version 3. `sequences`: the last
    numbers of signed packets, as `SequenceNumbers.last` (RFC 2328 D.3, RFC 7474 2, RFC 7166 4.1).
    """

    router_id: int
    until_ns: int
    areas: tuple[int, ...]
    numbers: Mapping[str, int]
    sequences: tuple[int, int, int]

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {
            "router_id": dotted(self.router_id),
            "until_ns": self.until_ns,
            "areas": [dotted(one) for one in self.areas],
            "numbers": dict(self.numbers),
            "sequences": list(self.sequences),
        }

    @classmethod
    def of(cls, said: Mapping[str, object]) -> Kept | None:
        """What plain data say; None where they are not what `as_dict` gives."""
        router, areas, numbers = said.get("router_id"), said.get("areas"), said.get("numbers")
        until, last = said.get("until_ns"), said.get("sequences")
        if not (isinstance(router, str) and isinstance(until, int) and isinstance(areas, list)):
            return None
        if not (isinstance(numbers, dict) and isinstance(last, list)):
            return None
        if not all(isinstance(one, int) and one > 0 for one in numbers.values()):
            return None
        if not all(isinstance(one, int) and one >= -1 for one in last):
            return None
        try:
            high, low, narrow = last
            where = tuple(undotted(one) for one in areas)
            return cls(undotted(router), until, where, dict(numbers), (high, low, narrow))
        except (ValueError, TypeError, AttributeError):
            return None
