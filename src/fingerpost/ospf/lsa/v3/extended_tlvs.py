"""The TLVs of extended LSAs: what the LSAs of RFC 5340 say, and sub-TLVs (RFC 8362 3.2 to 3.9).

    link (type 1)                      prefix (types 3, 5 and 6)
    +-------+-------+---------------+  +-------+-----------------------+
    | type  |   0   |    metric     |  | flags |        metric         |
    +-------+-------+---------------+  +-------+-------+---------------+
    |         interface id          |  |length |options|       0       |
    +-------------------------------+  +-------+-------+---------------+
    |    neighbor's interface id    |  |     prefix, whole words       |
    +-------------------------------+  +-------------------------------+
    |     neighbor's router id      |  |          sub-TLVs ...         |
    +-------------------------------+
    |          sub-TLVs ...         |

`counts_padding` says whether a TLV's length counts the padding of its last sub-TLV: both are seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, pack
from typing import TYPE_CHECKING, ClassVar, Self

from fingerpost.addr import Address
from fingerpost.ospf.lsa.tlv import WORD, Tlv, known, pack_tlvs, read_tlvs
from fingerpost.ospf.lsa.v3.extended_subs import SUBS
from fingerpost.ospf.lsa.v3.prefix import LsaPrefix, pack_prefix, read_prefix
from fingerpost.ospf.lsa.words import LOW, read_words, under
from fingerpost.wire.fields import packed

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

E_FLAG = 0x04  # of an external prefix: of type 2 (RFC 8362 3.6)
_LINK = Struct("!BxHIII")
_WORDS = Struct("!III")


@dataclass(frozen=True, slots=True)
class RouterLinkTlv:
    """A link of a router (RFC 8362 3.2)."""

    type: int
    metric: int
    interface_id: int
    neighbor_interface_id: int
    neighbor_router_id: int
    tlvs: tuple[Tlv, ...] = ()
    counts_padding: bool = True
    TYPE: ClassVar = 1

    @classmethod
    def read(cls, reader: Reader) -> RouterLinkTlv:
        """Read the value."""
        kind, metric, own, number, router = reader.unpack(_LINK, "router link")
        tlvs = read_tlvs(reader, SUBS)
        return cls(kind, metric, own, number, router, tlvs, not reader.end % WORD)

    def pack(self) -> bytes:
        """Give the value."""
        head = _LINK.pack(
            self.type, self.metric, self.interface_id,
            self.neighbor_interface_id, self.neighbor_router_id,
        )  # fmt: skip
        return head + pack_tlvs(self.tlvs, pads_last=self.counts_padding)


@dataclass(frozen=True, slots=True)
class AttachedRoutersTlv:
    """The ids of the routers on a network (RFC 8362 3.3)."""

    routers: tuple[int, ...]
    TYPE: ClassVar = 2

    @classmethod
    def read(cls, reader: Reader) -> AttachedRoutersTlv:
        """Read the value."""
        return cls(read_words(reader, "attached routers"))

    def pack(self) -> bytes:
        """Give the value."""
        return pack(f"!{len(self.routers)}I", *self.routers)


@dataclass(frozen=True, slots=True)
class _PrefixTlv:
    """A prefix and its metric; `flags` stand above the metric, where they mean something."""

    flags: int
    metric: int
    prefix: LsaPrefix
    tlvs: tuple[Tlv, ...] = ()
    counts_padding: bool = True

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the value."""
        word = reader.u32("metric")
        prefix, _ = read_prefix(reader)
        tlvs = read_tlvs(reader, SUBS)
        return cls(word >> 24, word & LOW, prefix, tlvs, not reader.end % WORD)

    def pack(self) -> bytes:
        """Give the value."""
        head = pack("!I", under(self.flags, self.metric, "metric of a prefix"))
        subs = pack_tlvs(self.tlvs, pads_last=self.counts_padding)
        return head + pack_prefix(self.prefix) + subs


class InterAreaPrefixTlv(_PrefixTlv):
    """A prefix of another area (RFC 8362 3.4)."""

    __slots__ = ()
    TYPE: ClassVar = 3


class ExternalPrefixTlv(_PrefixTlv):
    """A prefix outside (RFC 8362 3.6); with `E_FLAG` its metric is of type 2."""

    __slots__ = ()
    TYPE: ClassVar = 5


class IntraAreaPrefixTlv(_PrefixTlv):
    """A prefix of a router or network (RFC 8362 3.7)."""

    __slots__ = ()
    TYPE: ClassVar = 6


@dataclass(frozen=True, slots=True)
class InterAreaRouterTlv:
    """An AS boundary router of another area (RFC 8362 3.5)."""

    options: int
    metric: int
    router: int
    tlvs: tuple[Tlv, ...] = ()
    counts_padding: bool = True
    TYPE: ClassVar = 4

    @classmethod
    def read(cls, reader: Reader) -> InterAreaRouterTlv:
        """Read the value."""
        options, metric, router = reader.unpack(_WORDS, "options, metric and router")
        tlvs = read_tlvs(reader, SUBS)
        return cls(options & LOW, metric & LOW, router, tlvs, not reader.end % WORD)

    def pack(self) -> bytes:
        """Give the value."""
        options = under(0, self.options, "options")
        head = _WORDS.pack(options, under(0, self.metric, "metric"), self.router)
        return head + pack_tlvs(self.tlvs, pads_last=self.counts_padding)


@dataclass(frozen=True, slots=True)
class LinkLocal6Tlv:
    """The link-local address of a router, of IPv6 (RFC 8362 3.8)."""

    address: Address
    tlvs: tuple[Tlv, ...] = ()
    counts_padding: bool = True
    TYPE: ClassVar = 7

    @classmethod
    def read(cls, reader: Reader) -> LinkLocal6Tlv:
        """Read the value."""
        address = reader.ip6("link-local address")
        return cls(address, read_tlvs(reader, SUBS), not reader.end % WORD)

    def pack(self) -> bytes:
        """Give the value."""
        head = packed(self.address, 6, "link-local address")
        return head + pack_tlvs(self.tlvs, pads_last=self.counts_padding)


@dataclass(frozen=True, slots=True)
class LinkLocal4Tlv:
    """The address of a router on its link, of IPv4 (RFC 8362 3.9)."""

    address: Address
    tlvs: tuple[Tlv, ...] = ()
    counts_padding: bool = True
    TYPE: ClassVar = 8

    @classmethod
    def read(cls, reader: Reader) -> LinkLocal4Tlv:
        """Read the value."""
        address = reader.ip4("link-local address")
        return cls(address, read_tlvs(reader, SUBS), not reader.end % WORD)

    def pack(self) -> bytes:
        """Give the value."""
        head = packed(self.address, 4, "link-local address")
        return head + pack_tlvs(self.tlvs, pads_last=self.counts_padding)


KNOWN = known(
    RouterLinkTlv,
    AttachedRoutersTlv,
    InterAreaPrefixTlv,
    InterAreaRouterTlv,
    ExternalPrefixTlv,
    IntraAreaPrefixTlv,
    LinkLocal6Tlv,
    LinkLocal4Tlv,
)
