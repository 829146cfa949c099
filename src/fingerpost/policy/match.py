"""What a statement asks about a route. Every condition prints as the line that declared it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.policy.prefix_list import PrefixList
    from fingerpost.rib import Context, RibRoute


class Condition(Protocol):
    """One thing that must hold."""

    def holds(self, route: RibRoute, context: Context) -> bool:
        """Whether it holds for a route."""


@dataclass(frozen=True, slots=True, eq=False)
class InPrefixList:
    """The list permits the route's prefix."""

    list: PrefixList

    def holds(self, route: RibRoute, context: Context) -> bool:
        """Ask the list."""
        return self.list.permits(route.prefix, counts=context.counts)

    def __str__(self) -> str:
        """As declared."""
        return f"prefix in {self.list.name}"


_FIELDS: dict[str, Callable[[RibRoute], object]] = {
    "source": lambda route: route.source,
    "protocol": lambda route: route.source.partition(":")[0],
    "tag": lambda route: route.tag,
    "metric": lambda route: route.metric,
    "distance": lambda route: route.distance,
    "kind": lambda route: route.kind.value,
    "learned_from": lambda route: None if route.learned_from is None else str(route.learned_from),
    "version": lambda route: route.prefix.version,
}


@dataclass(frozen=True, slots=True)
class Is:
    """A field of the route is one of some values.

    Fields: source ("ospf:1"), protocol ("ospf"), tag, metric, distance, kind ("blackhole"),
    learned_from (the neighbour's address as text), version. For numbers a value may be a `range`.
    Raises `UsageError` for another field.
    """

    field: str
    values: tuple[object, ...]

    def __post_init__(self) -> None:
        """Refuse a field that routes do not have."""
        if self.field not in _FIELDS:
            raise UsageError(f"routes have no {self.field!r}; they have {', '.join(_FIELDS)}")

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Compare."""
        held = _FIELDS[self.field](route)
        return any(
            held in value if isinstance(value, range) else held == value for value in self.values
        )

    def __str__(self) -> str:
        """As declared."""
        return f"{self.field} {' or '.join(map(_shown, self.values))}"


@dataclass(frozen=True, slots=True)
class NextHopIn:
    """Every next hop has a gateway inside one of some prefixes, or one of some interfaces."""

    prefixes: tuple[Prefix, ...] = ()
    interfaces: tuple[str, ...] = ()

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Look at each next hop; a route without any has none to fit."""
        return bool(route.next_hops) and all(
            hop.interface in self.interfaces
            or (hop.gateway is not None and any(hop.gateway in one for one in self.prefixes))
            for hop in route.next_hops
        )

    def __str__(self) -> str:
        """As declared."""
        return f"next hop in {', '.join([*map(str, self.prefixes), *self.interfaces])}"


def _shown(value: object) -> str:
    if isinstance(value, range):
        return f"{value.start} to {value.stop - 1}"
    return str(value)
