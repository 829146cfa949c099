"""`Path`: a route without its prefix and its instant, so that a million prefixes can share it.

A table learns few different things about many prefixes. Each different thing is one `Path`, and
equal ones are one object (`Paths`), so they are compared and hashed by identity. Paths have
numbers, which is all that the native store knows of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.forwarding.route import Route
from fingerpost.rib.route import RibRoute

if TYPE_CHECKING:
    from fingerpost._core import RibStore
    from fingerpost.addr import Address, Prefix
    from fingerpost.forwarding.route import NextHop, RouteKind
    from fingerpost.rib.verdict import Line


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The fields of a `RibRoute` but `prefix` and `since`, and the number in the store.

    One with resolved next hops has the number of the one that it was made from.
    """

    source: str
    distance: int
    metric: int
    next_hops: tuple[NextHop, ...]
    kind: RouteKind
    tag: int
    attributes: Mapping[str, object] | None
    learned_from: Address | None
    lines: tuple[Line, ...]
    number: int

    def at(self, prefix: Prefix, since: int) -> RibRoute:
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
            since,
            self.lines,
        )

    def over(self, next_hops: tuple[NextHop, ...]) -> Path:
        """The same with these next hops, under the same number."""
        return Path(
            self.source,
            self.distance,
            self.metric,
            next_hops,
            self.kind,
            self.tag,
            self.attributes,
            self.learned_from,
            self.lines,
            self.number,
        )

    def forwarding(self) -> Route:
        """The value of its prefixes in a forwarding table."""
        return Route(self.next_hops, self.kind, self.source, self.metric)


def path_of(route: RibRoute, number: int) -> Path:
    """What a route says, under the number of the path that it was made from."""
    return Path(
        route.source,
        route.distance,
        route.metric,
        route.next_hops,
        route.kind,
        route.tag,
        route.attributes,
        route.learned_from,
        route.lines,
        number,
    )


def says_same(one: Path | None, other: Path | None) -> bool:
    """Whether both say the same, whatever let them in."""
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
    """Makes paths, each different one once for as long as the table has it, and numbers them."""

    def __init__(self, native: RibStore) -> None:
        """Start with none."""
        self._native = native  # finds them by the hash of what they say
        self._by_number: list[Path | None] = []
        self._free: list[int] = []
        self._sources: dict[str, int] = {}
        self._names: list[str] = []
        self._new: list[Path] = []

    def __len__(self) -> int:
        """Count the different paths that are held."""
        return len(self._by_number) - len(self._free)

    def __getitem__(self, number: int) -> Path:
        """The path of a number that is given out."""
        path = self._by_number[number]
        assert path is not None
        return path

    def source_number(self, source: str) -> int:
        """The number of a source."""
        number = self._sources.get(source)
        if number is None:
            number = self._sources[source] = len(self._names)
            self._names.append(source)
        return number

    def source_name(self, number: int) -> str:
        """The source of a number."""
        return self._names[number]

    def of_source(self, source: str) -> Iterator[Path]:
        """The paths of a source."""
        return (path for path in self._by_number if path is not None and path.source == source)

    def of(self, route: RibRoute) -> Path:
        """The path of a route. Raises `UsageError` for a number that no table can hold."""
        key = _key(route)
        for number in self._native.paths_like(hash(key)):
            path = self[number]
            if _key(path) == key:
                return path
        _check(route)
        number = self._free.pop() if self._free else len(self._by_number)
        path = path_of(route, number)
        if number == len(self._by_number):
            self._by_number.append(path)
        else:
            self._by_number[number] = path
        self._native.set_path(number, self.source_number(route.source), hash(key))
        self._new.append(path)
        return path

    def numbers_of(self, routes: Iterable[RibRoute]) -> list[int]:
        """The number of the path of each route; what routes share is looked at once."""
        seen: dict[tuple[object, ...], int] = {}
        numbers = []
        for route in routes:
            key = (  # while the routes are held, no other object takes one of these ids
                route.source,
                route.distance,
                route.metric,
                id(route.next_hops),
                id(route.kind),
                route.tag,
                id(route.attributes),
                id(route.learned_from),
                id(route.lines),
            )
            number = seen.get(key)
            if number is None:
                number = seen[key] = self.of(route).number
            numbers.append(number)
        return numbers

    def release(self, unused: Iterable[Path]) -> None:
        """Let go of paths that no prefix has any more, and of new ones that none ever had."""
        candidates = dict.fromkeys((*unused, *self._new))
        self._new.clear()
        for path in candidates:
            if not self._native.groups_of([path.number]):
                self._native.drop_path(path.number)
                self._by_number[path.number] = None
                self._free.append(path.number)


def _key(one: RibRoute | Path) -> tuple[object, ...]:
    return (
        one.source,
        one.distance,
        one.metric,
        one.next_hops,
        id(one.kind),
        one.tag,
        id(one.attributes),  # the path keeps them alive, so no other takes the number
        one.learned_from,
        one.lines,
    )


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
