"""What a border router tells an area of the networks of others (RFC 2328 12.4.3, RFC 5340 4.4.3.4).

A network inside the AS is told into an area, by these steps:

1. A stub area, or an NSSA without summaries, hears of a default route and of nothing else, if it
   has no summaries; a stub area hears of the default route in any case (12.4.3.1).
2. Where the prefix is an active range of another area, the range is told or, by its configuration,
   nothing; into a transit area the backbone's ranges do not count.
3. The route is not of the area itself, nor by a next hop in it.
4. A route by summaries is told if it came by the backbone, and never to the backbone.
5. A network that lies in a range of its area is told by the range, except as in step 2.
6. It costs less than LSInfinity.

Which networks a change concerns is known from the change alone: its prefix, and the range around.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fingerpost.ospf.config import AreaKind, OspfArea
from fingerpost.ospf.constants import BACKBONE, LS_INFINITY
from fingerpost.ospf.origination.area_ranges import AreaRanges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.addr import Prefix

INTRA, INTER = 0, 1  # path types, as the calculation numbers them


class Way(NamedTuple):
    """How a network or router inside the AS is reached; `through` are the areas of next hops."""

    path: int
    area: int
    cost: int
    through: frozenset[int]


class Summaries:
    """The routes inside the AS of a border router, and what each area hears of them."""

    def __init__(self, default: Prefix) -> None:
        """`default` is the prefix of a default route. No area is known."""
        self._default = default
        self._routes: dict[Prefix, Way] = {}
        self._ranges: dict[int, AreaRanges] = {}

    def configure(self, areas: Iterable[OspfArea]) -> None:
        """Take other areas and ranges, and forget all routes."""
        self._routes.clear()
        self._ranges = {one.id: AreaRanges(one.ranges) for one in areas if one.ranges}

    def change(self, prefix: Prefix, way: Way | None) -> list[Prefix]:
        """Take a route; gives the prefixes of which other areas may hear something else now."""
        before = self._routes.get(prefix)
        if way is None or way.path > INTER:
            if before is None:
                return []
            way = None
            del self._routes[prefix]
        else:
            self._routes[prefix] = way
        touched = [prefix]
        if before is not None and before.path == INTRA:
            self._count(prefix, before, touched, is_there=False)
        if way is not None and way.path == INTRA:
            self._count(prefix, way, touched, is_there=True)
        return touched

    def _count(self, prefix: Prefix, way: Way, touched: list[Prefix], *, is_there: bool) -> None:
        ranges = self._ranges.get(way.area)
        held = None if ranges is None else ranges.find(prefix)
        if ranges is None or held is None:
            return
        if is_there:
            ranges.add(held, way.cost)
        else:
            ranges.remove(held, way.cost)
        if held.prefix not in touched:
            touched.append(held.prefix)

    def metric(self, area: OspfArea, prefix: Prefix, *, is_transit: bool = False) -> int | None:
        """Give the metric that an area hears of a prefix; None if it hears nothing of it."""
        if area.kind is not AreaKind.NORMAL:
            if prefix == self._default and (area.kind is AreaKind.STUB or not area.has_summaries):
                return area.default_cost
            if not area.has_summaries:
                return None
        for other, ranges in self._ranges.items():
            held = ranges.at(prefix)
            if held is None or other == area.id or (is_transit and other == BACKBONE):
                continue
            cost = ranges.cost(held)
            if cost is not None:
                return min(cost, LS_INFINITY - 1) if held.is_advertised else None
        way = self._routes.get(prefix)
        if way is None or not is_told(way, area.id):
            return None
        if way.path == INTRA and not (is_transit and way.area == BACKBONE):
            ranges_of = self._ranges.get(way.area)
            if ranges_of is not None and ranges_of.find(prefix) is not None:
                return None
        return way.cost

    def active_ranges(self) -> Iterator[tuple[int, Prefix, int]]:
        """Give area, prefix and cost of the ranges that something lies in."""
        for area, ranges in self._ranges.items():
            for held in ranges:
                cost = ranges.cost(held)
                if cost is not None:
                    yield area, held.prefix, cost

    def prefixes(self) -> Iterator[Prefix]:
        """Give all prefixes that an area may hear of."""
        yield from self._routes
        yield self._default
        for ranges in self._ranges.values():
            for held in ranges:
                yield held.prefix


def is_told(way: Way, area: int) -> bool:
    """Tell whether an area may hear of a way at all (steps 3, 4 and 6)."""
    if way.area == area or area in way.through or way.cost >= LS_INFINITY:
        return False
    return way.path == INTRA or (way.area == BACKBONE and area != BACKBONE)
