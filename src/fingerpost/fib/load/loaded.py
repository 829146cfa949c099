"""What comes out of a table file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError, LoadError

if TYPE_CHECKING:
    from fingerpost._core import Prefix, PrefixColumn

MAX_BAD = 1000

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line or record that is not a route: where, what stands there, what would be right.

    `line` counts from 1 and is None where the file is binary; `offset` is a byte offset in the
    decompressed file and is None where the file has lines.
    """

    file: str
    line: int | None
    offset: int | None
    text: str
    reason: str

    def __str__(self) -> str:
        """Say it in one line: `routes.txt, line 3: '10.0.0.0/33': ...`."""
        at = f"offset {self.offset}" if self.line is None else f"line {self.line}"
        place = f"{self.file}, {at}"
        return f"{place}: {self.text!r}: {self.reason}" if self.text else f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may demand; a file that demands more is a LoadError, never a crash.

    `bytes` bounds the decompressed file, `memory` the columns and values it becomes (roughly; a
    full Internet table takes 200 MB at most).
    """

    bytes: int = 16 << 30
    memory: int = 2 << 30


@dataclass(frozen=True, slots=True)
class Loaded:
    """Prefixes and values in file order, and what else the file held.

    `values[i]` belongs to `prefixes[i]`; equal values are one object. Where a prefix stands in
    several rows the last row counts, as in an update; `duplicates` says how many rows lose
    (for MRT, `ip route` and FRR the readers have chosen already, and `duplicates` counts the
    entries that lost). `bad` lists at most 1,000 of the `bad_total` lines that are no routes.
    `skipped` counts what is well formed but no route of this table, by kind.
    """

    prefixes: PrefixColumn
    values: list[object]
    format: str
    bad: tuple[BadLine, ...] = ()
    bad_total: int = 0
    duplicates: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)

    @property
    def routes(self) -> int:
        """How many rows there are."""
        return len(self.prefixes)

    def items(self) -> Iterator[tuple[Prefix, object]]:
        """Give each row as prefix and value."""
        return zip(map(self.prefixes.__getitem__, range(self.routes)), self.values, strict=True)


class BadLines:
    """Collects what is not a route: raises at the first when strict, else counts and lists."""

    def __init__(self, file: str, *, strict: bool) -> None:
        """Begin with none; `file` is the name to report."""
        self.file = file
        self.strict = strict
        self.kept: list[BadLine] = []
        self.total = 0

    def at_line(self, line: int, text: str, reason: str) -> None:
        """Report a line of a text file."""
        self._add(BadLine(self.file, line, None, text[:120], reason), LoadError)

    def at_offset(self, offset: int, text: str, reason: str, *, wire: bool = False) -> None:
        """Report an item at a byte offset; `wire` makes it a DecodeError when strict."""
        bad = BadLine(self.file, None, offset, text[:120], reason)
        self._add(bad, DecodeError if wire else LoadError)

    def count(self, total: int) -> None:
        """Take over the count of a reader that lists only its first faults."""
        self.total = max(self.total, total)

    def _add(self, bad: BadLine, error: type[Exception]) -> None:
        if self.strict:
            raise error(str(bad))
        self.total += 1
        if len(self.kept) < MAX_BAD:
            self.kept.append(bad)
