"""The messages of IGMPv1 (RFC 1112 appendix I) and IGMPv2 (RFC 2236 2), all of one form.

+---------------+---------------+-------------------------------+
|     type      | response time |           checksum            |
+---------------+---------------+-------------------------------+
|                         group address                         |
+---------------------------------------------------------------+
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.addr import Address
from fingerpost.wire.igmp.message import IgmpMessage, IgmpType

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_WHOLE = struct.Struct("!BBH4s")
UNSPECIFIED = Address("0.0.0.0")


@dataclass(frozen=True, slots=True)
class _GroupMessage(IgmpMessage):
    group: Address = UNSPECIFIED
    response_time_ds: int = 0

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read the group; what follows it is not looked at (RFC 2236 2.5)."""
        return cls(reader.ip4("group address"), code)

    def pack(self) -> bytes:
        """Give the message."""
        return _WHOLE.pack(self.TYPE, self.response_time_ds, 0, self.group.packed)


class MembershipQuery(_GroupMessage):
    """Who is in `group`, or in any (0.0.0.0); answer within the time, in tenths of a second.

    A response time of 0 is that of an IGMPv1 querier and means 10 s (RFC 2236 4).
    """

    __slots__ = ()

    TYPE = IgmpType.MEMBERSHIP_QUERY


class MembershipReportV1(_GroupMessage):
    """The sender is in `group` (IGMPv1)."""

    __slots__ = ()

    TYPE = IgmpType.MEMBERSHIP_REPORT_V1


class MembershipReportV2(_GroupMessage):
    """The sender is in `group` (IGMPv2)."""

    __slots__ = ()

    TYPE = IgmpType.MEMBERSHIP_REPORT_V2


class LeaveGroup(_GroupMessage):
    """The sender leaves `group`."""

    __slots__ = ()

    TYPE = IgmpType.LEAVE_GROUP
