"""`Path`: what is left of a route without its prefix, so that a million prefixes can share it.

A table learns few different things about many prefixes. Each different thing is one `Path`, and
equal ones are one object (`Paths`), so they are compared and hashed by identity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from fingerpost.errors import UsageError
from fingerpost.rib.route import RibRoute

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.forwarding.route import NextHop, RouteKind
    from fingerpost.rib.verdict import Line


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Path:
    """The fields of a `RibRoute` but its prefix."""

    source: str
    distance: int
    metric: int
    next_hops: tuple[NextHop, ...]
    kind: RouteKind
    tag: int
    attributes: Mapping[str, object] | None
    learned_from: Address | None
    since: int
    lines: tuple[Line, ...]

    def at(self, prefix: Prefix) -> RibRoute:
        """The route again."""
        return RibRoute(
            prefix,
            self.source,
            self.distance,
            self.metric,
            self.next_hops,
            self.kind,
            self.tag,
            self.attributes,
            self.learned_from,
            self.since,
            self.lines,
        )


def says_same(one: Path | None, other: Path | None) -> bool:
    """Whether both say the same, whenever they came and whatever let them in."""
    if one is other or one is None or other is None:
        return one is other
    return (
        one.source == other.source
        and one.distance == other.distance
        and one.metric == other.metric
        and one.next_hops == other.next_hops
        and one.kind is other.kind
        and one.tag == other.tag
        and one.learned_from == other.learned_from
        and one.attributes == other.attributes
    )


class Paths:
    """Makes paths, each different one once for as long as somebody holds it."""

    def __init__(self) -> None:
        """Start with none."""
        self._known: WeakValueDictionary[tuple[object, ...], Path] = WeakValueDictionary()

    def __len__(self) -> int:
        """Count the different paths that are held."""
        return len(self._known)

    def of(self, route: RibRoute, now: int) -> Path:
        """The path of a route; one that does not know since when has it since `now`."""
        since = route.since or now
        key = (
            route.source,
            route.distance,
            route.metric,
            route.next_hops,
            route.kind,
            route.tag,
            id(route.attributes),  # the path keeps them alive, so no other takes the number
            route.learned_from,
            since,
            route.lines,
        )
        path = self._known.get(key)
        if path is None:
            _check(route)
            path = Path(*key[:6], route.attributes, *key[7:])
            self._known[key] = path
        return path


def _check(route: RibRoute) -> None:
    """Refuse what no table can hold; asked once for each different path."""
    for field, value, most in (
        ("distance", route.distance, 255),
        ("metric", route.metric, 0xFFFF_FFFF),
        ("tag", route.tag, 0xFFFF_FFFF),
    ):
        if not 0 <= value <= most:
            raise UsageError(f"{route.prefix} of {route.source}: {field} {value}, not 0 to {most}")
    for hop in route.next_hops:
        if hop.weight < 1:
            raise UsageError(f"{route.prefix} of {route.source}: weight {hop.weight}, not above 0")
