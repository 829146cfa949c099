"""The Arrow C data interface: ownership, and arrays that lie about themselves."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fib.c_data import Handmade, HandmadeStream
from fib.tables import sample
from fingerpost.errors import DecodeError, UsageError

TEXTS = b"10.1.0.12001:db8::1x"
OFFSETS = struct.pack("4i", 0, 8, 19, 20)


def texts(**wrong: object) -> Handmade:
    fine: dict[str, object] = {"length": 3, "buffers": [None, OFFSETS, TEXTS]}
    return Handmade("u", **{**fine, **wrong})  # type: ignore[arg-type]


def test_an_array_is_read_and_released_once() -> None:
    exporter = texts()
    matches = sample().lookup_many(exporter)
    assert matches.to_list() == ["ten-one", "doc6", None]
    assert matches.bad.first[0].value == "x"
    assert exporter.released["schema"] == 1
    assert exporter.released["array"] == 0  # the matches may still be asked for prefixes
    assert [str(p) for p in matches.prefixes()[:2]] == ["10.1.0.0/16", "2001:db8::/32"]
    del matches
    assert exporter.released == {"schema": 1, "array": 1, "stream": 0}


def test_a_capsule_that_was_consumed_is_refused() -> None:
    exporter = texts()
    sample().lookup_many(exporter)
    with pytest.raises(UsageError, match="consumed before"):
        sample().lookup_many(exporter)


def test_a_refused_array_is_released_too() -> None:
    exporter = texts(length=-1)
    with pytest.raises(DecodeError, match="length is -1"):
        sample().lookup_many(exporter)
    assert exporter.released == {"schema": 1, "array": 1, "stream": 0}


def test_a_stream_is_read_to_its_end_and_released() -> None:
    arrays = [texts(), texts(length=0, buffers=[None, None, None]), texts()]
    exporter = HandmadeStream(arrays)
    matches = sample().lookup_many(exporter)
    assert matches.to_list() == ["ten-one", "doc6", None] * 2
    assert [bad.row for bad in matches.bad.first] == [2, 5]
    assert exporter.released == 1
    del matches
    assert [array.released["array"] for array in arrays] == [1, 1, 1]


def test_a_stream_that_fails_says_why_and_frees_what_it_gave() -> None:
    arrays = [texts()]
    exporter = HandmadeStream(arrays, error=b"disk on fire")
    with pytest.raises(UsageError, match="disk on fire"):
        sample().lookup_many(exporter)
    assert exporter.released == 1
    assert arrays[0].released["array"] == 1


@pytest.mark.parametrize(
    "exporter",
    [
        texts(length=-1),
        texts(offset=-1),
        texts(offset=2**62),
        texts(length=2**62),
        texts(length=2**63 - 1, offset=2**63 - 1),
        texts(buffers=[None, struct.pack("4i", 0, 8, 4, 20), TEXTS]),
        texts(buffers=[None, struct.pack("4i", -1, 8, 19, 20), TEXTS]),
        texts(buffers=[None, struct.pack("4i", 0, 1, 2, -3), TEXTS]),
        texts(buffers=[None, None, TEXTS]),
        texts(buffers=[None, OFFSETS, None]),
        texts(buffers=[None, OFFSETS]),
        texts(buffers=[]),
        texts(null_count=1),
        Handmade("U", 1, [None, struct.pack("2q", 0, -(2**63)), TEXTS]),
        Handmade("U", 1, [None, struct.pack("2q", 9, 8), TEXTS]),
        Handmade("vu", 1, [None, bytes(16)]),
        Handmade("vu", 1, [None, None, b""]),
        Handmade("vu", 1, [None, bytes(16), TEXTS, struct.pack("q", -1)]),
        Handmade("vu", 1, [None, bytes(16), None, struct.pack("q", 5)]),
        Handmade("w:16", 1, [None, None]),
        Handmade("I", 1, [None]),
        Handmade("+s", 3, [None]),
        Handmade("+s", 3, [None], children=[texts(length=2)], names=["ip"]),
        Handmade("+s", 1, [None], offset=3, children=[texts()], names=["ip"]),
        Handmade("+s", 1, [b"\0"], null_count=1, children=[texts()], names=["ip"]),
    ],
    ids=range(25),
)
def test_an_array_that_breaks_its_format_is_refused_before_it_is_read(exporter: Handmade) -> None:
    with pytest.raises((DecodeError, UsageError)):
        sample().lookup_many(exporter)
    assert exporter.released == {"schema": 1, "array": 1, "stream": 0}


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("g", "float"),
        ("b", "bool"),
        ("tsu:", "temporal"),
        ("d:19,2", "decimal"),
        ("w:8", "fixed_size_binary"),
        ("+l", "list"),
        ("", '""'),
        ("\N{SNOWMAN}", "SNOWMAN"),
    ],
)
def test_other_types_are_named_and_what_would_be_right(form: str, shown: str) -> None:
    shown = shown.replace("SNOWMAN", "\N{SNOWMAN}")
    with pytest.raises(UsageError, match="give utf8") as caught:
        sample().lookup_many(Handmade(form, 1, [None, bytes(64)]))
    assert shown in str(caught.value)


def test_keys_outside_their_dictionary_are_bad_rows() -> None:
    exporter = Handmade("c", 4, [None, struct.pack("4b", 0, 3, -1, 1)], dictionary=texts())
    matches = sample().lookup_many(exporter)
    assert matches.to_list() == ["ten-one", None, None, "doc6"]
    assert [(bad.row, bad.value) for bad in matches.bad.first] == [(1, "3"), (2, "-1")]


def test_dictionaries_of_dictionaries_and_floats_as_keys_are_refused() -> None:
    inner = Handmade("c", 1, [None, b"\0"], dictionary=texts())
    for exporter in (
        Handmade("c", 1, [None, b"\0"], dictionary=inner),
        Handmade("g", 1, [None, bytes(8)], dictionary=texts()),
        Handmade("c", 1, [None, b"\0"]),
    ):
        if exporter.schema.format == b"c" and not exporter.schema.dictionary:
            assert sample().lookup_many(exporter).to_list() == [None]
        else:
            with pytest.raises(UsageError, match="dictionary"):
                sample().lookup_many(exporter)


@given(
    st.lists(st.integers(-(2**31), 2**31 - 1), min_size=2, max_size=9),
    st.binary(max_size=64),
    st.integers(0, 3),
)
def test_random_views_never_reach_outside_their_buffers(
    words: list[int], data: bytes, offset: int
) -> None:
    views = b"".join(
        struct.pack("iiii", word % 48, word, word % 3, word % 80 - (word % 2) * 2**31)
        for word in words
    )
    rows = max(0, len(words) - offset)
    sizes = struct.pack("qq", len(data), 0)
    exporter = Handmade("vu", rows, [None, views, data, b"", sizes], offset=offset)
    matches = sample().lookup_many(exporter)
    assert len(matches.indices) == rows
    assert matches.bad.count <= rows


def test_a_table_of_several_columns_is_refused_with_their_names() -> None:
    exporter = Handmade("+s", 3, [None], children=[texts(), texts()], names=["src", "dst"])
    with pytest.raises(UsageError, match=r"2 columns \(src, dst\)"):
        sample().lookup_many(exporter)


def test_the_offset_of_a_struct_counts_for_its_field() -> None:
    exporter = Handmade("+s", 2, [None], offset=1, children=[texts()], names=["ip"])
    assert sample().lookup_many(exporter).to_list() == ["doc6", None]
