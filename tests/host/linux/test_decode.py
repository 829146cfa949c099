"""rtnetlink messages: real ones, and any bytes."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.addr import Prefix
from fingerpost.host.linux.watch.decode import HEADER, read
from fingerpost.host.linux.watch.told import (
    AddressGone,
    AddressTold,
    DumpDone,
    LinkGone,
    LinkTold,
    Refused,
    Told,
    Unread,
)

KINDS = (LinkTold, LinkGone, AddressTold, AddressGone, DumpDone, Refused, Unread)


def attribute(kind: int, payload: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(payload), kind) + payload + bytes(-len(payload) % 4)


def message(kind: int, body: bytes, flags: int = 0, sequence: int = 7) -> bytes:
    return HEADER.pack(HEADER.size + len(body), kind, flags, sequence, 0) + body


def link(kind: int = 16, family: int = 0, flags: int = 0x11043) -> bytes:
    body = struct.pack("=BxHiII", family, 1, 5, flags, 0)
    body += attribute(3, b"eth0\0") + attribute(4, struct.pack("=I", 1400))
    body += attribute(1, bytes.fromhex("020000000001"))
    return message(kind, body + attribute(18, attribute(1, b"veth")))


def address(
    text: str, length: int, flags: int, *, local: str | None = None, kind: int = 20
) -> bytes:
    packed = InterfaceAddress(f"{text}/{length}").address.packed
    family = 2 if len(packed) == 4 else 10
    body = struct.pack("=BBBBi", family, length, flags & 0xFF, 0, 5) + attribute(1, packed)
    if local is not None:
        body += attribute(2, InterfaceAddress(f"{local}/{length}").address.packed)
    return message(kind, body + attribute(8, struct.pack("=I", flags)))


def only(data: bytes) -> Told:
    (told,) = read(data)
    return told


def test_a_link_is_read() -> None:
    expected = LinkTold(5, "eth0", 0x11043, 1400, bytes.fromhex("020000000001"), "veth")
    assert only(link()) == expected
    assert only(link(17)) == LinkGone(5)


def test_messages_about_bridge_ports_are_not_about_links() -> None:
    assert list(read(link(17, family=7) + link(16, family=7))) == []


def test_addresses_are_read_with_their_state() -> None:
    assert only(address("10.0.0.1", 24, 0x80, local="10.0.0.1")) == AddressTold(
        5, InterfaceAddress("10.0.0.1/24"), None, False, True
    )
    secondary = only(address("10.0.0.1", 24, 0x81, local="10.0.0.1"))
    assert isinstance(secondary, AddressTold)
    assert secondary.is_secondary
    gone = only(address("2001:db8::1", 64, 0x80, kind=21))
    assert isinstance(gone, AddressGone)
    assert gone.told.key == (InterfaceAddress("2001:db8::1/64").address, 64, None)


def test_tentative_and_failed_addresses_are_not_usable_rfc_4862_rfc_4429() -> None:
    states = {0x80: True, 0xC0: False, 0x88: False, 0x48: False, 0x44: True, 0x20: True}
    for flags, is_usable in states.items():
        told = only(address("2001:db8::1", 64, flags))
        assert isinstance(told, AddressTold)
        assert told.is_usable is is_usable, hex(flags)
        assert not told.is_secondary


def test_the_network_of_the_other_end_is_no_network_of_ours() -> None:
    told = only(address("10.8.0.1", 32, 0x80, local="10.9.0.1"))
    expected = InterfaceAddress("10.9.0.1/32"), Prefix("10.8.0.1/32")
    assert isinstance(told, AddressTold)
    assert (told.address, told.peer) == expected
    inside = only(address("10.8.0.1", 24, 0x80, local="10.8.0.2"))
    assert isinstance(inside, AddressTold)
    assert (inside.address, inside.peer) == (
        InterfaceAddress("10.8.0.2/24"),
        Prefix("10.8.0.0/24"),
    )


def test_ends_and_errors_carry_the_number_of_their_question() -> None:
    assert only(message(3, bytes(4), flags=0x12)) == DumpDone(7, is_torn=True)
    assert only(message(3, bytes(4), flags=2)) == DumpDone(7, is_torn=False)
    assert only(message(2, struct.pack("=i", -16) + bytes(16))) == Refused(7, 16)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_to_their_end_and_raise_nothing(data: bytes) -> None:
    assert all(isinstance(told, KINDS) for told in read(data))


@given(
    st.sampled_from([link(), address("10.0.0.1", 24, 0x80), address("::1", 128, 0x80)]),
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 255)), max_size=4),
)
def test_a_damaged_message_raises_nothing_and_spoils_no_other(
    data: bytes, damages: list[tuple[int, int]]
) -> None:
    damaged = bytearray(data)
    for place, octet in damages:
        damaged[16 + place % (len(data) - 16)] = octet
    *_, last = read(bytes(damaged) + message(3, bytes(4)))
    assert last == DumpDone(7, is_torn=False)
