"""Extended prefix LSA, opaque type 7: more about prefixes (RFC 7684 2, RFC 8665 4).

    TLV 1: a prefix                    TLV 2: several that follow each other
    +-------+-------+-------+-------+  +-------+-------+---------------+
    | route | length|family | flags |  |length |family |  how many     |
    +-------+-------+-------+-------+  +-------+-------+---------------+
    |            prefix             |  | flags |           0           |
    +-------------------------------+  +-------+-----------------------+
    |          sub-TLVs ...         |  |            prefix             |
                                       +-------------------------------+
                                       |          sub-TLVs ...         |

The only family is IPv4 unicast, 0; a prefix of it takes four bytes. It is shown, and not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.segments import PrefixSid
from fingerpost.ospf.lsa.sid import SidLabel
from fingerpost.ospf.lsa.tlv import WORD, Tlv, known, pack_tlvs, read_tlvs

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

OPAQUE_TYPE = 7
SECTION = "RFC 7684 2"
_PREFIX = Struct("!BBBBI")
_RANGE = Struct("!BBHBxxxI")
_SUBS = known(SidLabel, PrefixSid)


class PrefixFlags(IntFlag):
    """The flags of a prefix (RFC 7684 2.1)."""

    A = 0x80  # attached: an address of the router, brought here by a border router
    N = 0x40  # names the router


class RangeFlags(IntFlag):
    """The flags of a range (RFC 8665 4)."""

    IA = 0x80  # of other areas


@dataclass(frozen=True, slots=True)
class ExtendedPrefix:
    """One prefix: by what kind of route, and what more is said in sub-TLVs.

    `counts_padding` says whether its length counts the padding of the last sub-TLV: both are seen.
    """

    route_type: int
    length: int
    family: int
    flags: int
    prefix: int
    tlvs: tuple[Tlv, ...] = ()
    counts_padding: bool = True
    TYPE: ClassVar = 1

    @classmethod
    def read(cls, reader: Reader) -> ExtendedPrefix:
        """Read the value."""
        reader.section = "RFC 7684 2.1"
        kind, length, family, flags, prefix = reader.unpack(_PREFIX, "extended prefix")
        tlvs = read_tlvs(reader, _SUBS)
        return cls(kind, length, family, flags, prefix, tlvs, not reader.end % WORD)

    def pack(self) -> bytes:
        """Give the value."""
        head = _PREFIX.pack(self.route_type, self.length, self.family, self.flags, self.prefix)
        return head + pack_tlvs(self.tlvs, pads_last=self.counts_padding)


@dataclass(frozen=True, slots=True)
class ExtendedPrefixRange:
    """Several prefixes of one length that follow each other, `size` of them."""

    length: int
    family: int
    size: int
    flags: int
    prefix: int
    tlvs: tuple[Tlv, ...] = ()
    counts_padding: bool = True
    TYPE: ClassVar = 2

    @classmethod
    def read(cls, reader: Reader) -> ExtendedPrefixRange:
        """Read the value."""
        reader.section = "RFC 8665 4"
        length, family, size, flags, prefix = reader.unpack(_RANGE, "extended prefix range")
        tlvs = read_tlvs(reader, _SUBS)
        return cls(length, family, size, flags, prefix, tlvs, not reader.end % WORD)

    def pack(self) -> bytes:
        """Give the value."""
        head = _RANGE.pack(self.length, self.family, self.size, self.flags, self.prefix)
        return head + pack_tlvs(self.tlvs, pads_last=self.counts_padding)


_KNOWN = known(ExtendedPrefix, ExtendedPrefixRange)


@dataclass(frozen=True, slots=True)
class ExtendedPrefixLsa:
    """The body: TLVs in the order in which they came."""

    tlvs: tuple[Tlv, ...] = ()

    @classmethod
    def read(cls, reader: Reader) -> ExtendedPrefixLsa:
        """Read the body."""
        reader.section = SECTION
        return cls(read_tlvs(reader, _KNOWN))

    def pack(self) -> bytes:
        """Give the body."""
        return pack_tlvs(self.tlvs)
