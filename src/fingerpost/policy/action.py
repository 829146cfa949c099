"""What a statement does to a route that it means, and what happens to the route then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from fingerpost.errors import UsageError
from fingerpost.policy.attributes import AS_PATH, as_path_of, having
from fingerpost.rib.route import RibRoute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.forwarding.route import NextHop


class Outcome(Enum):
    """Where a route goes after a statement that means it."""

    ACCEPT = "accept"
    REJECT = "reject"
    CONTINUE = "continue"  # to the next statement, changed


class Action(Protocol):
    """One change."""

    def apply(self, route: RibRoute) -> RibRoute:
        """The changed route."""


_BOUNDS = {"metric": 0xFFFF_FFFF, "tag": 0xFFFF_FFFF, "distance": 255}


@dataclass(frozen=True, slots=True)
class Set:
    """Give a number a value, or with `by` add to it; it stays in the range of its field.

    `field` is metric, tag or distance. Raises `UsageError` for another one or a value out of range.
    """

    field: str
    value: int
    by: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be set."""
        most = _BOUNDS.get(self.field)
        if most is None:
            raise UsageError(f"cannot set {self.field!r}; {', '.join(_BOUNDS)} can be")
        if not (-most if self.by else 0) <= self.value <= most:
            raise UsageError(f"{self.field} {self.value}, not 0 to {most}")

    def apply(self, route: RibRoute) -> RibRoute:
        """Set or add."""
        return with_numbers(route, (self,))

    def __str__(self) -> str:
        """As traces show it."""
        return f"{self.field} {self.value:+}" if self.by else f"{self.field} = {self.value}"


@dataclass(frozen=True, slots=True)
class SetNextHops:
    """Use other next hops."""

    next_hops: tuple[NextHop, ...]

    def apply(self, route: RibRoute) -> RibRoute:
        """Replace them all."""
        return replace(route, next_hops=self.next_hops)

    def __str__(self) -> str:
        """As traces show it."""
        return f"next hop = {', '.join(map(str, self.next_hops))}"


@dataclass(frozen=True, slots=True)
class Prepend:
    """Put AS numbers before the AS path."""

    numbers: tuple[int, ...]

    def apply(self, route: RibRoute) -> RibRoute:
        """Lengthen the path."""
        return having(route, **{AS_PATH: (*self.numbers, *as_path_of(route))})

    def __str__(self) -> str:
        """As traces show it."""
        return f"AS path = {' '.join(map(str, self.numbers))} + it"


def with_numbers(route: RibRoute, sets: Iterable[Set]) -> RibRoute:
    """The route after several actions that set numbers, made once."""
    numbers = {"distance": route.distance, "metric": route.metric, "tag": route.tag}
    for one in sets:
        value = one.value
        if one.by:
            value = min(max(0, numbers[one.field] + value), _BOUNDS[one.field])
        numbers[one.field] = value
    return RibRoute(  # `replace` takes three times as long
        route.prefix,
        route.source,
        numbers["distance"],
        numbers["metric"],
        route.next_hops,
        route.kind,
        numbers["tag"],
        route.attributes,
        route.learned_from,
        route.since,
        route.lines,
    )
