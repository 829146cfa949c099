"""BMP, the monitoring of BGP (RFC 7854, RFC 8671, RFC 9069): messages, and who receives them.

What sends them stands in `fingerpost.bgp.bmp`. A collector reads a stream by a `Receiver`:

>>> from fingerpost.bmp import Initiation, InfoType, Receiver
>>> octets = Initiation(((InfoType.SYSTEM_NAME, b"r1"),)).encode()
>>> list(Receiver().receive(octets))
[Initiation(information=((2, b'r1'),))]
"""

from __future__ import annotations

from fingerpost.bmp.constants import (
    DownReason,
    InfoType,
    MessageKind,
    MirrorCode,
    MirrorType,
    PeerFlags,
    PeerType,
    Statistic,
    TerminationReason,
    TerminationType,
)
from fingerpost.bmp.header import PeerHeader
from fingerpost.bmp.messages import (
    Counted,
    Initiation,
    Message,
    PeerDown,
    PeerUp,
    RouteMirroring,
    RouteMonitoring,
    Statistics,
    Termination,
)
from fingerpost.bmp.receiving import Receiver, UnknownMessage, decode_message

__all__ = [
    "Counted",
    "DownReason",
    "InfoType",
    "Initiation",
    "Message",
    "MessageKind",
    "MirrorCode",
    "MirrorType",
    "PeerDown",
    "PeerFlags",
    "PeerHeader",
    "PeerType",
    "PeerUp",
    "Receiver",
    "RouteMirroring",
    "RouteMonitoring",
    "Statistic",
    "Statistics",
    "Termination",
    "TerminationReason",
    "TerminationType",
    "UnknownMessage",
    "decode_message",
]
