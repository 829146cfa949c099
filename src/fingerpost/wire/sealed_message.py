"""What ICMP and IGMP messages are alike in: a type, a code, a checksum over the message alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, Self

from fingerpost.wire.sealing import HEAD, opened, packed, sealed

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from fingerpost.wire.reader import Reader


class SealedMessage:
    """A message of a protocol; the protocol is a subclass, and each of its types one of that.

    `LAYER` names the protocol in faults, `SECTION` is where its header stands, `TYPES` its types.
    """

    __slots__ = ()

    LAYER: ClassVar[str]
    SECTION: ClassVar[str]
    TYPES: ClassVar[type[IntEnum]]
    TYPE: ClassVar[int]

    @classmethod
    def read(cls, code: int, reader: Reader) -> Self:
        """Read what follows the checksum; `code` is the second byte."""
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
        kind, code, reader = opened(data, cls.LAYER, cls.SECTION)
        if kind != cls.TYPE:
            reader.refuse("type", kind, f"{cls.TYPE} ({cls.TYPES(cls.TYPE).name})", at=0)
        return cls.read(code, reader)


@dataclass(frozen=True, slots=True)
class UnknownMessage(SealedMessage):
    """A message of a type that has no class here, as it came."""

    type: int
    code: int
    body: bytes = b""

    def pack(self) -> bytes:
        """Give the message as it came."""
        return HEAD.pack(self.type, self.code, 0) + self.body

    @classmethod
    def decode(cls, data: Buffer) -> Self:
        """Take any message apart at its checksum."""
        kind, code, reader = opened(data, cls.LAYER, cls.SECTION)
        return cls(kind, code, reader.rest())
