"""Capabilities that we know, one class each, and how they are read (RFC 5492).

A value whose length cannot be ends the session as a malformed OPEN, but for what only informs:
that is kept as `UnknownCapability`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from fingerpost.bgp.constants import CapabilityCode
from fingerpost.bgp.family import Family
from fingerpost.bgp.packet.capability import (
    Capability,
    DecodesCapability,
    Empty,
    Multiprotocol,
    UnknownCapability,
    afi_octets,
    encode_capability,
    family_octets,
    read_family,
)
from fingerpost.bgp.packet.restart_capabilities import (
    GracefulRestart,
    LongLived,
    LongLivedGracefulRestart,
    Restarting,
)
from fingerpost.bgp.packet.words import printable
from fingerpost.errors import DecodeError
from fingerpost.wire.fields import at_most, unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

__all__ = [
    "AddPath",
    "AddPathFamily",
    "AddPathMode",
    "As4",
    "Capability",
    "EnhancedRouteRefresh",
    "ExtendedMessage",
    "ExtendedNextHop",
    "Fqdn",
    "GracefulRestart",
    "LongLived",
    "LongLivedGracefulRestart",
    "Multiprotocol",
    "NextHopFamily",
    "Restarting",
    "RoleCapability",
    "RouteRefreshCapability",
    "SoftwareVersion",
    "UnknownCapability",
    "encode_capability",
    "read_capability",
]


@dataclass(frozen=True, slots=True)
class RouteRefreshCapability(Empty):
    """Takes ROUTE-REFRESH (RFC 2918 2)."""

    code: ClassVar[int] = CapabilityCode.ROUTE_REFRESH


@dataclass(frozen=True, slots=True)
class EnhancedRouteRefresh(Empty):
    """Tells where a refresh begins and ends (RFC 7313 3.1)."""

    code: ClassVar[int] = CapabilityCode.ENHANCED_ROUTE_REFRESH


@dataclass(frozen=True, slots=True)
class ExtendedMessage(Empty):
    """Takes messages of up to 65,535 octets (RFC 8654 3)."""

    code: ClassVar[int] = CapabilityCode.EXTENDED_MESSAGE


@dataclass(frozen=True, slots=True)
class As4:
    """AS numbers of four octets, and our own (RFC 6793 3)."""

    asn: int
    code: ClassVar[int] = CapabilityCode.AS4

    @classmethod
    def read(cls, reader: Reader) -> As4:
        """Read the value."""
        return cls(reader.u32("AS number"))

    def value(self) -> bytes:
        """As bytes of the wire."""
        return unsigned(self.asn, 32, "AS number").to_bytes(4, "big")


class NextHopFamily(NamedTuple):
    """Prefixes of a family may have next hops of another (RFC 8950 4)."""

    family: Family
    next_hop_afi: int


@dataclass(frozen=True, slots=True)
class ExtendedNextHop:
    """AFI (16), SAFI (16), AFI of the next hop (16) by family (RFC 8950 4)."""

    families: tuple[NextHopFamily, ...]
    code: ClassVar[int] = CapabilityCode.EXTENDED_NEXT_HOP

    @classmethod
    def read(cls, reader: Reader) -> ExtendedNextHop:
        """Read the value."""
        families = []
        while reader:
            family = Family(reader.u16("AFI"), reader.u16("SAFI"))
            families.append(NextHopFamily(family, reader.u16("next hop AFI")))
        return cls(tuple(families))

    def value(self) -> bytes:
        """As bytes of the wire."""
        return b"".join(
            afi_octets(family)
            + unsigned(family.safi, 16, "SAFI").to_bytes(2, "big")
            + unsigned(afi, 16, "next hop AFI").to_bytes(2, "big")
            for family, afi in self.families
        )


class AddPathMode(IntFlag):
    """RFC 7911 4; a mode that is none of these three is to be ignored."""

    RECEIVE = 1
    SEND = 2
    BOTH = 3


class AddPathFamily(NamedTuple):
    """A family, and which way several paths may go; `mode` as it came."""

    family: Family
    mode: int

    @property
    def receives(self) -> bool:
        """Whether it takes several paths to a prefix."""
        return self.mode in (AddPathMode.RECEIVE, AddPathMode.BOTH)

    @property
    def sends(self) -> bool:
        """Whether it would tell several."""
        return self.mode in (AddPathMode.SEND, AddPathMode.BOTH)


@dataclass(frozen=True, slots=True)
class AddPath:
    """AFI (16), SAFI (8), mode (8) by family (RFC 7911 4)."""

    families: tuple[AddPathFamily, ...]
    code: ClassVar[int] = CapabilityCode.ADD_PATH

    @classmethod
    def read(cls, reader: Reader) -> AddPath:
        """Read the value."""
        families = []
        while reader:
            families.append(AddPathFamily(read_family(reader), reader.u8("send/receive")))
        return cls(tuple(families))

    def value(self) -> bytes:
        """As bytes of the wire."""
        return b"".join(
            family_octets(family) + bytes((unsigned(mode, 8, "send/receive"),))
            for family, mode in self.families
        )


@dataclass(frozen=True, slots=True)
class RoleCapability:
    """What the sender is to its neighbour (RFC 9234 4.1): `config.Role`, or another number."""

    role: int
    code: ClassVar[int] = CapabilityCode.ROLE

    @classmethod
    def read(cls, reader: Reader) -> RoleCapability:
        """Read the value."""
        return cls(reader.u8("role"))

    def value(self) -> bytes:
        """As bytes of the wire."""
        return bytes((unsigned(self.role, 8, "role"),))


@dataclass(frozen=True, slots=True)
class Fqdn:
    """The sender's name and domain, each a length (8) and UTF-8; for people only."""

    hostname: bytes
    domain: bytes = b""
    code: ClassVar[int] = CapabilityCode.FQDN

    @classmethod
    def read(cls, reader: Reader) -> Fqdn:
        """Read the value."""
        hostname = reader.take(reader.u8("hostname length"), "hostname")
        return cls(hostname, reader.take(reader.u8("domain length"), "domain"))

    def value(self) -> bytes:
        """As bytes of the wire."""
        named = ((self.hostname, "hostname"), (self.domain, "domain"))
        each = (at_most(one, 0xFF, what) for one, what in named)
        return b"".join(bytes((len(one),)) + one for one in each)

    def __str__(self) -> str:
        """As one name, fit to print."""
        return ".".join(printable(one) for one in (self.hostname, self.domain) if one)


@dataclass(frozen=True, slots=True)
class SoftwareVersion:
    """What the sender runs: a length (8) and UTF-8; for people only."""

    version: bytes
    code: ClassVar[int] = CapabilityCode.SOFTWARE_VERSION

    @classmethod
    def read(cls, reader: Reader) -> SoftwareVersion:
        """Read the value."""
        return cls(reader.take(reader.u8("version length"), "version"))

    def value(self) -> bytes:
        """As bytes of the wire."""
        return bytes((len(at_most(self.version, 254, "version")),)) + self.version

    def __str__(self) -> str:
        """Fit to print."""
        return printable(self.version)


_KNOWN: Final[dict[int, type[DecodesCapability]]] = {
    CapabilityCode.MULTIPROTOCOL: Multiprotocol,
    CapabilityCode.ROUTE_REFRESH: RouteRefreshCapability,
    CapabilityCode.EXTENDED_NEXT_HOP: ExtendedNextHop,
    CapabilityCode.EXTENDED_MESSAGE: ExtendedMessage,
    CapabilityCode.ROLE: RoleCapability,
    CapabilityCode.GRACEFUL_RESTART: GracefulRestart,
    CapabilityCode.AS4: As4,
    CapabilityCode.ADD_PATH: AddPath,
    CapabilityCode.ENHANCED_ROUTE_REFRESH: EnhancedRouteRefresh,
    CapabilityCode.LONG_LIVED_GRACEFUL_RESTART: LongLivedGracefulRestart,
    CapabilityCode.FQDN: Fqdn,
    CapabilityCode.SOFTWARE_VERSION: SoftwareVersion,
}
_INFORMS: Final = (CapabilityCode.FQDN, CapabilityCode.SOFTWARE_VERSION)


def read_capability(reader: Reader) -> Capability:
    """Read one capability; raises `DecodeError` for one that is cut short or too long."""
    code = reader.u8("capability code")
    length = reader.u8("capability length")
    value = reader.peek(length)
    inner = reader.sub(length, "capability value")
    known = _KNOWN.get(code)
    if known is None:
        return UnknownCapability(code, value)
    try:
        found = known.read(inner)
        inner.finish("capability value")
    except DecodeError:
        if code in _INFORMS:
            return UnknownCapability(code, value)
        raise
    return found
