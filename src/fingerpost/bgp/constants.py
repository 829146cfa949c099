"""Numbers of BGP: messages, errors, families, capabilities, timers (RFC 4271 and IANA)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from fingerpost.forwarding.durations import SECOND

PORT: Final = 179
VERSION: Final = 4
MARKER: Final = b"\xff" * 16
HEADER: Final = 19
LONGEST: Final = 4096
LONGEST_EXTENDED: Final = 65_535  # RFC 8654
AS_TRANS: Final = 23_456  # RFC 6793 9

# RFC 4271 10, but for the idle hold time, which damps peers that come and go (8.1.1)
HOLD_S: Final = 90
LARGE_HOLD: Final = 240 * SECOND  # while the peer's OPEN is awaited (8.2.2)
CONNECT_RETRY: Final = 120 * SECOND
IDLE_HOLD: Final = 5 * SECOND
SEND_HOLD: Final = 480 * SECOND  # RFC 9687 4.1: eight minutes, or twice the hold time


class MessageType(IntEnum):
    """RFC 4271 4.1, RFC 2918 3."""

    OPEN = 1
    UPDATE = 2
    NOTIFICATION = 3
    KEEPALIVE = 4
    ROUTE_REFRESH = 5


class ErrorCode(IntEnum):
    """Of a NOTIFICATION (RFC 4271 4.5, RFC 7313 5, RFC 9687 3.3)."""

    MESSAGE_HEADER = 1
    OPEN_MESSAGE = 2
    UPDATE_MESSAGE = 3
    HOLD_TIMER_EXPIRED = 4
    FINITE_STATE_MACHINE = 5
    CEASE = 6
    ROUTE_REFRESH_MESSAGE = 7
    SEND_HOLD_TIMER_EXPIRED = 8


class HeaderError(IntEnum):
    """Subcodes of MESSAGE_HEADER (RFC 4271 6.1)."""

    NOT_SYNCHRONIZED = 1
    BAD_LENGTH = 2
    BAD_TYPE = 3


class OpenError(IntEnum):
    """Subcodes of OPEN_MESSAGE (RFC 4271 6.2, RFC 5492 5, RFC 9234 4.2)."""

    UNSUPPORTED_VERSION = 1
    BAD_PEER_AS = 2
    BAD_IDENTIFIER = 3
    UNSUPPORTED_PARAMETER = 4
    UNACCEPTABLE_HOLD_TIME = 6
    UNSUPPORTED_CAPABILITY = 7
    ROLE_MISMATCH = 11


class UpdateError(IntEnum):
    """Subcodes of UPDATE_MESSAGE (RFC 4271 6.3)."""

    MALFORMED_LIST = 1
    UNRECOGNIZED_WELL_KNOWN = 2
    MISSING_WELL_KNOWN = 3
    FLAGS = 4
    LENGTH = 5
    INVALID_ORIGIN = 6
    INVALID_NEXT_HOP = 8
    OPTIONAL = 9
    INVALID_NETWORK = 10
    MALFORMED_AS_PATH = 11


class StateError(IntEnum):
    """Subcodes of FINITE_STATE_MACHINE (RFC 6608 3)."""

    UNSPECIFIED = 0
    IN_OPEN_SENT = 1
    IN_OPEN_CONFIRM = 2
    IN_ESTABLISHED = 3


class CeaseError(IntEnum):
    """Subcodes of CEASE (RFC 4486 4, RFC 8538 3, RFC 9384 2)."""

    MAXIMUM_PREFIXES = 1
    ADMINISTRATIVE_SHUTDOWN = 2
    PEER_DECONFIGURED = 3
    ADMINISTRATIVE_RESET = 4
    CONNECTION_REJECTED = 5
    OTHER_CONFIGURATION_CHANGE = 6
    COLLISION = 7
    OUT_OF_RESOURCES = 8
    HARD_RESET = 9
    BFD_DOWN = 10


class CapabilityCode(IntEnum):
    """RFC 5492 and the registry."""

    MULTIPROTOCOL = 1  # RFC 4760 8
    ROUTE_REFRESH = 2  # RFC 2918
    EXTENDED_NEXT_HOP = 5  # RFC 8950
    EXTENDED_MESSAGE = 6  # RFC 8654
    ROLE = 9  # RFC 9234
    GRACEFUL_RESTART = 64  # RFC 4724
    AS4 = 65  # RFC 6793
    ADD_PATH = 69  # RFC 7911
    ENHANCED_ROUTE_REFRESH = 70  # RFC 7313
    LONG_LIVED_GRACEFUL_RESTART = 71  # RFC 9494
    FQDN = 73  # draft-walton-bgp-hostname-capability
    SOFTWARE_VERSION = 75  # draft-abraitis-bgp-version-capability


class Afi(IntEnum):
    """Address family identifiers."""

    IPV4 = 1
    IPV6 = 2
    L2VPN = 25
    LINK_STATE = 16_388


class Safi(IntEnum):
    """Subsequent address family identifiers."""

    UNICAST = 1
    MULTICAST = 2
    LABELED = 4
    EVPN = 70
    LINK_STATE = 71
    VPN = 128
    FLOWSPEC = 133
    FLOWSPEC_VPN = 134
