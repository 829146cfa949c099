"""`Difference`: what is not in both files, and the most that it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.config.costs import Cost
from fingerpost.config.faults import dotted

if TYPE_CHECKING:
    from fingerpost.config.faults import Path

_WORST_FIRST = (Cost.RESET, Cost.REFEED)


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `before` and `after` are as the file has them, None where it is not.

    `subjects`: what the cost happens to.
    """

    path: Path
    before: str | None
    after: str | None
    cost: Cost
    subjects: tuple[str, ...] = ()

    @property
    def lines(self) -> Iterator[str]:
        """As a diff has it; what costs something says so at its end."""
        bears = ", ".join(self.subjects)
        tail = "" if self.cost is Cost.NONE else f"   # {self.cost.value} of {bears}"
        field = dotted(self.path)
        if self.before is not None:
            yield f"- {field}: {self.before}" + ("" if self.after is not None else tail)
        if self.after is not None:
            yield f"+ {field}: {self.after}{tail}"


@dataclass(frozen=True, slots=True)
class Difference:
    """Every change, in the order of the tree."""

    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.changes)

    @property
    def cost(self) -> Cost:
        """The most that any change costs."""
        costs = (change.cost for change in self.changes)
        return max(costs, key=lambda cost: cost.rank, default=Cost.NONE)

    def costs(self) -> dict[Cost, tuple[str, ...]]:
        """What is reset and what is fed anew; a subject that is reset needs no feeding."""
        found: dict[Cost, dict[str, None]] = {cost: {} for cost in _WORST_FIRST}
        for change in self.changes:
            if change.cost in found:
                found[change.cost].update(dict.fromkeys(change.subjects))
        told: dict[str, None] = {}
        for cost in _WORST_FIRST:
            subjects = found[cost]
            whole = {**told, **subjects}
            found[cost] = {
                one: None for one in subjects if one not in told and not _is_in(one, whole)
            }
            told = whole
        return {cost: tuple(subjects) for cost, subjects in found.items() if subjects}

    @property
    def summary(self) -> str:
        """One line: how much changes, and what it costs."""
        count = len(self.changes)
        if not count:
            return "no change"
        costs = [f"{cost.value} of {', '.join(held)}" for cost, held in self.costs().items()]
        said = "; ".join(costs) or "nothing is interrupted, nothing fed anew"
        return f"{count} change{'s' if count > 1 else ''}: {said}"

    def __str__(self) -> str:
        """Every change as lines of a diff, and the summary."""
        lines = [line for change in self.changes for line in change.lines]
        return "\n".join([*lines, self.summary])

    def as_dict(self) -> dict[str, object]:
        """Plain data, for JSON."""
        return {
            "cost": self.cost.value,
            "summary": self.summary,
            "changes": [
                {
                    "path": list(change.path),
                    "field": dotted(change.path),
                    "before": change.before,
                    "after": change.after,
                    "cost": change.cost.value,
                    "subjects": list(change.subjects),
                }
                for change in self.changes
            ],
        }


def _is_in(subject: str, whole: dict[str, None]) -> bool:
    """Whether a subject is a part of one that is named: "rip on eth0" of "rip"."""
    protocol, on, _ = subject.partition(" on ")
    return bool(on) and protocol in whole
