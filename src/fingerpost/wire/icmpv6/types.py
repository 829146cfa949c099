"""Codes of ICMPv6 (IANA "ICMPv6 'Code' Fields"); the types are in `wire.icmpv6_message`."""

from __future__ import annotations

from enum import IntEnum


class UnreachableCode(IntEnum):
    """Codes of destination unreachable (RFC 4443 3.1, RFC 6554, RFC 8883)."""

    NO_ROUTE = 0
    PROHIBITED = 1
    BEYOND_SCOPE = 2
    ADDRESS = 3
    PORT = 4
    SOURCE_POLICY = 5
    REJECT_ROUTE = 6
    SOURCE_ROUTING_HEADER = 7
    HEADERS_TOO_LONG = 8


class TimeExceededCode(IntEnum):
    """Codes of time exceeded (RFC 4443 3.3)."""

    IN_TRANSIT = 0
    REASSEMBLY = 1


class ParameterProblemCode(IntEnum):
    """Codes of parameter problem (RFC 4443 3.4, RFC 7112 5, RFC 8754, RFC 8883)."""

    ERRONEOUS_FIELD = 0
    UNRECOGNIZED_NEXT_HEADER = 1
    UNRECOGNIZED_OPTION = 2
    INCOMPLETE_HEADER_CHAIN = 3
    SEGMENT_ROUTING_UPPER_LAYER = 4
    NEXT_HEADER_AT_INTERMEDIATE_NODE = 5
    EXTENSION_HEADER_TOO_BIG = 6
    HEADER_CHAIN_TOO_LONG = 7
    TOO_MANY_HEADERS = 8
    TOO_MANY_OPTIONS = 9
    OPTION_TOO_BIG = 10


REDIRECT = 137


def is_error_type(kind: int) -> bool:
    """Tell whether a type is an error or redirect, which owe no error (RFC 4443 2.1, 2.4 (e))."""
    return kind < 128 or kind == REDIRECT
