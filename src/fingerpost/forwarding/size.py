"""Cutting packets that do not fit a link (RFC 791 3.2, RFC 1812 4.2.2.7, RFC 8200 4.5).

IPv4 packets are cut where they are, unless their sender forbids it; a piece of a packet may be cut
again. The first piece keeps all options, later ones those that say so in their kind; every piece
but the last carries a multiple of 8 bytes; identification, type of service and the flags stay as
they are (RFC 791 3.2, RFC 1812 5.2.5). IPv6 packets are cut by their sender alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.wire.checksum import checksum
from fingerpost.wire.ipv4_options import copied_options, decode_options, encode_options
from fingerpost.wire.ipv6_extension import FragmentHeader
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk

BLOCK = 8
_FIXED_HEADER, _FRAGMENT_HEADER = 20, 8
_FIXED_HEADER6 = 40
_HOP_BY_HOP, _ROUTING = int(IpProtocol.HOPOPTS), int(IpProtocol.ROUTING)
_DESTINATION = int(IpProtocol.DSTOPTS)


def pieces_of(walk: Walk, mtu: int) -> tuple[bytes, ...] | None:
    """The fragments of `walk.data` for a link; None where it may not be cut, or not so small."""
    if walk.packet.version == 4:
        return None if walk.packet.dont_fragment else _cut4(walk, mtu)
    return _cut6(walk, mtu) if walk.is_ours else None


def _cut4(walk: Walk, mtu: int) -> tuple[bytes, ...] | None:
    packet, data = walk.packet, walk.data
    header = data[: packet.header_length]
    payload = data[packet.header_length :]
    later = header[:_FIXED_HEADER] + _copied(header[_FIXED_HEADER:])
    if mtu - len(header) < BLOCK:
        return None
    pieces: list[bytes] = []
    at = 0
    while at < len(payload) or not pieces:
        head = later if pieces else header
        left, room = len(payload) - at, mtu - len(head)
        size = left if left <= room else room // BLOCK * BLOCK
        more = packet.more_fragments or at + size < len(payload)
        pieces.append(
            _piece(head, packet.fragment_offset + at, more=more, data=payload[at : at + size])
        )
        at += size
    return tuple(pieces)


def _copied(area: bytes) -> bytes:
    """The options that later pieces carry, padded to whole words."""
    if not area:
        return b""
    try:
        return encode_options(copied_options(decode_options(area)))
    except DecodeError:
        return b""  # our own packets alone come here unread


def _piece(header: bytes, offset: int, *, more: bool, data: bytes) -> bytes:
    head = bytearray(header)
    head[0] = 0x40 | len(head) // 4
    head[2:4] = (len(head) + len(data)).to_bytes(2, "big")
    # the reserved flag is copied (RFC 1812 5.2.5); don't fragment is clear here
    word = offset // BLOCK | (0x2000 if more else 0) | (header[6] & 0x80) << 8
    head[6:8] = word.to_bytes(2, "big")
    head[10:12] = b"\0\0"
    head[10:12] = checksum(bytes(head)).to_bytes(2, "big")
    return bytes(head) + data


def _cut6(walk: Walk, mtu: int) -> tuple[bytes, ...] | None:
    """RFC 8200 4.5: the headers up to the routing header in every piece, then the fragment's."""
    data = walk.data
    end, named_at = _unfragmentable(data)
    room = (mtu - end - _FRAGMENT_HEADER) // BLOCK * BLOCK
    if room < BLOCK:
        return None
    identification = 0 if walk.is_dry else walk.plane.identifiers.ipv6()
    next_header = data[named_at]
    payload = data[end:]
    pieces = []
    for at in range(0, len(payload), room):
        part = payload[at : at + room]
        more = at + room < len(payload)
        fragment = FragmentHeader(next_header, at, more, identification).encode()
        head = bytearray(data[:end])
        head[named_at] = int(IpProtocol.FRAGMENT)
        length = end - _FIXED_HEADER6 + len(fragment) + len(part)
        head[4:6] = length.to_bytes(2, "big")
        pieces.append(bytes(head) + fragment + part)
    return tuple(pieces)


def _unfragmentable(data: bytes) -> tuple[int, int]:
    """Where the per-fragment headers end, and where the field is that names what follows them.

    Hop-by-hop options, and all up to and with a routing header (RFC 8200 4.5).
    """
    kind, at, named_at = data[6], _FIXED_HEADER6, 6
    end, end_named_at = at, named_at
    while kind in (_HOP_BY_HOP, _ROUTING, _DESTINATION) and at + BLOCK <= len(data):
        following = at + (data[at + 1] + 1) * BLOCK
        if following > len(data):
            break
        if kind != _DESTINATION:
            end, end_named_at = following, at
        kind, named_at, at = data[at], at, following
    return end, end_named_at
