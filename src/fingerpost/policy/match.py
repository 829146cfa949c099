"""What a statement asks about a route. Every condition prints as the line that declared it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as part
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.rib.distance import kind_of

if TYPE_CHECKING:
    from fingerpost.policy.prefix_list import PrefixList
    from fingerpost.rib import Context, RibRoute


class Condition(Protocol):
    """One thing that must hold."""

    def holds(self, route: RibRoute, context: Context) -> bool:
        """Whether it holds for a route."""


@runtime_checkable
class Implying(Protocol):
    """A condition that knows what else holds where it does."""

    def implies(self, asked: Any) -> bool:  # noqa: ANN401 - one of its own class
        """Whether another of its class surely holds of every route of which it does."""


def are_within(ranges: tuple[range, ...], others: tuple[range, ...]) -> bool:
    """Whether each range lies inside one of others."""
    return all(
        any(other.start <= one.start and one.stop <= other.stop for other in others)
        for one in ranges
    )


@dataclass(frozen=True, slots=True)
class InPrefixList:
    """The list permits the route's prefix."""

    list: PrefixList
    asks_prefix: ClassVar[bool] = True

    def holds(self, route: RibRoute, context: Context) -> bool:
        """Ask the list."""
        return self.list.permits(route.prefix, counts=context.counts)

    def __str__(self) -> str:
        """As declared."""
        return f"prefix in {self.list.name}"


def _protocol(route: RibRoute) -> object:
    return kind_of(route.source)


def _neighbor(route: RibRoute) -> object:
    return None if route.learned_from is None else str(route.learned_from)


_FIELDS: dict[str, Callable[[RibRoute], object]] = {
    "source": attrgetter("source"),
    "protocol": _protocol,
    "tag": attrgetter("tag"),
    "metric": attrgetter("metric"),
    "distance": attrgetter("distance"),
    "kind": attrgetter("kind.value"),
    "learned_from": _neighbor,
    "version": attrgetter("prefix.version"),
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
    _read: Callable[[RibRoute], object] = part(init=False, repr=False, compare=False)
    _single: frozenset[object] = part(init=False, repr=False, compare=False)
    _ranges: tuple[range, ...] = part(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a field that routes do not have; sort the values so that they are found fast."""
        read = _FIELDS.get(self.field)
        if read is None:
            raise UsageError(f"routes have no {self.field!r}; they have {', '.join(_FIELDS)}")
        ranges = tuple(one for one in self.values if isinstance(one, range))
        object.__setattr__(self, "_read", read)
        object.__setattr__(self, "_ranges", ranges)
        object.__setattr__(self, "_single", frozenset(self.values) - set(ranges))

    @property
    def asks_prefix(self) -> bool:
        """Whether it looks at the prefix."""
        return self.field == "version"

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Compare."""
        held = self._read(route)
        if held in self._single:
            return True
        for one in self._ranges:  # noqa: SIM110 - a generator costs more than all else here
            if held in one:
                return True
        return False

    def __str__(self) -> str:
        """As declared."""
        return f"{self.field} {' or '.join(map(shown, self.values))}"


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


@dataclass(frozen=True, slots=True)
class NextHopInList:
    """A prefix list permits the gateway of every next hop, as a prefix of one address."""

    list: PrefixList

    def holds(self, route: RibRoute, context: Context) -> bool:
        """Ask the list for each; a route without any has none to fit."""
        return bool(route.next_hops) and all(
            hop.gateway is not None
            and self.list.permits(Prefix(hop.gateway, hop.gateway.bits), counts=context.counts)
            for hop in route.next_hops
        )

    def __str__(self) -> str:
        """As declared."""
        return f"next hop in {self.list.name}"


def asks_prefix(condition: object) -> bool:
    """Whether a condition looks at the prefix of a route, or at what is known of it alone."""
    return bool(getattr(condition, "asks_prefix", False))


def shown(value: object) -> str:
    """A value as statements print it."""
    if isinstance(value, range):
        return f"{value.start} to {value.stop - 1}"
    return str(value)
