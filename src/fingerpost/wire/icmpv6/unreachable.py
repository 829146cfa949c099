"""Destination unreachable (RFC 4443 3.1), with extensions (RFC 4884 4.4).

+---------------+---------------+-------------------------------+
|    type 1     |     code      |           checksum            |
+---------------+---------------+-------------------------------+
| quote length  |                    unused                     |
+---------------+-----------------------------------------------+
|             quoted packet, then extensions if any             |
"""

from __future__ import annotations

from fingerpost.wire.icmpv6.quoting import ExtensibleMessage
from fingerpost.wire.icmpv6_message import Icmpv6Type


class DestinationUnreachable(ExtensibleMessage):
    """A packet could not be delivered; `code` is an `UnreachableCode`."""

    __slots__ = ()

    TYPE = Icmpv6Type.DESTINATION_UNREACHABLE
