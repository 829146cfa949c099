"""Recursive next hops: a gateway without interface is looked up until an interface is found.

RFC 4271 5.1.3: what a next hop rests on is the longest match of its address, which may be recursive
again. A chain that comes back to itself or grows too long leads nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.route import NextHop, RouteKind

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.fib import Fib
    from fingerpost.forwarding.route import Route
    from fingerpost.forwarding.walk import Walk


def resolve(
    fib: Fib[Route], route: Route, limit: int, walk: Walk | None = None
) -> tuple[NextHop, ...]:
    """The next hops of `route`, each with an interface; those that lead nowhere are left out.

    A recursive hop's weight is shared among the hops it rests on as their own weights ask: they
    are multiplied. `walk` gets a step for each lookup.
    """
    if all(hop.interface is not None for hop in route.next_hops):
        return route.next_hops
    found: dict[tuple[str | None, object], NextHop] = {}
    for hop in route.next_hops:
        for end in _follow(fib, hop, limit, (), walk):
            key = (end.interface, end.gateway)
            if key in found:
                end = NextHop(end.interface, end.gateway, found[key].weight + end.weight)
            found[key] = end
    return tuple(found.values())


def _follow(
    fib: Fib[Route], hop: NextHop, left: int, seen: tuple[Prefix, ...], walk: Walk | None
) -> list[NextHop]:
    if hop.interface is not None:
        return [hop]
    if hop.gateway is None:
        return []
    answer = fib.match(hop.gateway)
    if answer is None:
        _note(walk, "next hop {}: no entry matches", hop.gateway)
        return []
    prefix, route = answer
    if prefix in seen or left == 0:
        _note(walk, "next hop {} rests on {} again: a circle", hop.gateway, prefix)
        return []
    _note(walk, "next hop {} rests on {}: {}", hop.gateway, prefix, route)
    if route.kind is not RouteKind.UNICAST:
        return []
    ends: list[NextHop] = []
    for below in route.next_hops:
        for end in _follow(fib, below, left - 1, (*seen, prefix), walk):
            # a connected network has no gateway of its own: the one that was asked for is there
            gateway = end.gateway if end.gateway is not None else hop.gateway
            ends.append(NextHop(end.interface, gateway, end.weight * hop.weight))
    return ends


def _note(walk: Walk | None, pattern: str, *values: object) -> None:
    if walk is not None:
        walk.note("next hop", pattern, *values, section="RFC 4271 5.1.3")
