"""CSV (RFC 4180, any one-character delimiter) in blocks of lines.

As long as no quote was met, every line is a row and is passed on as it stands with the new cells
behind it. From the first quote on a row may span lines, so the `csv` module reads and writes the
rest; so it does for blocks whose lines differ in their number of fields.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, TextIO

from fingerpost.errors import DecodeError, UsageError

if TYPE_CHECKING:
    from _csv import Writer as CsvWriter

    from fingerpost.fib.frames import NewColumn
    from fingerpost.fib.streams.annotator import Annotator

_BLOCK = 1 << 20  # characters
_ROWS = 1 << 14  # rows of a block that the csv module reads
LONGEST_LINE = 16 << 20


def annotate_csv(annotator: Annotator, source: TextIO, sink: TextIO, delimiter: str = ",") -> None:
    """Copy CSV with a header from `source` to `sink`, new columns at its end.

    Open both with `newline=""`. Rows with fewer fields than the header are filled up; one with
    more is a `DecodeError`, as no new cell could stand under its name.
    """
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise UsageError(f"the delimiter is {delimiter!r}; give one character")
    _Csv(annotator, source, sink, delimiter).run()


def read_line(source: TextIO) -> str:
    """One line with its end; empty at the end of the file; `DecodeError` if it is endless."""
    line = source.readline(LONGEST_LINE)
    if len(line) == LONGEST_LINE and not line.endswith("\n"):
        raise DecodeError(f"a line is longer than {LONGEST_LINE:,} characters; is this text?")
    return line


class _Csv:
    def __init__(self, annotator: Annotator, source: TextIO, sink: TextIO, delimiter: str) -> None:
        self.annotator = annotator
        self.source = source
        self.sink = sink
        self.delimiter = delimiter
        self.needs_quotes = re.compile(f'["\r\n{re.escape(delimiter)}]').search

    def run(self) -> None:
        header = read_line(self.source)
        while header.count('"') % 2 and (more := read_line(self.source)):
            header += more  # a quoted name with a line break in it
        if not header.strip():
            raise DecodeError("the CSV is empty; its first line must name the columns")
        self.end = "\r\n" if header.endswith("\r\n") else "\n"
        names = next(self._reader([header.removeprefix("\ufeff")]))
        plan = self.annotator.plan
        plan.check(names)
        self.width = len(names)
        self.places = [(column, names.index(column)) for column in plan.columns]
        new = self._joined(plan.new_names())
        self.sink.write(f"{header.rstrip(chr(13) + chr(10))}{self.delimiter}{new}{self.end}")
        while block := self.source.read(_BLOCK):
            block += read_line(self.source)
            if '"' in block:
                self._through_csv(chain(io.StringIO(block, newline=""), self._rest()))
                return
            if not self._as_lines(block):
                self._through_csv(io.StringIO(block, newline=""))

    def _rest(self) -> Iterator[str]:
        while line := read_line(self.source):
            yield line

    def _reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        reader = csv.reader(lines, delimiter=self.delimiter)
        while True:
            try:
                yield next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                place = f"record {self.annotator.tally.rows + 1:,} or after it"
                raise DecodeError(f"{place}: {error}; is a quote left open?") from None

    def _joined(self, cells: Iterable[str]) -> str:
        """Cells as CSV has them, quoted where they must be."""
        lines: list[str] = []
        _writer(lines.append, self.delimiter, "").writerow(cells)
        return lines[0]

    def _as_lines(self, block: str) -> bool:
        """Pass lines on as they stand; False, and nothing done, where they are no plain rows."""
        lines = block.split(self.end)
        if not lines[-1]:
            lines.pop()
        counts = [line.count(self.delimiter) for line in lines]
        is_even = counts.count(self.width - 1) == len(lines)
        if not is_even or "" in lines or block.count("\r") != self._returns(block):
            return False
        behind: list[list[str]] = []
        for column, at in self.places:
            texts = [line.split(self.delimiter, at + 1)[at] for line in lines]
            for new in self.annotator.texts(column, texts):
                written = [self._behind(cell) for cell in new.cells]
                behind.append([written[code] for code in new.codes.tolist()])
        self.sink.write(self.end.join(map("".join, zip(lines, *behind, strict=True))))
        self.sink.write(self.end)
        self.annotator.done(len(lines))
        return True

    def _returns(self, block: str) -> int:
        """How many carriage returns a block has, all lines ending alike."""
        return block.count("\r\n") if self.end == "\r\n" else 0

    def _behind(self, cell: object) -> str:
        """A cell with the delimiter before it."""
        text = "" if cell is None else str(cell)
        return self.delimiter + (self._joined([text]) if self.needs_quotes(text) else text)

    def _through_csv(self, lines: Iterable[str]) -> None:
        """Read and write rows by the csv module: quotes, line breaks in fields, uneven rows."""
        rows = self._reader(lines)
        writer = _writer(self.sink.write, self.delimiter, self.end)
        while some := list(islice(rows, _ROWS)):
            full = [row for row in some if row]  # a blank line is no row
            for at, row in enumerate(full):
                if len(row) > self.width:
                    record = self.annotator.tally.rows + at + 1
                    raise DecodeError(
                        f"record {record:,} has {len(row)} fields, the header {self.width}; "
                        "is the delimiter right?"
                    )
                row += [""] * (self.width - len(row))
            added: list[list[object]] = []
            for column, at in self.places:
                for new in self.annotator.texts(column, [row[at] for row in full]):
                    added.append(spread(new))
            writer.writerows([*row, *cells] for row, *cells in zip(full, *added, strict=True))
            self.annotator.done(len(full))


class _Lines:
    """Gives the lines of a csv writer another end."""

    def __init__(self, write: Callable[[str], object], end: str) -> None:
        self._write = write
        self._end = end

    def write(self, line: str) -> object:
        return self._write(line.removesuffix("\r\n") + self._end)


def _writer(write: Callable[[str], object], delimiter: str, end: str) -> CsvWriter:
    """A writer that quotes both kinds of line break: csv quotes only those it ends lines with."""
    return csv.writer(_Lines(write, end), delimiter=delimiter, lineterminator="\r\n")


def spread(new: NewColumn) -> list[object]:
    """The cell of each row."""
    return [new.cells[code] for code in new.codes.tolist()]
