"""MLDv2 report (RFC 3810 5.2); its records are those of `wire.group_records`.

+---------------+---------------+-------------------------------+
|   type 143    |   reserved    |           checksum            |
+---------------+---------------+-------------------------------+
|           reserved            |       number of records       |
+-------------------------------+-------------------------------+
|                            records                            |
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.group_records import GroupRecord, read_records
from fingerpost.wire.icmpv6_message import Icmpv6Message, Icmpv6Type

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!xxH")
_WHOLE = struct.Struct("!BBHxxH")


@dataclass(frozen=True, slots=True)
class ListenerReportV2(Icmpv6Message):
    """What the sender listens to, a record a group."""

    records: tuple[GroupRecord, ...]

    TYPE = Icmpv6Type.LISTENER_REPORT_V2

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:  # noqa: ARG003 - reserved (RFC 3810 5.2.1)
        """Read the records; additional data are not looked at (RFC 3810 5.2.11)."""
        reader.section = "RFC 3810 5.2"
        (count,) = reader.unpack(_BODY, "number of records")
        return cls(read_records(reader, count, 16))

    def pack(self) -> bytes:
        """Give the message."""
        head = _WHOLE.pack(self.TYPE, 0, 0, len(self.records))
        return head + b"".join([record.pack() for record in self.records])
