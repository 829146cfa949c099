"""ARP for IPv4 over Ethernet (RFC 826, RFC 5227)."""

from __future__ import annotations

import pytest
from hypothesis import given

from fingerpost.addr import Address
from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.arp import Arp, ArpOperation
from fingerpost.wire.mac import Mac
from wire.packets import ARPS

OWN, OTHER, NONE = Mac("02:00:00:00:00:01"), Mac("02:00:00:00:00:02"), Mac(bytes(6))
ONE, TWO, UNSET = Address("192.0.2.1"), Address("192.0.2.2"), Address("0.0.0.0")


@given(ARPS)
def test_messages_come_back(message: Arp) -> None:
    data = message.encode()
    assert Arp.decode(data) == message
    assert Arp.decode(memoryview(data)).encode() == data


def test_the_padding_of_a_short_frame_is_not_kept() -> None:
    message = Arp(ArpOperation.REPLY, OWN, ONE, OTHER, TWO)
    assert Arp.decode(message.encode() + bytes(18)) == message


def test_probe_and_announcement_are_told_apart_rfc_5227_1_1() -> None:
    request = Arp(ArpOperation.REQUEST, OWN, ONE, NONE, TWO)
    probe = Arp(ArpOperation.REQUEST, OWN, UNSET, NONE, TWO)
    announcement = Arp(ArpOperation.REQUEST, OWN, ONE, NONE, ONE)
    kinds = [(m.is_probe, m.is_announcement) for m in (request, probe, announcement)]
    assert kinds == [(False, False), (True, False), (False, True)]


@pytest.mark.parametrize(
    ("at", "value", "field"),
    [
        (1, 6, "hardware type is 6, expected 1"),
        (2, 0x86, "protocol type"),
        (4, 8, "hardware length is 8, expected 6"),
        (5, 16, "protocol length is 16, expected 4"),
    ],
)
def test_other_hardware_and_protocols_are_refused(at: int, value: int, field: str) -> None:
    data = bytearray(Arp(ArpOperation.REQUEST, OWN, ONE, NONE, TWO).encode())
    data[at] = value
    with pytest.raises(DecodeError, match=field) as caught:
        Arp.decode(data)
    assert caught.value.offset == at & ~1 if at < 4 else at
    assert caught.value.section == "RFC 826"


@pytest.mark.parametrize("length", range(28))
def test_a_cut_message_is_refused(length: int) -> None:
    with pytest.raises(DecodeError, match=f"message is {length} bytes long, expected 28 bytes"):
        Arp.decode(Arp(ArpOperation.REQUEST, OWN, ONE, NONE, TWO).encode()[:length])


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (Arp(65536, OWN, ONE, NONE, TWO), "arp operation is 65536"),
        (Arp(1, Mac.of_octets(b""), ONE, NONE, TWO), "arp sender_mac"),
        (Arp(1, OWN, Address("::"), NONE, TWO), "arp sender_ip"),
        (Arp(1, OWN, ONE, NONE, Address("::")), "arp target_ip"),
    ],
)
def test_a_field_out_of_range_is_the_callers_fault(message: Arp, field: str) -> None:
    with pytest.raises(UsageError, match=field):
        message.encode()
