"""What all ICMP messages share (RFC 792), and the ICMP messages that nobody here knows."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from fingerpost.wire.icmp.types import IcmpType
from fingerpost.wire.sealing import HEAD, opened, packed, sealed

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from fingerpost.wire.reader import Reader

LAYER = "icmp"
SECTION = "RFC 792"

# The second words that several messages share.
TWO_NUMBERS = struct.Struct("!HH")
HEAD_TWO_NUMBERS = struct.Struct("!BBHHH")
HEAD_WORD = struct.Struct("!BBHI")


class IcmpMessage:
    """An ICMP message; a subclass a type."""

    __slots__ = ()

    TYPE: ClassVar[int]

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read what follows the checksum."""
        raise NotImplementedError

    def pack(self) -> bytes:
        """Give the message with a checksum field of zero; `struct.error` for a misfit."""
        raise NotImplementedError

    def encode(self) -> bytes:
        """Give the message with its checksum; raises `UsageError` for a field out of range."""
        return sealed(packed(self.pack, type(self).__name__))

    @classmethod
    def decode(cls, data: Buffer) -> Self:
        """Read a message of this type; raises `DecodeError`, also for one of another type."""
        kind, code, reader = opened(data, LAYER, SECTION)
        if kind != cls.TYPE:
            reader.refuse("type", kind, f"{cls.TYPE} ({IcmpType(cls.TYPE).name})", at=0)
        return cls.read(code, reader)


@dataclass(frozen=True, slots=True)
class UnknownIcmp(IcmpMessage):
    """A message of a type that has no class here; to be silently discarded (RFC 1122 3.2.2)."""

    type: int
    code: int
    body: bytes = b""

    def pack(self) -> bytes:
        """Give the message as it came."""
        return HEAD.pack(self.type, self.code, 0) + self.body

    @classmethod
    def decode(cls, data: Buffer) -> Self:
        """Take any message apart at its checksum."""
        kind, code, reader = opened(data, LAYER, SECTION)
        return cls(kind, code, reader.rest())
