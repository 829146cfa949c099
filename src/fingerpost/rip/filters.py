"""Offset lists, distribute lists and policies as functions on routes.

They are equal if they were made of equal parts, so that a configuration that is read again with
nothing changed in it is the same configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fingerpost.rib.verdict import Context
from fingerpost.rip.constants import INFINITY

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter
    from fingerpost.rip.config import RoutePolicy

_CONTEXT = Context()
_LOOKS = Context(counts=0)


def _every(_: Prefix) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Offset:
    by: int
    matches: Callable[[Prefix], bool]

    def __call__(self, route: RibRoute) -> RibRoute:
        if not self.matches(route.prefix):
            return route
        return replace(route, metric=min(route.metric + self.by, INFINITY))

    def __str__(self) -> str:
        return f"offset list {self.by:+}"


@dataclass(frozen=True, slots=True)
class _Distribute:
    matches: Callable[[Prefix], bool]

    def __call__(self, route: RibRoute) -> RibRoute | None:
        return route if self.matches(route.prefix) else None

    def __str__(self) -> str:
        return f"distribute list by {getattr(self.matches, '__name__', self.matches)}"


@dataclass(frozen=True, slots=True)
class _Judged:
    policy: Filter
    context: Context = _CONTEXT

    def __call__(self, route: RibRoute) -> RibRoute | None:
        verdict = self.policy.apply(route, self.context)
        return verdict.route if verdict.accepted else None

    def __str__(self) -> str:
        return f"policy {self.policy.name}"


def offset(by: int, matches: Callable[[Prefix], bool] = _every) -> RoutePolicy:
    """Give the policy that adds to the metric of the prefixes that match, up to 16."""
    return _Offset(by, matches)


def distribute(matches: Callable[[Prefix], bool]) -> RoutePolicy:
    """Give the policy that lets the prefixes that match through, and no others."""
    return _Distribute(matches)


def judged(policy: Filter) -> RoutePolicy:
    """Give the function that asks a policy of `fingerpost.policy`."""
    return _Judged(policy)


def uncounted(policy: RoutePolicy) -> RoutePolicy:
    """Give the policy for those who only look: no hit of a line of it counts."""
    held = policy_of(policy)
    return policy if held is None else _Judged(held, _LOOKS)


def policy_of(policy: RoutePolicy) -> Filter | None:
    """Give what `fingerpost.policy` made, if the function is, or asks, one of these."""
    held = getattr(policy, "policy", policy)
    return held if hasattr(held, "apply") and hasattr(held, "name") else None


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
