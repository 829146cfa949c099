"""Segment identifiers: a label of three bytes, or an index of four (RFC 8665 2.1, 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fingerpost.wire.fields import unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

LABEL, INDEX = 3, 4


@dataclass(frozen=True, slots=True)
class Sid:
    """A label, with the four bits above it, or an index into the blocks of labels of routers."""

    value: int
    is_label: bool = False

    @classmethod
    def read(cls, reader: Reader) -> Sid:
        """Read all that is left, three bytes or four."""
        if reader.remaining == LABEL:
            return cls(int.from_bytes(reader.take(LABEL, "label"), "big"), True)
        return cls(reader.u32("index or SID"))

    def pack(self) -> bytes:
        """Give its bytes."""
        size = LABEL if self.is_label else INDEX
        return unsigned(self.value, 8 * size, "SID").to_bytes(size, "big")


@dataclass(frozen=True, slots=True)
class SidLabel:
    """The sub-TLV of a range that says where it begins (RFC 8665 2.1)."""

    sid: Sid
    TYPE: ClassVar = 1

    @classmethod
    def read(cls, reader: Reader) -> SidLabel:
        """Read the value."""
        return cls(Sid.read(reader))

    def pack(self) -> bytes:
        """Give the value."""
        return self.sid.pack()
