"""Ethernet: types, lengths, VLAN tags, and the padding that only layers above can see."""

from __future__ import annotations

import pytest
from hypothesis import given

from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.ethernet import MINIMUM_LENGTH, Ethernet, EtherType, VlanTag
from fingerpost.wire.mac import BROADCAST, Mac
from wire.packets import FRAMES

ONE, TWO = Mac("02:00:00:00:00:01"), Mac("02:00:00:00:00:02")


@given(FRAMES)
def test_frames_come_back(frame: Ethernet) -> None:
    data = frame.encode()
    assert Ethernet.decode(data) == frame
    assert Ethernet.decode(memoryview(data)) == frame
    assert Ethernet.decode(data).encode() == data


def test_fields_stand_where_802_3_puts_them() -> None:
    frame = Ethernet(BROADCAST, ONE, EtherType.ARP, b"data")
    assert frame.encode().hex() == "ffffffffffff" + "020000000001" + "0806" + b"data".hex()
    assert frame.vlan is None


def test_tags_stand_from_the_outermost_in_802_1ad() -> None:
    outer, inner = VlanTag(EtherType.SERVICE_VLAN, 5, True, 100), VlanTag(0x8100, 0, False, 4095)
    frame = Ethernet(TWO, ONE, EtherType.IPV6, b"x", (outer, inner))
    data = frame.encode()
    assert data[12:].hex() == "88a8b064" + "81000fff" + "86dd" + "78"
    assert Ethernet.decode(data).tags == (outer, inner)
    assert frame.vlan == 100


def test_a_length_frame_says_what_is_data_and_what_is_padding() -> None:
    frame = Ethernet(Mac("01:80:c2:00:00:00"), ONE, 38, b"\x42\x42\x03" + bytes(43))
    assert frame.is_length
    assert len(frame.data) == 38
    assert len(frame.payload) == 46
    assert Ethernet.decode(frame.encode()) == frame
    typed = Ethernet(TWO, ONE, EtherType.IPV4, b"abc")
    assert not typed.is_length
    assert typed.data == b"abc"


def test_short_frames_are_padded_on_request() -> None:
    frame = Ethernet(TWO, ONE, EtherType.ARP, bytes(28))
    assert len(frame.encode()) == 42
    padded = frame.encode(minimum=MINIMUM_LENGTH)
    assert len(padded) == 60
    assert padded.startswith(frame.encode())
    long = Ethernet(TWO, ONE, EtherType.ARP, bytes(100))
    assert long.encode(minimum=MINIMUM_LENGTH) == long.encode()


@pytest.mark.parametrize(
    ("data", "offset", "message"),
    [
        (b"", 0, "header is 0 bytes long, expected 14 bytes"),
        (bytes(13), 0, "header is 13 bytes long"),
        (bytes(12) + b"\x05\xdd" + bytes(1600), 12, "type is 1501, expected a length up to 1500"),
        (bytes(12) + b"\x05\xff" + bytes(1600), 12, "type is 1535"),
        (bytes(12) + b"\x00\x03ab", 12, "length is 3, expected at most 2"),
        (bytes(12) + b"\x81\x00\x00", 14, "tag control is 1 bytes long"),
        (bytes(12) + b"\x81\x00\x00\x01", 16, "type is 0 bytes long, expected 2 bytes"),
        (bytes(12) + b"\x81\x00\x00\x01\x00\x09", 16, "length is 9, expected at most 0"),
    ],
)
def test_what_is_no_frame_is_refused_at_its_place(data: bytes, offset: int, message: str) -> None:
    with pytest.raises(DecodeError, match=message) as caught:
        Ethernet.decode(data)
    assert (caught.value.layer, caught.value.offset) == ("ethernet", offset)
    assert caught.value.section is not None


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        (Ethernet(Mac.of_octets(b"12345"), ONE, 0x800), "ethernet destination"),
        (Ethernet(ONE, Mac.of_octets(b"1234567"), 0x800), "ethernet source"),
        (Ethernet(ONE, TWO, 0x10000), "ethernet ethertype"),
        (Ethernet(ONE, TWO, -1, b"", (VlanTag(0x8100, 0, False, 1),)), "ethernet ethertype"),
        (Ethernet(ONE, TWO, 0x800, b"", (VlanTag(0x8100, 8, False, 1),)), "priority is 8"),
        (Ethernet(ONE, TWO, 0x800, b"", (VlanTag(0x8100, 0, False, 4096),)), "vlan is 4096"),
        (Ethernet(ONE, TWO, 0x800, b"", (VlanTag(0x800, 0, False, 1),)), "tpid is 2048"),
    ],
)
def test_a_field_out_of_range_is_the_callers_fault(frame: Ethernet, field: str) -> None:
    with pytest.raises(UsageError, match=field):
        frame.encode()
