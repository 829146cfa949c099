"""UDP: RFC 768, over IPv6 RFC 8200 8.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.checksum import checksum, pseudo_sum
from fingerpost.wire.udp import Udp
from wire.packets import ANY_UDPS, UDPS

A4, B4 = Address("192.0.2.1"), Address("198.51.100.2")
A6, B6 = Address("2001:db8::1"), Address("2001:db8::2")
PLAIN = Udp(4660, 53, b"query")


@given(ANY_UDPS)
def test_datagrams_come_back_over_ipv4(datagram: Udp) -> None:
    data = datagram.encode(A4, B4)
    assert Udp.decode(data, A4, B4) == datagram
    assert Udp.decode(memoryview(data)).encode(A4, B4) == data
    assert (data[6:8] != b"\0\0") == datagram.has_checksum


@given(UDPS)
def test_datagrams_come_back_over_ipv6(datagram: Udp) -> None:
    assert Udp.decode(datagram.encode(A6, B6), A6, B6) == datagram


@given(UDPS, st.data())
def test_every_single_bit_error_is_refused(datagram: Udp, data: st.DataObject) -> None:
    octets = bytearray(datagram.encode(A6, B6))
    bit = data.draw(st.integers(0, 8 * len(octets) - 1))
    octets[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DecodeError):
        Udp.decode(octets, A6, B6)


def test_a_sum_that_comes_out_as_zero_is_sent_as_ones_rfc_768() -> None:
    base = Udp(1, 2, bytes(2)).encode(A4, B4)
    word = int.from_bytes(base[6:8], "big")  # what the payload must add to make it zero
    data = Udp(1, 2, word.to_bytes(2, "big")).encode(A4, B4)
    assert data[6:8] == b"\xff\xff"
    assert Udp.decode(data, A4, B4).payload == word.to_bytes(2, "big")


def test_addresses_are_part_of_the_checksum_and_only_verified_when_given() -> None:
    data = PLAIN.encode(A4, B4)
    with pytest.raises(DecodeError, match=r"udp, offset 6: checksum is 0x\w{4}, expected 0x\w{4}"):
        Udp.decode(data, A4, A4)
    assert Udp.decode(data) == PLAIN


def test_the_expected_checksum_in_the_message_is_the_right_one() -> None:
    good = PLAIN.encode(A4, B4)
    with pytest.raises(DecodeError, match=f"expected 0x{good[6:8].hex()}"):
        Udp.decode(good[:6] + b"\x12\x34" + good[8:], A4, B4)


def test_bytes_behind_the_length_are_not_udps() -> None:
    assert Udp.decode(PLAIN.encode(A4, B4) + b"trailer", A4, B4) == PLAIN


def test_ipv6_asks_for_a_checksum_rfc_8200_8_1() -> None:
    data = Udp(1, 2, b"", has_checksum=False).encode(A4, B4)
    with pytest.raises(DecodeError, match="checksum is 0x0000") as caught:
        Udp.decode(data, A6, B6)
    assert (caught.value.offset, caught.value.section) == (6, "RFC 8200 8.1")
    with pytest.raises(UsageError, match="has_checksum"):
        Udp(1, 2, b"", has_checksum=False).encode(A6, B6)


def test_a_length_of_0_over_ipv6_is_that_of_the_packet_rfc_2675_4() -> None:
    good = PLAIN.encode(A6, B6)
    head = good[:4] + b"\0\0"
    check = checksum(head + b"\0\0" + good[8:], pseudo_sum(A6, B6, 17, len(good)))
    data = head + check.to_bytes(2, "big") + good[8:]
    assert Udp.decode(data, A6, B6) == PLAIN
    with pytest.raises(DecodeError, match="length is 0"):
        Udp.decode(data, A4, B4)


@pytest.mark.parametrize(
    ("hexed", "offset", "field"),
    [
        ("", 0, "header"),
        ("00010002000800", 0, "header"),
        ("0001000200070000", 4, "length"),
        ("0001000200000000", 4, "length"),
        ("0001000200090000", 4, "length"),
    ],
)
def test_what_is_no_datagram_is_refused_at_its_place(hexed: str, offset: int, field: str) -> None:
    with pytest.raises(DecodeError) as caught:
        Udp.decode(bytes.fromhex(hexed))
    assert (caught.value.offset, caught.value.field) == (offset, field)
    assert caught.value.section == "RFC 768"


def test_a_quoted_datagram_may_be_cut() -> None:
    quote = Udp(1, 2, bytes(100)).encode(A4, B4)[:12]
    assert Udp.decode_quoted(quote) == Udp(1, 2, bytes(4))
    with pytest.raises(DecodeError, match="header is 7 bytes long"):
        Udp.decode_quoted(quote[:7])


@pytest.mark.parametrize(
    ("datagram", "field"),
    [
        (Udp(65536, 1), "udp source_port is 65536"),
        (Udp(1, -1), "udp destination_port is -1"),
        (Udp(1, 1, bytes(65528)), "udp payload is 65528 bytes long, expected at most 65527"),
    ],
)
def test_a_field_out_of_range_is_the_callers_fault(datagram: Udp, field: str) -> None:
    with pytest.raises(UsageError, match=field):
        datagram.encode(A4, B4)
