"""Numbers of BMP (RFC 7854, RFC 8671, RFC 9069; IANA's BMP Parameters)."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Final

VERSION: Final = 3
COMMON: Final = 6
PER_PEER: Final = 42
LONGEST: Final = 1 << 20
"""Octets of a message that are taken; an extended BGP message (RFC 8654) has 65,535."""


class MessageKind(IntEnum):
    """RFC 7854 4.1."""

    ROUTE_MONITORING = 0
    STATISTICS = 1
    PEER_DOWN = 2
    PEER_UP = 3
    INITIATION = 4
    TERMINATION = 5
    ROUTE_MIRRORING = 6


class PeerType(IntEnum):
    """RFC 7854 4.2, RFC 9069 4.1."""

    GLOBAL = 0
    DISTINGUISHED = 1
    LOCAL = 2
    LOC_RIB = 3


class PeerFlags(IntFlag):
    """RFC 7854 4.2, RFC 8671 4; of a Loc-RIB the first means that it is filtered (RFC 9069 4.2)."""

    IPV6 = 0x80
    POST_POLICY = 0x40
    AS2 = 0x20
    ADJ_RIB_OUT = 0x10


class DownReason(IntEnum):
    """RFC 7854 4.9, RFC 9069 5.3."""

    LOCAL_NOTIFICATION = 1
    LOCAL = 2
    REMOTE_NOTIFICATION = 3
    REMOTE = 4
    NOT_MONITORED = 5
    LOCAL_WITH_TLV = 6


class InfoType(IntEnum):
    """Of Initiation and Peer Up (RFC 7854 4.4, RFC 9069 5.2.1)."""

    STRING = 0
    SYSTEM_DESCRIPTION = 1
    SYSTEM_NAME = 2
    TABLE_NAME = 3


class TerminationType(IntEnum):
    """RFC 7854 4.5."""

    STRING = 0
    REASON = 1


class TerminationReason(IntEnum):
    """RFC 7854 4.5."""

    CLOSED = 0
    UNSPECIFIED = 1
    OUT_OF_RESOURCES = 2
    REDUNDANT = 3
    CLOSED_FOR_GOOD = 4


class MirrorType(IntEnum):
    """RFC 7854 4.7."""

    MESSAGE = 0
    INFORMATION = 1


class MirrorCode(IntEnum):
    """RFC 7854 4.7."""

    ERRORED = 0
    LOST = 1


class Statistic(IntEnum):
    """RFC 7854 4.8, RFC 8671 6.2."""

    REJECTED = 0
    DUPLICATE_PREFIXES = 1
    DUPLICATE_WITHDRAWS = 2
    CLUSTER_LOOPS = 3
    AS_LOOPS = 4
    ORIGINATOR_LOOPS = 5
    CONFEDERATION_LOOPS = 6
    ADJ_RIB_IN = 7
    LOC_RIB = 8
    ADJ_RIB_IN_OF_FAMILY = 9
    LOC_RIB_OF_FAMILY = 10
    UPDATES_WITHDRAWN = 11
    PREFIXES_WITHDRAWN = 12
    DUPLICATE_UPDATES = 13
    ADJ_RIB_OUT_PRE = 14
    ADJ_RIB_OUT_POST = 15
    ADJ_RIB_OUT_PRE_OF_FAMILY = 16
    ADJ_RIB_OUT_POST_OF_FAMILY = 17


OF_FAMILY: Final = frozenset({9, 10, 16, 17})
GAUGES: Final = frozenset({7, 8, 14, 15})
