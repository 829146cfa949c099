"""Information request and reply (RFC 792); obsolete, not to be answered (RFC 6918).

+---------------+---------------+-------------------------------+
| type 15 or 16 |    code 0     |           checksum            |
+---------------+---------------+-------------------------------+
|          identifier           |        sequence number        |
+-------------------------------+-------------------------------+
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmp.message import HEAD_TWO_NUMBERS, TWO_NUMBERS, IcmpMessage
from fingerpost.wire.icmp.types import IcmpType
from fingerpost.wire.sealing import refuse_code

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class _Information(IcmpMessage):
    identifier: int
    sequence: int

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read identifier and sequence number; what follows them is not looked at."""
        refuse_code(reader, code, "RFC 792")
        return cls(*reader.unpack(TWO_NUMBERS, "identifier and sequence number"))

    def pack(self) -> bytes:
        """Give the message."""
        return HEAD_TWO_NUMBERS.pack(self.TYPE, 0, 0, self.identifier, self.sequence)


class InformationRequest(_Information):
    """A host asks for the number of its network."""

    __slots__ = ()

    TYPE = IcmpType.INFORMATION_REQUEST


class InformationReply(_Information):
    """The reply, whose IP addresses tell the network."""

    __slots__ = ()

    TYPE = IcmpType.INFORMATION_REPLY
