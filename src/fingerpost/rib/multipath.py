"""Several next hops at once: shares of traffic that add up, multiply and stay small numbers."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from math import gcd, lcm
from typing import TYPE_CHECKING, Final

from fingerpost.forwarding.route import NextHop

if TYPE_CHECKING:
    from fingerpost.addr import Address

    Way = tuple[str | None, Address | None]

MAX_WEIGHT: Final = 256
"""The largest weight of a next hop in Linux, whose field is a byte that counts from one."""


def merged(hops: Iterable[NextHop]) -> tuple[NextHop, ...]:
    """Each way once, in order of first appearance; the weights of one way add up.

    It is on the link if one says so."""
    weights: dict[Way, int] = {}
    onlink: set[Way] = set()
    for hop in hops:
        way = hop.interface, hop.gateway
        weights[way] = weights.get(way, 0) + hop.weight
        if hop.is_onlink:
            onlink.add(way)
    return _with_small(weights, onlink)


def shared(parts: Sequence[tuple[int, Sequence[NextHop]]]) -> tuple[NextHop, ...]:
    """Resolve weighted ways into what each rests on.

    Each part is a weight and the ends of that way; the way's share is divided among its ends as
    their own weights ask, however many they are.
    """
    totals = [sum(end.weight for end in ends) for _, ends in parts]
    scale = lcm(*(total for total in totals if total))
    return merged(
        NextHop(
            end.interface,
            end.gateway,
            weight * end.weight * (scale // total),
            end.is_onlink,
        )
        for (weight, ends), total in zip(parts, totals, strict=True)
        for end in ends
    )


def _with_small(weights: dict[Way, int], onlink: Container[Way]) -> tuple[NextHop, ...]:
    divisor = gcd(*weights.values()) or 1
    most = max(weights.values(), default=1) // divisor
    hops = []
    for way, weight in weights.items():
        share = weight // divisor
        if most > MAX_WEIGHT:  # a little share stays a share
            share = max(1, share * MAX_WEIGHT // most)
        hops.append(NextHop(*way, share, way in onlink))
    return tuple(hops)
