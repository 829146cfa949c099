"""What statements change in paths of BGP."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop
from fingerpost.policy.attributes import (
    AS_PATH,
    COMMUNITIES,
    IGP_METRIC,
    LOCAL_AS,
    NEXT_HOP_TOLD,
    ORIGINS,
    SETTABLE,
    as_path_of,
    having,
    held,
)
from fingerpost.policy.communities import Kind, Pattern, communities_of, kind_of, single
from fingerpost.policy.path_match import number_of
from fingerpost.policy.segments import mapped

if TYPE_CHECKING:
    from fingerpost.policy.as_numbers import AsSet
    from fingerpost.rib import RibRoute

PREPENDED_MOST: Final = 100
TOLD: Final = ("self", "peer", "unchanged")


@dataclass(frozen=True, slots=True)
class SetNumber:
    """Give a number of a path a value, or with `by` add to it; it stays in its range.

    To one that is not there what stands for it is added, 0 where nothing does. Raises `UsageError`
    for what is no number that can be set, or for a value out of its range.
    """

    name: str
    value: int
    by: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be set."""
        most = SETTABLE.get(self.name)
        if most is None:
            raise UsageError(f"cannot set {self.name!r}; {', '.join(SETTABLE)} can be")
        if not (-most if self.by else 0) <= self.value <= most:
            raise UsageError(f"{self.name} {self.value}, not 0 to {most}")

    def apply(self, route: RibRoute) -> RibRoute:
        """Set or add."""
        value = self.value
        if self.by:
            value += number_of(route, self.name) or 0
        return having(route, **{self.name: min(max(0, value), SETTABLE[self.name])})

    def __str__(self) -> str:
        """As traces show it."""
        name = self.name.replace("_", "-")
        return f"{name} {self.value:+}" if self.by else f"{name} = {self.value}"


@dataclass(frozen=True, slots=True)
class SetToMetric:
    """Give a number the metric of the way to the next hop, where that is known."""

    name: str

    def apply(self, route: RibRoute) -> RibRoute:
        """Set."""
        metric = held(route, IGP_METRIC)
        return route if metric is None else having(route, **{self.name: metric})

    def __str__(self) -> str:
        """As traces show it."""
        return f"{self.name.replace('_', '-')} = metric of the next hop"


@dataclass(frozen=True, slots=True)
class Drop:
    """Take an attribute away."""

    name: str

    def apply(self, route: RibRoute) -> RibRoute:
        """Have it no more."""
        return having(route, **{self.name: None})

    def __str__(self) -> str:
        """As traces show it."""
        return f"{self.name.replace('_', '-')} = none"


@dataclass(frozen=True, slots=True)
class SetOrigin:
    """Give ORIGIN a value. Raises `UsageError` for a word that is none."""

    origin: str

    def __post_init__(self) -> None:
        """Refuse other words."""
        if self.origin not in ORIGINS:
            raise UsageError(f"{self.origin!r}, not one of {', '.join(ORIGINS)}")

    def apply(self, route: RibRoute) -> RibRoute:
        """Set."""
        return having(route, origin=self.origin)

    def __str__(self) -> str:
        """As traces show it."""
        return f"origin = {self.origin}"


@dataclass(frozen=True, slots=True)
class PrependOwn:
    """Put our AS before the path some times: what we call ourselves to the neighbour."""

    times: int

    def __post_init__(self) -> None:
        """Refuse what nobody means."""
        if not 1 <= self.times <= PREPENDED_MOST:
            raise UsageError(f"{self.times} times, expected 1 to {PREPENDED_MOST}")

    def apply(self, route: RibRoute) -> RibRoute:
        """Lengthen the path."""
        own = held(route, LOCAL_AS)
        return having(route, **{AS_PATH: (*(own,) * self.times, *as_path_of(route))})

    def __str__(self) -> str:
        """As traces show it."""
        return f"AS path = our AS {self.times} times + it"


@dataclass(frozen=True, slots=True)
class InPlaceOf:
    """Put `other` in place of each AS of the path that is one of some; None: nothing.

    Sets and confederations are changed too; a segment that nothing is left of is gone.
    """

    numbers: AsSet
    other: int | None

    def apply(self, route: RibRoute) -> RibRoute:
        """Change the path."""
        path = as_path_of(route)
        made = mapped(path, lambda one: self.other if one in self.numbers else one)
        return route if made == path else having(route, **{AS_PATH: made})

    def __str__(self) -> str:
        """As traces show it."""
        said = f" + {self.other}" if self.other is not None else ""
        return f"AS path - {self.numbers}{said}"


@dataclass(frozen=True, slots=True)
class OwnInPlaceOf:
    """Put our AS, what we call ourselves to the neighbour, in place of each that is one of some."""

    numbers: AsSet

    def apply(self, route: RibRoute) -> RibRoute:
        """Change the path."""
        own = held(route, LOCAL_AS)
        return InPlaceOf(self.numbers, own if isinstance(own, int) else None).apply(route)

    def __str__(self) -> str:
        """As traces show it."""
        return f"AS path - {self.numbers} + our AS"


@dataclass(frozen=True, slots=True)
class SetCommunities:
    """Have these communities; those of a sort that none of these is of stay.

    Raises `UsageError` for what is no community, or means several.
    """

    communities: tuple[str, ...]
    plain: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read them."""
        object.__setattr__(self, "plain", tuple(map(single, self.communities)))

    @property
    def kinds(self) -> frozenset[Kind]:
        """The sorts that are replaced."""
        return frozenset(map(kind_of, self.plain))

    def apply(self, route: RibRoute) -> RibRoute:
        """Replace them."""
        kinds = self.kinds
        left = (one for one in communities_of(route) if kind_of(one) not in kinds)
        return having(route, **{COMMUNITIES: (*left, *self.plain)})

    def __str__(self) -> str:
        """As traces show it."""
        return f"community = {' '.join(self.communities)}"


@dataclass(frozen=True, slots=True)
class Append:
    """Add communities that are not there. Raises `UsageError` for what is none, or a pattern."""

    communities: tuple[str, ...]
    plain: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read them."""
        object.__setattr__(self, "plain", tuple(dict.fromkeys(map(single, self.communities))))

    def apply(self, route: RibRoute) -> RibRoute:
        """Put the new ones behind those that are there."""
        there = communities_of(route)
        new = (one for one in self.plain if one not in there)
        return having(route, **{COMMUNITIES: (*there, *new)})

    def __str__(self) -> str:
        """As traces show it."""
        return f"community + {' '.join(self.communities)}"


@dataclass(frozen=True, slots=True)
class Remove:
    """Take communities away that fit one of some patterns; without any, all."""

    communities: tuple[str, ...] = ()
    read: tuple[Pattern, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the patterns."""
        object.__setattr__(self, "read", tuple(map(Pattern, self.communities)))

    def apply(self, route: RibRoute) -> RibRoute:
        """Keep the others."""
        left = tuple(
            one
            for one in communities_of(route)
            if self.read and not any(pattern.fits(one) for pattern in self.read)
        )
        return having(route, **{COMMUNITIES: left})

    def __str__(self) -> str:
        """As traces show it."""
        return f"community - {' '.join(self.communities) or 'all'}"


@dataclass(frozen=True, slots=True)
class NextHopTold:
    """Which next hop is told: ourselves, the neighbour's own address, or the one that is there."""

    which: str

    def apply(self, route: RibRoute) -> RibRoute:
        """Note it; what tells the route sees to it."""
        made = having(route, **{NEXT_HOP_TOLD: self.which})
        if self.which == "unchanged" or held(route, "family") is None:
            return made
        address = held(route, "peer_address") if self.which == "peer" else None
        hops = (NextHop(gateway=address),) if isinstance(address, Address) else ()
        return replace(made, next_hops=hops)

    def __str__(self) -> str:
        """As traces show it."""
        return f"next hop = {self.which}"
