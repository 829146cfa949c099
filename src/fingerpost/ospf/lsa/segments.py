"""Segment identifiers of prefixes and adjacencies, as sub-TLVs (RFC 8665 5, 6; RFC 8666 6, 7).

     0       1       2       3       4
    +-------+-------+-------+-------+
    | flags |   0   |MT id  |algo-  |   prefix: algorithm, adjacency: weight
    +-------+-------+-------+-------+
    |      neighbor's router id     |   adjacency on a network of many only
    +-------------------------------+
    |     index, or label of 3      |
    +-------------------------------+

They are shown, and not used. The types are those of version 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.sid import Sid

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

_HEAD = Struct("!BxBB")
_LAN_HEAD = Struct("!BxBBI")


class PrefixSidFlags(IntFlag):
    """The flags of a prefix SID (RFC 8665 5)."""

    NP = 0x40  # the last but one must not remove the label
    M = 0x20  # from a mapping server
    E = 0x10  # explicit null
    V = 0x08  # a label, no index
    L = 0x04  # of local meaning


class AdjacencyFlags(IntFlag):
    """The flags of an adjacency SID (RFC 8665 6.1)."""

    B = 0x80  # is protected
    V = 0x40  # a label, no index
    L = 0x20  # of local meaning
    G = 0x10  # stands for several adjacencies
    P = 0x08  # outlives restarts


@dataclass(frozen=True, slots=True)
class PrefixSid:
    """The SID of a prefix; `flags` are a number that `PrefixSidFlags` names."""

    flags: int
    topology: int
    algorithm: int
    sid: Sid
    TYPE: ClassVar = 2

    @classmethod
    def read(cls, reader: Reader) -> PrefixSid:
        """Read the value."""
        flags, topology, algorithm = reader.unpack(_HEAD, "prefix SID")
        return cls(flags, topology, algorithm, Sid.read(reader))

    def pack(self) -> bytes:
        """Give the value."""
        return _HEAD.pack(self.flags, self.topology, self.algorithm) + self.sid.pack()


@dataclass(frozen=True, slots=True)
class AdjacencySid:
    """The SID of an adjacency; `flags` are a number that `AdjacencyFlags` names."""

    flags: int
    topology: int
    weight: int
    sid: Sid
    TYPE: ClassVar = 2

    @classmethod
    def read(cls, reader: Reader) -> AdjacencySid:
        """Read the value."""
        flags, topology, weight = reader.unpack(_HEAD, "adjacency SID")
        return cls(flags, topology, weight, Sid.read(reader))

    def pack(self) -> bytes:
        """Give the value."""
        return _HEAD.pack(self.flags, self.topology, self.weight) + self.sid.pack()


@dataclass(frozen=True, slots=True)
class LanAdjacencySid:
    """The SID of an adjacency to one of several neighbours on a network (RFC 8665 6.2)."""

    flags: int
    topology: int
    weight: int
    neighbor: int
    sid: Sid
    TYPE: ClassVar = 3

    @classmethod
    def read(cls, reader: Reader) -> LanAdjacencySid:
        """Read the value."""
        flags, topology, weight, neighbor = reader.unpack(_LAN_HEAD, "LAN adjacency SID")
        return cls(flags, topology, weight, neighbor, Sid.read(reader))

    def pack(self) -> bytes:
        """Give the value."""
        head = _LAN_HEAD.pack(self.flags, self.topology, self.weight, self.neighbor)
        return head + self.sid.pack()
