"""ORIGIN (RFC 4271 5.1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

from fingerpost.bgp.attributes.attribute import WELL_KNOWN, Type

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


class OriginCode(IntEnum):
    """How a prefix came into BGP; the lower the better."""

    IGP = 0
    EGP = 1
    INCOMPLETE = 2


@dataclass(frozen=True, slots=True)
class Origin:
    """How the prefix came into BGP."""

    origin: OriginCode
    code: ClassVar[int] = Type.ORIGIN
    flags: ClassVar[int] = WELL_KNOWN

    @classmethod
    def read(cls, reader: Reader, flags: int) -> Origin:
        """Read the value."""
        del flags
        number = reader.u8("ORIGIN")
        if number not in list(OriginCode):
            reader.refuse("ORIGIN", number, "0 to 2", "RFC 4271 5.1.1")
        return cls(OriginCode(number))

    def value(self) -> bytes:
        """One octet."""
        return bytes((self.origin,))

    def __str__(self) -> str:
        """As the RFC writes it: "IGP"."""
        return self.origin.name
