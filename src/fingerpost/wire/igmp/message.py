"""What all IGMP messages share, and the messages that nobody here knows (RFC 3376 4)."""

from __future__ import annotations

from enum import IntEnum

from fingerpost.wire.sealed_message import SealedMessage, UnknownMessage

LAYER = "igmp"
SECTION = "RFC 2236 2"


class IgmpType(IntEnum):
    """Message types (IANA "IGMP Type Numbers") that have a class here."""

    MEMBERSHIP_QUERY = 0x11
    MEMBERSHIP_REPORT_V1 = 0x12
    MEMBERSHIP_REPORT_V2 = 0x16
    LEAVE_GROUP = 0x17
    MEMBERSHIP_REPORT_V3 = 0x22


class IgmpMessage(SealedMessage):
    """An IGMP message; a subclass a type."""

    __slots__ = ()

    LAYER = LAYER
    SECTION = SECTION
    TYPES = IgmpType


class UnknownIgmp(UnknownMessage, IgmpMessage):
    """A message of a type that has no class here; to be silently ignored (RFC 3376 4)."""

    __slots__ = ()
