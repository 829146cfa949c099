"""IGMPv3 report (RFC 3376 4.2); its records are those of `wire.group_records`.

+---------------+---------------+-------------------------------+
|   type 0x22   |   reserved    |           checksum            |
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
from fingerpost.wire.igmp.message import IgmpMessage, IgmpType

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!xxH")
_WHOLE = struct.Struct("!BBHxxH")


@dataclass(frozen=True, slots=True)
class MembershipReportV3(IgmpMessage):
    """What the sender is in, a record a group."""

    records: tuple[GroupRecord, ...]

    TYPE = IgmpType.MEMBERSHIP_REPORT_V3

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:  # noqa: ARG003 - reserved (RFC 3376 4.2.1)
        """Read the records; additional data are not looked at (RFC 3376 4.2.11)."""
        reader.section = "RFC 3376 4.2"
        (count,) = reader.unpack(_BODY, "number of records")
        return cls(read_records(reader, count, 4))

    def pack(self) -> bytes:
        """Give the message."""
        head = _WHOLE.pack(self.TYPE, 0, 0, len(self.records))
        return head + b"".join([record.pack() for record in self.records])
