"""Source quench (RFC 792); deprecated, neither sent nor heeded (RFC 6633).

+---------------+---------------+-------------------------------+
|    type 4     |    code 0     |           checksum            |
+---------------+---------------+-------------------------------+
|                            unused                             |
+---------------------------------------------------------------+
|                        quoted datagram                        |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmp.message import HEAD_WORD, IcmpMessage
from fingerpost.wire.icmp.types import IcmpType
from fingerpost.wire.sealing import refuse_code

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class SourceQuench(IcmpMessage):
    """A gateway asks for less."""

    quote: bytes

    TYPE = IcmpType.SOURCE_QUENCH

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read the quote."""
        refuse_code(reader, code, "RFC 792")
        reader.take(4, "unused")
        return cls(reader.rest())

    def pack(self) -> bytes:
        """Give the header and the quote."""
        return HEAD_WORD.pack(self.TYPE, 0, 0, 0) + self.quote
