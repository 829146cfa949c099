"""Devices of the machine: what is finished, what is refused. Real traffic: tests/interop."""

from __future__ import annotations

import struct

import pytest

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.host.packet_socket import PacketPort
from fingerpost.host.tap import TapPort
from fingerpost.wire.checksum import checksum, ones_sum, pseudo_sum

HEADER = struct.Struct("=BBHHHH")
A, B = Address("10.0.0.1"), Address("10.0.0.2")


def finished(flags: int, kind: int, frame: bytes, start: int = 0, offset: int = 0) -> bytes | None:
    return PacketPort._finished(HEADER.pack(flags, kind, 0, 0, start, offset) + frame)


def test_a_frame_with_its_checksum_done_stays_as_it_is() -> None:
    assert finished(0, 0, b"frame") == b"frame"


def test_a_checksum_that_was_left_to_the_card_is_done_here() -> None:
    datagram = struct.pack("!HHHH", 1000, 2000, 12, 0) + b"data"
    begun = datagram[:6] + pseudo_sum(A, B, 17, 12).to_bytes(2, "big") + datagram[8:]
    frame = finished(1, 0, bytes(34) + begun, 34, 6)
    assert frame is not None
    assert ones_sum(frame[34:], pseudo_sum(A, B, 17, 12)) == 0xFFFF
    right = checksum(datagram, pseudo_sum(A, B, 17, 12))
    assert frame[40:42] == right.to_bytes(2, "big")


def test_a_checksum_field_beyond_the_frame_is_left_alone() -> None:
    assert finished(1, 0, b"short", 34, 16) == b"short"


def test_segments_that_a_card_should_cut_are_refused() -> None:
    assert finished(1, 1, bytes(3000), 34, 16) is None


@pytest.mark.parametrize("name", ["", "a" * 16, "a/b", " tap0"])
def test_a_name_that_linux_does_not_take_is_refused_before_the_device_is_opened(name: str) -> None:
    with pytest.raises(UsageError, match="1 to 15 bytes"):
        TapPort(name)
