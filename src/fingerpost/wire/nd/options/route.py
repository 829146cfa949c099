"""Route information (RFC 4191 2.3).

    +---------------+---------------+---------------+-----+---+-----+
    |    type 24    | length 1 to 3 | prefix length | rsv |Prf| rsv |
    +---------------+---------------+---------------+-----+---+-----+
    |                       route lifetime, s                       |
    +---------------------------------------------------------------+
    |                   prefix (0, 8 or 16 bytes)                   |
    +---------------------------------------------------------------+

A prefix longer than 64 takes 16 bytes, one longer than 0 at least 8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.wire.nd.options.option import NdOption, OptionType, Preference

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_BODY = struct.Struct("!BBI")
_WHOLE = struct.Struct("!BBBBI")


@dataclass(frozen=True, slots=True)
class RouteInformation(NdOption):
    """A more specific route by way of the sender.

    `prefix_bytes` is the room that the prefix takes, 0, 8 or 16, or None for as little as holds it.
    """

    prefix: Prefix
    preference: Preference = Preference.MEDIUM
    lifetime_s: int = 0
    prefix_bytes: int | None = None

    TYPE = OptionType.ROUTE_INFORMATION

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the fields; a prefix that does not fit makes it an option to ignore."""
        length, bits, lifetime = reader.unpack(_BODY, "route information")
        octets = reader.rest()
        if len(octets) not in (0, 8, 16) or length > 8 * len(octets):
            reader.refuse("prefix length", length, f"at most {8 * len(octets)}", "RFC 4191 2.3")
        room = None if len(octets) == _least(length) else len(octets)
        prefix = Prefix(octets.ljust(16, b"\0"), length)
        return cls(prefix, Preference(bits >> 3 & 3), lifetime, room)

    def pack(self) -> bytes:
        """Give the option."""
        length = self.prefix.length
        room = _least(length) if self.prefix_bytes is None else self.prefix_bytes
        if room not in (0, 8, 16) or length > 8 * room:
            raise UsageError(f"{self.prefix} does not fit {room} bytes: 0, 8 or 16 (RFC 4191 2.3)")
        head = _WHOLE.pack(self.TYPE, 0, length, self.preference << 3, self.lifetime_s)
        return head + self.prefix.network.packed[:room]


def _least(length: int) -> int:
    return -(-length // 64) * 8
