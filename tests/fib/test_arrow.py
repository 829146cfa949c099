"""Arrow columns of pyarrow, polars, pandas and DuckDB give the answers of single lookups."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fib.tables import Plain, addresses, brief, fib_of, fours, sample, scan, sixes, tables

pa = pytest.importorskip("pyarrow")
pl = pytest.importorskip("polars")

Row = Plain | None
Arrow: TypeAlias = Any  # an array or a type of a library without stubs
Column = Callable[[list[Row]], Arrow]


def text_of(row: Row) -> str | None:
    return None if row is None else str(row)


def bytes_of(row: Row) -> bytes | None:
    return None if row is None else row.packed


def number_of(row: Row) -> int | None:
    return None if row is None else int(row)


def texts(kind: Arrow) -> Column:
    return lambda rows: pa.array([text_of(row) for row in rows], kind)


def binaries(kind: Arrow) -> Column:
    return lambda rows: pa.array([bytes_of(row) for row in rows], kind)


def numbers(kind: Arrow) -> Column:
    return lambda rows: pa.array([number_of(row) for row in rows], kind)


def sliced(column: Column) -> Column:
    return lambda rows: column([rows[0], rows[0], *rows, None])[2:-1] if rows else column(rows)


def chunked(column: Column) -> Column:
    def cut(rows: list[Row]) -> Arrow:
        parts = [sliced(column)(rows[at : at + 3]) for at in range(0, len(rows), 3)]
        return pa.chunked_array(parts, column(rows).type)

    return cut


MIXED: dict[str, Column] = {
    "utf8": texts(pa.utf8()),
    "large_utf8": texts(pa.large_utf8()),
    "utf8_view": texts(pa.string_view()),
    "binary": binaries(pa.binary()),
    "large_binary": binaries(pa.large_binary()),
    "binary_view": binaries(pa.binary_view()),
    "dictionary": lambda rows: texts(pa.utf8())(rows).dictionary_encode(),
    "dictionary of views": lambda rows: pa.DictionaryArray.from_arrays(
        pa.array(range(len(rows)), pa.uint8()), texts(pa.string_view())(rows)
    ),
    "one-column batch": lambda rows: pa.record_batch({"ip": texts(pa.utf8())(rows)}),
    "one-column table": lambda rows: pa.table({"ip": chunked(texts(pa.utf8()))(rows)}),
    "reader": lambda rows: pa.table({"ip": texts(pa.utf8())(rows)}).to_reader(3),
    "polars": lambda rows: pl.Series([text_of(row) for row in rows], dtype=pl.String),
    "polars, categorical": lambda rows: pl.Series(
        [text_of(row) for row in rows], dtype=pl.Categorical
    ),
    "polars, binary": lambda rows: pl.Series([bytes_of(row) for row in rows], dtype=pl.Binary),
    "polars, chunks": lambda rows: pl.concat(
        [pl.Series([text_of(row)], dtype=pl.String) for row in [None, *rows]], rechunk=False
    )[1:],
    "polars frame": lambda rows: pl.DataFrame(
        {"ip": [text_of(row) for row in rows]}, schema={"ip": pl.String}
    ),
}
MIXED |= {f"{name}, sliced": sliced(MIXED[name]) for name in ("utf8", "utf8_view", "dictionary")}
MIXED |= {f"{name}, chunked": chunked(MIXED[name]) for name in ("large_utf8", "binary_view")}

IPV4: dict[str, Column] = {
    "uint32": numbers(pa.uint32()),
    "int64": numbers(pa.int64()),
    "uint64": numbers(pa.uint64()),
    "uint32, sliced": sliced(numbers(pa.uint32())),
    "int64, chunked": chunked(numbers(pa.int64())),
    "four bytes": binaries(pa.binary(4)),
    "dictionary of numbers": lambda rows: numbers(pa.uint32())(rows).dictionary_encode(),
    "polars": lambda rows: pl.Series([number_of(row) for row in rows], dtype=pl.UInt32),
}

IPV6: dict[str, Column] = {
    "sixteen bytes": binaries(pa.binary(16)),
    "sixteen bytes, sliced": sliced(binaries(pa.binary(16))),
    "sixteen bytes, chunked": chunked(binaries(pa.binary(16))),
}


def check(table: dict[str, int], rows: list[Row], held: object) -> None:
    matches = fib_of(table).lookup_many(held)
    found = iter(scan(table, [row for row in rows if row is not None]))
    expected = [(None, None) if row is None else next(found) for row in rows]
    assert matches.to_list() == [value for _, value in expected]
    prefixes = [None if prefix is None else str(prefix) for prefix in matches.prefixes()]
    assert prefixes == [prefix for prefix, _ in expected]
    assert not matches.bad


@pytest.mark.parametrize("column", MIXED.values(), ids=MIXED)
@brief
@given(tables, st.lists(st.none() | addresses, max_size=20))
def test_both_families_with_nulls(column: Column, table: dict[str, int], rows: list[Row]) -> None:
    check(table, rows, column(rows))


@pytest.mark.parametrize("column", IPV4.values(), ids=IPV4)
@brief
@given(tables, st.lists(st.none() | fours, max_size=20))
def test_ipv4_with_nulls(column: Column, table: dict[str, int], rows: list[Row]) -> None:
    check(table, rows, column(rows))


@pytest.mark.parametrize("column", IPV6.values(), ids=IPV6)
@brief
@given(tables, st.lists(st.none() | sixes, max_size=20))
def test_ipv6_with_nulls(column: Column, table: dict[str, int], rows: list[Row]) -> None:
    check(table, rows, column(rows))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@brief
@given(tables, st.lists(st.none() | addresses, max_size=20))
def test_pandas_series_of_every_dtype(table: dict[str, int], rows: list[Row]) -> None:
    pd = pytest.importorskip("pandas")
    written = [text_of(row) for row in rows]
    for series in (
        pd.Series(written, dtype="str"),
        pd.Series(written, dtype=object),
        pd.Series(written, dtype="category"),
        pd.Series(written, dtype="string"),
        pd.Series(rows, dtype=object),
    ):
        check(table, rows, series)
        check(table, rows[::2], series[::2])
    four: list[Row] = [row if row is not None and row.version == 4 else None for row in rows]
    check(table, four, pd.Series([number_of(row) for row in four], dtype="Int64"))
    plain = [row for row in four if row is not None]
    check(table, list(plain), pd.Series([int(row) for row in plain], dtype=np.int64))


def test_results_of_duckdb() -> None:
    duckdb = pytest.importorskip("duckdb")
    rows = duckdb.connect().sql(
        "select '10.' || (i % 3) || '.0.' || (i % 250) as ip from range(10000) t(i)"
    )
    expected = [["ten", "ten-one", "ten"][i % 3] for i in range(10_000)]
    assert sample().lookup_many(rows).to_list() == expected
    numbers = duckdb.connect().sql("select (167772160 + i)::uinteger as ip from range(10) t(i)")
    assert sample().lookup_many(numbers, threads=2).to_list() == ["ten"] * 10


def test_bad_rows_are_numbered_through_all_chunks() -> None:
    column = pa.chunked_array([["10.0.0.1", "x"], [], ["192.0.2.1", None, "y"]])
    matches = sample().lookup_many(column)
    assert matches.to_list() == ["ten", None, "doc", None, None]
    assert [(bad.row, bad.value) for bad in matches.bad.first] == [(1, "x"), (4, "y")]


def test_bad_entries_of_a_dictionary_count_for_each_row_that_uses_them() -> None:
    values = pa.array(["10.0.0.1", "x", "never used"])
    column = pa.DictionaryArray.from_arrays(pa.array([1, 0, None, 1]), values)
    matches = sample().lookup_many(column)
    assert matches.to_list() == [None, "ten", None, None]
    assert [(bad.row, bad.value) for bad in matches.bad.first] == [(0, "x"), (3, "x")]


def test_numbers_that_do_not_fit_are_bad_rows() -> None:
    matches = sample().lookup_many(pa.array([-1, 0x0A000001, 2**32, None]))
    assert matches.to_list() == [None, "ten", None, None]
    assert matches.bad.count == 2
    fib = sample()
    fib["::/64"] = "low"
    assert fib.lookup_many(pa.array([2**40]), version=6).to_list() == ["low"]


def test_byte_strings_of_another_length_are_bad_rows() -> None:
    matches = sample().lookup_many(pa.array([b"10.0.0.1", b"\x0a\0\0\1"]))
    assert matches.to_list() == [None, "ten"]
    assert "4 or 16 bytes" in matches.bad.first[0].reason


def test_a_column_of_nulls_matches_nothing() -> None:
    assert sample().lookup_many(pa.nulls(3)).to_list() == [None] * 3


def test_threads_give_the_same_answers() -> None:
    texts = [str(IPv4Address(n * 40_503 % 2**32)) for n in range(100_000)]
    texts[777] = "x"
    for column in (pa.array(texts), pl.Series(texts), pa.array(texts).dictionary_encode()):
        alone = sample().lookup_many(column)
        many = sample().lookup_many(column, threads=2)
        assert np.array_equal(alone.indices, many.indices)
        assert alone.bad == many.bad
        assert alone.bad.first[0].row == 777


def test_answers_cannot_be_written_over_the_column() -> None:
    memory = np.zeros(8, np.uint32)
    column = pa.array(memory)
    with pytest.raises(Exception, match="shares memory"):
        sample().lookup_many(column, out=memory)
