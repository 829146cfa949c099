"""Raw IP as OSPF needs it, over a real link between two namespaces."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.raw import RawSocket
from fingerpost.protocol.events import PacketReceived
from fingerpost.wire.checksum import checksum, ones_sum, pseudo_sum
from fingerpost.wire.nd import RouterAdvertisement
from linux.cable import End, cable
from linux.test_udp import taken
from netns import require_root

OSPF = 89
ALL_4, ALL_6 = Address("224.0.0.5"), Address("ff02::5")
A, B = Address("10.0.0.1"), Address("10.0.0.2")
CHECKSUM_AT = 12  # RFC 5340 A.3.1


@pytest.fixture(scope="module")
def ends() -> Iterator[tuple[End, End]]:
    require_root()
    with cable(("10.0.0.1/24", "10.0.0.2/24")) as both:
        yield both


def raw(end: End, family: int, **settings: bool | int) -> RawSocket:
    return end.open(lambda interface: RawSocket(interface, family, OSPF, **settings))  # type: ignore[arg-type]


@pytest.mark.parametrize("destination", [ALL_4, B])
def test_protocol_89_is_heard_without_its_ip_header(
    ends: tuple[End, End], destination: Address
) -> None:
    left, right = raw(ends[0], 4), raw(ends[1], 4)
    right.join(ALL_4)
    left.send(destination, 0, 1, b"hello")
    assert taken(right) == [PacketReceived("vb", A, destination, 1, b"hello")]
    left.close()
    right.close()


def test_a_header_of_our_own_goes_out_as_it_is(ends: tuple[End, End]) -> None:
    left, right = (raw(end, 4, header_included=True) for end in ends)
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0xC0, 0, 7, 0, 33, OSPF, 0, A.packed, B.packed)
    left.send(B, 0, 255, header + b"own header")
    (received,) = taken(right)
    assert received.hop_limit == 33
    assert received.payload[20:] == b"own header"
    assert checksum(received.payload[:20]) == 0
    left.close()
    right.close()


def test_the_kernel_keeps_the_checksum_of_ospfv3_rfc_3542_3_1(ends: tuple[End, End]) -> None:
    left, right = (raw(end, 6, checksum_at=CHECKSUM_AT) for end in ends)
    right.join(ALL_6)
    left.send(ALL_6, 0, 1, bytes(range(16)))
    (received,) = taken(right)
    assert received.hop_limit == 1
    sum_ = pseudo_sum(received.source, received.destination, OSPF, len(received.payload))
    assert ones_sum(received.payload, sum_) == 0xFFFF
    wrong = raw(ends[0], 6)  # nobody writes its checksum
    wrong.send(ALL_6, 0, 1, bytes(range(16)))
    left.send(ALL_6, 0, 1, bytes(16))
    (next_,) = taken(right)
    assert next_.payload[:CHECKSUM_AT] == bytes(CHECKSUM_AT)
    for one in (left, right, wrong):
        one.close()


def test_router_advertisements_are_said_and_heard_rfc_3542_3_1(ends: tuple[End, End]) -> None:
    """ICMPv6, where the kernel keeps the checksum unasked, and refuses to be asked."""
    all_nodes = Address("ff02::1")
    left, right = (end.open(lambda one: RawSocket(one, 6, 58)) for end in ends)
    left.send(all_nodes, 0, 255, RouterAdvertisement().encode(Address("::"), all_nodes))
    heard = [one for one in taken(right) if one.payload[0] == 134]
    assert [(one.destination, one.hop_limit) for one in heard] == [(all_nodes, 255)]
    RouterAdvertisement.decode(heard[0].payload, heard[0].source.without_zone, all_nodes)
    left.close()
    right.close()


@pytest.mark.parametrize(
    ("family", "settings"),
    [
        (4, {"checksum_at": 12}),
        (6, {"checksum_at": 13}),
        (6, {"checksum_at": -2}),
        (6, {"header_included": True}),
    ],
)
def test_what_the_kernel_cannot_do_is_refused(
    ends: tuple[End, End], family: int, settings: dict[str, int]
) -> None:
    with pytest.raises(UsageError):
        raw(ends[0], family, **settings)


def test_what_comes_at_once_has_room(ends: tuple[End, End]) -> None:
    left, right = raw(ends[0], 4), raw(ends[1], 4)
    right.join(ALL_4)
    for number in range(300):
        left.send(ALL_4, 0, 1, number.to_bytes(2, "big") + bytes(1400))
    found = taken(right, 300)
    assert [int.from_bytes(one.payload[:2], "big") for one in found] == list(range(300))
    left.close()
    right.close()
