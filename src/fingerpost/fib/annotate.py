"""Columns of matches beside a column of addresses, in the frames that people have.

All that is computed is computed once for each distinct match, not for each row: a column of a
million flows that meets ten thousand prefixes asks ten thousand values for their attribute, and
what repeats becomes a dictionary-encoded (pyarrow) or categorical (pandas, polars) column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fingerpost.errors import UsageError
from fingerpost.fib.bulk import Matches, lookup_many
from fingerpost.fib.frames import Frame, NewColumn, kind_of

if TYPE_CHECKING:
    from fingerpost._core import FrozenTable, Table

Getter = str | int | Callable[[Any], object]
Into = str | Mapping[str, Getter | None] | None


def annotate(
    table: Table | FrozenTable,
    frame: Frame,
    column: str,
    into: Into = "route",
    *,
    prefix: str | None = None,
    version: int | None = None,
    threads: int = 1,
    strict: bool = False,
) -> Frame:
    """Give the frame with columns added that say what each address of `column` matches.

    `frame`: a pyarrow Table or RecordBatch, a polars or pandas DataFrame, or a dict of columns
    (new ones are numpy object arrays); it is left as it was. A polars LazyFrame has no rows yet:
    `lazy.map_batches(lambda frame: fib.annotate(frame, "ip"))`.
    `into`: the name of the column of values; or a mapping of new names to how a value gives the
    cell: a key (of values that are mappings or tuples), an attribute, a callable, or None for the
    value itself. None adds no column of values. `prefix`: the name of a column of the matched
    prefixes as text. Rows without a match, null and bad addresses get nulls.
    `version`, `threads`, `strict`: as for `lookup_many`.

    Raises `UsageError` for a column that is missing or in the way, for a key or attribute that no
    matched value has, and for cells that a frame cannot hold.
    """
    kind = kind_of(frame)
    names = kind.names(frame)
    if column not in names:
        raise UsageError(f"there is no column {column!r}; there are {_listed(names)}")
    getters = _getters(into)
    wanted = [*getters, *([prefix] if prefix is not None else [])]
    for name in wanted:
        if name in names or wanted.count(name) > 1:
            raise UsageError(f"column {name!r} would be there twice; choose another name")
    matches = lookup_many(
        table, kind.column(frame, column), version=version, threads=threads, strict=strict
    )
    columns = new_columns(matches, getters, prefix)
    return kind.extended(frame, [_merged(column) for column in columns])


def _getters(into: Into) -> Mapping[str, Getter | None]:
    if into is None:
        return {}
    return {into: None} if isinstance(into, str) else into


def _listed(names: Sequence[object]) -> str:
    shown = ", ".join(repr(name) for name in names[:20])
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown or "none"


def new_columns(
    matches: Matches[Any],
    getters: Mapping[str, Getter | None],
    prefix: str | None,
    *,
    must_exist: bool = True,
) -> list[NewColumn]:
    """The cells of each new column, computed once a distinct match.

    `must_exist`: `UsageError` where no matched value has a key or attribute that is asked for.
    """
    distinct = matches.distinct()
    values = matches.values.take(distinct.indices)
    columns = []
    for name, getter in getters.items():
        cells = values if getter is None else gotten(values, getter, name, must_exist=must_exist)
        columns.append(NewColumn(name, cells, distinct.codes))
    if prefix is not None:
        cells = [None if p is None else str(p) for p in matches.prefixes_of(distinct)]
        columns.append(NewColumn(prefix, cells, distinct.codes))
    return columns


def gotten(values: list[Any], getter: Getter, name: str, *, must_exist: bool) -> list[Any]:
    """What each value gives; None for None, and for values that lack what is asked for.

    `must_exist`: `UsageError` if all lack it; `name` is the column that it was meant for.
    """
    if callable(getter):
        return [None if value is None else getter(value) for value in values]
    missing = object()
    cells = [_item(value, getter, missing) for value in values]
    sample = next((value for value in values if value is not None), None)
    if must_exist and sample is not None and all(cell is missing for cell in cells):
        raise UsageError(f"column {name!r}: no value has {getter!r}; the first is {sample!r}")
    return [None if cell is missing else cell for cell in cells]


def _item(value: Any, getter: str | int, missing: object) -> Any:  # noqa: ANN401 - any value
    if value is None:
        return missing
    if isinstance(value, Mapping):
        return value.get(getter, missing)
    if isinstance(getter, int):
        is_there = isinstance(value, Sequence) and -len(value) <= getter < len(value)
        return value[getter] if is_there else missing
    return getattr(value, getter, missing)


def _merged(column: NewColumn) -> NewColumn:
    """Equal cells become one, as dictionaries want it; unhashable ones stay apart."""
    import numpy as np

    place: dict[Any, int] = {}
    try:
        code_of = [place.setdefault((type(cell), cell), len(place)) for cell in column.cells]
    except TypeError:
        return column
    remap = np.array(code_of, np.int32)
    return NewColumn(column.name, [cell for _, cell in place], remap[column.codes])
