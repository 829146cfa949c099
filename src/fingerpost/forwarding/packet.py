"""A packet as the pipeline sees it: the header's fields beside the bytes that they came from.

The bytes stay the truth: what goes out is these bytes with the few fields changed that a router
may change, so that nothing it does not understand is lost. `validate` in `receive.py` makes one.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from fingerpost.addr import Address
from fingerpost.forwarding.reason import Reason
from fingerpost.wire.checksum import ones_sum
from fingerpost.wire.ethernet import EtherType

_IPV4 = struct.Struct("!BBHHHBBH4s4s")
_IPV6 = struct.Struct("!IHBB16s16s")


class Packet(NamedTuple):
    """A checked IP header with its packet, trimmed to its own length.

    `protocol` is the next header of the fixed header in IPv6. `fragment_offset` counts bytes.
    """

    version: int
    data: bytes
    source: Address
    destination: Address
    hop_limit: int
    protocol: int
    header_length: int
    traffic_class: int
    flow_label: int = 0
    identification: int = 0
    dont_fragment: bool = False
    more_fragments: bool = False
    fragment_offset: int = 0

    @property
    def options(self) -> bytes:
        """The IPv4 options with their padding; empty in IPv6."""
        return self.data[20 : self.header_length] if self.version == 4 else b""

    @property
    def payload(self) -> bytes:
        """What follows the header (in IPv6 the fixed one)."""
        return self.data[self.header_length :]

    @property
    def is_fragment(self) -> bool:
        """Whether this is a piece of an IPv4 packet."""
        return self.more_fragments or self.fragment_offset > 0

    @property
    def ethertype(self) -> int:
        """What the link calls it."""
        return EtherType.IPV4 if self.version == 4 else EtherType.IPV6


def parse(data: bytes) -> Packet | Reason:
    """Check the header of an IP packet of either version (RFC 1812 5.2.2, RFC 8200 3)."""
    if not data:
        return Reason.SHORT_PACKET
    version = data[0] >> 4
    if version == 4:
        return parse4(data)
    return parse6(data) if version == 6 else Reason.BAD_VERSION


def parse4(data: bytes) -> Packet | Reason:
    """The checks of RFC 1812 5.2.2; bytes beyond the total length are link padding."""
    if len(data) < 20:
        return Reason.SHORT_PACKET
    (first, tos, total, identification, fragment, ttl, protocol, _, source, destination) = (
        _IPV4.unpack_from(data)
    )
    if first >> 4 != 4:
        return Reason.BAD_VERSION
    header_length = (first & 0x0F) * 4
    if header_length < 20:
        return Reason.BAD_HEADER_LENGTH
    if header_length > len(data):
        return Reason.SHORT_PACKET
    if ones_sum(data[:header_length]) != 0xFFFF:
        return Reason.BAD_CHECKSUM
    if total < header_length or total > len(data):
        return Reason.BAD_LENGTH
    return Packet(
        4,
        data if total == len(data) else data[:total],
        Address(source),
        Address(destination),
        ttl,
        protocol,
        header_length,
        tos,
        0,
        identification,
        bool(fragment & 0x4000),
        bool(fragment & 0x2000),
        (fragment & 0x1FFF) * 8,
    )


def truncated(data: bytes) -> Packet | None:
    """An IPv4 packet that has lost its end, with what is left of it; None if it is not that."""
    total = data[2] << 8 | data[3] if len(data) >= 20 else 0
    if total <= len(data):
        return None
    whole = parse4(data.ljust(total, b"\0"))
    return None if isinstance(whole, Reason) else whole._replace(data=data)


def parse6(data: bytes) -> Packet | Reason:
    """The fixed header of RFC 8200 3; bytes beyond the payload length are link padding."""
    if len(data) < 40:
        return Reason.SHORT_PACKET
    first, length, next_header, hop_limit, source, destination = _IPV6.unpack_from(data)
    if first >> 28 != 6:
        return Reason.BAD_VERSION
    if 40 + length > len(data):
        return Reason.BAD_LENGTH
    return Packet(
        6,
        data if 40 + length == len(data) else data[: 40 + length],
        Address(source),
        Address(destination),
        hop_limit,
        next_header,
        40,
        first >> 20 & 0xFF,
        first & 0xFFFFF,
    )
