"""Many addresses at once: from whatever holds them to one index a row.

The life of a bulk lookup: the caller's object becomes an `AddressColumn` (without a copy where it
already lies as the core wants it), the core parses and matches block by block with the
interpreter released, and gives an index a row into a snapshot of the table's values. Index 0 is
"no match"; so are nulls, and rows that are no address, which are counted and shown as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fingerpost._core import (
    AddressColumn,
    FrozenTable,
    Table,
    ValueTable,
    lookup_column,
    lookup_column_frozen,
)
from fingerpost.addr import Prefix
from fingerpost.errors import AddressError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Indices = NDArray[np.uint32]

V = TypeVar("V")

_ACCEPTED = (
    "numpy arrays (integers, (n, 16) or (n, 4) uint8, S16/V16, two uint64 fields, str, object), "
    "Arrow arrays and one-column tables (pyarrow, polars, DuckDB), pandas Series, or an iterable "
    "of addresses"
)
_HALVES = (("hi", "lo"), ("high", "low"))


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is no address: its place (from 0), its value as text, what is wrong with it."""

    row: int
    value: str
    reason: str

    def __str__(self) -> str:
        """Name place, value and fault in one line."""
        return f"row {self.row}: {self.value!r} is not an address: {self.reason}"


@dataclass(frozen=True, slots=True)
class BadRows:
    """How many rows were no address, and the first 20 of them."""

    count: int = 0
    first: tuple[BadRow, ...] = ()

    def __bool__(self) -> bool:
        """Whether there were any."""
        return self.count > 0


class Answers:
    """What the indices of a frozen table stand for; as `ValueTable` for a `Fib`."""

    def __init__(self, values: Sequence[Any], lengths: bytes) -> None:
        """`lengths`: by index the length of the prefix; empty if the table does not know."""
        self._values, self._lengths = values, lengths

    def __len__(self) -> int:
        """Count the indices, "no match" included."""
        return len(self._values)

    def __getitem__(self, at: int) -> Any:  # noqa: ANN401 - values are of any type
        """Give the value of one index."""
        return self._values[at]

    def take(self, indices: NDArray[np.uint32]) -> list[Any]:
        """Give the value of each index."""
        return [self._values[at] for at in indices.tolist()]

    def lengths_into(self, indices: NDArray[np.uint32], out: NDArray[np.uint8]) -> None:
        """Write the prefix length of each index; `UsageError` if the table does not know."""
        import numpy as np

        if not self._lengths:
            raise UsageError("this table was compiled for answers and does not know prefixes")
        np.take(np.frombuffer(self._lengths, np.uint8), indices, out=out)


@dataclass(frozen=True, slots=True, eq=False)
class Matches(Generic[V]):
    """The answers of a bulk lookup; unpacks as `indices, values = fib.lookup_many(...)`.

    `indices`: one uint32 a row, 0 where nothing matches. `values`: what the indices stand for, as
    of the lookup; `values[0]` is None. `bad`: the rows that were no address; their index is 0.
    """

    indices: Indices
    values: ValueTable | Answers
    bad: BadRows
    column: AddressColumn = field(repr=False)

    def __iter__(self) -> Iterator[Any]:
        """Give indices, then values."""
        yield self.indices
        yield self.values

    def to_list(self) -> list[V | None]:
        """The value of each row; None where nothing matches."""
        values: list[V | None] = self.values.take(self.indices)
        return values

    def prefixes(self) -> list[Prefix | None]:
        """The matched prefix of each row; None where nothing matches.

        Reads the addresses again: do not overwrite a numpy array between lookup and this call.
        """
        distinct = self.distinct()
        of_distinct = self.prefixes_of(distinct)
        return [of_distinct[code] for code in distinct.codes.tolist()]

    def distinct(self) -> Distinct:
        """The indices that occur, and each row as a code into them."""
        return _distinct(self.indices, len(self.values))

    def prefixes_of(self, distinct: Distinct) -> list[Prefix | None]:
        """The matched prefix of each distinct index."""
        import numpy as np

        lengths = np.empty(len(distinct.indices), np.uint8)
        self.values.lengths_into(distinct.indices, lengths)
        found = self.column.prefixes(distinct.rows, lengths)
        if len(found) and distinct.indices[0] == 0:
            found[0] = None  # the address is there, but nothing matched it
        return found


_NO_BAD = BadRows()


@dataclass(frozen=True, slots=True, eq=False)
class Distinct:
    """The indices that occur, ascending; a row that has each; and every row's place among them."""

    indices: Indices
    rows: NDArray[np.int64]
    codes: NDArray[np.int32]


def _distinct(indices: Indices, slots: int) -> Distinct:
    import numpy as np

    if len(indices) < slots // 8:  # sorting few rows beats marking many slots
        values, rows, codes = np.unique(indices, return_index=True, return_inverse=True)
        return Distinct(values, rows.astype(np.int64), codes.astype(np.int32))
    row_of = np.full(slots, -1, np.int64)
    row_of[indices] = np.arange(len(indices), dtype=np.int64)
    values = np.flatnonzero(row_of >= 0).astype(np.uint32)
    code_of = np.empty(slots, np.int32)
    code_of[values] = np.arange(len(values), dtype=np.int32)
    return Distinct(values, row_of[values], code_of[indices])


def lookup_many(
    table: Table | FrozenTable,
    addresses: object,
    *,
    version: int | None = None,
    threads: int = 1,
    out: Indices | None = None,
    strict: bool = False,
) -> Matches[Any]:
    """Look up a collection of addresses of both families and give one index a row.

    `addresses`: numpy integers (IPv4; uint32 without a copy), (n, 16) uint8, S16 or V16 (IPv6 in
    network order), records of two uint64 (`hi`, `lo`), anything that exports Arrow (texts,
    integers, 4- or 16-byte binaries, dictionaries of these), a pandas Series, or an iterable of
    `AddressLike`. `bytes` are packed addresses of the family that `version` says. Texts are
    parsed in the core. None, NaN and Arrow nulls match nothing.
    `version`: what bare integers are; 4 unless said, where a column cannot tell.
    `threads`: 0 uses all cores. `out`: a uint32 array of as many cells, which is then returned.
    `strict`: raise at the first row that is no address instead of counting it.

    Raises `UsageError` for a collection of another kind, `AddressError` for an element of a type
    that is no address, or, when strict, for the first bad value.
    """
    import numpy as np

    if threads < 0:
        raise UsageError(f"threads is {threads}; give 0 for all cores, or how many")
    column = column_of(addresses, version)
    if out is None:
        out = np.empty(len(column), np.uint32)
    elif not isinstance(out, np.ndarray) or out.dtype != np.uint32 or out.shape != (len(column),):
        raise UsageError(
            f"out is {_shape(out)}; give a uint32 array of shape ({len(column)},), one cell a row"
        )
    values: ValueTable | Answers
    if isinstance(table, FrozenTable):
        values = Answers(table.values, table.prefix_lengths())
        count, first = lookup_column_frozen(table, column, out, threads)
    else:
        values, count, first = lookup_column(table, column, out, threads)
    bad = BadRows(count, tuple(BadRow(*row) for row in first)) if count else _NO_BAD
    if strict and bad:
        more = f"; {count - 1:,} more rows are bad" if count > 1 else ""
        raise AddressError(f"{bad.first[0]}{more}", bad.first[0].value)
    return Matches(out, values, bad, column)


def column_of(addresses: object, version: int | None = None) -> AddressColumn:
    """Take addresses of any kind as a native column; the fastest way for each."""
    if isinstance(addresses, AddressColumn):
        return addresses
    if version is not None and version not in (4, 6):
        raise UsageError(f"version is {version}; give 4, 6 or None")
    if type(addresses) in (list, tuple):
        return AddressColumn.from_items(addresses, version)
    home = type(addresses).__module__.partition(".")[0]
    if home == "numpy":
        return _from_numpy(addresses, version)
    if home == "pandas":
        return _from_pandas(addresses, version)
    if hasattr(addresses, "__arrow_c_array__") or hasattr(addresses, "__arrow_c_stream__"):
        return AddressColumn.from_arrow(addresses, version)
    if isinstance(addresses, bytes | bytearray | memoryview):
        return _from_bytes(addresses, version)
    if isinstance(addresses, str | Mapping) or not isinstance(addresses, Iterable):
        raise UsageError(f"{_shape(addresses)} is no collection of addresses; give {_ACCEPTED}")
    if hasattr(addresses, "__array_interface__") or hasattr(addresses, "typecode"):
        import numpy as np

        return _from_numpy(np.asarray(addresses), version)
    return AddressColumn.from_items(addresses, version)


def _shape(given: object) -> str:
    dtype, shape = getattr(given, "dtype", None), getattr(given, "shape", None)
    if dtype is None or shape is None:
        return f"a {type(given).__name__}"
    return f"a {type(given).__name__} of {dtype} and shape {shape}"


def _from_bytes(given: bytes | bytearray | memoryview, version: int | None) -> AddressColumn:
    import numpy as np

    if version is None:
        raise UsageError(
            f"{len(given)} bytes may be IPv4 or IPv6 addresses; give version=4 or version=6"
        )
    packed = np.frombuffer(given, np.uint8)
    width = 4 if version == 4 else 16
    if len(packed) % width:
        raise UsageError(f"{len(packed)} bytes are not whole IPv{version} addresses of {width}")
    return _from_numpy(packed.reshape(-1, width), None)


def _from_numpy(array: Any, version: int | None) -> AddressColumn:  # noqa: ANN401 - any array
    import numpy as np

    if isinstance(array, np.ma.MaskedArray) and array.ndim == 1:
        return AddressColumn.from_items(array.tolist(), version)  # masked cells become None
    if not isinstance(array, np.ndarray) or array.ndim == 0:
        raise UsageError(f"{_shape(array)} is no collection of addresses; give {_ACCEPTED}")
    kind, width = array.dtype.kind, array.dtype.itemsize
    if array.ndim == 2 and array.dtype == np.uint8 and array.shape[1] in (4, 16):
        return _from_packed(np.ascontiguousarray(array))
    if array.ndim != 1:
        raise UsageError(f"{_shape(array)}; give one dimension, or (n, 16) or (n, 4) of uint8")
    if kind in "iu":
        return AddressColumn.from_numbers(_as_native_numbers(array, version), version)
    if array.dtype.names is not None:
        return _from_records(array)
    if kind in "SV" and width in (4, 16):
        cells = np.ascontiguousarray(array).view(np.uint8)
        return _from_packed(cells.reshape(-1, width))
    if kind in "OUT":
        return AddressColumn.from_items(array.tolist(), version)
    raise UsageError(f"{_shape(array)} cannot hold addresses; give {_ACCEPTED}")


def _as_native_numbers(array: NDArray[Any], version: int | None) -> NDArray[Any]:
    import numpy as np

    if (
        array.dtype == np.uint32
        and array.flags.c_contiguous
        and array.flags.aligned
        and version != 6
    ):
        return array  # as the core wants it, and by far the most common
    if array.dtype.itemsize == 8:
        wanted = "i8" if array.dtype.kind == "i" else "u8"
    else:
        wanted = "u4" if array.dtype.kind == "u" and version != 6 else "i8"
    return np.require(array, np.dtype(wanted), ["C_CONTIGUOUS", "ALIGNED"])


def _from_packed(cells: NDArray[np.uint8]) -> AddressColumn:
    import numpy as np

    if cells.shape[1] == 16:
        return AddressColumn.from_packed(cells.reshape(-1))
    numbers = cells.reshape(-1).view(">u4").astype(np.uint32)
    return AddressColumn.from_numbers(numbers, None)


def _from_records(array: NDArray[Any]) -> AddressColumn:
    import numpy as np

    names = array.dtype.names or ()
    fields: Mapping[str, Any] = array.dtype.fields or {}
    pair = next((pair for pair in _HALVES if set(pair) <= set(names)), ())
    halves = [fields[name] for name in pair]
    kinds = {entry[0].str for entry in halves}  # in full, "<u8" or ">u8"
    if len(kinds) != 1 or not kinds <= {"<u8", ">u8"}:
        raise UsageError(
            f"records of {names} are no addresses; give two uint64 fields of one byte order, "
            "named hi and lo (or high and low)"
        )
    cells = np.ascontiguousarray(array).view(np.uint8)
    high_at, low_at = (entry[1] for entry in halves)
    return AddressColumn.from_halves(cells, array.dtype.itemsize, high_at, low_at, kinds == {">u8"})


def _from_pandas(series: Any, version: int | None) -> AddressColumn:  # noqa: ANN401 - untyped
    if getattr(series, "ndim", None) != 1:
        raise UsageError(f"{_shape(series)}; give one column of it")
    dtype = series.dtype
    is_plain = type(dtype).__module__.startswith("numpy")
    if is_plain and dtype.kind in "iu":
        return _from_numpy(series.to_numpy(), version)
    if series.isna().all():  # of whatever type: pandas makes empty columns float
        return AddressColumn.from_items([None] * len(series), version)
    if not (is_plain and dtype.kind == "O") and hasattr(series, "__arrow_c_stream__"):
        try:
            return AddressColumn.from_arrow(series, version)
        except ImportError:  # pandas exports through pyarrow, which may be missing
            pass
    cells = series.astype(object)
    return AddressColumn.from_items(cells.where(cells.notna(), None).tolist(), version)
