"""Stages of a packet that passes through: the hop limit, and the header as it goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.walk import End
from fingerpost.wire.checksum import updated

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk


def hop_limit(walk: Walk) -> End | None:
    """Drop what has no hop left; TTL 0 and 1 both end here (RFC 1812 5.3.1, RFC 8200 3)."""
    left = walk.packet.hop_limit
    is_ipv4 = walk.packet.version == 4
    name, section = ("TTL", "RFC 1812 5.3.1") if is_ipv4 else ("hop limit", "RFC 8200 3")
    if left <= 1:
        walk.note("hop limit", "{} {} has no hop left", name, left, section=section)
        return End(Reason.HOP_LIMIT, Owed(Fault.HOP_LIMIT))
    walk.note("hop limit", "{} {} becomes {}", name, left, left - 1, section=section)
    return None


def rewrite(walk: Walk) -> None:
    """Take one off the hop limit; the checksum is updated, not made anew (RFC 1624)."""
    data = bytearray(walk.data or walk.packet.data)
    if walk.packet.version == 6:
        data[7] -= 1
    else:
        old = data[8] << 8 | data[9]
        data[8] -= 1
        check = updated(data[10] << 8 | data[11], old, old - 0x100)
        data[10], data[11] = check >> 8, check & 0xFF
    walk.data = bytes(data)
