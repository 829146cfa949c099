"""Time exceeded (RFC 4443 3.3), with extensions (RFC 4884 4.5).

+---------------+---------------+-------------------------------+
|    type 3     |     code      |           checksum            |
+---------------+---------------+-------------------------------+
| quote length  |                    unused                     |
+---------------+-----------------------------------------------+
|             quoted packet, then extensions if any             |
"""

from __future__ import annotations

from fingerpost.wire.icmpv6.quoting import ExtensibleMessage
from fingerpost.wire.icmpv6_message import Icmpv6Type


class TimeExceeded(ExtensibleMessage):
    """The hop limit ran out, or the time for reassembly; `code` is a `TimeExceededCode`."""

    __slots__ = ()

    TYPE = Icmpv6Type.TIME_EXCEEDED
