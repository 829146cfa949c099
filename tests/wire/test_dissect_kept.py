"""A dissection is a value: it can be pickled, copied and sent to another process."""

from __future__ import annotations

import copy
import pickle

import pytest

from fingerpost.addr import Address
from fingerpost.wire import icmp, icmpv6, igmp
from fingerpost.wire.arp import Arp
from fingerpost.wire.dissect import Dissection, dissect
from fingerpost.wire.ethernet import Ethernet, VlanTag
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv4_options import RecordRoute
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import FragmentHeader, HopByHop, RouterAlert
from fingerpost.wire.mac import Mac
from fingerpost.wire.nd import NeighborSolicitation, SourceLinkLayerAddress
from fingerpost.wire.tcp import Tcp
from fingerpost.wire.udp import Udp

MAC = Mac("02:00:00:00:00:01")
A, B = Address("192.0.2.1"), Address("198.51.100.2")
A6, B6 = Address("2001:db8::1"), Address("2001:db8::2")
UDP = Udp(1000, 2000, b"payload")
QUOTE = Ipv4(A, B, 17, UDP.encode(A, B)).encode()
PACKETS = {
    "udp": QUOTE,
    "tcp": Ipv4(A, B, 6, Tcp(1000, 80, payload=b"GET").encode(A, B)).encode(),
    "icmp": Ipv4(A, B, 1, icmp.TimeExceeded(0, QUOTE).encode()).encode(),
    "igmp": Ipv4(A, B, 2, igmp.decode(bytes.fromhex("1164ee9b00000000")).encode()).encode(),
    "options": Ipv4(A, B, 17, UDP.encode(A, B), options=(RecordRoute(4, (A, B)),)).encode(),
    "udp6": Ipv6(A6, B6, 17, UDP.encode(A6, B6)).encode(),
    "nd": Ipv6(
        A6, B6, 58, NeighborSolicitation(B6, (SourceLinkLayerAddress(MAC),)).encode(A6, B6)
    ).encode(),
    "quoted6": Ipv6(
        A6, B6, 58, icmpv6.PacketTooBig(1280, Ipv6(B6, A6, 59).encode()).encode(A6, B6)
    ).encode(),
    "extension headers": Ipv6(
        A6,
        B6,
        0,
        HopByHop(44, (RouterAlert(0),)).encode()
        + FragmentHeader(17, 0, True, 7).encode()
        + UDP.encode(A6, B6),
    ).encode(),
    "broken": QUOTE[:24] + b"\xff" + QUOTE[25:],
    "cut": QUOTE[:22],
}
FRAMES = {
    name: Ethernet(MAC, MAC, 0x0800 if packet[0] >> 4 == 4 else 0x86DD, packet).encode()
    for name, packet in PACKETS.items()
} | {
    "arp": Ethernet(
        MAC, MAC, 0x0806, Arp(1, MAC, A, MAC, B).encode(), (VlanTag(0x8100, 0, False, 7),)
    ).encode(),
    "nothing": b"",
}


def copied(found: Dissection, how: str) -> Dissection:
    if how == "pickle":
        again = pickle.loads(pickle.dumps(found))
        assert isinstance(again, Dissection)
        return again
    return copy.copy(found) if how == "copy" else copy.deepcopy(found)


@pytest.mark.parametrize("how", ["pickle", "copy", "deepcopy"])
@pytest.mark.parametrize("name", FRAMES)
def test_a_dissection_that_was_kept_says_the_same(name: str, how: str) -> None:
    found = dissect(FRAMES[name])
    again = copied(found, how)
    assert again.reencode() == found.reencode()
    for here, there in zip(found.layers, again.layers, strict=True):
        assert (here.protocol, here.summary, here.fields) == (
            there.protocol,
            there.summary,
            there.fields,
        )
        assert here.value == there.value
        assert (str(here.fault), vars(here.fault or object)) == (
            str(there.fault),
            vars(there.fault or object),
        )


def test_dissections_of_the_same_bytes_are_equal() -> None:
    for name in ("udp", "tcp", "icmp", "udp6", "nd", "quoted6", "extension headers", "arp"):
        assert dissect(FRAMES[name]) == dissect(FRAMES[name])
