"""Communities of four kinds (RFC 1997, RFC 4360, RFC 5701, RFC 8092)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fingerpost.bgp.attributes.attribute import Flags, Type, passed_on
from fingerpost.bgp.attributes.rows import number_octets, read_numbers
from fingerpost.bgp.community_text import community_text, large_community_text
from fingerpost.bgp.extended_text import extended_community_text

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class Communities:
    """COMMUNITIES: numbers of 32 bits, in the order in which they came."""

    communities: tuple[int, ...]
    is_partial: bool = False
    code: ClassVar[int] = Type.COMMUNITIES

    @property
    def flags(self) -> int:
        """Optional, transitive."""
        return passed_on(self.is_partial)

    @classmethod
    def read(cls, reader: Reader, flags: int) -> Communities:
        """Read the value."""
        return cls(read_numbers(reader, "COMMUNITIES", 4), bool(flags & Flags.PARTIAL))

    def value(self) -> bytes:
        """Four octets each."""
        return number_octets(self.communities, "community", 4)

    def __str__(self) -> str:
        """As operators write them."""
        return " ".join(map(community_text, self.communities))


@dataclass(frozen=True, slots=True)
class ExtendedCommunities:
    """EXTENDED COMMUNITIES: numbers of 64 bits."""

    communities: tuple[int, ...]
    is_partial: bool = False
    code: ClassVar[int] = Type.EXTENDED_COMMUNITIES

    @property
    def flags(self) -> int:
        """Optional, transitive."""
        return passed_on(self.is_partial)

    @classmethod
    def read(cls, reader: Reader, flags: int) -> ExtendedCommunities:
        """Read the value."""
        return cls(read_numbers(reader, "EXTENDED COMMUNITIES", 8), bool(flags & Flags.PARTIAL))

    def value(self) -> bytes:
        """Eight octets each."""
        return number_octets(self.communities, "extended community", 8)

    def __str__(self) -> str:
        """As operators write them."""
        return " ".join(map(extended_community_text, self.communities))


@dataclass(frozen=True, slots=True)
class Ipv6ExtendedCommunities:
    """IPv6 Address Specific Extended Communities: numbers of 160 bits."""

    communities: tuple[int, ...]
    is_partial: bool = False
    code: ClassVar[int] = Type.IPV6_EXTENDED_COMMUNITIES

    @property
    def flags(self) -> int:
        """Optional, transitive."""
        return passed_on(self.is_partial)

    @classmethod
    def read(cls, reader: Reader, flags: int) -> Ipv6ExtendedCommunities:
        """Read the value."""
        field = "IPv6 EXTENDED COMMUNITIES"
        return cls(read_numbers(reader, field, 20), bool(flags & Flags.PARTIAL))

    def value(self) -> bytes:
        """Twenty octets each."""
        return number_octets(self.communities, "IPv6 extended community", 20)

    def __str__(self) -> str:
        """As hex digits."""
        return " ".join(f"0x{one:040x}" for one in self.communities)


@dataclass(frozen=True, slots=True)
class LargeCommunities:
    """LARGE COMMUNITIES: three numbers of 32 bits each."""

    communities: tuple[tuple[int, int, int], ...]
    is_partial: bool = False
    code: ClassVar[int] = Type.LARGE_COMMUNITIES

    @property
    def flags(self) -> int:
        """Optional, transitive."""
        return passed_on(self.is_partial)

    @classmethod
    def read(cls, reader: Reader, flags: int) -> LargeCommunities:
        """Read the value."""
        wide = read_numbers(reader, "LARGE COMMUNITIES", 12)
        low = 0xFFFF_FFFF
        rows = tuple((one >> 64, one >> 32 & low, one & low) for one in wide)
        return cls(rows, bool(flags & Flags.PARTIAL))

    def value(self) -> bytes:
        """Twelve octets each."""
        flat = (number for one in self.communities for number in one)
        return number_octets(flat, "large community", 4)

    def __str__(self) -> str:
        """As operators write them."""
        return " ".join(map(large_community_text, self.communities))
