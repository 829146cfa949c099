"""The IPv4 header: RFC 791 3.1, and the checks of RFC 1812 5.2.2."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.checksum import checksum
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv4_options import RouterAlert, UnparsedOptions
from fingerpost.wire.protocol import IpProtocol
from wire.packets import IP4_PACKETS

A, B = Address("192.0.2.1"), Address("198.51.100.2")
PLAIN = Ipv4(A, B, IpProtocol.UDP, b"payload")


def with_checksum(packet: bytes) -> bytes:
    """Give a packet whose only fault is not its checksum."""
    header = (packet[0] & 0xF) * 4
    check = checksum(packet[:10] + bytes(2) + packet[12:header])
    return packet[:10] + check.to_bytes(2, "big") + packet[12:]


@given(IP4_PACKETS)
def test_packets_come_back(packet: Ipv4) -> None:
    data = packet.encode()
    assert Ipv4.decode(data) == packet
    assert Ipv4.decode(memoryview(data)).encode() == data
    assert checksum(data[: (data[0] & 0xF) * 4]) == 0


def test_fields_stand_where_rfc_791_puts_them() -> None:
    packet = Ipv4(A, B, 17, b"\xff", 7, 0x1234, 0xB9, False, True, True, 0x1FFF * 8)
    assert packet.encode().hex() == (
        "45b9001512347fff0711" + packet.encode()[10:12].hex() + "c0000201c6336402ff"
    )
    assert (packet.dscp, packet.ecn) == (46, 1)


@pytest.mark.parametrize(
    ("packet", "word"),
    [
        (replace(PLAIN, reserved=True), 0x8000),
        (replace(PLAIN, dont_fragment=True), 0x4000),
        (replace(PLAIN, more_fragments=True), 0x2000),
        (replace(PLAIN, fragment_offset=8), 0x0001),
        (PLAIN, 0),
    ],
)
def test_each_flag_is_its_bit(packet: Ipv4, word: int) -> None:
    data = packet.encode()
    assert int.from_bytes(data[6:8], "big") == word
    assert Ipv4.decode(data) == packet
    assert packet.is_fragment == bool(word & 0x3FFF)


def test_the_padding_of_the_link_is_trimmed() -> None:
    data = PLAIN.encode()
    assert Ipv4.decode(data + bytes(19)) == PLAIN
    assert Ipv4.decode(data + bytes(19)).encode() == data


@pytest.mark.parametrize(
    ("data", "offset", "field", "value"),
    [
        (b"", 0, "header", "0 bytes long"),
        (PLAIN.encode()[:19], 0, "header", "19 bytes long"),
        (b"\x65" + PLAIN.encode()[1:], 0, "version", 6),
        (b"\x44" + PLAIN.encode()[1:], 0, "header length", 4),
        (b"\x4f" + PLAIN.encode()[1:], 0, "header length", 15),
        (PLAIN.encode()[:8] + b"\x41" + PLAIN.encode()[9:], 10, "header checksum", None),
        (with_checksum(b"\x45\0\0\x13" + PLAIN.encode()[4:]), 2, "total length", 19),
        (with_checksum(b"\x45\0\0\x1c" + PLAIN.encode()[4:]), 2, "total length", 28),
    ],
)
def test_what_rfc_1812_5_2_2_has_discarded_is_refused_at_its_place(
    data: bytes, offset: int, field: str, value: object
) -> None:
    with pytest.raises(DecodeError) as caught:
        Ipv4.decode(data)
    error = caught.value
    assert (error.layer, error.offset, error.field) == ("ipv4", offset, field)
    assert value in (None, error.value)
    assert error.section == "RFC 1812 5.2.2"


@given(IP4_PACKETS, st.data())
def test_every_single_bit_error_in_the_header_is_refused(packet: Ipv4, data: st.DataObject) -> None:
    octets = bytearray(packet.encode())
    bit = data.draw(st.integers(8, 8 * 20 - 1))  # the first byte says what the sum covers
    octets[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DecodeError):
        Ipv4.decode(octets)


def test_the_other_zero_of_ones_complement_is_right_too_and_not_given_back() -> None:
    """Ones' complement has two zeros: 0xffff verifies where 0x0000 is what we write."""
    at_zero = [n for n in range(65_536) if Ipv4(A, B, 17, b"", 64, n).encode()[10:12] == b"\0\0"]
    data = Ipv4(A, B, 17, b"", 64, at_zero[0]).encode()
    other = data[:10] + b"\xff\xff" + data[12:]
    assert Ipv4.decode(other) == Ipv4.decode(data)
    assert Ipv4.decode(other).encode() == data


def test_malformed_options_point_at_the_byte_and_the_rest_is_still_read() -> None:
    good = replace(PLAIN, options=(RouterAlert(),)).encode()
    data = with_checksum(good[:21] + b"\x05" + good[22:])
    with pytest.raises(DecodeError) as caught:
        Ipv4.decode(data)
    assert (caught.value.layer, caught.value.offset) == ("ipv4 options", 21)
    bare = Ipv4.decode_bare(data)
    assert bare == replace(PLAIN, options=(UnparsedOptions(b"\x94\x05\0\0"),))
    assert bare.encode() == data
    assert Ipv4.decode_bare(PLAIN.encode()) == PLAIN


def test_a_quoted_packet_may_be_cut_and_its_checksum_wrong() -> None:
    packet = replace(PLAIN, payload=bytes(100), options=(RouterAlert(),))
    quote = packet.encode()[: 24 + 8]
    changed = quote[:8] + b"\x01" + quote[9:]
    got = Ipv4.decode_quoted(changed)
    assert got == replace(
        packet, payload=bytes(8), ttl=1, options=(UnparsedOptions(RouterAlert().encode()),)
    )
    with pytest.raises(DecodeError, match="header is 19 bytes long"):
        Ipv4.decode_quoted(quote[:19])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": Address("::1")}, "ipv4 source"),
        ({"destination": Address("::1")}, "ipv4 destination"),
        ({"protocol": 256}, "ipv4 protocol is 256, expected a number from 0 to 255"),
        ({"ttl": -1}, "ipv4 ttl is -1"),
        ({"tos": 256}, "ipv4 tos"),
        ({"identification": 65536}, "ipv4 identification"),
        ({"fragment_offset": 12}, "ipv4 fragment_offset is 12, expected a multiple of 8"),
        ({"fragment_offset": 65536}, "ipv4 fragment_offset"),
        ({"fragment_offset": -8}, "ipv4 fragment_offset"),
        ({"payload": bytes(65516)}, "ipv4 payload is 65516 bytes long, expected at most 65515"),
        ({"options": (RouterAlert(65536),)}, "router alert value"),
        ({"options": (RouterAlert(),) * 11}, "ipv4 options is 44 bytes long"),
    ],
)
def test_a_field_out_of_range_is_the_callers_fault(changes: dict[str, object], field: str) -> None:
    with pytest.raises(UsageError, match=field):
        replace(PLAIN, **changes).encode()  # type: ignore[arg-type]


def test_the_longest_packet_is_65535_bytes() -> None:
    packet = replace(PLAIN, payload=bytes(65515))
    assert Ipv4.decode(packet.encode()) == packet
