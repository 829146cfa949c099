"""Echo and echo reply (RFC 792 "Echo or Echo Reply Message").

+---------------+---------------+-------------------------------+
|  type 8 or 0  |    code 0     |           checksum            |
+---------------+---------------+-------------------------------+
|          identifier           |        sequence number        |
+-------------------------------+-------------------------------+
|                             data                              |

The code is 0 for who sends; what others do with another is to answer (Linux does), so it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.wire.icmp.message import HEAD_TWO_NUMBERS, TWO_NUMBERS, IcmpMessage
from fingerpost.wire.icmp.types import IcmpType

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class _Echo(IcmpMessage):
    identifier: int
    sequence: int
    data: bytes = b""
    code: int = 0

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read identifier, sequence number and data."""
        identifier, sequence = reader.unpack(TWO_NUMBERS, "identifier and sequence number")
        return cls(identifier, sequence, reader.rest(), code)

    def pack(self) -> bytes:
        """Give type, code, identifier, sequence number and data."""
        head = HEAD_TWO_NUMBERS.pack(self.TYPE, self.code, 0, self.identifier, self.sequence)
        return head + self.data


class EchoRequest(_Echo):
    """An echo request."""

    __slots__ = ()

    TYPE = IcmpType.ECHO_REQUEST


class EchoReply(_Echo):
    """An echo reply: the request's identifier, sequence number and data."""

    __slots__ = ()

    TYPE = IcmpType.ECHO_REPLY
