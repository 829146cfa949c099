"""Fragmentation (RFC 791 3.2, RFC 1812 5.2.6, RFC 8200 4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.wire.checksum import checksum

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk


def pieces_of(walk: Walk, mtu: int) -> tuple[bytes, ...] | None:
    """The fragments of `walk.data` for a link; None where it may not be cut."""
    packet = walk.packet
    if packet.version == 6 or packet.dont_fragment:
        return None
    data = walk.data
    header = data[: packet.header_length]
    room = (mtu - len(header)) // 8 * 8
    pieces = []
    payload = data[len(header) :]
    for at in range(0, len(payload), room):
        part = payload[at : at + room]
        more = packet.more_fragments or at + room < len(payload)
        field = (packet.fragment_offset + at) // 8 | (0x2000 if more else 0) | (data[6] & 0x80) << 8
        head = bytearray(header)
        head[2:4] = (len(head) + len(part)).to_bytes(2, "big")
        head[6:8] = field.to_bytes(2, "big")
        head[10:12] = b"\0\0"
        head[10:12] = checksum(bytes(head)).to_bytes(2, "big")
        pieces.append(bytes(head) + part)
    return tuple(pieces)
