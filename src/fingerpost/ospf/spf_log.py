"""What calculations of routes there were, the last so many: the model behind `show ospf spf`."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fingerpost._core import Calculated
    from fingerpost.ospf.announcing import Result


class SpfRun(NamedTuple):
    """A calculation: when, how much of it, and why.

    `kind` is "whole", "incremental", "partial" (summaries, externals, settings), "prefixes" or
    "nothing". How long it took nobody knows here: `vertices`, `edges` and `prefixes` say how much
    was looked at. `announced` and `withdrawn` count prefixes that have another way than before.
    `waited_ns` is from the first change to the calculation.
    """

    instant: int
    kind: str
    reasons: tuple[str, ...]
    waited_ns: int
    vertices: int
    edges: int
    prefixes: int
    announced: int
    withdrawn: int

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        return {**self._asdict(), "reasons": list(self.reasons)}


class SpfLog:
    """Keeps the last calculations, and counts all."""

    def __init__(self, most: int) -> None:
        """`most` are kept."""
        self._kept: deque[SpfRun] = deque(maxlen=most)
        self.by_kind: Counter[str] = Counter()

    def add(
        self,
        calculated: Calculated,
        result: Result,
        now: int,
        since: int,
        reasons: tuple[str, ...],
    ) -> None:
        """Note a calculation that is done; `since` is the first change that asked for it."""
        kind = calculated.kind
        self.by_kind[kind] += 1
        self._kept.append(
            SpfRun(
                now,
                kind,
                reasons,
                now - since,
                calculated.vertices,
                calculated.edges,
                calculated.prefixes,
                sum(len(prefixes) for _, prefixes in result.announced),
                len(result.withdrawn),
            )
        )

    def all(self) -> list[SpfRun]:
        """What is kept, the oldest first."""
        return list(self._kept)
