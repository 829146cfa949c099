"""`annotate`: frames of every kind come back as the same kind, with columns of matches."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fib.tables import Plain, addresses, brief, fib_of, sample, scan, tables
from fingerpost.errors import AddressError, UsageError
from fingerpost.fib import Fib
from fingerpost.fib.annotate import Getter

Frame: TypeAlias = Any  # the libraries' frames share no type

COLUMNS: dict[str, list[Any]] = {
    "ip": ["10.1.0.1", None, "203.0.113.1", "2001:db8::1", "10.9.9.9"],
    "n": [1, 2, 3, 4, 5],
}
ROUTES = ["ten-one", None, None, "doc6", "ten"]
PREFIXES = ["10.1.0.0/16", None, None, "2001:db8::/32", "10.0.0.0/8"]


def make(kind: str, columns: dict[str, list[Any]]) -> Frame:
    if kind == "dict":
        return dict(columns)
    library = pytest.importorskip(kind.partition(" ")[0])
    if kind == "pyarrow table":
        return library.table(columns)
    if kind == "pyarrow batch":
        return library.record_batch(columns)
    return library.DataFrame(columns)


def names(frame: Frame) -> list[str]:
    if isinstance(frame, dict):
        return list(frame)
    return list(frame.schema.names if hasattr(frame, "num_columns") else frame.columns)


def rows(frame: Frame, name: str) -> list[Any]:
    """One column as Python objects, every kind of null as None."""
    column = frame[name]
    home = type(column).__module__.partition(".")[0]
    if home == "pandas":
        return [
            None if missing else cell for cell, missing in zip(column, column.isna(), strict=True)
        ]
    if home == "pyarrow":
        return list(column.to_pylist())
    return list(column)


KINDS = ["dict", "pyarrow table", "pyarrow batch", "polars", "pandas"]
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_a_frame_comes_back_as_its_kind_with_new_columns_at_its_end(kind: str) -> None:
    frame = make(kind, COLUMNS)
    found = sample().annotate(frame, "ip", prefix="net")
    assert type(found) is type(frame)
    assert names(found) == ["ip", "n", "route", "net"]
    assert rows(found, "n") == COLUMNS["n"]
    assert rows(found, "route") == ROUTES
    assert rows(found, "net") == PREFIXES
    assert rows(frame, "ip") == COLUMNS["ip"]
    assert names(frame) == ["ip", "n"]


@every_kind
@brief
@given(table=tables, held=st.lists(addresses, max_size=20))
def test_cells_are_those_of_single_lookups(
    kind: str, table: dict[str, int], held: list[Plain]
) -> None:
    frame = make(kind, {"ip": [str(row) for row in held]})
    expected = scan(table, held)
    found = fib_of(table).annotate(frame, "ip", "value", prefix="net")
    assert rows(found, "value") == [value for _, value in expected]
    assert rows(found, "net") == [prefix for prefix, _ in expected]


@dataclass(frozen=True)
class Route:
    origin: int
    via: str


ROUTED = {
    "10.0.0.0/8": Route(64500, "a"),
    "10.1.0.0/16": Route(64501, "a"),
    "2001:db8::/32": Route(64500, "b"),
}


@every_kind
def test_columns_by_attribute_key_and_callable(kind: str) -> None:
    frame = make(kind, COLUMNS)
    routed = Fib(ROUTED)
    getters: dict[str, Getter | None] = {
        "origin": "origin",
        "via": "via",
        "double": lambda route: 2 * route.origin,
    }
    found = routed.annotate(frame, "ip", getters)
    assert rows(found, "origin") == [64501, None, None, 64500, 64500]
    assert rows(found, "via") == ["a", None, None, "b", "a"]
    assert rows(found, "double") == [129002, None, None, 129000, 129000]
    keyed = Fib({net: {"as": route.origin} for net, route in ROUTED.items()})
    assert rows(keyed.annotate(frame, "ip", {"as": "as"}), "as")[0] == 64501
    placed = Fib({net: (route.origin, route.via) for net, route in ROUTED.items()})
    assert rows(placed.annotate(frame, "ip", {"via": 1}), "via") == ["a", None, None, "b", "a"]


@every_kind
def test_a_value_that_lacks_the_key_gives_null_but_not_if_all_lack_it(kind: str) -> None:
    frame = make(kind, COLUMNS)
    fib: Fib[Any] = Fib({"10.0.0.0/8": {"as": 1}, "10.1.0.0/16": {}, "2001:db8::/32": 7})
    assert rows(fib.annotate(frame, "ip", {"as": "as"}), "as") == [None, None, None, None, 1]
    with pytest.raises(UsageError, match="no value has 'origin'"):
        fib.annotate(frame, "ip", {"as": "origin"})


@every_kind
def test_only_prefixes_when_into_is_none(kind: str) -> None:
    found = sample().annotate(make(kind, COLUMNS), "ip", None, prefix="net")
    assert rows(found, "net") == PREFIXES
    assert names(found) == ["ip", "n", "net"]


@every_kind
def test_columns_that_are_missing_or_in_the_way_are_refused(kind: str) -> None:
    frame = make(kind, COLUMNS)
    with pytest.raises(UsageError, match=r"no column 'src'; there are 'ip', 'n'"):
        sample().annotate(frame, "src")
    with pytest.raises(UsageError, match="'n' would be there twice"):
        sample().annotate(frame, "ip", "n")
    with pytest.raises(UsageError, match="'x' would be there twice"):
        sample().annotate(frame, "ip", "x", prefix="x")


@every_kind
def test_strict_refuses_what_is_otherwise_null(kind: str) -> None:
    frame = make(kind, {"ip": ["10.0.0.1", "nonsense"]})
    assert rows(sample().annotate(frame, "ip"), "route") == ["ten", None]
    with pytest.raises(AddressError, match="row 1: 'nonsense'"):
        sample().annotate(frame, "ip", strict=True)


@every_kind
def test_values_that_no_column_type_holds(kind: str) -> None:
    odd = object()
    fib = Fib({"10.0.0.0/8": odd})
    frame = make(kind, {"ip": ["10.0.0.1"]})
    if kind in ("dict", "pandas"):
        assert rows(fib.annotate(frame, "ip"), "route") == [odd]
    else:
        with pytest.raises(UsageError, match=r"'route': .* cannot hold"):
            fib.annotate(frame, "ip")
    assert rows(fib.annotate(frame, "ip", {"kind": lambda v: type(v).__name__}), "kind") == [
        "object"
    ]


@every_kind
def test_a_frame_without_rows_or_matches(kind: str) -> None:
    empty = make(kind, COLUMNS)
    empty = {name: cells[:0] for name, cells in empty.items()} if kind == "dict" else empty[:0]
    assert rows(sample().annotate(empty, "ip", prefix="net"), "route") == []
    none = sample().annotate(make(kind, {"ip": ["203.0.113.1", None]}), "ip", prefix="net")
    assert rows(none, "route") == rows(none, "net") == [None, None]


def test_texts_become_dictionaries_and_categories() -> None:
    pa, pl = pytest.importorskip("pyarrow"), pytest.importorskip("polars")
    pd = pytest.importorskip("pandas")
    arrow = sample().annotate(pa.table(COLUMNS), "ip")
    assert arrow.schema.field("route").type == pa.dictionary(pa.int32(), pa.string())
    assert sample().annotate(pl.DataFrame(COLUMNS), "ip").schema["route"] == pl.Categorical
    frame = sample().annotate(pd.DataFrame(COLUMNS), "ip")
    assert isinstance(frame["route"].dtype, pd.CategoricalDtype)
    assert sample().annotate(COLUMNS, "ip")["route"].dtype == np.dtype(object)


def test_numbers_keep_their_type() -> None:
    pa, pl = pytest.importorskip("pyarrow"), pytest.importorskip("polars")
    pd = pytest.importorskip("pandas")
    fib = Fib({"10.0.0.0/8": 64500})
    assert fib.annotate(pa.table(COLUMNS), "ip").schema.field("route").type == pa.int64()
    assert fib.annotate(pl.DataFrame(COLUMNS), "ip").schema["route"] == pl.Int64
    assert fib.annotate(pd.DataFrame(COLUMNS), "ip")["route"].dtype == pd.Int64Dtype()


def test_a_pandas_frame_keeps_its_index() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(COLUMNS, index=[30, 10, 20, 50, 40])
    found = sample().annotate(frame, "ip")
    assert list(found.index) == [30, 10, 20, 50, 40]
    assert found.loc[30, "route"] == "ten-one"


def test_each_distinct_match_is_asked_once() -> None:
    asked: list[str] = []

    def shout(value: str) -> str:
        asked.append(value)
        return value.upper()

    frame = {"ip": ["10.0.0.1", "10.1.0.1"] * 1000}
    found = sample().annotate(frame, "ip", {"up": shout})
    assert sorted(asked) == ["ten", "ten-one"]
    assert list(found["up"]) == ["TEN", "TEN-ONE"] * 1000


def test_other_frames_are_refused_and_lazy_ones_explained() -> None:
    pl = pytest.importorskip("polars")
    with pytest.raises(UsageError, match="give a pyarrow Table"):
        sample().annotate([1, 2], "ip")
    lazy = pl.LazyFrame(COLUMNS)
    with pytest.raises(UsageError, match="map_batches"):
        sample().annotate(lazy, "ip")
    schema = {**lazy.collect_schema(), "route": pl.Categorical}
    mapped = lazy.map_batches(lambda frame: sample().annotate(frame, "ip"), schema=schema)
    assert mapped.collect()["route"].to_list() == ROUTES


def test_no_library_of_frames_is_imported_for_a_dict() -> None:
    code = (
        "import sys; from fingerpost.fib import Fib;"
        "Fib({'10.0.0.0/8': 1}).annotate({'ip': ['10.0.0.1']}, 'ip');"
        "print([m for m in ('pandas', 'polars', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_frozen_tables_annotate_too() -> None:
    frozen = sample().freeze()
    found = frozen.annotate(COLUMNS, "ip", prefix="net")
    assert (list(found["route"]), list(found["net"])) == (ROUTES, PREFIXES)
    lengths = sample().freeze(len)
    answers = [None if route is None else len(route) for route in ROUTES]
    assert list(lengths.annotate(COLUMNS, "ip")["route"]) == answers
    with pytest.raises(UsageError, match="does not know prefixes"):
        lengths.annotate(COLUMNS, "ip", prefix="net")
