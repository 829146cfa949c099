"""Devices of the machine: what is finished, what is refused. Real traffic: tests/interop."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.host.packet_socket import PacketPort
from fingerpost.host.segmentation import segments
from fingerpost.host.tap import TapPort
from fingerpost.wire.checksum import checksum, ones_sum, pseudo_sum
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.tcp import Tcp, TcpFlag
from fingerpost.wire.udp import Udp

HEADER = struct.Struct("=BBHHHH")
A, B = Address("10.0.0.1"), Address("10.0.0.2")
A6, B6 = Address("fd00::1"), Address("fd00::2")


def finished(flags: int, frame: bytes, start: int = 0, offset: int = 0) -> bytes:
    (only,) = PacketPort._finished(HEADER.pack(flags, 0, 0, 0, start, offset) + frame)
    return only


def test_a_frame_with_its_checksum_done_stays_as_it_is() -> None:
    assert finished(0, b"frame") == b"frame"


def test_a_checksum_that_was_left_to_the_card_is_done_here() -> None:
    datagram = struct.pack("!HHHH", 1000, 2000, 12, 0) + b"data"
    begun = datagram[:6] + pseudo_sum(A, B, 17, 12).to_bytes(2, "big") + datagram[8:]
    frame = finished(1, bytes(34) + begun, 34, 6)
    assert ones_sum(frame[34:], pseudo_sum(A, B, 17, 12)) == 0xFFFF
    right = checksum(datagram, pseudo_sum(A, B, 17, 12))
    assert frame[40:42] == right.to_bytes(2, "big")


def test_a_checksum_field_beyond_the_frame_is_left_alone() -> None:
    assert finished(1, b"short", 34, 16) == b"short"


def large(version: int, transport: bytes, protocol: int, payload: bytes) -> bytes:
    """A frame with one set of headers over more than a wire takes."""
    data = transport + payload
    if version == 4:
        return bytes(12) + b"\x08\x00" + Ipv4(A, B, protocol, data, identification=65535).encode()
    return bytes(12) + b"\x86\xdd" + Ipv6(A6, B6, protocol, data).encode()


@pytest.mark.parametrize("version", [4, 6])
def test_a_large_tcp_segment_is_cut_as_the_card_would_have_cut_it(version: int) -> None:
    payload = bytes(range(256)) * 10
    whole = Tcp(80, 90, sequence=2**32 - 1000, flags=TcpFlag(0x99), payload=payload)
    source, destination = (A, B) if version == 4 else (A6, B6)
    head = whole.encode(source, destination)[:20]
    start = 34 if version == 4 else 54
    kind = 0x80 | (1 if version == 4 else 4)
    frames = segments(large(version, head, 6, payload), kind, 1000, start)
    assert frames is not None
    cut = []
    for number, frame in enumerate(frames):
        if version == 4:
            packet = Ipv4.decode(frame[14:])
            assert packet.identification == (65535 + number) % 65536
            data = packet.payload
        else:
            data = Ipv6.decode(frame[14:]).payload
        cut.append(Tcp.decode(data, source, destination))
    assert b"".join(one.payload for one in cut) == payload
    assert [len(one.payload) for one in cut] == [1000, 1000, 560]
    assert [one.sequence for one in cut] == [2**32 - 1000, 0, 1000]
    assert [int(one.flags) for one in cut] == [0x90, 0x10, 0x19]  # CWR first, FIN and PSH last


def test_a_large_udp_packet_is_cut_into_datagrams() -> None:
    payload = bytes(2500)
    head = Udp(1, 2, payload).encode(A, B)[:8]
    frames = segments(large(4, head, 17, payload), 5, 1200, 34)
    assert frames is not None
    cut = [Udp.decode(Ipv4.decode(frame[14:]).payload, A, B) for frame in frames]
    assert [len(one.payload) for one in cut] == [1200, 1200, 100]


@given(st.binary(max_size=200), st.integers(0, 255), st.integers(0, 65535), st.integers(0, 65535))
def test_cutting_takes_whatever_the_header_says(
    frame: bytes, kind: int, size: int, start: int
) -> None:
    frames = segments(frame, kind, size, start)
    assert frames is None or all(len(one) <= len(frame) for one in frames)


@pytest.mark.parametrize("name", ["", "a" * 16, "a/b", " tap0"])
def test_a_name_that_linux_does_not_take_is_refused_before_the_device_is_opened(name: str) -> None:
    with pytest.raises(UsageError, match="1 to 15 bytes"):
        TapPort(name)
