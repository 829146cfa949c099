"""Several next hops at once: shares of traffic that add up, multiply and stay small numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd, lcm
from typing import TYPE_CHECKING, Final

from fingerpost.forwarding.route import NextHop

if TYPE_CHECKING:
    from fingerpost.addr import Address

    End = tuple[str | None, Address | None]

MAX_WEIGHT: Final = 256
"""The largest weight of a next hop in Linux, whose field is a byte that counts from one."""


def merged(hops: Iterable[NextHop]) -> tuple[NextHop, ...]:
    """Each way once, in order of first appearance; the weights of one way add up."""
    weights: dict[End, int] = {}
    for hop in hops:
        end = hop.interface, hop.gateway
        weights[end] = weights.get(end, 0) + hop.weight
    return _with_small(weights)


def shared(parts: Sequence[tuple[int, Sequence[NextHop]]]) -> tuple[NextHop, ...]:
    """Resolve weighted ways into what each rests on.

    Each part is a weight and the ends of that way; the way's share is divided among its ends as
    their own weights ask, however many they are.
    """
    totals = [sum(end.weight for end in ends) for _, ends in parts]
    scale = lcm(*(total for total in totals if total))
    return merged(
        NextHop(end.interface, end.gateway, weight * end.weight * (scale // total))
        for (weight, ends), total in zip(parts, totals, strict=True)
        for end in ends
    )


def _with_small(weights: dict[End, int]) -> tuple[NextHop, ...]:
    divisor = gcd(*weights.values()) or 1
    most = max(weights.values(), default=1) // divisor
    hops = []
    for (interface, gateway), weight in weights.items():
        share = weight // divisor
        if most > MAX_WEIGHT:  # a little share stays a share
            share = max(1, share * MAX_WEIGHT // most)
        hops.append(NextHop(interface, gateway, share))
    return tuple(hops)
