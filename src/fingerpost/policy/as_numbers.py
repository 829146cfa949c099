"""AS numbers: named sets of any size, ranges, and what a path may be asked about them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.errors import UsageError
from fingerpost.policy.attributes import as_path_of
from fingerpost.policy.segments import first_as, numbers_in, origin_as

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.rib import Context, RibRoute

MOST: Final = 0xFFFF_FFFF


class AsSet:
    """Some AS numbers, given as numbers or ranges of such; two of one name and content are equal.

    Raises `UsageError` for what is no AS number. Answers in the logarithm of its size.
    """

    def __init__(self, name: str, members: Iterable[int | range]) -> None:
        """Sort them and join ranges that meet."""
        self.name = name
        self.ranges = joined(members)
        self._firsts = [first for first, _ in self.ranges]

    def __contains__(self, number: int) -> bool:
        """Whether an AS is in it."""
        at = bisect_right(self._firsts, number) - 1
        return at >= 0 and number <= self.ranges[at][1]

    def __len__(self) -> int:
        """How many AS numbers there are."""
        return sum(last - first + 1 for first, last in self.ranges)

    def is_within(self, other: AsSet) -> bool:
        """Whether all of them are in another one."""
        for first, last in self.ranges:
            at = bisect_right(other._firsts, first) - 1
            if at < 0 or last > other.ranges[at][1]:
                return False
        return True

    def meets(self, other: AsSet) -> bool:
        """Whether they have one in common."""
        few, many = sorted((self, other), key=lambda one: len(one.ranges))
        for first, last in few.ranges:
            at = bisect_right(many._firsts, last) - 1
            if at >= 0 and many.ranges[at][1] >= first:
                return True
        return False

    def __eq__(self, other: object) -> bool:
        """Whether it says the same by the same name."""
        if not isinstance(other, AsSet):
            return NotImplemented
        return self is other or (self.name, self.ranges) == (other.name, other.ranges)

    def __hash__(self) -> int:
        """By name and size."""
        return hash((self.name, len(self.ranges)))

    def __str__(self) -> str:
        """The name, as statements refer to it."""
        return self.name


def joined(members: Iterable[int | range]) -> tuple[tuple[int, int], ...]:
    """First and last of ranges that rise and do not meet."""
    found: list[tuple[int, int]] = []
    bounds = (
        (one.start, one.stop - 1) if isinstance(one, range) else (one, one) for one in members
    )
    for first, last in sorted(bounds):
        if not 0 <= first <= last <= MOST:
            raise UsageError(f"AS {first} to {last}, expected 0 to {MOST}")
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return tuple(found)


def said(first: int, last: int) -> str:
    """A range as it is written."""
    return str(first) if first == last else f"{first}-{last}"


def several(sets: Iterable[AsSet], members: Iterable[int | range] = ()) -> AsSet:
    """All of some sets and numbers as one, named as they are written."""
    own = tuple(members)
    named = tuple(sets)
    if len(named) == 1 and not own:
        return named[0]
    texts = [one.name for one in named] + [said(*one) for one in joined(own)]
    inside = (range(first, last + 1) for one in named for first, last in one.ranges)
    return AsSet(" or ".join(texts), (*own, *inside))


def _first(path: tuple[object, ...]) -> tuple[int, ...]:
    found = first_as(path)
    return () if found is None else (found,)


def _origin(path: tuple[object, ...]) -> tuple[int, ...]:
    found = origin_as(path)
    return () if found is None else (found,)


PLACES: Final[dict[str, Callable[[tuple[object, ...]], Iterable[int]]]] = {
    "first": _first,
    "origin": _origin,
    "any": numbers_in,
}


@dataclass(frozen=True, slots=True)
class AsIn:
    """An AS of the path is one of some. `place`: the first, the origin, or any.

    A path without an AS, or with a set where one is looked for, has no first and no origin (RFC
    6811 2). Raises `UsageError` for another place.
    """

    place: str
    numbers: AsSet

    def __post_init__(self) -> None:
        """Refuse a place that no path has."""
        if self.place not in PLACES:
            raise UsageError(f"a path has no {self.place!r} AS; {', '.join(PLACES)} are known")

    def holds(self, route: RibRoute, context: Context) -> bool:  # noqa: ARG002 - all are asked alike
        """Look them up."""
        numbers = self.numbers
        return any(one in numbers for one in PLACES[self.place](as_path_of(route)))

    def implies(self, asked: AsIn) -> bool:
        """Whether `asked` surely holds of every route of which this holds."""
        return asked.place in (self.place, "any") and self.numbers.is_within(asked.numbers)

    def __str__(self) -> str:
        """As declared."""
        return f"{self.place} AS in {self.numbers}"
