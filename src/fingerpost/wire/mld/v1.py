"""MLDv1 query, report and done (RFC 2710 3).

+---------------+---------------+-------------------------------+
| type 130..132 |    code 0     |           checksum            |
+---------------+---------------+-------------------------------+
|   maximum response delay, ms  |           reserved            |
+-------------------------------+-------------------------------+
|                   multicast address (16 bytes)                |
+---------------------------------------------------------------+
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.addr import Address
from fingerpost.wire.icmpv6_message import Icmpv6Message, Icmpv6Type

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!Hxx16s")
_WHOLE = struct.Struct("!BBHHxx16s")
UNSPECIFIED = Address("::")


@dataclass(frozen=True, slots=True)
class _ListenerMessage(Icmpv6Message):
    group: Address = UNSPECIFIED
    maximum_response_ms: int = 0

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:  # noqa: ARG003 - ignored (RFC 2710 3.2)
        """Read delay and group; what follows them is not looked at (RFC 2710 3.7)."""
        delay, octets = reader.unpack(_BODY, "delay and multicast address")
        return cls(Address(octets), delay)

    def pack(self) -> bytes:
        """Give the message."""
        return _WHOLE.pack(self.TYPE, 0, 0, self.maximum_response_ms, self.group.packed)


class ListenerQuery(_ListenerMessage):
    """Who listens to `group`, or, where that is ::, to anything; answer within the delay."""

    __slots__ = ()

    TYPE = Icmpv6Type.LISTENER_QUERY


class ListenerReport(_ListenerMessage):
    """The sender listens to `group`."""

    __slots__ = ()

    TYPE = Icmpv6Type.LISTENER_REPORT


class ListenerDone(_ListenerMessage):
    """The sender no longer listens to `group`."""

    __slots__ = ()

    TYPE = Icmpv6Type.LISTENER_DONE
