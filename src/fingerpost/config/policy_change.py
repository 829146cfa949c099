"""What another policy would change where one is in use: routes before, now, and then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from fingerpost.config.route_asked import from_data
from fingerpost.policy.trial import Trial, trial
from fingerpost.rib.difference import differences
from fingerpost.rib.verdict import Direction

if TYPE_CHECKING:
    from fingerpost.rib.difference import FieldChange
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter


class Fate(StrEnum):
    """How the outcome for a route differs."""

    SAME = "same"
    ADDED = "accepted from then on"
    REMOVED = "refused from then on"
    CHANGED = "changed otherwise"


@dataclass(frozen=True, slots=True)
class RouteChange:
    """One route at a place: what becomes of it now (None: refused), and what would."""

    place: str
    now: RibRoute | None
    then: Trial

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """The fields that would differ in the table."""
        if self.now is None or not self.then.verdict.accepted:
            return ()
        return differences(self.now, self.then.verdict.route)

    @property
    def fate(self) -> Fate:
        """In a word."""
        accepted = self.then.verdict.accepted
        if self.now is None:
            return Fate.ADDED if accepted else Fate.SAME
        if not accepted:
            return Fate.REMOVED
        return Fate.CHANGED if self.changes else Fate.SAME

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {
            "place": self.place,
            "fate": self.fate.value,
            "now": None if self.now is None else self.now.as_dict(),
            **self.then.as_dict(),
            "changes": [one.as_dict() for one in self.changes],
        }


@dataclass(slots=True)
class Comparison:
    """Counts by place and fate, while `routes` is read."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def routes(self, rows: Iterable[Mapping[str, Any]], policy: Filter) -> Iterator[RouteChange]:
        """The routes that would fare otherwise; `rows` are those of `/v1/policies/routes`."""
        for row in rows:
            direction, table = Direction(row["direction"]), str(row["table"])
            now = None if row["after"] is None else from_data(row["after"])
            then = trial(policy, from_data(row["route"]), direction, table)
            one = RouteChange(str(row["place"]), now, then)
            self.counts.setdefault(one.place, Counter())[one.fate.value] += 1
            if one.fate is not Fate.SAME:
                yield one
