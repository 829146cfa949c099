"""Extended link LSA, opaque type 8: more about a link (RFC 7684 3, RFC 8665 6).

     0       1                       4
    +-------+-----------------------+
    | type  |           0           |   type, id and data: those of the router LSA's link
    +-------+-----------------------+
    |            link id            |
    +-------------------------------+
    |           link data           |
    +-------------------------------+
    |          sub-TLVs ...         |

It is shown, and not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.segments import AdjacencySid, LanAdjacencySid
from fingerpost.ospf.lsa.tlv import WORD, Tlv, known, pack_tlvs, read_tlvs

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

OPAQUE_TYPE = 8
SECTION = "RFC 7684 3"
_LINK = Struct("!BxxxII")
_SUBS = known(AdjacencySid, LanAdjacencySid)


@dataclass(frozen=True, slots=True)
class ExtendedLink:
    """One link of the router LSA, and what more is said in sub-TLVs.

    `counts_padding` says whether its length counts the padding of the last sub-TLV: both are seen.
    """

    type: int
    id: int
    data: int
    tlvs: tuple[Tlv, ...] = ()
    counts_padding: bool = True
    TYPE: ClassVar = 1

    @classmethod
    def read(cls, reader: Reader) -> ExtendedLink:
        """Read the value."""
        reader.section = "RFC 7684 3.1"
        kind, number, data = reader.unpack(_LINK, "extended link")
        return cls(kind, number, data, read_tlvs(reader, _SUBS), not reader.end % WORD)

    def pack(self) -> bytes:
        """Give the value."""
        head = _LINK.pack(self.type, self.id, self.data)
        return head + pack_tlvs(self.tlvs, pads_last=self.counts_padding)


_KNOWN = known(ExtendedLink)


@dataclass(frozen=True, slots=True)
class ExtendedLinkLsa:
    """The body: one link (RFC 7684 3)."""

    tlvs: tuple[Tlv, ...] = ()

    @classmethod
    def read(cls, reader: Reader) -> ExtendedLinkLsa:
        """Read the body."""
        reader.section = SECTION
        return cls(read_tlvs(reader, _KNOWN))

    def pack(self) -> bytes:
        """Give the body."""
        return pack_tlvs(self.tlvs)
