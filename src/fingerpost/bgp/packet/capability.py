"""What every capability is (RFC 5492 4): code (8), length (8), value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from fingerpost.bgp.family import Family
from fingerpost.wire.fields import at_most, unsigned

if TYPE_CHECKING:
    from typing import Self

    from fingerpost.wire.reader import Reader


class Capability(Protocol):
    """One thing that a speaker can do."""

    @property
    def code(self) -> int:
        """Its number."""

    def value(self) -> bytes:
        """What follows code and length."""


class DecodesCapability(Capability, Protocol):
    """One that can be read."""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the value; raises `DecodeError` for what it cannot be."""


class Empty:
    """One that says by its being there all that it says."""

    __slots__ = ()

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read nothing; the caller refuses what is left."""
        del reader
        return cls()

    def value(self) -> bytes:
        """Nothing."""
        return b""


@dataclass(frozen=True, slots=True)
class UnknownCapability:
    """One that we do not know, which is no fault (RFC 5492 3)."""

    number: int
    octets: bytes

    @property
    def code(self) -> int:
        """Its number."""
        return self.number

    def value(self) -> bytes:
        """As it came."""
        return self.octets


@dataclass(frozen=True, slots=True)
class Multiprotocol:
    """Prefixes of a family (RFC 4760 8): AFI (16), reserved (8), SAFI (8)."""

    family: Family
    code: ClassVar[int] = 1

    @classmethod
    def read(cls, reader: Reader) -> Multiprotocol:
        """Read the value."""
        afi = reader.u16("AFI")
        reader.u8("reserved")
        return cls(Family(afi, reader.u8("SAFI")))

    def value(self) -> bytes:
        """As bytes of the wire."""
        return afi_octets(self.family) + b"\0" + safi_octet(self.family)


def encode_capability(one: Capability) -> bytes:
    """With code and length; raises `UsageError` for a value of more than 255 octets."""
    value = at_most(one.value(), 255, f"capability {one.code}")
    return bytes((unsigned(one.code, 8, "capability code"), len(value))) + value


def read_family(reader: Reader) -> Family:
    """Read an AFI (16) and a SAFI (8)."""
    return Family(reader.u16("AFI"), reader.u8("SAFI"))


def family_octets(family: Family) -> bytes:
    """AFI (16) and SAFI (8)."""
    return afi_octets(family) + safi_octet(family)


def afi_octets(family: Family) -> bytes:
    """Two octets."""
    return unsigned(family.afi, 16, "AFI").to_bytes(2, "big")


def safi_octet(family: Family) -> bytes:
    """One octet."""
    return bytes((unsigned(family.safi, 8, "SAFI"),))
