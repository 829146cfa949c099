"""Static routes: those that were written down, and what turns one set of them into another.

Several lines for one prefix and distance are several next hops of one route; lines of different
distance are routes of their own, of which the farther waits until the nearer is gone: a floating
static route. So the source of a route is "static", or "static:200" for another distance than the
customary one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.rib.distance import DISTANCES
from fingerpost.rib.events import AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.route import RibRoute

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.rib.events import RibEvent


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """One line: where packets for a prefix go.

    A next hop has an interface, a gateway, or both; a gateway alone is found through the table. A
    kind other than UNICAST has no next hops. `watched` are those of its next hops that are used
    only while BFD reaches their gateways. Raises `UsageError` for what is neither.
    """

    prefix: Prefix
    next_hops: tuple[NextHop, ...] = ()
    kind: RouteKind = RouteKind.UNICAST
    distance: int = DISTANCES["static"]
    tag: int = 0
    watched: tuple[NextHop, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a route that says nothing or two things at once."""
        if (self.kind is RouteKind.UNICAST) is not bool(self.next_hops):
            wanted = "needs a next hop" if not self.next_hops else "has no next hops"
            raise UsageError(f"static route {self.prefix}: {self.kind.value} {wanted}")
        for hop in self.next_hops:
            if hop.interface is None and hop.gateway is None:
                raise UsageError(f"static route {self.prefix}: a next hop without way or gateway")
        for hop in self.watched:
            if hop.gateway is None or hop not in self.next_hops:
                raise UsageError(
                    f"static route {self.prefix}: BFD watches {hop}, expected a gateway of its own"
                )

    @property
    def source(self) -> str:
        """What the table calls the source of it."""
        is_usual = self.distance == DISTANCES["static"]
        return "static" if is_usual else f"static:{self.distance}"


class StaticRoutes:
    """The static routes of one table."""

    def __init__(self) -> None:
        """Start without any."""
        self._held: dict[tuple[str, Prefix], RibRoute] = {}

    def replace(self, lines: Iterable[StaticRoute]) -> list[RibEvent]:
        """Let these be all that there are; gives what the table is to be told, no more.

        Raises `UsageError` if lines of one prefix and distance disagree; nothing changes then.
        """
        wanted = _routes(lines)
        gone: dict[str, list[Prefix]] = {}
        for source, prefix in self._held:
            if (source, prefix) not in wanted:
                gone.setdefault(source, []).append(prefix)
        new = tuple(route for key, route in wanted.items() if self._held.get(key) != route)
        self._held = wanted
        events: list[RibEvent] = [
            WithdrawRoutes(source, tuple(prefixes)) for source, prefixes in gone.items()
        ]
        return [*events, AnnounceRoutes(new)] if new else events


def _routes(lines: Iterable[StaticRoute]) -> dict[tuple[str, Prefix], RibRoute]:
    found: dict[tuple[str, Prefix], RibRoute] = {}
    for line in lines:
        key = line.source, line.prefix
        route = RibRoute(
            line.prefix, line.source, line.distance, 0, line.next_hops, line.kind, line.tag
        )
        if (before := found.get(key)) is not None:
            if (before.kind, before.tag) != (route.kind, route.tag) or not route.next_hops:
                raise UsageError(
                    f"static route {line.prefix} is there twice at distance {line.distance}, "
                    "with another kind or tag; give one of them another distance"
                )
            route = replace(route, next_hops=(*before.next_hops, *route.next_hops))
        found[key] = route
    return found
