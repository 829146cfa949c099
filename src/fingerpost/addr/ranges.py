"""From ranges and heaps of prefixes to the fewest prefixes, and back."""

from __future__ import annotations

from collections.abc import Iterable

from fingerpost._core import Address, Prefix
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
    return _cover(int(start), int(end), start.version)


def _cover(start: int, end: int, version: int) -> list[Prefix]:
    bits = 32 if version == 4 else 128
    prefixes = []
    while start <= end:
        # the largest block that both starts here by alignment and ends within the range
        aligned = (start & -start).bit_length() - 1 if start else bits
        fitting = (end - start + 1).bit_length() - 1
        host_bits = min(aligned, fitting)
        prefixes.append(Prefix(Address(start, version), bits - host_bits))
        start += 1 << host_bits
    return prefixes


def ranges(prefixes: Iterable[PrefixLike]) -> list[tuple[Address, Address]]:
    """The fewest (first, last) ranges that hold exactly the addresses of the prefixes, in order.

    Ranges of IPv4 come before those of IPv6. Raises AddressError for what is not a prefix.
    """
    merged: list[tuple[Address, Address]] = []
    for prefix in sorted(map(Prefix, prefixes)):
        first, last = prefix.first, prefix.last
        if merged and merged[-1][1].version == first.version:
            before, reached = merged[-1]
            if int(first) <= int(reached) + 1:
                merged[-1] = (before, max(reached, last))
                continue
        merged.append((first, last))
    return merged


def summarize(prefixes: Iterable[PrefixLike]) -> list[Prefix]:
    """The fewest prefixes that hold exactly the addresses of these, in order.

    Takes both families at once. Raises AddressError for what is not a prefix.
    """
    return [
        prefix
        for first, last in ranges(prefixes)
        for prefix in _cover(int(first), int(last), first.version)
    ]
