"""Every reason for which a message or an entry is not taken; each is counted by interface."""

from __future__ import annotations

from enum import Enum


class Fault(Enum):
    """A reason in words; the comment names the clause that asks for the check."""

    # the whole message
    MALFORMED = "malformed message"
    UNKNOWN_INTERFACE = "interface that does not speak RIP"
    INTERFACE_DOWN = "interface that is down"
    VERSION = "version that is not accepted"  # RFC 2453 5.1
    SOURCE_PORT = "response from another port"  # RFC 2453 3.9.2, RFC 2080 2.4.2
    OWN_SOURCE = "message of our own"  # RFC 2453 3.9.2, RFC 2080 2.4.2
    SOURCE_OFF_LINK = "source that is not on the link"  # RFC 2453 3.9.2
    SOURCE_NOT_LINK_LOCAL = "source that is not link-local"  # RFC 2080 2.4.2
    HOP_LIMIT = "hop limit other than 255"  # RFC 2080 2.4.2
    PASSIVE = "request to a silent interface"  # RFC 2453 3.9.1
    REQUEST_VERSION = "request of a version that is not sent"  # RFC 2453 4.6
    REQUEST_RATE = "more requests than are answered"
    NO_AUTHENTICATION = "authentication missing"  # RFC 2453 5.2
    UNEXPECTED_AUTHENTICATION = "authentication that nobody asked for"  # RFC 2453 5.2
    WRONG_PASSWORD = "wrong password"  # RFC 2453 5.2
    UNKNOWN_KEY = "key that is unknown or not valid now"  # RFC 4822 2.2
    WRONG_DIGEST = "wrong digest"  # RFC 2082 3.2.2
    OLD_SEQUENCE = "sequence number that went down"  # RFC 2082 3.2.2
    NEIGHBOR_LIMIT = "more neighbours than are kept"
    # one entry
    FAMILY = "address family other than IPv4"  # RFC 2453 3.6
    METRIC = "metric out of 1 to 16"  # RFC 2453 3.9.2
    DESTINATION = "destination that cannot be routed to"  # RFC 2453 3.9.2
    MASK = "mask that is no mask"
    HOST_BITS = "bits behind the mask"
    PREFIX_LENGTH = "prefix length above 128"  # RFC 2080 2.4.2
    NEXT_HOP = "next hop that is ourselves"
    FILTERED = "refused by policy"
    ROUTE_LIMIT = "more routes than are kept"

    def __str__(self) -> str:
        """The words."""
        return self.value
