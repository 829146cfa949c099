"""TCP segments: RFC 9293 3.1, and their options."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.tcp import Tcp, TcpFlag
from fingerpost.wire.tcp_options import (
    MaximumSegmentSize,
    Sack,
    SackPermitted,
    TcpOption,
    Timestamps,
    UnknownOption,
    WindowScale,
    decode_options,
    encode_options,
)
from fingerpost.wire.tlv import EndOfOptions, NoOperation
from wire.packets import TCPS

A4, B4 = Address("192.0.2.1"), Address("198.51.100.2")
A6, B6 = Address("2001:db8::1"), Address("2001:db8::2")
SYN = Tcp(49152, 179, 1, 0, TcpFlag.SYN, 65535, 0, (MaximumSegmentSize(1460), SackPermitted()))


@given(TCPS, st.sampled_from([(A4, B4), (A6, B6)]))
def test_segments_come_back(segment: Tcp, ends: tuple[Address, Address]) -> None:
    data = segment.encode(*ends)
    assert Tcp.decode(data, *ends) == segment
    assert Tcp.decode(memoryview(data)).encode(*ends) == data


@given(TCPS, st.data())
def test_every_single_bit_error_is_refused(segment: Tcp, data: st.DataObject) -> None:
    octets = bytearray(segment.encode(A4, B4))
    bit = data.draw(st.integers(0, 8 * len(octets) - 1))
    octets[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DecodeError):
        Tcp.decode(octets, A4, B4)


def test_fields_stand_where_rfc_9293_puts_them() -> None:
    flags = TcpFlag.AE | TcpFlag.ACK | TcpFlag.FIN
    segment = Tcp(0x1234, 0xABCD, 0x01020304, 0x05060708, flags, 0x1000, 9, (), b"\xff", 5)
    data = segment.encode(A4, B4)
    assert data[:16].hex() == "1234abcd01020304050607085b111000"
    assert data[18:].hex() == "0009ff"


@pytest.mark.parametrize(
    ("hexed", "options"),
    [
        ("020405b40402", (MaximumSegmentSize(1460), SackPermitted())),
        ("0303070100000000", (WindowScale(7), NoOperation(), EndOfOptions(bytes(3)))),
        ("080a0000000100000002", (Timestamps(1, 2),)),
        ("050a0000000100000002", (Sack(((1, 2),)),)),
        ("fe04f989", (UnknownOption(254, b"\xf9\x89"),)),
    ],
)
def test_options_stand_as_the_rfcs_lay_them_out(hexed: str, options: tuple[TcpOption, ...]) -> None:
    data = bytes.fromhex(hexed)
    assert decode_options(data) == options
    assert encode_options(options) == data + bytes(-len(data) % 4)


@pytest.mark.parametrize(
    ("hexed", "offset"),
    [
        *(("02", 21), ("0203", 21), ("020305", 21), ("0101020305", 23), ("0304070a", 21)),
        *(("0403ff", 21), ("05030a", 21), ("0804aabb", 21)),
    ],
)
def test_a_malformed_option_points_at_its_length(hexed: str, offset: int) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_options(bytes.fromhex(hexed))
    error = caught.value
    assert (error.layer, error.offset, error.field) == ("tcp options", offset, "option length")


@pytest.mark.parametrize(
    ("data", "offset", "field"),
    [
        (bytes(19), 0, "header"),
        (SYN.encode(A4, B4)[:12] + b"\x40" + SYN.encode(A4, B4)[13:], 12, "data offset"),
        (SYN.encode(A4, B4)[:24], 12, "data offset"),
        (SYN.encode(A4, A4), 16, "checksum"),
    ],
)
def test_what_is_no_segment_is_refused_at_its_place(data: bytes, offset: int, field: str) -> None:
    with pytest.raises(DecodeError) as caught:
        Tcp.decode(data, A4, B4)
    error = caught.value
    assert (error.layer, error.offset, error.field) == ("tcp", offset, field)
    assert error.section == "RFC 9293 3.1"


def test_the_expected_checksum_in_the_message_is_the_right_one() -> None:
    good = SYN.encode(A4, B4)
    with pytest.raises(DecodeError, match=f"expected 0x{good[16:18].hex()}"):
        Tcp.decode(good[:16] + b"\x12\x34" + good[18:], A4, B4)
    assert Tcp.decode(good[:16] + b"\x12\x34" + good[18:]) == SYN


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source_port": 65536}, "tcp source_port"),
        ({"sequence": 1 << 32}, "tcp sequence"),
        ({"flags": 512}, "tcp flags"),
        ({"reserved": 8}, "tcp reserved"),
        ({"window": -1}, "tcp window"),
        ({"options": (Timestamps(1, 2),) * 5}, "tcp options is 52 bytes long"),
        ({"options": (UnknownOption(2),)}, "unknown tcp option kind is 2"),
        ({"options": (WindowScale(256),)}, "window shift is 256"),
    ],
)
def test_a_field_out_of_range_is_the_callers_fault(changes: dict[str, object], field: str) -> None:
    with pytest.raises(UsageError, match=field):
        replace(SYN, **changes).encode(A4, B4)  # type: ignore[arg-type]
