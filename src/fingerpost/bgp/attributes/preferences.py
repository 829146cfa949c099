"""Attributes of one number of 32 bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fingerpost.bgp.attributes.attribute import (
    NOT_PASSED_ON,
    WELL_KNOWN,
    Flags,
    Type,
    passed_on,
)
from fingerpost.wire.fields import unsigned

if TYPE_CHECKING:
    from typing import Self

    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class _Number:
    number: int

    @classmethod
    def read(cls, reader: Reader, flags: int) -> Self:
        """Read the value."""
        del flags
        return cls(reader.u32(cls.__name__))

    def value(self) -> bytes:
        """Four octets."""
        return unsigned(self.number, 32, type(self).__name__).to_bytes(4, "big")

    def __str__(self) -> str:
        """The number."""
        return str(self.number)


@dataclass(frozen=True, slots=True)
class Weight(_Number):
    """Ours alone: the first thing that is compared, never told to anybody."""

    code: ClassVar[int] = Type.WEIGHT
    flags: ClassVar[int] = 0


@dataclass(frozen=True, slots=True)
class MultiExitDisc(_Number):
    """MULTI_EXIT_DISC (RFC 4271 5.1.4): which of several ways into an AS it would like."""

    code: ClassVar[int] = Type.MULTI_EXIT_DISC
    flags: ClassVar[int] = NOT_PASSED_ON


@dataclass(frozen=True, slots=True)
class LocalPref(_Number):
    """LOCAL_PREF (RFC 4271 5.1.5): how much our AS likes the path."""

    code: ClassVar[int] = Type.LOCAL_PREF
    flags: ClassVar[int] = WELL_KNOWN


@dataclass(frozen=True, slots=True)
class OnlyToCustomer:
    """OTC (RFC 9234 5): the AS that marked the path as one for customers."""

    asn: int
    is_partial: bool = False
    code: ClassVar[int] = Type.ONLY_TO_CUSTOMER

    @property
    def flags(self) -> int:
        """Optional, transitive."""
        return passed_on(self.is_partial)

    @classmethod
    def read(cls, reader: Reader, flags: int) -> OnlyToCustomer:
        """Read the value."""
        return cls(reader.u32("OTC"), bool(flags & Flags.PARTIAL))

    def value(self) -> bytes:
        """Four octets."""
        return unsigned(self.asn, 32, "OTC").to_bytes(4, "big")

    def __str__(self) -> str:
        """The AS number."""
        return str(self.asn)
