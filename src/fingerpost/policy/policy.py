"""`Policy`: statements in order; the first that means a route and does not go on decides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.policy.action import Outcome
from fingerpost.policy.match import asks_prefix
from fingerpost.rib.verdict import Context, Line, Verdict

if TYPE_CHECKING:
    from fingerpost.policy.statement import Statement
    from fingerpost.rib import RibRoute

EVERYWHERE = Context()


class Policy:
    """A named policy. A route that no statement decides about gets `otherwise`.

    `hits[i]` counts the routes that statement i meant, `defaulted` those that reached the end.
    Policies that say the same by one name are equal, so that one that is read again is no change.
    Raises `UsageError` for two statements of one name or an `otherwise` that decides nothing.
    """

    def __init__(
        self,
        name: str,
        statements: Iterable[Statement] = (),
        *,
        otherwise: Outcome = Outcome.REJECT,
    ) -> None:
        """Take the statements in order; nothing is counted yet."""
        self.name = name
        self.statements = tuple(statements)
        self.otherwise = otherwise
        if otherwise is Outcome.CONTINUE:
            raise UsageError(f"policy {name}: the end must accept or reject, not continue")
        names = [statement.name for statement in self.statements]
        for twice in {one for one in names if names.count(one) > 1}:
            raise UsageError(f"policy {name}: two statements are named {twice!r}")
        self.hits = [0] * len(self.statements)
        self.defaulted = 0
        self._asks_prefix = any(
            asks_prefix(one) for statement in self.statements for one in statement.conditions
        )
        self._steps = [
            (
                one.means,
                one.change if one.actions else None,
                one.outcome,
                Line(name, one.name, one.did),
            )
            for one in self.statements
        ]
        self._end = Line(name, "end", f"{otherwise.value}, for no line decided")

    def apply(self, route: RibRoute, context: Context = EVERYWHERE) -> Verdict:
        """Judge a route; the trace has every statement that meant it, the last one decided."""
        trace: tuple[Line, ...] = ()
        for place, (means, change, outcome, line) in enumerate(self._steps):
            if not means(route, context):
                continue
            self.hits[place] += context.counts
            trace = (*trace, line)
            if change is not None:
                route = change(route)
            if outcome is not Outcome.CONTINUE:
                return Verdict(outcome is Outcome.ACCEPT, route, trace)
        self.defaulted += context.counts
        return Verdict(self.otherwise is Outcome.ACCEPT, route, (*trace, self._end))

    @property
    def asks_prefix(self) -> bool:
        """Whether any statement looks at the prefix; see `rib.verdict.Filter`."""
        return self._asks_prefix

    def count_on(self, before: Policy) -> None:
        """Take over what another one counted, for the statements that both have."""
        counted = {
            one.name: (one, hits) for one, hits in zip(before.statements, before.hits, strict=True)
        }
        for place, statement in enumerate(self.statements):
            known, hits = counted.get(statement.name, (None, 0))
            if known == statement:
                self.hits[place] = hits
        self.defaulted = before.defaulted

    def __eq__(self, other: object) -> bool:
        """Whether it says the same by the same name, whatever it counted."""
        if not isinstance(other, Policy):
            return NotImplemented
        return self is other or self._said == other._said

    def __hash__(self) -> int:
        """By what it says."""
        return hash((self.name, self.otherwise, tuple(one.name for one in self.statements)))

    @property
    def _said(self) -> object:
        return self.name, self.otherwise, self.statements

    def __call__(self, route: RibRoute) -> RibRoute | None:
        """Judge a route as a plain function does, counted: the route as it is then, or None."""
        verdict = self.apply(route)
        return verdict.route if verdict.accepted else None

    def snapshot(self) -> dict[str, object]:
        """The lines with their counts as plain data, for JSON."""
        lines = [
            {"line": str(statement), "hits": hits}
            for statement, hits in zip(self.statements, self.hits, strict=True)
        ]
        return {"name": self.name, "statements": lines, "defaulted": self.defaulted}
