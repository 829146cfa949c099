"""The numbers of BFD (RFC 5880, 5881, 5883)."""

from __future__ import annotations

from typing import Final

from fingerpost.forwarding.durations import SECOND

VERSION: Final = 1
SINGLE_HOP_PORT: Final = 3784  # RFC 5881 4
MULTIHOP_PORT: Final = 4784  # RFC 5883 5
SOURCE_PORTS: Final = range(49152, 65536)  # RFC 5881 4
QUIET_PORTS: Final = range(61000, 65536)  # of these Linux gives none to others by itself
HOP_LIMIT: Final = 255  # RFC 5881 5, RFC 5082
SLOW_NS: Final = SECOND  # the least interval of a session that is not Up (RFC 5880 6.8.3)
MICROSECOND: Final = 1_000
LARGEST_US: Final = 0xFFFF_FFFF
MANDATORY_LENGTH: Final = 24  # RFC 5880 4.1
AUTHENTICATED_LENGTH: Final = 26  # with the first two bytes of an authentication section
