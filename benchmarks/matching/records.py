"""What a child says, one JSON object a line, so that a crash loses only what came after it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Record:
    """One measurement of one peer and family.

    `measure`: build, memory, single, bulk or change. `rates` has one number a repeat (a batch for
    changes): questions or changes a second; for build, seconds. `wrong` of `answers` differed
    from the golden model.
    """

    peer: str
    family: int
    measure: str
    takes: str = ""
    kind: str = ""
    batch: int = 0
    threads: int = 1
    rates: list[float] = field(default_factory=list)
    answers: int = 0
    wrong: int = 0
    bytes: int = 0
    parts: dict[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """The median of the repeats."""
        return median(self.rates)

    def write(self) -> None:
        say("record", asdict(self))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a child ended, and why: `ok`, `not installed`, `timed out`, `crashed` or `failed`."""

    peer: str
    family: int
    status: str
    reason: str
    release: str
    records: tuple[Record, ...]


def say(what: str, content: object) -> None:
    """One line to the runner."""
    sys.stdout.write(json.dumps({what: content}) + "\n")
    sys.stdout.flush()
