"""What all ICMP messages share (RFC 792), and the ICMP messages that nobody here knows."""

from __future__ import annotations

import struct

from fingerpost.wire.icmp.types import IcmpType
from fingerpost.wire.sealed_message import SealedMessage, UnknownMessage

LAYER = "icmp"
SECTION = "RFC 792"

# The second words that several messages share.
TWO_NUMBERS = struct.Struct("!HH")
HEAD_TWO_NUMBERS = struct.Struct("!BBHHH")
HEAD_WORD = struct.Struct("!BBHI")


class IcmpMessage(SealedMessage):
    """An ICMP message; a subclass a type."""

    __slots__ = ()

    LAYER = LAYER
    SECTION = SECTION
    TYPES = IcmpType


class UnknownIcmp(UnknownMessage, IcmpMessage):
    """A message of a type that has no class here; to be silently discarded (RFC 1122 3.2.2)."""

    __slots__ = ()
