"""Extended LSAs, types 0xa021 to 0xa029: those of RFC 5340 made of TLVs (RFC 8362 4).

    E-Router (4.1)    flags, options     then TLVs
    E-Network (4.2)   0, options
    E-Link (4.7)      priority, options
    E-Intra-Area-Prefix (4.8)   0, referenced type, id and router
    E-Inter-Area-Prefix, E-Inter-Area-Router, E-AS-External, E-NSSA (4.3 to 4.6)   nothing

They are flooded and shown, and not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING

from fingerpost.ospf.lsa.tlv import Tlv, pack_tlvs, read_tlvs
from fingerpost.ospf.lsa.v3.extended_tlvs import KNOWN
from fingerpost.ospf.lsa.words import LOW, under

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

SECTION = "RFC 8362 4"
_WORD = Struct("!I")
_REFERENCE = Struct("!xxHII")


@dataclass(frozen=True, slots=True)
class ExtendedLsa:
    """TLVs and nothing else."""

    tlvs: tuple[Tlv, ...] = ()

    @classmethod
    def read(cls, reader: Reader) -> ExtendedLsa:
        """Read the body."""
        reader.section = SECTION
        return cls(read_tlvs(reader, KNOWN))

    def pack(self) -> bytes:
        """Give the body."""
        return pack_tlvs(self.tlvs)


@dataclass(frozen=True, slots=True)
class ExtendedLsaWithOptions:
    """TLVs below options; `high` are flags of a router, 0 of a network, a priority on a link."""

    high: int
    options: int
    tlvs: tuple[Tlv, ...] = ()

    @classmethod
    def read(cls, reader: Reader) -> ExtendedLsaWithOptions:
        """Read the body."""
        reader.section = SECTION
        (word,) = reader.unpack(_WORD, "options")
        return cls(word >> 24, word & LOW, read_tlvs(reader, KNOWN))

    def pack(self) -> bytes:
        """Give the body."""
        return _WORD.pack(under(self.high, self.options, "options")) + pack_tlvs(self.tlvs)


@dataclass(frozen=True, slots=True)
class ExtendedIntraAreaPrefixLsa:
    """TLVs that belong to the router or network LSA that is referenced by its key."""

    referenced_type: int
    referenced_id: int
    referenced_router: int
    tlvs: tuple[Tlv, ...] = ()

    @classmethod
    def read(cls, reader: Reader) -> ExtendedIntraAreaPrefixLsa:
        """Read the body."""
        reader.section = SECTION
        kind, number, router = reader.unpack(_REFERENCE, "reference")
        return cls(kind, number, router, read_tlvs(reader, KNOWN))

    def pack(self) -> bytes:
        """Give the body."""
        reference = (self.referenced_type, self.referenced_id, self.referenced_router)
        return _REFERENCE.pack(*reference) + pack_tlvs(self.tlvs)
