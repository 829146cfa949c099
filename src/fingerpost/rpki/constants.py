"""Numbers of the RPKI to Router protocol (RFC 6810, RFC 8210, draft-ietf-sidrops-8210bis-27)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from fingerpost.forwarding.durations import SECOND

PORT: Final = 323
HIGHEST_VERSION: Final = 2
LONGEST_PDU: Final = 0x1_0000
"""Octets of a PDU: an ASPA of more than 16,000 providers has no place in it, and needs none."""
RECORDS_MOST: Final = 4_000_000
"""Records that one cache may tell, and changes between two End of Data: six times the Internet."""


class PduType(IntEnum):
    """RFC 8210 5; ASPA is of the draft."""

    SERIAL_NOTIFY = 0
    SERIAL_QUERY = 1
    RESET_QUERY = 2
    CACHE_RESPONSE = 3
    IPV4_PREFIX = 4
    IPV6_PREFIX = 6
    END_OF_DATA = 7
    CACHE_RESET = 8
    ROUTER_KEY = 9
    ERROR_REPORT = 10
    ASPA = 11


class ErrorCode(IntEnum):
    """RFC 8210 12; the last one is of the draft."""

    CORRUPT_DATA = 0
    INTERNAL_ERROR = 1
    NO_DATA_AVAILABLE = 2
    INVALID_REQUEST = 3
    UNSUPPORTED_PROTOCOL_VERSION = 4
    UNSUPPORTED_PDU_TYPE = 5
    WITHDRAWAL_OF_UNKNOWN_RECORD = 6
    DUPLICATE_ANNOUNCEMENT_RECEIVED = 7
    UNEXPECTED_PROTOCOL_VERSION = 8
    ASPA_PROVIDER_LIST_ERROR = 9

    def __str__(self) -> str:
        """As people say it."""
        return self.name.lower().replace("_", " ")


_NAMES: Final = {one.value: str(one) for one in ErrorCode}


def error_name(code: int) -> str:
    """What an error is called; those that nobody knows by their number."""
    return _NAMES.get(code, f"error {code}")


REFRESH_S, RETRY_S, EXPIRE_S = 3600, 600, 7200
"""RFC 8210 6: until the next query; until one that failed is tried again; until data is too old."""
REFRESH_RANGE_S, RETRY_RANGE_S, EXPIRE_RANGE_S = (1, 86400), (1, 7200), (600, 172800)
RECONNECT: Final = SECOND
"""How long a connection that failed rests at first; it doubles, up to the retry interval."""
PATIENCE: Final = 60 * SECOND
"""How long a cache that was asked may be silent."""
