"""Router information: what a router can do, in an opaque LSA (RFC 7770).

It is opaque type 4 in version 2, function code 12 in version 3; its scope is that of the LSA.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.ospf.lsa.router_information.capabilities import (
    Capability,
    FunctionalCapabilities,
    InformationalCapabilities,
)
from fingerpost.ospf.lsa.router_information.names import AdministrativeTags, Hostname
from fingerpost.ospf.lsa.router_information.segment_routing import (
    Algorithms,
    LocalBlock,
    MappingServerPreference,
    MaximumSidDepths,
    SidRange,
)
from fingerpost.ospf.lsa.tlv import Tlv, known, pack_tlvs, read_tlvs

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

OPAQUE_TYPE = 4
SECTION = "RFC 7770 2.2"
KNOWN = known(
    InformationalCapabilities,
    FunctionalCapabilities,
    Hostname,
    Algorithms,
    SidRange,
    AdministrativeTags,
    MaximumSidDepths,
    LocalBlock,
    MappingServerPreference,
)


@dataclass(frozen=True, slots=True)
class RouterInformationLsa:
    """The body: TLVs in the order in which they came."""

    tlvs: tuple[Tlv, ...] = ()

    @property
    def hostname(self) -> str | None:
        """The name that the router gives itself (RFC 5642)."""
        return next((one.name for one in self.tlvs if isinstance(one, Hostname)), None)

    @classmethod
    def read(cls, reader: Reader) -> RouterInformationLsa:
        """Read the body."""
        reader.section = SECTION
        return cls(read_tlvs(reader, KNOWN))

    def pack(self) -> bytes:
        """Give the body."""
        return pack_tlvs(self.tlvs)


__all__ = [
    "AdministrativeTags",
    "Algorithms",
    "Capability",
    "FunctionalCapabilities",
    "Hostname",
    "InformationalCapabilities",
    "LocalBlock",
    "MappingServerPreference",
    "MaximumSidDepths",
    "RouterInformationLsa",
    "SidRange",
]
