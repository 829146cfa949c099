"""MLDv2 query (RFC 3810 5.1).

+---------------+---------------+-------------------------------+
|   type 130    |    code 0     |           checksum            |
+---------------+---------------+-------------------------------+
|    maximum response code      |           reserved            |
+-------------------------------+-------------------------------+
|                   multicast address (16 bytes)                |
+-------+-+-----+---------------+-------------------------------+
| resv  |S| QRV |     QQIC      |       number of sources       |
+-------+-+-----+---------------+-------------------------------+
|                  source addresses (16 bytes each)             |
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.addr import Address
from fingerpost.wire.group_times import SUPPRESS, querier_flags, time_of_byte, time_of_word
from fingerpost.wire.icmpv6_message import Icmpv6Message, Icmpv6Type

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!Hxx16sBBH")
_WHOLE = struct.Struct("!BBHHxx16sBBH")
UNSPECIFIED = Address("::")


@dataclass(frozen=True, slots=True)
class ListenerQueryV2(Icmpv6Message):
    """Who listens to `group` (:: for any), from `sources` where there are some.

    `response_code` and `interval_code` are as on the wire, `robustness` has three bits;
    `suppress` asks routers not to restart their timers.
    """

    group: Address = UNSPECIFIED
    response_code: int = 10_000
    robustness: int = 2
    interval_code: int = 125
    suppress: bool = False
    sources: tuple[Address, ...] = ()

    TYPE = Icmpv6Type.LISTENER_QUERY

    @property
    def maximum_response_ms(self) -> int:
        """Within what time to answer, in ms (RFC 3810 5.1.3)."""
        return time_of_word(self.response_code)

    @property
    def query_interval_s(self) -> int:
        """How often the querier asks, in s (RFC 3810 5.1.9)."""
        return time_of_byte(self.interval_code)

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:  # noqa: ARG003 - ignored (RFC 3810 5.1.1)
        """Read the fixed part and the sources; additional data are not looked at."""
        reader.section = "RFC 3810 5.1"
        response, group, flags, interval, count = reader.unpack(_BODY, "fixed part")
        octets = reader.take(16 * count, "source addresses")
        sources = tuple(Address(octets[at : at + 16]) for at in range(0, len(octets), 16))
        suppress = bool(flags & SUPPRESS)
        return cls(Address(group), response, flags & 7, interval, suppress, sources)

    def pack(self) -> bytes:
        """Give the message."""
        flags = querier_flags(self.suppress, self.robustness)
        head = _WHOLE.pack(
            self.TYPE, 0, 0, self.response_code, self.group.packed,
            flags, self.interval_code, len(self.sources),
        )  # fmt: skip
        return head + b"".join([source.packed for source in self.sources])
