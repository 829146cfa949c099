"""Sub-TLVs of extended LSAs: what version 3's LSAs say of externals, and of segment routing.

RFC 8362 3.10 to 3.12 (types 1 to 3), RFC 8666 3 and 6 to 7 (types 4 to 7). In segment routing they
differ from those of version 2 in types and layout.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

from fingerpost.addr import Address
from fingerpost.ospf.lsa.sid import Sid
from fingerpost.ospf.lsa.tlv import known
from fingerpost.wire.fields import packed, unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_HEAD = Struct("!BBxx")
_LAN_HEAD = Struct("!BBxxI")


@dataclass(frozen=True, slots=True)
class Forwarding6:
    """The forwarding address of an external, of IPv6."""

    address: Address
    TYPE: ClassVar = 1

    @classmethod
    def read(cls, reader: Reader) -> Forwarding6:
        """Read the value."""
        return cls(reader.ip6("forwarding address"))

    def pack(self) -> bytes:
        """Give the value."""
        return packed(self.address, 6, "forwarding address")


@dataclass(frozen=True, slots=True)
class Forwarding4:
    """The forwarding address of an external, of IPv4."""

    address: Address
    TYPE: ClassVar = 2

    @classmethod
    def read(cls, reader: Reader) -> Forwarding4:
        """Read the value."""
        return cls(reader.ip4("forwarding address"))

    def pack(self) -> bytes:
        """Give the value."""
        return packed(self.address, 4, "forwarding address")


@dataclass(frozen=True, slots=True)
class RouteTag:
    """The tag of an external."""

    tag: int
    TYPE: ClassVar = 3

    @classmethod
    def read(cls, reader: Reader) -> RouteTag:
        """Read the value."""
        return cls(reader.u32("route tag"))

    def pack(self) -> bytes:
        """Give the value."""
        return unsigned(self.tag, 32, "route tag").to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class PrefixSid6:
    """The SID of a prefix; `flags` are a number that `segments.PrefixSidFlags` names."""

    flags: int
    algorithm: int
    sid: Sid
    TYPE: ClassVar = 4

    @classmethod
    def read(cls, reader: Reader) -> PrefixSid6:
        """Read the value."""
        flags, algorithm = reader.unpack(_HEAD, "prefix SID")
        return cls(flags, algorithm, Sid.read(reader))

    def pack(self) -> bytes:
        """Give the value."""
        return _HEAD.pack(self.flags, self.algorithm) + self.sid.pack()


@dataclass(frozen=True, slots=True)
class AdjacencySid6:
    """The SID of an adjacency; `flags` are a number that `segments.AdjacencyFlags` names."""

    flags: int
    weight: int
    sid: Sid
    TYPE: ClassVar = 5

    @classmethod
    def read(cls, reader: Reader) -> AdjacencySid6:
        """Read the value."""
        flags, weight = reader.unpack(_HEAD, "adjacency SID")
        return cls(flags, weight, Sid.read(reader))

    def pack(self) -> bytes:
        """Give the value."""
        return _HEAD.pack(self.flags, self.weight) + self.sid.pack()


@dataclass(frozen=True, slots=True)
class LanAdjacencySid6:
    """The SID of an adjacency to one of several neighbours on a network."""

    flags: int
    weight: int
    neighbor: int
    sid: Sid
    TYPE: ClassVar = 6

    @classmethod
    def read(cls, reader: Reader) -> LanAdjacencySid6:
        """Read the value."""
        flags, weight, neighbor = reader.unpack(_LAN_HEAD, "LAN adjacency SID")
        return cls(flags, weight, neighbor, Sid.read(reader))

    def pack(self) -> bytes:
        """Give the value."""
        return _LAN_HEAD.pack(self.flags, self.weight, self.neighbor) + self.sid.pack()


@dataclass(frozen=True, slots=True)
class SidLabel6:
    """Where a range of SIDs begins."""

    sid: Sid
    TYPE: ClassVar = 7

    @classmethod
    def read(cls, reader: Reader) -> SidLabel6:
        """Read the value."""
        return cls(Sid.read(reader))

    def pack(self) -> bytes:
        """Give the value."""
        return self.sid.pack()


SUBS = known(
    Forwarding6,
    Forwarding4,
    RouteTag,
    PrefixSid6,
    AdjacencySid6,
    LanAdjacencySid6,
    SidLabel6,
)
