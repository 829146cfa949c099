"""Which of two instances of an LSA is the newer (RFC 2328 13.1), as numbered steps.

1. the greater sequence number, as signed numbers
2. the greater checksum
3. one of age MaxAge, where the other's is less
4. the lesser age, where the ages differ by more than MaxAgeDiff
5. neither: they are the same instance

DoNotAge is no part of an age here (RFC 1793 2.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from fingerpost.ospf.constants import MAX_AGE, MAX_AGE_DIFF
from fingerpost.ospf.lsa.header import DO_NOT_AGE, sequence_text

if TYPE_CHECKING:
    from fingerpost.ospf.lsa.header import LsaHeader

AGE_BITS = DO_NOT_AGE - 1


class Step(IntEnum):
    """The step that decided."""

    SEQUENCE = 1
    CHECKSUM = 2
    MAX_AGE = 3
    AGE = 4
    SAME = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """`order` is 1 where the first is newer, -1 where the second is, 0 for the same instance.

    `step` decided, by `values`: those of the first and of the second.
    """

    order: int
    step: Step
    values: tuple[int, int]

    def __str__(self) -> str:
        """Say which is newer and why."""
        first, second = self.values
        which = {1: "the first is newer", -1: "the second is newer", 0: "the same instance"}
        match self.step:
            case Step.SEQUENCE:
                why = f"sequence number {sequence_text(first)} against {sequence_text(second)}"
            case Step.CHECKSUM:
                why = f"equal sequence numbers, checksum {first:#06x} against {second:#06x}"
            case Step.MAX_AGE:
                why = f"one is of MaxAge: ages {first} and {second}"
            case Step.AGE:
                why = f"ages {first} and {second} differ by more than {MAX_AGE_DIFF}"
            case Step.SAME:
                why = f"sequence number and checksum agree, and so do the ages {first} and {second}"
        return f"{which[self.order]} (RFC 2328 13.1 step {self.step.value}): {why}"


def compare(first: LsaHeader, second: LsaHeader) -> Comparison:
    """Tell which instance is newer, and by which step; the keys are the caller's to compare.

    This is no order of many instances: step 4 looks at differences of ages, which do not carry on
    from one pair to the next.
    """
    if first.sequence != second.sequence:
        order = 1 if first.sequence > second.sequence else -1
        return Comparison(order, Step.SEQUENCE, (first.sequence, second.sequence))
    if first.checksum != second.checksum:
        order = 1 if first.checksum > second.checksum else -1
        return Comparison(order, Step.CHECKSUM, (first.checksum, second.checksum))
    ages = one, other = _age(first), _age(second)
    if (one == MAX_AGE) != (other == MAX_AGE):
        return Comparison(1 if one == MAX_AGE else -1, Step.MAX_AGE, ages)
    if abs(one - other) > MAX_AGE_DIFF:
        return Comparison(1 if one < other else -1, Step.AGE, ages)
    return Comparison(0, Step.SAME, ages)


def is_newer(first: LsaHeader, second: LsaHeader) -> bool:
    """Tell whether the first instance is the newer of the two."""
    return compare(first, second).order > 0


def _age(header: LsaHeader) -> int:
    """Give the age, at most MaxAge: what is older than that says the same (RFC 2328 13 step 4)."""
    return min(header.age & AGE_BITS, MAX_AGE)
