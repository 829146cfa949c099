"""Offset lists and distribute lists as functions on routes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.rip.constants import INFINITY

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.rib.route import RibRoute
    from fingerpost.rip.config import RoutePolicy


def offset(by: int, matches: Callable[[Prefix], bool] = lambda _: True) -> RoutePolicy:
    """Give the policy that adds to the metric of the prefixes that match, up to 16."""

    def policy(route: RibRoute) -> RibRoute:
        if not matches(route.prefix):
            return route
        return replace(route, metric=min(route.metric + by, INFINITY))

    return policy


def distribute(matches: Callable[[Prefix], bool]) -> RoutePolicy:
    """Give the policy that lets the prefixes that match through, and no others."""
    return lambda route: route if matches(route.prefix) else None


def applied(policies: Iterable[RoutePolicy], route: RibRoute) -> RibRoute | None:
    """Give what all policies in their order make of a route; None if one refuses it."""
    for policy in policies:
        changed = policy(route)
        if changed is None:
            return None
        route = changed
    if not 1 <= route.metric <= INFINITY:
        return replace(route, metric=max(1, min(route.metric, INFINITY)))
    return route
