"""The MPLS label stack with which a datagram arrived (RFC 4950 5): class 1, c-type 1.

One entry, as RFC 3032 2.1 lays it out:

    0                                       20    23  24              32
    +---------------------------------------+-----+---+---------------+
    |                 label                 | TC  | S |      TTL      |
    +---------------------------------------+-----+---+---------------+
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fingerpost.errors import UsageError
from fingerpost.wire.icmp_extension.objects import ExtensionObject, ObjectClass

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class MplsLabel:
    """One entry: 20-bit label, 3-bit traffic class (RFC 5462), bottom-of-stack bit, TTL."""

    label: int
    traffic_class: int = 0
    is_bottom: bool = True
    ttl: int = 1

    @classmethod
    def of_word(cls, word: int) -> Self:
        """Take an entry from its 32 bits."""
        return cls(word >> 12, word >> 9 & 7, bool(word & 0x100), word & 0xFF)

    def word(self) -> int:
        """Give the entry as its 32 bits."""
        if not (0 <= self.label < 1 << 20 and 0 <= self.traffic_class < 8 and 0 <= self.ttl < 256):
            raise UsageError(f"{self}: label has 20 bits, traffic class 3, TTL 8 (RFC 3032 2.1)")
        return self.label << 12 | self.traffic_class << 9 | self.is_bottom << 8 | self.ttl


@dataclass(frozen=True, slots=True)
class MplsLabelStack(ExtensionObject):
    """The incoming label stack, top entry first."""

    labels: tuple[MplsLabel, ...]

    C_TYPE = 1

    @classmethod
    def read(cls, c_type: int, reader: Reader) -> Self:
        """Read the payload; at least one entry."""
        if c_type != cls.C_TYPE:
            reader.refuse("c-type", c_type, "1, the incoming stack", "RFC 4950 5")
        labels = [MplsLabel.of_word(reader.u32("label stack entry"))]
        while reader:
            labels.append(MplsLabel.of_word(reader.u32("label stack entry")))
        return cls(tuple(labels))

    def parts(self) -> tuple[int, int, bytes]:
        """Give the entries in order."""
        payload = b"".join(label.word().to_bytes(4, "big") for label in self.labels)
        return ObjectClass.MPLS_LABEL_STACK, self.C_TYPE, payload
