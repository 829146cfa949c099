"""Timestamp and timestamp reply (RFC 792).

+---------------+---------------+-------------------------------+
| type 13 or 14 |    code 0     |           checksum            |
+---------------+---------------+-------------------------------+
|          identifier           |        sequence number        |
+-------------------------------+-------------------------------+
|                      originate timestamp                      |
|                       receive timestamp                       |
|                       transmit timestamp                      |
+---------------------------------------------------------------+

The code is 0 for who sends; another is kept, as that of an echo is.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmp.message import IcmpMessage
from fingerpost.wire.icmp.types import IcmpType

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!HHIII")
_WHOLE = struct.Struct("!BBHHHIII")


@dataclass(frozen=True, slots=True)
class _Timestamps(IcmpMessage):
    identifier: int
    sequence: int
    originate: int = 0
    receive: int = 0
    transmit: int = 0
    code: int = 0

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read the five numbers; what follows them is not looked at."""
        identifier, sequence, originate, receive, transmit = reader.unpack(_BODY, "timestamps")
        return cls(identifier, sequence, originate, receive, transmit, code)

    def pack(self) -> bytes:
        """Give the message."""
        return _WHOLE.pack(
            self.TYPE, self.code, 0, self.identifier, self.sequence,
            self.originate, self.receive, self.transmit,
        )  # fmt: skip


class Timestamp(_Timestamps):
    """A timestamp request; times in ms since midnight UT, top bit set where they are not."""

    __slots__ = ()

    TYPE = IcmpType.TIMESTAMP


class TimestampReply(_Timestamps):
    """The reply: the request's originate, and when it came and when this left."""

    __slots__ = ()

    TYPE = IcmpType.TIMESTAMP_REPLY
