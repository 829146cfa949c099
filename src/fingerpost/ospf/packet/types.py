"""The five packets (RFC 2328 4.3, RFC 5340 4.2.1)."""

from __future__ import annotations

from enum import IntEnum


class PacketType(IntEnum):
    """What a packet is."""

    HELLO = 1
    DESCRIPTION = 2
    REQUEST = 3
    UPDATE = 4
    ACKNOWLEDGMENT = 5


TYPES: tuple[PacketType, ...] = (PacketType.HELLO, *PacketType)  # by number; 0 is never asked for
