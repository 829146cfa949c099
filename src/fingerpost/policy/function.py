"""Policies written as Python functions: a route in, a route out, or None to refuse it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.errors import UsageError
from fingerpost.policy.policy import EVERYWHERE
from fingerpost.rib.route import RibRoute
from fingerpost.rib.verdict import Line, Verdict

if TYPE_CHECKING:
    from fingerpost.rib import Context

RouteFunction: TypeAlias = Callable[[RibRoute], RibRoute | None]

_SHOWN = tuple(one.name for one in fields(RibRoute) if one.name not in ("since", "lines"))


class FunctionPolicy:
    """A function as a policy. `accepted` and `refused` count its answers."""

    def __init__(self, function: RouteFunction) -> None:
        """Name it as the function is named."""
        self.name: str = getattr(function, "__name__", type(function).__name__)
        self.accepted = 0
        self.refused = 0
        self._function = function

    def apply(self, route: RibRoute, context: Context = EVERYWHERE) -> Verdict:
        """Call it; the trace says what it changed.

        What the function raises goes to the caller. Raises `UsageError` if it gives neither a
        route nor None, or the route of another prefix or source.
        """
        given = self._function(route)
        if given is None:
            self.refused += context.counts
            return Verdict(accepted=False, route=route, trace=(self._line("reject"),))
        if not isinstance(given, RibRoute):
            raise UsageError(f"policy {self.name} gave {given!r}, not a route or None")
        if (given.prefix, given.source) != (route.prefix, route.source):
            raise UsageError(f"policy {self.name} gave {given} for {route}: another route")
        self.accepted += context.counts
        changed = [
            f"{name} = {getattr(given, name)}"
            for name in _SHOWN
            if getattr(given, name) != getattr(route, name)
        ]
        line = self._line(", ".join([*changed, "accept"]))
        return Verdict(accepted=True, route=given, trace=(line,))

    def __call__(self, route: RibRoute) -> RibRoute | None:
        """Judge a route as the function does, counted."""
        verdict = self.apply(route)
        return verdict.route if verdict.accepted else None

    def _line(self, did: str) -> Line:
        return Line(self.name, "function", did)


def of(function: RouteFunction) -> FunctionPolicy:
    """Make a policy of `def policy(route: RibRoute) -> RibRoute | None`; also as decorator."""
    return FunctionPolicy(function)
