"""`lookup_many`: whatever holds the addresses, the answers are those of single lookups."""

from __future__ import annotations

import array
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fib.tables import Plain, addresses, brief, fib_of, fours, sample, scan, sixes, tables
from fingerpost.addr import Address, Interface
from fingerpost.errors import AddressError, UsageError

Holder = Callable[[list[Plain]], Any]

MIXED: dict[str, Holder] = {
    "texts": lambda rows: [str(row) for row in rows],
    "tuple": lambda rows: tuple(str(row) for row in rows),
    "iterator": lambda rows: (str(row) for row in rows),
    "native": lambda rows: [Address(str(row)) for row in rows],
    "interfaces": lambda rows: [Interface(f"{row}/20") for row in rows],
    "ipaddress": list,
    "bytes": lambda rows: [row.packed for row in rows],
    "alternating": lambda rows: [(str, bytes_of)[at % 2](row) for at, row in enumerate(rows)],
    "numpy texts": lambda rows: np.array([str(row) for row in rows], dtype=str),
    "numpy objects": lambda rows: np.array([*rows, None], dtype=object)[:-1],
}

IPV4: dict[str, Holder] = {
    "ints": lambda rows: [int(row) for row in rows],
    "uint32": lambda rows: np.array([int(row) for row in rows], np.uint32),
    "uint32, strided": lambda rows: np.repeat(numbers(rows, np.uint32), 3)[::3],
    "uint32, big-endian": lambda rows: numbers(rows, np.dtype(">u4")),
    "uint32, reversed twice": lambda rows: numbers(rows[::-1], np.uint32)[::-1],
    "uint32, unaligned": lambda rows: unaligned(numbers(rows, np.uint32)),
    "int64": lambda rows: numbers(rows, np.int64),
    "uint64, big-endian": lambda rows: numbers(rows, np.dtype(">u8")),
    "(n, 4)": lambda rows: packed(rows).reshape(-1, 4),
    "V4": lambda rows: packed(rows).view("V4"),
    "array.array": lambda rows: array.array("I", [int(row) for row in rows]),
    "masked array": lambda rows: np.ma.array(numbers(rows, np.int64), mask=[False] * len(rows)),
}

IPV6: dict[str, Holder] = {
    "(n, 16)": lambda rows: packed(rows).reshape(-1, 16),
    "(n, 16), strided": lambda rows: np.repeat(packed(rows).reshape(-1, 16), 2, axis=0)[::2],
    "S16": lambda rows: packed(rows).view("S16"),
    "V16": lambda rows: packed(rows).view("V16"),
    "V16, strided": lambda rows: np.repeat(packed(rows).view("V16"), 2)[::2],
    "hi, lo": lambda rows: halves(rows, [("hi", "<u8"), ("lo", "<u8")]),
    "hi, lo, big-endian": lambda rows: halves(rows, [("hi", ">u8"), ("lo", ">u8")]),
    "low, other, high": lambda rows: halves(
        rows, [("low", "<u8"), ("port", "u2"), ("high", "<u8")]
    ),
    "big ints": lambda rows: [int(row) for row in rows],
}


def bytes_of(row: Plain) -> bytes:
    return row.packed


def numbers(
    rows: list[Plain], dtype: np.dtype[Any] | type | list[tuple[str, str]]
) -> np.ndarray[Any, Any]:
    return np.array([int(row) for row in rows], dtype)


def unaligned(numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    shifted: np.ndarray[Any, Any] = np.zeros(numbers.nbytes + 1, np.uint8)[1:].view(numbers.dtype)
    shifted[:] = numbers
    return shifted


def packed(rows: list[Plain]) -> np.ndarray[Any, Any]:
    return np.frombuffer(b"".join(row.packed for row in rows), np.uint8)


def halves(
    rows: list[Plain], dtype: np.dtype[Any] | type | list[tuple[str, str]]
) -> np.ndarray[Any, Any]:
    records = np.zeros(len(rows), dtype)
    for at, row in enumerate(rows):
        high, low = (
            name for name in ("hi", "high", "lo", "low") if name in (records.dtype.names or ())
        )
        records[at][high], records[at][low] = int(row) >> 64, int(row) & (2**64 - 1)
    return records


def check(
    table: dict[str, int], rows: list[Plain], held: object, version: int | None = None
) -> None:
    expected = scan(table, rows)
    matches = fib_of(table).lookup_many(held, version=version)
    assert matches.to_list() == [value for _, value in expected]
    prefixes = [None if prefix is None else str(prefix) for prefix in matches.prefixes()]
    assert prefixes == [prefix for prefix, _ in expected]
    assert matches.indices.dtype == np.uint32
    assert not matches.bad


@pytest.mark.parametrize("holder", MIXED.values(), ids=MIXED)
@brief
@given(tables, st.lists(addresses, max_size=20))
def test_both_families_in_one_collection(
    holder: Holder, table: dict[str, int], rows: list[Plain]
) -> None:
    check(table, rows, holder(rows))


@pytest.mark.parametrize("holder", IPV4.values(), ids=IPV4)
@brief
@given(tables, st.lists(fours, max_size=20))
def test_ipv4_as_numbers(holder: Holder, table: dict[str, int], rows: list[Plain]) -> None:
    check(table, rows, holder(rows))


@pytest.mark.parametrize("holder", IPV6.values(), ids=IPV6)
@brief
@given(tables, st.lists(sixes, max_size=20))
def test_ipv6_as_bytes_and_halves(holder: Holder, table: dict[str, int], rows: list[Plain]) -> None:
    check(table, rows, holder(rows))


@brief
@given(tables, st.lists(addresses, max_size=20), st.integers(0, 3))
def test_raw_bytes_need_a_version(table: dict[str, int], rows: list[Plain], kind: int) -> None:
    for version in (4, 6):
        some = [row for row in rows if row.version == version]
        raw = b"".join(row.packed for row in some)
        given = (raw, bytearray(raw), memoryview(raw), memoryview(raw))[kind]
        check(table, some, given, version=version)
    with pytest.raises(UsageError, match="version=4 or version=6"):
        fib_of(table).lookup_many(b"\0" * 16)


def test_version_says_what_a_bare_integer_is() -> None:
    fib = sample()
    fib["::/96"] = "low"
    for holder in (list, np.uint32, np.int64, np.uint64, np.uint8):
        given = [10] if holder is list else np.array([10], holder)
        assert fib.lookup_many(given).to_list() == [None]
        assert fib.lookup_many(given, version=6).to_list() == ["low"]
    assert fib.lookup_many(["10.0.0.1", 10], version=6).to_list() == ["ten", "low"]


def test_zones_are_left_behind_as_in_single_lookups() -> None:
    fib = sample()
    given = ["2001:db8::1%eth0", "2001:db8::1"]
    matches = fib.lookup_many(given)
    assert matches.to_list() == [fib.lookup(address) for address in given] == ["doc6", "doc6"]
    assert [str(prefix) for prefix in matches.prefixes()] == ["2001:db8::/32"] * 2


def test_nulls_match_nothing_and_are_not_bad() -> None:
    fib = sample()
    fib["0.0.0.0/0"] = "default"
    for held in (["10.0.0.1", None, float("nan")], [Address("10.0.0.1"), None, float("nan")]):
        matches = fib.lookup_many(held)
        assert matches.to_list() == ["ten", None, None]
        assert not matches.bad
    masked = np.ma.array([0x0A000001, 1], np.int64, mask=[False, True])
    assert fib.lookup_many(masked).to_list() == ["ten", None]


def test_bad_rows_match_nothing_and_are_counted_and_shown() -> None:
    fib = sample()
    fib["0.0.0.0/0"] = "default"
    matches = fib.lookup_many(["10.0.0.1", "10.0.0.256", "", "192.0.2.1"])
    assert matches.to_list() == ["ten", None, None, "doc"]
    assert matches.bad.count == 2
    first = matches.bad.first[0]
    assert (first.row, first.value) == (1, "10.0.0.256")
    assert "above 255" in str(first)
    objects = fib.lookup_many([Address("10.0.0.1"), "x", -1, 2**128, b"123"])
    assert objects.bad.count == 4
    assert [bad.row for bad in objects.bad.first] == [1, 2, 3, 4]
    numbers = fib.lookup_many(np.array([-1, 0x0A000000, 2**32]))
    assert numbers.to_list() == [None, "ten", None]
    assert [bad.value for bad in numbers.bad.first] == ["-1", "4294967296"]


def test_only_the_first_bad_rows_are_kept() -> None:
    bad = sample().lookup_many(["x"] * 1000).bad
    assert bad.count == 1000
    assert [row.row for row in bad.first] == list(range(20))


def test_strict_raises_at_the_first_bad_row() -> None:
    with pytest.raises(AddressError, match=r"row 1: '10\.0\.0' .*; 1 more") as caught:
        sample().lookup_many(["10.0.0.1", "10.0.0", "x"], strict=True)
    assert caught.value.value == "10.0.0"
    assert sample().lookup_many(["10.0.0.1"], strict=True).to_list() == ["ten"]


def test_an_object_that_is_no_address_at_all_is_an_error_of_the_caller() -> None:
    for wrong in (1.5, object(), True, ("10.0.0.1",)):
        with pytest.raises(AddressError, match="row 1"):
            sample().lookup_many(["10.0.0.1", wrong])


@pytest.mark.parametrize(
    "wrong",
    [
        "10.0.0.1",
        {"10.0.0.1": 1},
        7,
        None,
        np.array(7),
        np.zeros((2, 3), np.uint8),
        np.zeros((2, 2, 2)),
        np.array([1.5]),
        np.array(["2001-01-01"], "M8[D]"),
        np.array([b"10.0.0.1"]),
        np.zeros(2, [("hi", "u8"), ("lo", ">u8")]),
        np.zeros(2, [("hi", "u4"), ("lo", "u4")]),
        np.zeros(2, [("a", "u8"), ("b", "u8")]),
    ],
    ids=lambda wrong: f"{type(wrong).__name__}",
)
def test_what_is_no_collection_of_addresses_is_refused_with_advice(wrong: object) -> None:
    with pytest.raises(UsageError, match=r"give|named"):
        sample().lookup_many(wrong)


def test_out_receives_the_answers_and_is_returned() -> None:
    given = np.array([0x0A000001, 0], np.uint32)
    out = np.full(2, 9, np.uint32)
    matches = sample().lookup_many(given, out=out)
    assert matches.indices is out
    assert out[0] != 0
    assert out[1] == 0


@pytest.mark.parametrize(
    "out", [np.zeros(3, np.uint32), np.zeros(2, np.int64), np.zeros((2, 1), np.uint32), [0, 0]]
)
def test_out_of_another_shape_is_refused(out: NDArray[np.uint32]) -> None:
    with pytest.raises(UsageError, match=r"uint32 array of shape \(2,\)"):
        sample().lookup_many(["10.0.0.1", "10.0.0.2"], out=out)


def test_out_that_cannot_be_written_or_is_the_input_is_refused() -> None:
    given = np.zeros(4, np.uint32)
    frozen = np.zeros(4, np.uint32)
    frozen.flags.writeable = False
    for out in (frozen, np.zeros(8, np.uint32)[::2]):
        with pytest.raises(UsageError, match="writable and contiguous"):
            sample().lookup_many(given, out=out)
    with pytest.raises(UsageError, match="shares memory"):
        sample().lookup_many(given, out=given)
    whole = np.zeros(6, np.uint32)
    with pytest.raises(UsageError, match="shares memory"):
        sample().lookup_many(whole[:4], out=whole[2:])


def test_matches_unpack_into_indices_and_values() -> None:
    indices, values = sample().lookup_many(["10.1.0.1", "203.0.113.1"])
    assert values[int(indices[0])] == "ten-one"
    assert indices[1] == 0
    assert values[0] is None


def test_threads_give_the_same_answers() -> None:
    rng = np.random.default_rng(1)
    table = {f"{IPv4Address(int(n))}/8": at for at, n in enumerate(range(0, 2**32, 1 << 27))}
    fib = fib_of(table)
    numbers = rng.integers(0, 2**32, 200_000, np.uint32)
    texts = [str(IPv4Address(int(number))) for number in numbers]
    alone = fib.lookup_many(numbers)
    assert np.count_nonzero(alone.indices) > 0
    for held in (numbers, texts):
        for threads in (1, 2, 0):
            found = fib.lookup_many(held, threads=threads)
            assert np.array_equal(found.indices, alone.indices)
    with pytest.raises(UsageError, match="threads is -1"):
        fib.lookup_many(numbers, threads=-1)


def test_answers_stay_what_they_were_when_the_table_changes() -> None:
    fib = sample()
    matches = fib.lookup_many(["10.0.0.1", "2001:db8::1"])
    fib.clear()
    fib["0.0.0.0/0"] = "new"
    assert matches.to_list() == ["ten", "doc6"]
    assert [str(prefix) for prefix in matches.prefixes()] == ["10.0.0.0/8", "2001:db8::/32"]


def test_an_empty_collection_gives_an_empty_answer() -> None:
    nothing: tuple[object, ...] = (
        [],
        (),
        iter(()),
        np.zeros(0, np.uint32),
        np.zeros((0, 16), np.uint8),
    )
    for held in nothing:
        matches = sample().lookup_many(held)
        assert matches.indices.shape == (0,)
        assert matches.to_list() == []
        assert matches.prefixes() == []


def test_texts_that_utf8_cannot_hold_are_bad_rows() -> None:
    matches = sample().lookup_many(["10.0.0.1", "\ud800", "\uff110.0.0.1"])
    assert matches.to_list() == ["ten", None, None]
    assert matches.bad.count == 2


@brief
@given(st.lists(st.text(alphabet="0123456789abcdef.:% /", max_size=45), max_size=30))
def test_a_text_is_bad_in_bulk_exactly_where_it_is_refused_alone(texts: list[str]) -> None:
    fib = sample()
    refused = []
    for row, text in enumerate(texts):
        try:
            Address(text)
        except AddressError:
            refused.append(row)
    bad = fib.lookup_many(texts).bad
    assert bad.count == len(refused)
    assert [row.row for row in bad.first] == refused[:20]
