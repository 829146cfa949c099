"""How columns are read from and added to the frames of pyarrow, polars, pandas, and plain dicts.

None of these libraries is imported before a frame of it was given. What repeats becomes a
dictionary-encoded (pyarrow) or categorical (polars, pandas) column.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Frame: TypeAlias = Any  # the libraries' frames share no type
Library: TypeAlias = Any  # a module that is imported by name
Cells: TypeAlias = Any  # one column in the library's own type

_FRAMES = "a pyarrow Table or RecordBatch, a polars or pandas DataFrame, or a dict of columns"


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A column by its distinct cells; row `i` has `cells[codes[i]]`, None where nothing matched."""

    name: str
    cells: list[Any]
    codes: NDArray[np.int32]

    @property
    def kind(self) -> type | None:
        """The one type of all cells that are not None; None if there is none or several."""
        kinds = {type(cell) for cell in self.cells if cell is not None}
        return kinds.pop() if len(kinds) == 1 else None


class FrameKind(Protocol):
    """What annotating needs to know about one kind of frame."""

    def names(self, frame: Frame) -> list[str]:
        """All columns, in order."""

    def column(self, frame: Frame, name: str) -> object:
        """One column, as `lookup_many` takes it."""

    def extended(self, frame: Frame, columns: list[NewColumn]) -> Frame:
        """A frame with these columns at its end; the one given stays as it was."""


class _Pyarrow:
    """Table and RecordBatch."""

    def names(self, frame: Frame) -> list[str]:
        return list(frame.schema.names)

    def column(self, frame: Frame, name: str) -> object:
        return frame.column(name)

    def extended(self, frame: Frame, columns: list[NewColumn]) -> Frame:
        pa = importlib.import_module("pyarrow")
        arrays = [self._array(pa, column) for column in columns]
        names = [column.name for column in columns]
        if isinstance(frame, pa.Table):
            for name, array in zip(names, arrays, strict=True):
                frame = frame.append_column(name, array)
            return frame
        fields = [pa.field(n, a.type) for n, a in zip(names, arrays, strict=True)]
        schema = pa.schema([*frame.schema, *fields], metadata=frame.schema.metadata)
        return pa.RecordBatch.from_arrays([*frame.columns, *arrays], schema=schema)

    def _array(self, pa: Library, column: NewColumn) -> Cells:
        cells = [cell for cell in column.cells if cell is not None]
        try:
            values = pa.array(cells)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
            raise _unfit(column, "pyarrow", error) from None
        codes, is_null = _nulled(column)
        encoded = pa.DictionaryArray.from_arrays(pa.array(codes, mask=is_null), values)
        return encoded if column.kind is str else encoded.dictionary_decode()


class _Polars:
    """DataFrame."""

    def names(self, frame: Frame) -> list[str]:
        return list(frame.columns)

    def column(self, frame: Frame, name: str) -> object:
        return frame.get_column(name)

    def extended(self, frame: Frame, columns: list[NewColumn]) -> Frame:
        pl = importlib.import_module("polars")
        return frame.with_columns([self._series(pl, column) for column in columns])

    def _series(self, pl: Library, column: NewColumn) -> Cells:
        dtype = pl.Categorical if column.kind is str else None
        try:
            cells = pl.Series(column.name, column.cells, dtype=dtype, strict=True)
        except (TypeError, pl.exceptions.PolarsError, OverflowError) as error:
            raise _unfit(column, "polars", error) from None
        if cells.dtype == pl.Object:
            raise _unfit(column, "polars", "it would be a column of Python objects")
        return cells.gather(pl.Series(column.codes))


class _Pandas:
    """DataFrame."""

    def names(self, frame: Frame) -> list[str]:
        return list(frame.columns)

    def column(self, frame: Frame, name: str) -> object:
        return frame[name]

    def extended(self, frame: Frame, columns: list[NewColumn]) -> Frame:
        pd = importlib.import_module("pandas")
        frame = frame.copy(deep=False)
        for column in columns:
            frame[column.name] = self._array(pd, column)
        return frame

    def _array(self, pd: Library, column: NewColumn) -> Cells:
        if column.kind is str:
            codes, is_null = _nulled(column)
            codes[is_null] = -1
            cells = [cell for cell in column.cells if cell is not None]
            return pd.Categorical.from_codes(codes, categories=pd.Index(cells, dtype=object))
        dtype = {int: "Int64", float: "Float64", bool: "boolean"}.get(column.kind or object)
        if dtype is None:
            return _objects(column)
        try:
            return pd.array(column.cells, dtype=dtype).take(column.codes)
        except OverflowError:  # whole numbers beyond 64 bits
            return _objects(column)


class _Dict:
    """A mapping of names to columns of any kind."""

    def names(self, frame: Frame) -> list[str]:
        return list(frame)

    def column(self, frame: Frame, name: str) -> object:
        return frame[name]

    def extended(self, frame: Frame, columns: list[NewColumn]) -> Frame:
        return {**frame, **{column.name: _objects(column) for column in columns}}


def kind_of(frame: Frame) -> FrameKind:
    """The kind of a frame; `UsageError` for what is none."""
    home, name = type(frame).__module__.partition(".")[0], type(frame).__name__
    if home == "pyarrow" and name in ("Table", "RecordBatch"):
        return _Pyarrow()
    if home == "polars" and name == "DataFrame":
        return _Polars()
    if home == "pandas" and name == "DataFrame":
        return _Pandas()
    if isinstance(frame, Mapping):
        return _Dict()
    hint = ""
    if home == "polars" and name == "LazyFrame":
        hint = "; a LazyFrame has no rows yet: lazy.map_batches(lambda f: fib.annotate(f, ...))"
    raise UsageError(f"cannot annotate a {name} of {home}; give {_FRAMES}{hint}")


def _objects(column: NewColumn) -> NDArray[np.object_]:
    import numpy as np

    cells = np.empty(len(column.cells), object)
    cells[:] = column.cells
    return cells[column.codes]


def _nulled(column: NewColumn) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Codes into the cells that are not None, and which rows are None."""
    import numpy as np

    is_none = np.array([cell is None for cell in column.cells], bool)
    place = (np.cumsum(~is_none) - 1).astype(np.int32)
    return np.where(is_none, 0, place)[column.codes].astype(np.int32), is_none[column.codes]


def _unfit(column: NewColumn, library: str, error: object) -> UsageError:
    return UsageError(
        f"column {column.name!r}: {library} cannot hold these values ({error}); name what to take "
        "of them, as into={'origin': 'origin_as'}, or a callable such as str"
    )
