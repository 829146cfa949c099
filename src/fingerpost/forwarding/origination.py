"""Packets of our own before they enter the pipeline: what the sender left open is filled in.

The IPv4 header checksum, and the identification of packets that may be cut on their way; an atomic
one (don't fragment set, no fragment) needs none and keeps 0 (RFC 6864 4.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.wire.checksum import checksum

if TYPE_CHECKING:
    from fingerpost.forwarding.identifiers import Identifiers

_DONT_FRAGMENT = 0x40
_OFFSET_OR_MORE = 0x3FFF


def completed(packet: bytes, identifiers: Identifiers | None) -> bytes:
    """The packet as it is sent; `identifiers` None draws no number, for those who only ask."""
    if len(packet) < 20 or packet[0] >> 4 != 4:
        return packet
    needs_number = (
        packet[4:6] == b"\0\0"
        and not packet[6] & _DONT_FRAGMENT
        and not (packet[6] << 8 | packet[7]) & _OFFSET_OR_MORE
        and identifiers is not None
    )
    if not needs_number and packet[10:12] != b"\0\0":
        return packet
    end = (packet[0] & 0x0F) * 4
    head = bytearray(packet[:end])
    # a wrong checksum stays wrong, so that the pipeline refuses it
    if packet[10:12] != b"\0\0" and checksum(bytes(head)) != 0:
        return packet
    if needs_number and identifiers is not None:
        head[4:6] = identifiers.ipv4().to_bytes(2, "big")
    head[10:12] = b"\0\0"
    head[10:12] = checksum(bytes(head)).to_bytes(2, "big")
    return bytes(head) + packet[end:]
