"""What statements ask about paths of BGP, and about the neighbour that they come from or go to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from fingerpost.errors import UsageError
from fingerpost.policy.attributes import (
    ABSENT,
    ASPA_STATES,
    NUMBERS,
    ORIGINS,
    ROUTE_SOURCES,
    ROV_STATES,
    as_path_of,
    held,
)
from fingerpost.policy.match import are_within, shown
from fingerpost.policy.segments import length_of

if TYPE_CHECKING:
    from fingerpost.rib import Context, RibRoute

NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class NumberIs:
    """An attribute that is a number has one of some values; "none" means that it is not there.

    Where there is none, a local preference is that of the instance (100), a weight 0. Raises
    `UsageError` for an attribute that is no number.
    """

    name: str
    values: tuple[int | range | str, ...]
    ranges: tuple[range, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what is no number."""
        if self.name not in NUMBERS:
            raise UsageError(f"{self.name!r} is no number of a path; {', '.join(NUMBERS)} are")
        for one in self.values:
            if isinstance(one, str) and one != NONE:
                raise UsageError(f"{one!r}, expected a number, a range or {NONE}")
        found = (one if isinstance(one, range) else range(one, one + 1) for one in self._numbers())
        object.__setattr__(self, "ranges", tuple(found))

    def _numbers(self) -> tuple[int | range, ...]:
        return tuple(one for one in self.values if not isinstance(one, str))

    @property
    def or_none(self) -> bool:
        """Whether it may be absent."""
        return NONE in self.values

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Compare."""
        number = number_of(route, self.name)
        if number is None:
            return self.or_none
        return any(number in one for one in self.ranges)

    def implies(self, asked: NumberIs) -> bool:
        """Whether `asked` surely holds of every route of which this holds."""
        is_inside = are_within(self.ranges, asked.ranges) and asked.or_none >= self.or_none
        return self.name == asked.name and is_inside

    def __str__(self) -> str:
        """As declared."""
        return f"{self.name.replace('_', '-')} {' or '.join(map(shown, self.values))}"


def number_of(route: RibRoute, name: str) -> int | None:
    """A number of a path, or what stands for one that it does not have; None: nothing does."""
    found = held(route, name)
    if isinstance(found, int):
        return found
    if name in ABSENT:
        default = held(route, f"default_{name}")
        return default if isinstance(default, int) else ABSENT[name]
    return None


@dataclass(frozen=True, slots=True)
class PathLength:
    """The AS path has so many members, as they are compared (RFC 4271 9.1.2.2 a)."""

    values: tuple[int | range, ...]
    ranges: tuple[range, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make ranges of all."""
        found = (one if isinstance(one, range) else range(one, one + 1) for one in self.values)
        object.__setattr__(self, "ranges", tuple(found))

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Count."""
        length = length_of(as_path_of(route))
        return any(length in one for one in self.ranges)

    def implies(self, asked: PathLength) -> bool:
        """Whether `asked` surely holds of every route of which this holds."""
        return are_within(self.ranges, asked.ranges)

    def __str__(self) -> str:
        """As declared."""
        return f"as-path-length {' or '.join(map(shown, self.values))}"


@dataclass(frozen=True, slots=True)
class PrefixLength:
    """The prefix has one of some lengths."""

    values: tuple[int | range, ...]
    asks_prefix: ClassVar[bool] = True
    ranges: tuple[range, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make ranges of all."""
        found = (one if isinstance(one, range) else range(one, one + 1) for one in self.values)
        object.__setattr__(self, "ranges", tuple(found))

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Compare."""
        return any(route.prefix.length in one for one in self.ranges)

    def implies(self, asked: PrefixLength) -> bool:
        """Whether `asked` surely holds of every route of which this holds."""
        return are_within(self.ranges, asked.ranges)

    def __str__(self) -> str:
        """As declared."""
        return f"prefix-length {' or '.join(map(shown, self.values))}"


WORDS: Final[dict[str, tuple[str, ...]]] = {
    "origin": ORIGINS,
    "route_source": ROUTE_SOURCES,
    "rov": ROV_STATES,
    "aspa": ASPA_STATES,
}
"""Attributes that are one of some words."""


@dataclass(frozen=True, slots=True)
class WordIs:
    """An attribute that is a word is one of some; see `attributes`. Raises `UsageError`."""

    name: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse words that it never is."""
        known = WORDS[self.name]
        for one in self.values:
            if one not in known:
                raise UsageError(f"{one!r}, not one of {', '.join(known)}")

    @property
    def asks_prefix(self) -> bool:
        """Whether it is about prefix and origin together (RFC 6811 2)."""
        return self.name == "rov"

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Compare."""
        return held(route, self.name) in self.values

    def implies(self, asked: WordIs) -> bool:
        """Whether `asked` surely holds of every route of which this holds."""
        return self.name == asked.name and set(self.values) <= set(asked.values)

    def __str__(self) -> str:
        """As declared."""
        return f"{self.name.replace('_', '-')} {' or '.join(self.values)}"


@dataclass(frozen=True, slots=True)
class PlaceIs:
    """Where a policy is asked is one of some places.

    `name`: neighbor (its name, address or interface), remote_as, local_as, family ("ipv4",
    "ipv6", "l2vpn-evpn"), role (what we are to it), relation ("external", "internal" ...).
    """

    name: str
    values: tuple[object, ...]

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Compare; a place may have several names."""
        return self.is_at(held(route, self.name))

    def is_at(self, there: object) -> bool:
        """Whether this place is meant."""
        names = there if isinstance(there, tuple) else (there,)
        return any(
            name in one if isinstance(one, range) and isinstance(name, int) else name == one
            for name in names
            for one in self.values
        )

    def implies(self, asked: PlaceIs) -> bool:
        """Whether `asked` surely holds of every route of which this holds."""
        own = tuple(one for one in self.values if isinstance(one, range))
        others = tuple(one for one in asked.values if isinstance(one, range))
        words = set(self.values) - set(own)
        is_inside = words <= set(asked.values) and are_within(own, others)
        return self.name == asked.name and is_inside

    def __str__(self) -> str:
        """As declared."""
        return f"{self.name.replace('_', '-')} {' or '.join(map(shown, self.values))}"
