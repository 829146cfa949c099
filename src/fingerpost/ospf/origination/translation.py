"""Type 7 LSAs of an NSSA as type 5 LSAs, one by one or by ranges (RFC 3101 3.2).

An LSA is translated if its P bit is set, it names a forwarding address, and our route to its
prefix rests on it. It keeps metric, tag and forwarding address. Where it lies in a range, the range
is told in its place or, by its configuration, nothing: with the greatest metric of all, plus one
where any is of type 2, which the range is then too, and without a forwarding address.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.ospf.constants import LS_INFINITY
from fingerpost.ospf.origination.external import External

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.addr import Prefix
    from fingerpost.ospf.config import AreaRange


class Translation:
    """What one NSSA has for the outside: its translatable LSAs by prefix, and its ranges."""

    def __init__(self, ranges: Iterable[AreaRange], *, keeps_forwarding: bool = True) -> None:
        """Nothing is there. Without `keeps_forwarding` all goes by way of us."""
        self._ranges = sorted(ranges, key=lambda one: -one.prefix.length)
        self._keeps_forwarding = keeps_forwarding
        self._by_prefix: dict[Prefix, External] = {}
        self._inside: dict[Prefix, dict[Prefix, External]] = {}

    def __contains__(self, prefix: Prefix) -> bool:
        """Whether an LSA of just this prefix is there."""
        return prefix in self._by_prefix

    def change(self, prefix: Prefix, external: External | None) -> list[Prefix]:
        """Take an LSA, or that it is gone; gives the prefixes that are told otherwise."""
        before = self._by_prefix.get(prefix)
        if before == external:
            return []
        held = self._range_of(prefix)
        inside = None if held is None else self._inside.setdefault(held.prefix, {})
        if external is None:
            del self._by_prefix[prefix]
            if inside is not None:
                del inside[prefix]
        else:
            self._by_prefix[prefix] = external
            if inside is not None:
                inside[prefix] = external
        return [prefix] if held is None or held.prefix == prefix else [prefix, held.prefix]

    def external(self, prefix: Prefix) -> External | None:
        """What is told of a prefix; None if nothing is."""
        for held in self._ranges:
            if held.prefix == prefix:
                return self._aggregate(held)
        external = self._by_prefix.get(prefix)
        if external is None or self._range_of(prefix) is not None:
            return None
        return external if self._keeps_forwarding else replace(external, forwarding=None)

    def prefixes(self) -> Iterator[Prefix]:
        """Give all prefixes that may be told."""
        yield from self._by_prefix
        for held in self._ranges:
            yield held.prefix

    def _range_of(self, prefix: Prefix) -> AreaRange | None:
        return next((one for one in self._ranges if prefix in one.prefix), None)

    def _aggregate(self, held: AreaRange) -> External | None:
        inside = self._inside.get(held.prefix)
        if not inside or not held.is_advertised:
            return None
        is_type_2 = any(one.is_type_2 for one in inside.values())
        greatest = max(one.metric for one in inside.values() if one.is_type_2 == is_type_2)
        metric = greatest + is_type_2 if held.cost is None else held.cost
        source = next(iter(inside.values())).source
        return External(min(metric, LS_INFINITY - 1), is_type_2, held.tag, source=source)
