"""MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760 3, 4), which stand in messages only.

reach: AFI (16), SAFI (8), length of the next hop (8), next hop, reserved (8), NLRI
unreach: AFI (16), SAFI (8), NLRI
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fingerpost.bgp.attributes.attribute import NOT_PASSED_ON, Type
from fingerpost.bgp.family import Family
from fingerpost.wire.fields import at_most, unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader


def _family_octets(family: Family) -> bytes:
    safi = unsigned(family.safi, 8, "SAFI").to_bytes(1, "big")
    return unsigned(family.afi, 16, "AFI").to_bytes(2, "big") + safi


@dataclass(frozen=True, slots=True)
class MpReach:
    """Prefixes of any family and their next hop."""

    family: Family
    next_hop: bytes
    nlri: bytes
    code: ClassVar[int] = Type.MP_REACH_NLRI
    flags: ClassVar[int] = NOT_PASSED_ON

    @classmethod
    def read(cls, reader: Reader, flags: int) -> MpReach:
        """Read the value."""
        del flags
        family = Family(reader.u16("AFI"), reader.u8("SAFI"))
        next_hop = reader.take(reader.u8("length of the next hop"), "next hop")
        reader.u8("reserved")
        return cls(family, next_hop, reader.rest())

    def value(self) -> bytes:
        """As bytes of the wire."""
        hop = at_most(self.next_hop, 0xFF, "next hop")
        return _family_octets(self.family) + bytes((len(hop),)) + hop + b"\0" + self.nlri


@dataclass(frozen=True, slots=True)
class MpUnreach:
    """Prefixes of any family that are withdrawn; none of them: the End-of-RIB (RFC 4724 2)."""

    family: Family
    nlri: bytes
    code: ClassVar[int] = Type.MP_UNREACH_NLRI
    flags: ClassVar[int] = NOT_PASSED_ON

    @classmethod
    def read(cls, reader: Reader, flags: int) -> MpUnreach:
        """Read the value."""
        del flags
        return cls(Family(reader.u16("AFI"), reader.u8("SAFI")), reader.rest())

    def value(self) -> bytes:
        """As bytes of the wire."""
        return _family_octets(self.family) + self.nlri
