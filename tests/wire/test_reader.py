"""The bounded reader: no read passes the end, and every fault names its place."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError
from fingerpost.wire.mac import Mac
from fingerpost.wire.reader import Reader

OCTETS = bytes(range(1, 64))

READS: dict[int, Callable[[Reader], object]] = {
    1: lambda r: r.u8("f"),
    2: lambda r: r.u16("f"),
    4: lambda r: r.u32("f"),
    6: lambda r: r.mac("f"),
    8: lambda r: r.u64("f"),
    16: lambda r: r.ip6("f"),
    5: lambda r: r.take(5, "f"),
    7: lambda r: r.sub(7, "f"),
    12: lambda r: r.unpack(struct.Struct("!IQ"), "f"),
}


def test_fields_are_read_in_network_order_one_after_the_other() -> None:
    reader = Reader(OCTETS, "test")
    assert reader.u8("a") == 1
    assert reader.u16("b") == 0x0203
    assert reader.u32("c") == 0x04050607
    assert reader.u64("d") == 0x08090A0B0C0D0E0F
    assert reader.mac("e") == Mac("10:11:12:13:14:15")
    assert reader.ip4("f") == Address("22.23.24.25")
    assert reader.ip6("g") == Address(bytes(range(26, 42)))
    assert reader.peek(2) == b"\x2a\x2b"
    assert reader.at == 41
    assert reader.rest() == OCTETS[41:]
    assert reader.remaining == 0
    assert not reader
    assert reader.rest() == b""


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_buffer_is_read(kind: Callable[[bytes], bytes]) -> None:
    assert Reader(kind(OCTETS), "test").take(3, "a") == OCTETS[:3]


@pytest.mark.parametrize("size", READS)
def test_a_read_past_the_end_names_layer_offset_field_length_and_section(size: int) -> None:
    READS[size](Reader(bytes(size), "test"))
    reader = Reader(bytes(size + 2), "test", base=20, section="RFC 0 1")
    reader.take(3, "before")
    with pytest.raises(DecodeError) as caught:
        READS[size](reader)
    error = caught.value
    assert (error.layer, error.offset, error.field) == ("test", 23, "f")
    assert (error.value, error.section) == (f"{size - 1} bytes long", "RFC 0 1")
    assert str(error) == (
        f"test, offset 23: f is {size - 1} bytes long, expected {size} bytes (RFC 0 1)"
    )


def test_a_negative_length_is_refused() -> None:
    with pytest.raises(DecodeError, match="expected -1 bytes"):
        Reader(OCTETS, "test").take(-1, "f")


def test_a_part_ends_where_it_ends_and_counts_as_the_whole() -> None:
    reader = Reader(OCTETS, "test", base=100)
    reader.u16("a")
    part = reader.sub(3, "part", "inner")
    part.u16("b")
    with pytest.raises(DecodeError, match=r"inner, offset 104: c is 1 bytes long") as caught:
        part.u16("c")
    assert caught.value.offset == 104
    assert reader.at == 5


def test_refuse_points_at_the_field_that_was_read_last_or_at_the_one_named() -> None:
    reader = Reader(OCTETS, "test", base=10)
    reader.u16("a")
    value = reader.u32("b")
    with pytest.raises(DecodeError) as caught:
        reader.refuse("b", value, "0", "RFC 0 2")
    assert (caught.value.offset, caught.value.value) == (12, 0x03040506)
    assert caught.value.section == "RFC 0 2"
    with pytest.raises(DecodeError) as caught:
        reader.refuse("a", 1, "0", at=0)
    assert (caught.value.offset, caught.value.section) == (10, None)


def test_bytes_in_messages_are_hex_and_cut() -> None:
    with pytest.raises(DecodeError, match=r"f is 0102030405060708090a0b0c0d0e0f10\.\.\., expected"):
        Reader(OCTETS, "test").refuse("f", OCTETS, "less")


def test_finish_refuses_what_is_left() -> None:
    reader = Reader(b"ab", "test")
    reader.u8("a")
    with pytest.raises(DecodeError, match="offset 1: trailing bytes is 62, expected the end"):
        reader.finish()
    reader.rest()
    reader.finish()


@given(st.binary(max_size=40), st.lists(st.sampled_from(sorted(READS)), max_size=12))
def test_reads_give_each_byte_once_or_refuse(data: bytes, sizes: list[int]) -> None:
    reader = Reader(data, "test")
    at = 0
    for size in sizes:
        if at + size > len(data):
            with pytest.raises(DecodeError, match=f"offset {at}: f is {len(data) - at} bytes"):
                READS[size](reader)
        else:
            READS[size](reader)
            at += size
        assert reader.at == at
    assert reader.rest() == data[at:]
