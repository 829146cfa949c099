"""Trying a policy on routes: what it would do to each, by which line, without being counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.rib.difference import differences
from fingerpost.rib.verdict import Context, Direction

if TYPE_CHECKING:
    from fingerpost.rib.difference import FieldChange
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter, Verdict


@dataclass(frozen=True, slots=True)
class Trial:
    """One route, and what a policy makes of it."""

    route: RibRoute
    verdict: Verdict

    @property
    def line(self) -> str:
        """The name of the line that decided; "end" where none did."""
        trace = self.verdict.trace
        return trace[-1].line if trace else "end"

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """What is changed in the route; of one that is refused, nothing matters."""
        return differences(self.route, self.verdict.route) if self.verdict.accepted else ()

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        accepted = self.verdict.accepted
        return {
            "route": self.route.as_dict(),
            "text": str(self.route),
            "is_accepted": accepted,
            "line": self.line,
            "policy": [one.as_dict() for one in self.verdict.trace],
            "after": self.verdict.route.as_dict() if accepted else None,
            "changes": [one.as_dict() for one in self.changes],
        }


def trial(
    policy: Filter, route: RibRoute, direction: Direction = Direction.IMPORT, table: str = "main"
) -> Trial:
    """Let a policy judge a route; nothing is counted."""
    return Trial(route, policy.apply(route, Context(direction, table, route.source, counts=0)))
