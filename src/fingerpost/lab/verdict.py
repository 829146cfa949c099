"""What a judge has found: the verdict on each expectation of a lab, and all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from fingerpost.lab.instant import roughly

if TYPE_CHECKING:
    from fingerpost.lab.expectation import Expectation


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an expectation was met at an instant, and why (not)."""

    expectation: Expectation
    instant: int
    is_met: bool
    reason: str

    def __bool__(self) -> bool:
        """Whether it was met."""
        return self.is_met

    def __str__(self) -> str:
        """One line: pass or fail, when, what, why."""
        word = "pass" if self.is_met else "FAIL"
        line = self.expectation.moment.line
        place = f" (line {line})" if line and not self.is_met else ""
        return f"{word}  {roughly(self.instant):>8}  {self.expectation}{place}: {self.reason}"

    def as_dict(self) -> dict[str, object]:
        """The same as plain data, for JSON."""
        return {
            "expectation": str(self.expectation),
            "instant_ns": self.instant,
            "line": self.expectation.moment.line or None,
            "met": self.is_met,
            "reason": self.reason,
        }


class Judgement(Sequence[Verdict]):
    """The verdicts of a run, in the order of time; true if every expectation was met."""

    def __init__(
        self, verdicts: Sequence[Verdict], unreached: tuple[Expectation, ...] = ()
    ) -> None:
        """Sort them by time; `unreached`: expectations of later than the run went."""
        self._verdicts = tuple(sorted(verdicts, key=lambda one: one.instant))
        self.unreached = unreached

    def __getitem__(self, index: int) -> Verdict:  # type: ignore[override] # nobody slices verdicts
        """One of them."""
        return self._verdicts[index]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._verdicts)

    def __iter__(self) -> Iterator[Verdict]:
        """In the order of time."""
        return iter(self._verdicts)

    def __bool__(self) -> bool:
        """Whether every expectation was met; also if there is none."""
        return all(self._verdicts)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """Those that were not met."""
        return tuple(one for one in self._verdicts if not one.is_met)

    def __str__(self) -> str:
        """A line each."""
        return "\n".join(map(str, self._verdicts))

    def __repr__(self) -> str:
        """How many were met; and those that were not."""
        met = len(self) - len(self.failed)
        lines = "".join(f"\n{one}" for one in self.failed)
        return f"<{met} of {len(self)} expectations met>{lines}"

    def _repr_html_(self) -> str:
        """For notebooks: the text."""
        return f"<pre>{escape(str(self))}</pre>"
