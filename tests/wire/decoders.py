"""Every decoder with a strategy of valid bytes: what `test_totality.py` throws bytes at.

A new format adds a line here and is tested by that.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TypeAlias

from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.wire import icmp, icmpv6, igmp, ipv4_options, ipv6_extension, pcap, tcp_options
from fingerpost.wire.arp import Arp
from fingerpost.wire.checksum import checksum
from fingerpost.wire.ethernet import Ethernet
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.tcp import Tcp
from fingerpost.wire.udp import Udp
from wire import packets
from wire.drawn import ICMP, ICMPV6, IGMP

A4, B4 = Address("192.0.2.1"), Address("198.51.100.2")
A6, B6 = Address("2001:db8::1"), Address("2001:db8::2")

Decoder: TypeAlias = Callable[[bytes], object]


def captured(frames: list[bytes], *, ng: bool) -> bytes:
    file = io.BytesIO()
    writer = pcap.PcapngWriter(file) if ng else pcap.PcapWriter(file)
    for instant, frame in enumerate(frames):
        writer.write(instant, frame, 0, "comment")
    return file.getvalue()


def resealed(data: bytes) -> bytes:
    """Put the sum of an IPv4 header right, so that changes get past it."""
    header = (data[0] & 0xF) * 4 if data else 0
    check = checksum(data[:10] + bytes(2) + data[12:header])
    return data[:10] + check.to_bytes(2, "big") + data[12:]


def walk(data: bytes) -> ipv6_extension.Chain:
    """Walk a chain whose first byte says what the second begins."""
    return ipv6_extension.walk(data[0] if data else 59, data[1:])


CAPTURES = st.tuples(st.lists(st.binary(max_size=30), max_size=3), st.booleans()).map(
    lambda drawn: captured(drawn[0], ng=drawn[1])
)
IP4_BYTES = packets.IP4_PACKETS.map(lambda packet: packet.encode())
IP6_BYTES = packets.IP6_PACKETS.map(lambda packet: packet.encode())
ICMP_BYTES = st.one_of(*ICMP.values()).map(lambda message: message.encode())
ICMPV6_BYTES = st.one_of(*ICMPV6.values()).map(lambda message: message.encode(A6, B6))
IGMP_BYTES = st.one_of(*IGMP.values()).map(lambda message: message.encode())
CHAIN_BYTES = packets.chains().map(lambda drawn: bytes((drawn[0],)) + drawn[1].encode())

DECODERS: dict[str, tuple[Decoder, st.SearchStrategy[bytes]]] = {
    "arp": (Arp.decode, packets.ARPS.map(lambda message: message.encode())),
    "ethernet": (Ethernet.decode, packets.FRAMES.map(lambda frame: frame.encode())),
    "icmp": (lambda data: icmp.decode(data, verify=False), ICMP_BYTES),
    "icmpv6": (lambda data: icmpv6.decode(data, A6, B6, verify=False), ICMPV6_BYTES),
    "igmp": (lambda data: igmp.decode(data, verify=False), IGMP_BYTES),
    "ipv4": (Ipv4.decode, IP4_BYTES),
    "ipv4 with its sum put right": (lambda data: Ipv4.decode(resealed(data)), IP4_BYTES),
    "ipv4 bare": (Ipv4.decode_bare, IP4_BYTES),
    "ipv4 quoted": (Ipv4.decode_quoted, IP4_BYTES),
    "ipv4 options": (
        ipv4_options.decode_options,
        packets.IP4_OPTIONS.map(ipv4_options.encode_options),
    ),
    "ipv6": (Ipv6.decode, IP6_BYTES),
    "ipv6 quoted": (Ipv6.decode_quoted, IP6_BYTES),
    "ipv6 options": (
        ipv6_extension.decode_options,
        packets.IP6_OPTIONS.map(ipv6_extension.encode_options),
    ),
    "ipv6 chain": (
        lambda data: ipv6_extension.walk(data[0] if data else 59, data[1:]),
        CHAIN_BYTES,
    ),
    "pcap": (lambda data: list(pcap.read(io.BytesIO(data))), CAPTURES),
    "tcp": (Tcp.decode, packets.TCPS.map(lambda segment: segment.encode(A4, B4))),
    "tcp over ipv6": (
        lambda data: Tcp.decode(data, A6, B6),
        packets.TCPS.map(lambda segment: segment.encode(A6, B6)),
    ),
    "tcp options": (
        tcp_options.decode_options,
        packets.TCP_OPTIONS.map(tcp_options.encode_options),
    ),
    "udp": (Udp.decode, packets.ANY_UDPS.map(lambda datagram: datagram.encode(A4, B4))),
    "udp quoted": (Udp.decode_quoted, packets.ANY_UDPS.map(lambda d: d.encode(A4, B4))),
    "udp over ipv6": (
        lambda data: Udp.decode(data, A6, B6),
        packets.UDPS.map(lambda datagram: datagram.encode(A6, B6)),
    ),
}
