"""Types and codes of ICMP (IANA "ICMP Type Numbers"); the current ones and RFC 792's."""

from __future__ import annotations

from enum import IntEnum


class IcmpType(IntEnum):
    """Message types."""

    ECHO_REPLY = 0
    DESTINATION_UNREACHABLE = 3
    SOURCE_QUENCH = 4
    REDIRECT = 5
    ECHO_REQUEST = 8
    ROUTER_ADVERTISEMENT = 9
    ROUTER_SOLICITATION = 10
    TIME_EXCEEDED = 11
    PARAMETER_PROBLEM = 12
    TIMESTAMP = 13
    TIMESTAMP_REPLY = 14
    INFORMATION_REQUEST = 15
    INFORMATION_REPLY = 16
    ADDRESS_MASK_REQUEST = 17
    ADDRESS_MASK_REPLY = 18
    EXTENDED_ECHO_REQUEST = 42
    EXTENDED_ECHO_REPLY = 43


class UnreachableCode(IntEnum):
    """Codes of destination unreachable (RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1)."""

    NETWORK = 0
    HOST = 1
    PROTOCOL = 2
    PORT = 3
    FRAGMENTATION_NEEDED = 4
    SOURCE_ROUTE_FAILED = 5
    NETWORK_UNKNOWN = 6
    HOST_UNKNOWN = 7
    SOURCE_HOST_ISOLATED = 8
    NETWORK_PROHIBITED = 9
    HOST_PROHIBITED = 10
    NETWORK_TOS = 11
    HOST_TOS = 12
    PROHIBITED = 13
    PRECEDENCE_VIOLATION = 14
    PRECEDENCE_CUTOFF = 15


class TimeExceededCode(IntEnum):
    """Codes of time exceeded (RFC 792)."""

    IN_TRANSIT = 0
    REASSEMBLY = 1


class RedirectCode(IntEnum):
    """Codes of redirect (RFC 792); RFC 1812 5.2.7.2 lets routers send the host codes only."""

    NETWORK = 0
    HOST = 1
    TOS_AND_NETWORK = 2
    TOS_AND_HOST = 3


class ParameterProblemCode(IntEnum):
    """Codes of parameter problem (RFC 792, RFC 1122 3.2.2.5, RFC 1108)."""

    POINTER = 0
    OPTION_MISSING = 1
    BAD_LENGTH = 2


class ExtendedEchoCode(IntEnum):
    """Codes of the extended echo reply, the same in ICMPv6 (RFC 8335 3)."""

    NO_ERROR = 0
    MALFORMED_QUERY = 1
    NO_SUCH_INTERFACE = 2
    NO_SUCH_TABLE_ENTRY = 3
    MULTIPLE_INTERFACES = 4


ERRORS = frozenset({3, 4, 5, 11, 12})


def is_error_type(kind: int) -> bool:
    """Tell whether a type is an error, about which no error may be sent (RFC 1122 3.2.2)."""
    return kind in ERRORS
