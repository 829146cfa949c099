"""Numbers of MRT (RFC 6396 4, RFC 6397 4, RFC 8050 3; IANA's registry of MRT)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class RecordType(IntEnum):
    """What a record is (RFC 6396 4)."""

    OSPFV2 = 11
    TABLE_DUMP = 12
    TABLE_DUMP_V2 = 13
    BGP4MP = 16
    BGP4MP_ET = 17
    ISIS = 32
    ISIS_ET = 33
    OSPFV3 = 48
    OSPFV3_ET = 49


class TableSubtype(IntEnum):
    """Of TABLE_DUMP_V2 (RFC 6396 4.3, RFC 6397 2, RFC 8050 4)."""

    PEER_INDEX_TABLE = 1
    RIB_IPV4_UNICAST = 2
    RIB_IPV4_MULTICAST = 3
    RIB_IPV6_UNICAST = 4
    RIB_IPV6_MULTICAST = 5
    RIB_GENERIC = 6
    GEO_PEER_TABLE = 7
    RIB_IPV4_UNICAST_ADDPATH = 8
    RIB_IPV4_MULTICAST_ADDPATH = 9
    RIB_IPV6_UNICAST_ADDPATH = 10
    RIB_IPV6_MULTICAST_ADDPATH = 11
    RIB_GENERIC_ADDPATH = 12


class MessageSubtype(IntEnum):
    """Of BGP4MP and BGP4MP_ET (RFC 6396 4.4, RFC 8050 3)."""

    STATE_CHANGE = 0
    MESSAGE = 1
    MESSAGE_AS4 = 4
    STATE_CHANGE_AS4 = 5
    MESSAGE_LOCAL = 6
    MESSAGE_AS4_LOCAL = 7
    MESSAGE_ADDPATH = 8
    MESSAGE_AS4_ADDPATH = 9
    MESSAGE_LOCAL_ADDPATH = 10
    MESSAGE_AS4_LOCAL_ADDPATH = 11


class SessionState(IntEnum):
    """States of a session in a STATE_CHANGE (RFC 6396 4.4.1; 7 and 8 are Quagga's)."""

    UNKNOWN = 0
    IDLE = 1
    CONNECT = 2
    ACTIVE = 3
    OPEN_SENT = 4
    OPEN_CONFIRM = 5
    ESTABLISHED = 6
    CLEARING = 7
    DELETED = 8


TIMED: Final = frozenset({RecordType.BGP4MP_ET, RecordType.ISIS_ET, RecordType.OSPFV3_ET})
"""Types whose body begins with microseconds (RFC 6396 3)."""
IPV4_UNICAST: Final = (1, 1)
IPV6_UNICAST: Final = (2, 1)
RIBS: Final[dict[int, tuple[int, int, bool]]] = {  # AFI, SAFI, with path identifiers
    TableSubtype.RIB_IPV4_UNICAST: (1, 1, False),
    TableSubtype.RIB_IPV4_MULTICAST: (1, 2, False),
    TableSubtype.RIB_IPV6_UNICAST: (2, 1, False),
    TableSubtype.RIB_IPV6_MULTICAST: (2, 2, False),
    TableSubtype.RIB_IPV4_UNICAST_ADDPATH: (1, 1, True),
    TableSubtype.RIB_IPV4_MULTICAST_ADDPATH: (1, 2, True),
    TableSubtype.RIB_IPV6_UNICAST_ADDPATH: (2, 1, True),
    TableSubtype.RIB_IPV6_MULTICAST_ADDPATH: (2, 2, True),
}
LONGEST_RECORD: Final = 16 << 20
"""Octets of a body that are read; one of a prefix that 1,000 peers announce has about 100,000."""
