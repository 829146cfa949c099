"""IGMPv3 query (RFC 3376 4.1).

+---------------+---------------+-------------------------------+
|   type 0x11   | response code |           checksum            |
+---------------+---------------+-------------------------------+
|                         group address                         |
+-------+-+-----+---------------+-------------------------------+
| resv  |S| QRV |     QQIC      |       number of sources       |
+-------+-+-----+---------------+-------------------------------+
|                        source addresses                       |
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.addr import Address
from fingerpost.wire.group_times import SUPPRESS, querier_flags, time_of_byte
from fingerpost.wire.igmp.message import IgmpMessage, IgmpType

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!4sBBH")
_WHOLE = struct.Struct("!BBH4sBBH")
UNSPECIFIED = Address("0.0.0.0")


@dataclass(frozen=True, slots=True)
class MembershipQueryV3(IgmpMessage):
    """Who is in `group` (0.0.0.0 for any), with `sources` where there are some.

    `response_code` and `interval_code` are as on the wire, `robustness` has three bits;
    `suppress` asks routers not to restart their timers.
    """

    group: Address = UNSPECIFIED
    response_code: int = 100
    robustness: int = 2
    interval_code: int = 125
    suppress: bool = False
    sources: tuple[Address, ...] = ()

    TYPE = IgmpType.MEMBERSHIP_QUERY

    @property
    def response_time_ds(self) -> int:
        """Within what time to answer, in tenths of a second (RFC 3376 4.1.1)."""
        return time_of_byte(self.response_code)

    @property
    def query_interval_s(self) -> int:
        """How often the querier asks, in s (RFC 3376 4.1.7)."""
        return time_of_byte(self.interval_code)

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read the fixed part and the sources; additional data are not looked at."""
        reader.section = "RFC 3376 4.1"
        group, flags, interval, count = reader.unpack(_BODY, "fixed part")
        octets = reader.take(4 * count, "source addresses")
        sources = tuple(Address(octets[at : at + 4]) for at in range(0, len(octets), 4))
        return cls(Address(group), code, flags & 7, interval, bool(flags & SUPPRESS), sources)

    def pack(self) -> bytes:
        """Give the message."""
        flags = querier_flags(self.suppress, self.robustness)
        head = _WHOLE.pack(
            self.TYPE, self.response_code, 0, self.group.packed,
            flags, self.interval_code, len(self.sources),
        )  # fmt: skip
        return head + b"".join([source.packed for source in self.sources])
