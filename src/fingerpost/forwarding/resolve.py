"""Recursive next hops: a gateway without interface is looked up until an interface is found.

RFC 4271 5.1.3: what a next hop rests on is the longest match of its address, which may be recursive
again. A chain that comes back to itself or grows too long leads nowhere.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.forwarding.buckets import MOST
from fingerpost.forwarding.route import NextHop, RouteKind

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.fib import Fib
    from fingerpost.forwarding.route import Route
    from fingerpost.forwarding.walk import Walk


End: TypeAlias = "tuple[str | None, Address | None, bool]"  # the last: it is on-link


def resolve(
    fib: Fib[Route], route: Route, limit: int, walk: Walk | None = None
) -> tuple[NextHop, ...]:
    """The next hops of `route`, each with an interface; those that lead nowhere are left out.

    A recursive hop's weight is divided among the hops it rests on as their own weights ask, so
    that it gets no more traffic for resting on many. `walk` gets a step for each lookup.
    """
    if all(hop.interface is not None for hop in route.next_hops):
        return route.next_hops
    shares: dict[End, Fraction] = {}
    for hop in route.next_hops:
        for end, share in _follow(fib, hop, limit, (), walk).items():
            shares[end] = shares.get(end, Fraction()) + share * hop.weight
    return tuple(
        NextHop(interface, gateway, weight, is_onlink)
        for (interface, gateway, is_onlink), weight in zip(
            shares, _whole(shares.values()), strict=True
        )
    )


def _whole(shares: Collection[Fraction]) -> list[int]:
    """The smallest whole numbers in the same proportion, or near it where they grow too large."""
    if not shares:
        return []
    scale = lcm(*(share.denominator for share in shares))
    weights = [int(share * scale) for share in shares]
    least, total = gcd(*weights), sum(weights)
    if total // least > MOST:
        return [max(1, weight * MOST // total) for weight in weights]
    return [weight // least for weight in weights]


def _follow(
    fib: Fib[Route], hop: NextHop, left: int, seen: tuple[Prefix, ...], walk: Walk | None
) -> dict[End, Fraction]:
    """Where a hop ends, with shares that sum to 1; nothing where it leads nowhere."""
    if hop.interface is not None:
        return {(hop.interface, hop.gateway, hop.is_onlink): Fraction(1)}
    if hop.gateway is None:
        return {}
    answer = fib.match(hop.gateway)
    if answer is None:
        _note(walk, "next hop {}: no entry matches", hop.gateway)
        return {}
    prefix, route = answer
    if prefix in seen or left == 0:
        _note(walk, "next hop {} rests on {} again: a circle", hop.gateway, prefix)
        return {}
    _note(walk, "next hop {} rests on {}: {}", hop.gateway, prefix, route)
    if route.kind is not RouteKind.UNICAST:
        return {}
    shares: dict[End, Fraction] = {}
    for below in route.next_hops:
        for (interface, gateway, is_onlink), share in _follow(
            fib, below, left - 1, (*seen, prefix), walk
        ).items():
            # a connected network has no gateway of its own: the one that was asked for is there
            end = (interface, gateway if gateway is not None else hop.gateway, is_onlink)
            shares[end] = shares.get(end, Fraction()) + share * below.weight
    total = sum(shares.values(), Fraction())
    return {end: share / total for end, share in shares.items()}


def _note(walk: Walk | None, pattern: str, *values: object) -> None:
    if walk is not None:
        walk.note("next hop", pattern, *values, section="RFC 4271 5.1.3")
