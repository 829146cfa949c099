"""What to add to rows, and the count of what was met on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fingerpost.errors import DecodeError, UsageError
from fingerpost.fib.annotate import gotten, new_columns
from fingerpost.fib.bulk import lookup_many

if TYPE_CHECKING:
    from fingerpost._core import Table
    from fingerpost.fib.annotate import Getter
    from fingerpost.fib.frames import NewColumn

_KEPT = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """Which columns hold addresses, and what is added for each.

    `into`: new names to what a value gives, as for `Fib.annotate`. `prefix`: the name for the
    matched prefix. With several address columns each new name gets its column in front, as
    `src_route` and `dst_route`.
    """

    columns: tuple[str, ...]
    into: Mapping[str, Getter | None]
    prefix: str | None = None

    def named(self, column: str) -> tuple[dict[str, Getter | None], str | None]:
        """`into` and `prefix` for one address column, under the names of the new columns."""
        lead = f"{column}_" if len(self.columns) > 1 else ""
        into = {f"{lead}{name}": getter for name, getter in self.into.items()}
        return into, None if self.prefix is None else f"{lead}{self.prefix}"

    def new_names(self) -> list[str]:
        """All new columns, in order."""
        names: list[str] = []
        for column in self.columns:
            into, prefix = self.named(column)
            names += [*into, *([prefix] if prefix is not None else [])]
        return names

    def check(self, names: Iterable[str]) -> None:
        """Raise `UsageError` unless these columns have the asked ones and none of the new."""
        there = list(names)
        for column in self.columns:
            if column not in there:
                shown = ", ".join(map(repr, there[:30])) or "none"
                raise UsageError(f"there is no column {column!r}; there are {shown}")
        new = self.new_names()
        if not new:
            raise UsageError("nothing to add: name a column for the values or for the prefixes")
        for name in new:
            if name in there or new.count(name) > 1:
                raise UsageError(f"column {name!r} would be there twice; choose another name")


@dataclass(frozen=True, slots=True)
class BadCell:
    """An address that is none: in which record (from 1) and column, its text, what is wrong."""

    record: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        """Name place, value and fault in one line."""
        return f"record {self.record:,}, column {self.column!r}: {self.value!r}: {self.reason}"


@dataclass(slots=True)
class Tally:
    """What was met so far. Each address cell is matched, unmatched, empty or bad."""

    rows: int = 0
    matched: int = 0
    unmatched: int = 0
    empty: int = 0
    bad: int = 0
    first_bad: list[BadCell] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Give all of it, ready for JSON."""
        shown = [
            {"record": b.record, "column": b.column, "value": b.value, "reason": b.reason}
            for b in self.first_bad
        ]
        return {
            "rows": self.rows,
            "matched": self.matched,
            "unmatched": self.unmatched,
            "empty": self.empty,
            "bad": self.bad,
            "first_bad": shown,
        }


@dataclass(slots=True)
class Annotator:
    """Looks blocks of rows up in a table as a plan has it, and counts.

    `strict`: `DecodeError` at the first address that is none; its block is not written.
    `progress(rows)`: called after every block.
    """

    table: Table
    plan: Plan
    strict: bool = False
    threads: int = 1
    progress: Callable[[int], None] | None = None
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        """Refuse a key or attribute that no value of the table has, before any row is read."""
        if any(getter is not None for getter in self.plan.into.values()):
            values = self.table.columns()[1]
            for name, getter in self.plan.into.items():
                if getter is not None and not callable(getter):
                    gotten(values, getter, name, must_exist=True)

    def cells(self, column: str, addresses: object, empty: int = 0) -> list[NewColumn]:
        """The new columns for one address column of a block.

        `empty`: how many of the addresses are null; they are not bad.
        """
        matches = lookup_many(self.table, addresses, threads=self.threads)
        into, prefix = self.plan.named(column)
        for bad in matches.bad.first:
            cell = BadCell(self.tally.rows + bad.row + 1, column, bad.value, bad.reason)
            if self.strict:
                raise DecodeError(str(cell))
            if len(self.tally.first_bad) < _KEPT:
                self.tally.first_bad.append(cell)
        import numpy as np

        matched = int(np.count_nonzero(matches.indices))
        self.tally.matched += matched
        self.tally.empty += empty
        self.tally.bad += matches.bad.count
        self.tally.unmatched += len(matches.indices) - matched - empty - matches.bad.count
        return new_columns(matches, into, prefix, must_exist=False)

    def texts(self, column: str, addresses: list[str]) -> list[NewColumn]:
        """As `cells`, for texts of which the empty ones are nulls."""
        empty = addresses.count("")
        return self.cells(column, [a or None for a in addresses] if empty else addresses, empty)

    def done(self, rows: int) -> None:
        """Count the rows of a block that was written."""
        self.tally.rows += rows
        if self.progress is not None:
            self.progress(self.tally.rows)
