"""What all IGMP messages share, and the messages that nobody here knows (RFC 3376 4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, Self

from fingerpost.wire.sealing import HEAD, opened, packed, sealed

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from fingerpost.wire.reader import Reader

LAYER = "igmp"
SECTION = "RFC 2236 2"


class IgmpType(IntEnum):
    """Message types (IANA "IGMP Type Numbers") that have a class here."""

    MEMBERSHIP_QUERY = 0x11
    MEMBERSHIP_REPORT_V1 = 0x12
    MEMBERSHIP_REPORT_V2 = 0x16
    LEAVE_GROUP = 0x17
    MEMBERSHIP_REPORT_V3 = 0x22


class IgmpMessage:
    """An IGMP message; a subclass a type."""

    __slots__ = ()

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
        kind, code, reader = opened(data, LAYER, SECTION)
        if kind != cls.TYPE:
            reader.refuse("type", kind, f"{cls.TYPE} ({IgmpType(cls.TYPE).name})", at=0)
        return cls.read(code, reader)


@dataclass(frozen=True, slots=True)
class UnknownIgmp(IgmpMessage):
    """A message of a type that has no class here; to be silently ignored (RFC 3376 4)."""

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
