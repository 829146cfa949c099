"""CSV with a header.

One column holds prefixes (`prefix`, `network`, `cidr`, `route`, ...), or two hold the first and
the last address of a range (`start` and `end`, `ip_from` and `ip_to`, ...; text or whole numbers),
which becomes the fewest prefixes that make it up. The delimiter is the one of `,` `;` tab `|` with
which the header has such a column. Cells may be quoted (RFC 4180). Lines that start with `#` are
comments before the header only; blank lines are passed over.

The value of a row: the cell of the column that `value` names; a tuple of cells where it names
several; without `value` the one other cell, or a dict of all others by column name. Rows with equal
cells share one object: read it, do not write to it.
"""

from __future__ import annotations

import csv
from operator import itemgetter
from typing import TYPE_CHECKING

from fingerpost._core import RowTable
from fingerpost.errors import LoadError
from fingerpost.fib.load.detect import (
    DELIMITERS,
    FIRST_COLUMNS,
    LAST_COLUMNS,
    PREFIX_COLUMNS,
    column_of,
    header_of,
)
from fingerpost.fib.load.lines import numbered_lines
from fingerpost.fib.load.loaded import Loaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fingerpost.fib.load.loaded import BadLines
    from fingerpost.fib.load.source import Source

Cells = list[str]

_ROW_BYTES = 136
_DISTINCT_BYTES = 600  # a dict of cells and the tuple that finds it
_CHECK_EVERY = 4096


def read_csv(source: Source, bad: BadLines, value: str | Sequence[str] | None) -> Loaded:
    """Read the whole source as CSV; raise LoadError where its header names no address column."""
    rows = _Rows(source, bad)
    add, used = _adder(rows.names)
    chosen = _chosen_values(source.name, rows.names, used, value)
    table = RowTable()
    values: list[object] = []
    check_at = 0
    for number, cells in rows:
        fault = add(table, cells)
        if fault is not None:
            bad.at_line(number, rows.text(cells), fault)
            continue
        values.extend([chosen.of(cells)] * (len(table) - len(values)))
        if len(values) >= check_at:
            source.check_memory(len(values) * _ROW_BYTES + chosen.memory)
            check_at = len(values) + _CHECK_EVERY
    duplicates = table.repeated()
    return Loaded(table.column(), values, "csv", duplicates=duplicates)


class _Rows:
    """Rows of the right width with their line numbers; `names` is the header."""

    def __init__(self, source: Source, bad: BadLines) -> None:
        self._bad = bad
        self._number = 0
        self._lines = self._data_lines(source)
        first = next(self._lines, "")
        header = header_of(first.strip())
        if header is None:
            raise LoadError(_no_header(source.name, self._number, first))
        self._delimiter = header[0]
        self.names = [name.strip() for name in next(csv.reader([first], delimiter=header[0]))]
        self._reader = csv.reader(self._lines, delimiter=header[0])

    def _data_lines(self, source: Source) -> Iterator[str]:
        """Pass over what stands before the header; keep line ends, a quoted cell may hold them."""
        ahead = True
        for number, line in numbered_lines(source, self._bad):
            self._number = number
            if ahead and (not line.strip() or line.startswith("#")):
                continue
            ahead = False
            yield line + "\n"

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        while True:
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._bad.at_line(self._number, "", f'not CSV: {error}; quote cells with "')
                continue
            if not cells:
                continue  # a blank line
            if len(cells) == len(self.names):
                yield self._number, cells
            else:
                fault = f"{len(cells)} cells, expected {len(self.names)} as in the header"
                self._bad.at_line(self._number, self.text(cells), fault)

    def text(self, cells: Cells) -> str:
        """Show a row roughly as it stood."""
        return self._delimiter.join(cells)


def _no_header(name: str, number: int, first: str) -> str:
    looked = ", ".join(PREFIX_COLUMNS)
    return (
        f"{name}, line {max(number, 1)}: {first.strip()[:60]!r} is no CSV header with an address "
        f"column: name one of {looked}, or two such as start and end; delimiters are "
        f"{' '.join(map(repr, DELIMITERS))}"
    )


def _adder(names: Cells) -> tuple[Callable[[RowTable, Cells], str | None], set[int]]:
    """Give what appends a row's prefixes or says why not, and the columns that it reads."""
    at = column_of(names, PREFIX_COLUMNS)
    if at is not None:
        prefix = at
        return lambda table, cells: table.add(cells[prefix]), {prefix}
    first, last = column_of(names, FIRST_COLUMNS), column_of(names, LAST_COLUMNS)
    assert first is not None
    assert last is not None
    start, end = first, last

    def add_range(table: RowTable, cells: Cells) -> str | None:
        if table.add_range(cells[start], cells[end]):
            return None
        return "no range of addresses: the first must not come after the last, both of one family"

    return add_range, {start, end}


class _Values:
    """Makes the value of a row; equal values are one object."""

    def __init__(self, columns: list[int], make: Callable[[tuple[str, ...]], object]) -> None:
        self._columns = columns
        self._make = make
        self._made: dict[tuple[str, ...], object] = {}

    def of(self, cells: Cells) -> object:
        key = tuple([cells[at] for at in self._columns])
        try:
            return self._made[key]
        except KeyError:
            made = self._made[key] = self._make(key)
            return made

    @property
    def memory(self) -> int:
        return len(self._made) * _DISTINCT_BYTES


def _chosen_values(
    file: str, names: Cells, used: set[int], value: str | Sequence[str] | None
) -> _Values:
    """Decide what the value of a row is; raise LoadError where `value` names no column."""
    if value is None:
        others = [at for at in range(len(names)) if at not in used]
        labels = [names[at] for at in others]
        if len(others) == 1:
            return _Values(others, itemgetter(0))
        return _Values(others, lambda cells: dict(zip(labels, cells, strict=True)))
    wanted = [value] if isinstance(value, str) else list(value)
    missing = [name for name in wanted if name not in names]
    if missing or not wanted:
        unknown = ", ".join(map(repr, missing))
        raise LoadError(f"{file}: no column {unknown}; there are {', '.join(map(repr, names))}")
    columns = [names.index(name) for name in wanted]
    return _Values(columns, itemgetter(0) if isinstance(value, str) else tuple)
