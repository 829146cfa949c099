"""Link headers of captures other than Ethernet's (https://www.tcpdump.org/linktypes.html)."""

from __future__ import annotations

from fingerpost.wire.captured import ETHERNET, RAW_IP
from fingerpost.wire.checksum import checksum
from fingerpost.wire.dissect.ethernet import ethertype_text
from fingerpost.wire.dissect.ipv4 import dissect_ipv4
from fingerpost.wire.dissect.ipv6 import dissect_ipv6
from fingerpost.wire.dissect.layout import Layout
from fingerpost.wire.dissect.span import Span
from fingerpost.wire.dissect.tree import Layer
from fingerpost.wire.ethernet import EtherType
from fingerpost.wire.reader import Reader

# the numbers of AF_INET and AF_INET6 on the systems that write such captures
_FAMILIES = {2: EtherType.IPV4, **dict.fromkeys((10, 24, 28, 30), EtherType.IPV6)}
_COOKED = Layout(
    "packet_type:16 hardware:16 address_length:16 address:64:x protocol:16",
    protocol=ethertype_text,
)
_COOKED_2 = Layout(
    "protocol:16 _:16 interface_index:32 hardware:16 packet_type:8 address_length:8 address:64:x",
    protocol=ethertype_text,
)
_FAMILY = Layout("family:32:x")


def guess_link(packet: bytes) -> int:
    """Give the link type that bytes without one most likely have: raw IP (101) or Ethernet (1).

    A packet is IP when its length field says its length, or its IPv4 header has a right checksum.
    """
    version = packet[0] >> 4 if packet else 0
    if version == 6 and len(packet) == 40 + int.from_bytes(packet[4:6], "big"):
        return RAW_IP
    header = 4 * (packet[0] & 0xF) if version == 4 else 0
    if 20 <= header <= len(packet):
        is_whole = int.from_bytes(packet[2:4], "big") == len(packet)
        if is_whole or checksum(packet[:header]) == 0:
            return RAW_IP
    return ETHERNET


def dissect_ip(span: Span) -> Layer:
    """Take a packet without link header apart: the first four bits are the version."""
    version = span.packet[span.start] >> 4 if span.start < span.end else 0
    if version == 6:
        return dissect_ipv6(span)
    if version != 4:
        Reader(span.data, "ip").refuse("version", version, "4 or 6", "RFC 791 3.1", at=0)
    return dissect_ipv4(span)


def dissect_null(span: Span) -> Layer:
    """Take the BSD loopback header apart: a family in the byte order of whoever captured."""
    octets = span.packet[span.start : span.start + 4]
    number = int.from_bytes(octets, "little")
    return _by_family(span, number if number < 1 << 16 else int.from_bytes(octets, "big"))


def dissect_loopback(span: Span) -> Layer:
    """Take the OpenBSD loopback header apart: a family in network order."""
    return _by_family(span, int.from_bytes(span.packet[span.start : span.start + 4], "big"))


def dissect_cooked(span: Span) -> Layer:
    """Take the header of Linux's "any" device apart (LINKTYPE_LINUX_SLL)."""
    return _by_type(span, "linux cooked", _COOKED, 14)


def dissect_cooked_v2(span: Span) -> Layer:
    """Take the newer header of Linux's "any" device apart (LINKTYPE_LINUX_SLL2)."""
    return _by_type(span, "linux cooked 2", _COOKED_2, 0)


def _by_type(span: Span, protocol: str, layout: Layout, type_at: int) -> Layer:
    reader = Reader(span.data, protocol)
    header = reader.take(layout.size, "header")
    kind = int.from_bytes(header[type_at : type_at + 2], "big")
    payload = span.inside(span.start + layout.size, carrier=protocol).by(
        span.dissectors.ethertype, kind
    )
    fields = tuple(span.fields(layout))
    return Layer(protocol, ethertype_text(kind), span.start, span.end, fields, payload)


def _by_family(span: Span, family: int) -> Layer:
    Reader(span.data, "loopback").take(_FAMILY.size, "header")
    inner = span.inside(span.start + _FAMILY.size, carrier="loopback")
    payload = inner.by(span.dissectors.ethertype, _FAMILIES.get(family, -1))
    fields = tuple(span.fields(_FAMILY))
    return Layer("loopback", f"family {family}", span.start, span.end, fields, payload)
