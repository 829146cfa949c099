"""Addresses that nobody has, but that the tables route: one for each way they may be treated.

What all tables do with an address depends only on which of their prefixes cover it, and those are
known from the longest one. So one address for each prefix, outside of all longer ones, stands for
every other: a loop for whatever address shows on one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix, PrefixSet
from fingerpost.fib import Fib

if TYPE_CHECKING:
    from collections.abc import Iterable

_PREFERRED = (Address("192.0.2.1"), Address("2001:db8::1"))  # for the sake of the reader
_NO_DESTINATIONS = PrefixSet(["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/127", "ff00::/8"])


def elsewhere(prefixes: Iterable[Prefix], owned: Iterable[Address]) -> list[Address]:
    """One address for each prefix that lies in no longer one and belongs to nobody, if any."""
    distinct = sorted(set(prefixes))
    tree: Fib[bool] = Fib((prefix, True) for prefix in distinct)
    tree.update((Prefix(address), False) for address in owned)
    found: list[Address] = []
    for prefix in distinct:
        if prefix.length == prefix.bits and not tree[prefix]:
            continue
        longer = [one for one, _ in tree.covered_by(prefix, direct=True)]
        region = PrefixSet([prefix]) - PrefixSet(longer) - _NO_DESTINATIONS
        if region:
            found.append(_one_of(region, prefix))
    return found


def _one_of(region: PrefixSet, prefix: Prefix) -> Address:
    wanted = [*_PREFERRED, prefix.network.succ() if prefix.length < prefix.bits else prefix.network]
    first = next(iter(region)).network
    return next((one for one in wanted if one in region), first)
