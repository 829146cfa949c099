"""Policies written as Python functions: a route in, a route out, or None to refuse it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.errors import UsageError
from fingerpost.policy.policy import EVERYWHERE
from fingerpost.policy.returns import Watched
from fingerpost.rib.difference import differences
from fingerpost.rib.route import RibRoute
from fingerpost.rib.verdict import Line, Verdict

if TYPE_CHECKING:
    from fingerpost.rib import Context
    from fingerpost.rib.difference import FieldChange

RouteFunction: TypeAlias = Callable[[RibRoute], RibRoute | None]


class FunctionPolicy:
    """A function as a policy. `accepted` and `refused` count its answers.

    Two of one function are equal.
    """

    def __init__(self, function: RouteFunction) -> None:
        """Name it as the function is named."""
        self.name: str = getattr(function, "__name__", type(function).__name__)
        self.accepted = 0
        self.refused = 0
        self._function = function
        self._watched = Watched(function)

    def apply(self, route: RibRoute, context: Context = EVERYWHERE) -> Verdict:
        """Call it; the trace says what it changed, and to those who only look, at which line of
        which file it returned.

        What the function raises goes to the caller. Raises `UsageError` if it gives neither a
        route nor None, or the route of another prefix or source.
        """
        if context.counts:
            given, line = self._function(route), "function"
        else:
            given, line = self._watched(route), self._watched.place
        if given is None:
            self.refused += context.counts
            return Verdict(accepted=False, route=route, trace=(Line(self.name, line, "reject"),))
        changed: tuple[FieldChange, ...] = ()
        if given is not route:
            changed = differences(route, self._checked(given, route))
        self.accepted += context.counts
        did = ", ".join([*map(str, changed), "accept"])
        return Verdict(accepted=True, route=given, trace=(Line(self.name, line, did),))

    def _checked(self, given: object, route: RibRoute) -> RibRoute:
        if not isinstance(given, RibRoute):
            raise UsageError(f"policy {self.name} gave {given!r}, not a route or None")
        if (given.prefix, given.source) != (route.prefix, route.source):
            raise UsageError(f"policy {self.name} gave {given} for {route}: another route")
        return given

    def __call__(self, route: RibRoute) -> RibRoute | None:
        """Judge a route as the function does, counted."""
        verdict = self.apply(route)
        return verdict.route if verdict.accepted else None

    def __eq__(self, other: object) -> bool:
        """Whether it asks the same function."""
        if not isinstance(other, FunctionPolicy):
            return NotImplemented
        return self._function == other._function

    def __hash__(self) -> int:
        """By the function."""
        return hash(self._function)


def of(function: RouteFunction) -> FunctionPolicy:
    """Make a policy of `def policy(route: RibRoute) -> RibRoute | None`; also as decorator."""
    return FunctionPolicy(function)
