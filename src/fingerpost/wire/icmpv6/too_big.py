"""Packet too big (RFC 4443 3.2).

+---------------+---------------+-------------------------------+
|    type 2     |    code 0     |           checksum            |
+---------------+---------------+-------------------------------+
|                    MTU of the next-hop link                   |
+---------------------------------------------------------------+
|                         quoted packet                         |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmpv6_message import HEAD_WORD, Icmpv6Message, Icmpv6Type

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class PacketTooBig(Icmpv6Message):
    """A packet did not fit the next link; `mtu` is in bytes."""

    mtu: int
    quote: bytes

    TYPE = Icmpv6Type.PACKET_TOO_BIG

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:  # noqa: ARG003 - to be ignored (RFC 4443 3.2)
        """Read the MTU and the quote."""
        return cls(reader.u32("MTU"), reader.rest())

    def pack(self) -> bytes:
        """Give the header and the quote."""
        return HEAD_WORD.pack(self.TYPE, 0, 0, self.mtu) + self.quote
