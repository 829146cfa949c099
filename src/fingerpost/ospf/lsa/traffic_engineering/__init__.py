"""Traffic engineering: opaque type 1 (RFC 3630), and type 0xa00a of version 3 (RFC 5329).

It is flooded and shown, and not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fingerpost.addr import Address
from fingerpost.ospf.lsa.tlv import Tlv, known, pack_tlvs, read_tlvs
from fingerpost.ospf.lsa.traffic_engineering.link import (
    AdministrativeGroup,
    LinkId,
    LinkIdentifiers,
    LinkKind,
    LocalAddresses,
    LocalAddresses6,
    MaximumBandwidth,
    NeighborId,
    RemoteAddresses,
    RemoteAddresses6,
    ReservableBandwidth,
    SharedRiskGroups,
    TeMetric,
    UnreservedBandwidth,
)
from fingerpost.wire.fields import packed, unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

OPAQUE_TYPE = 1
SECTION = "RFC 3630 2.4"
SUBS = known(
    LinkKind,
    LinkId,
    LocalAddresses,
    RemoteAddresses,
    TeMetric,
    MaximumBandwidth,
    ReservableBandwidth,
    UnreservedBandwidth,
    AdministrativeGroup,
    LinkIdentifiers,
    SharedRiskGroups,
    NeighborId,
    LocalAddresses6,
    RemoteAddresses6,
)


@dataclass(frozen=True, slots=True)
class RouterAddress:
    """An address of the router that is always there."""

    address: int
    TYPE: ClassVar = 1

    @classmethod
    def read(cls, reader: Reader) -> RouterAddress:
        """Read the value."""
        return cls(reader.u32("router address"))

    def pack(self) -> bytes:
        """Give the value."""
        return unsigned(self.address, 32, "router address").to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class TeLink:
    """A link: sub-TLVs, each once, in any order (RFC 3630 2.4.2)."""

    tlvs: tuple[Tlv, ...] = ()
    TYPE: ClassVar = 2

    @classmethod
    def read(cls, reader: Reader) -> TeLink:
        """Read the value."""
        return cls(read_tlvs(reader, SUBS))

    def pack(self) -> bytes:
        """Give the value."""
        return pack_tlvs(self.tlvs)


@dataclass(frozen=True, slots=True)
class RouterAddress6:
    """An IPv6 address of the router that is always there (RFC 5329 3)."""

    address: Address
    TYPE: ClassVar = 3

    @classmethod
    def read(cls, reader: Reader) -> RouterAddress6:
        """Read the value."""
        return cls(reader.ip6("router address"))

    def pack(self) -> bytes:
        """Give the value."""
        return packed(self.address, 6, "router address")


KNOWN = known(RouterAddress, TeLink, RouterAddress6)


@dataclass(frozen=True, slots=True)
class TrafficEngineeringLsa:
    """The body: one TLV (RFC 3630 2.4), more where somebody sends them."""

    tlvs: tuple[Tlv, ...] = ()

    @classmethod
    def read(cls, reader: Reader) -> TrafficEngineeringLsa:
        """Read the body."""
        reader.section = SECTION
        return cls(read_tlvs(reader, KNOWN))

    def pack(self) -> bytes:
        """Give the body."""
        return pack_tlvs(self.tlvs)
