"""The IPv6 header (RFC 8200 3) and jumbograms (RFC 2675)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import HopByHop, JumboPayload, RouterAlert
from fingerpost.wire.protocol import IpProtocol
from fingerpost.wire.udp import Udp
from wire.packets import IP6_PACKETS

A, B = Address("2001:db8::1"), Address("2001:db8::2")
PLAIN = Ipv6(A, B, IpProtocol.UDP, b"payload")


@given(IP6_PACKETS)
def test_packets_come_back(packet: Ipv6) -> None:
    data = packet.encode()
    assert Ipv6.decode(data) == packet
    assert Ipv6.decode(memoryview(data)).encode() == data


def test_fields_stand_where_rfc_8200_puts_them() -> None:
    packet = Ipv6(A, B, 58, b"\xff\xfe", 255, 0xB9, 0xABCDE)
    head = "6b9abcde" + "0002" + "3a" + "ff"
    assert packet.encode().hex() == head + A.packed.hex() + B.packed.hex() + "fffe"
    assert (packet.dscp, packet.ecn) == (46, 1)


def test_the_padding_of_the_link_is_trimmed() -> None:
    data = PLAIN.encode()
    assert Ipv6.decode(data + bytes(9)) == PLAIN
    empty = Ipv6(A, B, IpProtocol.NO_NEXT)
    assert Ipv6.decode(empty.encode() + bytes(6)) == empty


@pytest.mark.parametrize(
    ("data", "offset", "field", "value"),
    [
        (b"", 0, "header", "0 bytes long"),
        (PLAIN.encode()[:39], 0, "header", "39 bytes long"),
        (b"\x45" + PLAIN.encode()[1:], 0, "version", 4),
        (PLAIN.encode()[:-1], 4, "payload length", 7),
    ],
)
def test_what_is_no_packet_is_refused_at_its_place(
    data: bytes, offset: int, field: str, value: object
) -> None:
    with pytest.raises(DecodeError) as caught:
        Ipv6.decode(data)
    error = caught.value
    assert (error.layer, error.offset, error.field) == ("ipv6", offset, field)
    assert (error.value, error.section) == (value, "RFC 8200 3")


def test_a_quoted_packet_may_be_cut() -> None:
    quote = PLAIN.encode()[:43]
    assert Ipv6.decode_quoted(quote) == replace(PLAIN, payload=b"pay")
    assert Ipv6.decode_quoted(PLAIN.encode() + b"more") == PLAIN
    with pytest.raises(DecodeError, match="header is 39 bytes long"):
        Ipv6.decode_quoted(quote[:39])


def jumbogram(length: int) -> Ipv6:
    """Give a packet whose payload, with its hop-by-hop header of eight bytes, is this long."""
    udp = Udp(1, 2, bytes(length - 8 - 8)).encode(A, B)
    header = HopByHop(IpProtocol.UDP, (JumboPayload(length),))
    return Ipv6(A, B, IpProtocol.HOPOPTS, header.encode() + udp)


def test_a_jumbogram_has_its_length_in_an_option_rfc_2675_3() -> None:
    packet = jumbogram(70_000)
    data = packet.encode()
    assert len(data) == 70_040
    assert data[4:6] == b"\0\0"
    assert Ipv6.decode(data + b"padding") == packet
    datagram = Udp.decode(packet.payload[8:], A, B)
    assert len(datagram.payload) == 70_000 - 16
    with pytest.raises(DecodeError, match="payload length is 70000, expected at most 69999"):
        Ipv6.decode(data[:-1])


def test_a_jumbo_length_below_65536_is_refused_rfc_2675_3() -> None:
    data = bytearray(jumbogram(70_000).encode())
    data[44:48] = (65_535).to_bytes(4, "big")
    with pytest.raises(DecodeError, match="jumbo payload length is 65535") as caught:
        Ipv6.decode(data)
    assert caught.value.offset == 44


def test_without_a_jumbo_option_a_payload_length_of_0_is_refused_rfc_2675_3() -> None:
    header = HopByHop(IpProtocol.NO_NEXT, (RouterAlert(0),)).encode()
    data = Ipv6(A, B, IpProtocol.HOPOPTS, header).encode()
    data = data[:4] + b"\0\0" + data[6:]
    for wrong in (data, data[:42] + b"\x1e\xff" + data[44:], data[:41]):
        with pytest.raises(DecodeError, match="payload length is 0") as caught:
            Ipv6.decode(wrong)
        assert (caught.value.offset, caught.value.section) == (4, "RFC 2675 3")
        assert Ipv6.decode_quoted(wrong).payload == wrong[40:]
    assert Ipv6.decode(data[:40]).payload == b""  # nothing there that a length could be of


def test_a_quoted_jumbogram_may_be_cut() -> None:
    packet = jumbogram(70_000)
    assert Ipv6.decode_quoted(packet.encode()[:1240]).payload == packet.payload[:1200]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": Address("192.0.2.1")}, "ipv6 source"),
        ({"destination": Address("192.0.2.1")}, "ipv6 destination"),
        ({"next_header": 256}, "ipv6 next_header is 256"),
        ({"hop_limit": -1}, "ipv6 hop_limit is -1"),
        ({"traffic_class": 256}, "ipv6 traffic_class is 256"),
        ({"traffic_class": -1}, "ipv6 traffic_class is -1"),
        ({"flow_label": 1 << 20}, "ipv6 flow_label is 1048576"),
        ({"flow_label": -1}, "ipv6 flow_label is -1"),
        ({"payload": bytes(65_536)}, "ipv6 payload length is 65536"),
        ({"next_header": 0, "payload": bytes(65_536)}, "ipv6 payload length is 65536"),
    ],
)
def test_a_field_out_of_range_is_the_callers_fault(changes: dict[str, object], field: str) -> None:
    with pytest.raises(UsageError, match=field):
        replace(PLAIN, **changes).encode()  # type: ignore[arg-type]
