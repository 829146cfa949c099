"""Every reason for which a packet is not taken, in the order in which they are looked for."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.errors import DecodeError


class Fault(Enum):
    """A reason in words; the comment names the clause that asks for the check."""

    # the packet by itself (RFC 5880 6.8.6)
    VERSION = "version other than 1"
    LENGTH = "wrong length"
    MULTIPLIER = "detect multiplier 0"
    MULTIPOINT = "multipoint bit"
    MY_DISCRIMINATOR = "my discriminator 0"
    MALFORMED_AUTHENTICATION = "malformed authentication section"
    # the session (RFC 5880 6.8.6)
    UNKNOWN_DISCRIMINATOR = "your discriminator of no session"
    WRONG_INTERFACE = "your discriminator of a session on another interface"
    ZERO_DISCRIMINATOR = "your discriminator 0 in state Init or Up"
    NO_SESSION = "neighbor without a session"
    INTERFACE_DOWN = "interface that is down"
    HOP_LIMIT = "hop limit other than 255"  # RFC 5881 5
    TOO_FAR = "more hops than expected"  # RFC 5883 2
    # authentication (RFC 5880 6.7)
    UNEXPECTED_AUTHENTICATION = "authentication that nobody asked for"
    NO_AUTHENTICATION = "authentication missing"
    AUTHENTICATION_TYPE = "authentication of another type"
    UNKNOWN_KEY = "key that is unknown or not valid now"
    WRONG_PASSWORD = "wrong password"
    OLD_SEQUENCE = "sequence number out of the window"
    WRONG_DIGEST = "wrong digest"
    # the session again
    ADMIN_DOWN = "session that is AdminDown"  # RFC 5880 6.8.6

    def __str__(self) -> str:
        """The words."""
        return self.value


_FIELDS = {
    "version": Fault.VERSION,
    "length": Fault.LENGTH,
    "detect mult": Fault.MULTIPLIER,
    "multipoint": Fault.MULTIPOINT,
    "my discriminator": Fault.MY_DISCRIMINATOR,
}


def fault_of(error: DecodeError) -> Fault:
    """The reason that a decoder gave."""
    return _FIELDS.get(error.field or "", Fault.MALFORMED_AUTHENTICATION)
