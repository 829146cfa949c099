"""`WatchedStatics`: static routes whose next hops are used only while BFD reaches them.

A static route has nobody else to tell whether its next hop lives, so what BFD has not reached is
not used, also where an end has switched the session off (RFC 5882 3.2).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.protocol.events import UnwatchNeighbor, WatchNeighbor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.addr import Address, Prefix
    from fingerpost.forwarding.route import NextHop
    from fingerpost.protocol.events import NeighborReachability
    from fingerpost.rib.static import StaticRoute

Way: TypeAlias = "tuple[str | None, Address]"  # the interface, if one is named, and the gateway

CLIENT = "static"
UNKNOWN = "BFD has not reached it yet"


class WatchedStatics:
    """Which next hops are watched, and which are reached."""

    def __init__(self) -> None:
        """None is."""
        self._asked: dict[Way, None] = {}
        self._reached: set[Way] = set()
        self._reasons: dict[Way, str] = {}

    def ask(self, lines: Iterable[StaticRoute]) -> list[WatchNeighbor | UnwatchNeighbor]:
        """Let these be all lines there are; gives what BFD is to be asked, no more."""
        wanted = dict.fromkeys(_way(hop) for line in lines for hop in line.watched)
        gone = [way for way in self._asked if way not in wanted]
        new = [way for way in wanted if way not in self._asked]
        self._asked = wanted
        for way in gone:
            self._reached.discard(way)
            self._reasons.pop(way, None)
        asks: list[WatchNeighbor | UnwatchNeighbor] = [
            UnwatchNeighbor("", interface, gateway) for interface, gateway in gone
        ]
        return asks + [WatchNeighbor("", way[0], None, way[1]) for way in new]

    def tell(self, event: NeighborReachability) -> None:
        """BFD tells of one of them."""
        way = (event.interface, event.address)
        if way not in self._asked:
            return
        if event.is_up:
            self._reached.add(way)
        else:
            self._reached.discard(way)
            self._reasons[way] = event.reason

    def usable(self, lines: Iterable[StaticRoute]) -> Iterator[StaticRoute]:
        """The lines with the next hops that may be used; none of a line that has none left."""
        for line in lines:
            if not line.watched:
                yield line
                continue
            hops = tuple(hop for hop in line.next_hops if self._may_use(hop, line))
            if hops:
                yield replace(line, next_hops=hops, watched=())

    def kept_out(self, lines: Iterable[StaticRoute], prefix: Prefix) -> list[tuple[str, str]]:
        """The sources of lines for a prefix that have no next hop left, each with the reason."""
        found = []
        for line in lines:
            if line.prefix == prefix and line.watched and not any(self.usable((line,))):
                ways = {hop: _way(hop) for hop in line.watched}
                said = [f"{hop}: {self._reasons.get(way, UNKNOWN)}" for hop, way in ways.items()]
                found.append((line.source, "; ".join(said)))
        return found

    def _may_use(self, hop: NextHop, line: StaticRoute) -> bool:
        return hop not in line.watched or _way(hop) in self._reached


def _way(hop: NextHop) -> Way:
    assert hop.gateway is not None  # a static route sees to it
    return hop.interface, hop.gateway
