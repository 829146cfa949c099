"""From ranges and heaps of prefixes to the fewest prefixes, and back: `PrefixSet` in one call."""

from __future__ import annotations

from collections.abc import Iterable

from fingerpost._core import Address, Prefix, PrefixSet
from fingerpost.addr.types import AddressLike, PrefixLike
from fingerpost.errors import AddressError


def from_range(first: AddressLike, last: AddressLike) -> list[Prefix]:
    """The fewest prefixes that hold exactly the addresses from `first` to `last`, in order.

    Raises AddressError where the two are of different families or `last` comes before `first`.
    """
    start, end = Address(first).without_zone, Address(last).without_zone
    if start.version != end.version:
        raise AddressError(f"{start} and {end} are of different families; a range has one")
    if end < start:
        raise AddressError(f"the range {start} to {end} runs backwards; swap its ends")
    return list(PrefixSet.from_ranges([(start, end)]))


def ranges(prefixes: Iterable[PrefixLike]) -> list[tuple[Address, Address]]:
    """The fewest (first, last) ranges that hold exactly the addresses of the prefixes, in order.

    Ranges of IPv4 come before those of IPv6. Raises AddressError for what is not a prefix.
    """
    return list(PrefixSet(prefixes).ranges())


def summarize(prefixes: Iterable[PrefixLike]) -> list[Prefix]:
    """The fewest prefixes that hold exactly the addresses of these, in order.

    Takes both families at once. Raises AddressError for what is not a prefix.
    """
    return list(PrefixSet(prefixes))
