"""Parquet in batches of rows, through pyarrow."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from fingerpost.errors import DecodeError, UsageError
from fingerpost.fib.annotate import gotten

if TYPE_CHECKING:
    from fingerpost._core import Table
    from fingerpost.fib.annotate import Getter
    from fingerpost.fib.frames import NewColumn
    from fingerpost.fib.streams.annotator import Annotator

_ROWS = 1 << 16
Arrow: TypeAlias = Any  # objects of pyarrow, which is imported only here


def annotate_parquet(annotator: Annotator, source: str | BinaryIO, sink: str | BinaryIO) -> None:
    """Copy a Parquet file, new columns at its end.

    `source`: a path or a seekable file. A new column is int64, float64 or bool if all values of
    the table are of that kind, else dictionary-encoded text. Address columns may be of any type
    that `lookup_many` takes. Raises `UsageError` without pyarrow, `DecodeError` for another file.
    """
    pa, parquet = _pyarrow()
    try:
        file = parquet.ParquetFile(source)
    except pa.ArrowException as error:
        raise DecodeError(f"this is no Parquet file: {error}") from None
    schema = file.schema_arrow
    plan = annotator.plan
    plan.check(schema.names)
    types = {
        name: kind
        for column in plan.columns
        for name, kind in _types(pa, annotator.table, *plan.named(column)).items()
    }
    fields = [pa.field(name, types[name]) for name in plan.new_names()]
    extended = pa.schema([*schema, *fields], metadata=schema.metadata)
    with file, parquet.ParquetWriter(sink, extended) as writer:
        for batch in file.iter_batches(batch_size=_ROWS):
            arrays = list(batch.columns)
            for column in plan.columns:
                addresses = batch.column(column)
                for new in annotator.cells(column, addresses, addresses.null_count):
                    arrays.append(_array(pa, new, types[new.name]))
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=extended))
            annotator.done(batch.num_rows)


def _pyarrow() -> tuple[Arrow, Arrow]:
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise UsageError(
            "Parquet needs pyarrow, which is not installed: pip install 'fingerpost[arrow]'"
        ) from None


def _types(
    pa: Arrow, table: Table, into: dict[str, Getter | None], prefix: str | None
) -> dict[str, Arrow]:
    text = pa.dictionary(pa.int32(), pa.string())
    known = {int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    values = table.columns()[1]
    types: dict[str, Arrow] = {} if prefix is None else {prefix: text}
    for name, getter in into.items():
        cells = values if getter is None else gotten(values, getter, name, must_exist=False)
        kind = _only_kind(cells)
        is_long = kind is int and not all(-(2**63) <= cell < 2**63 for cell in cells if cell)
        types[name] = text if is_long else known.get(kind or object, text)
    return types


def _only_kind(cells: Iterable[object]) -> type | None:
    kinds = {type(cell) for cell in cells if cell is not None}
    return kinds.pop() if len(kinds) == 1 else None


def _array(pa: Arrow, new: NewColumn, kind: Arrow) -> Arrow:
    codes = pa.array(new.codes)
    if pa.types.is_dictionary(kind):
        texts = [None if cell is None else str(cell) for cell in new.cells]
        return pa.array(texts, pa.string()).take(codes).dictionary_encode()
    return pa.array(new.cells, kind).take(codes)
