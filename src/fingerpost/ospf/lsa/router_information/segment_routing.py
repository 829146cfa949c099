"""What a router says of segment routing (RFC 8665 3, RFC 8476 2)."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.sid import SidLabel
from fingerpost.ospf.lsa.tlv import WORD, Tlv, known, pack_tlvs, read_tlvs
from fingerpost.ospf.lsa.words import under

if TYPE_CHECKING:
    from typing import Self

    from fingerpost.wire.reader import Reader

_WORD = Struct("!I")
_DEPTH = Struct("!BB")
_SUBS = known(SidLabel)


@dataclass(frozen=True, slots=True)
class Algorithms:
    """The algorithms for paths, a byte each: 0 shortest, 1 strictly so (RFC 8665 3.1)."""

    numbers: bytes
    TYPE: ClassVar = 8

    @classmethod
    def read(cls, reader: Reader) -> Algorithms:
        """Read the value."""
        return cls(reader.rest())

    def pack(self) -> bytes:
        """Give the value."""
        return self.numbers


@dataclass(frozen=True, slots=True)
class _Range:
    """So many labels; a sub-TLV says from which on.

    `counts_padding` says whether its length counts the padding of the last sub-TLV: both are seen.
    """

    size: int
    tlvs: tuple[Tlv, ...] = ()
    counts_padding: bool = True

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read the value."""
        (word,) = reader.unpack(_WORD, "range size")
        counts_padding = not reader.end % WORD
        return cls(word >> 8, read_tlvs(reader, _SUBS), counts_padding)

    def pack(self) -> bytes:
        """Give the value."""
        head = _WORD.pack(under(0, self.size, "range size") << 8)
        return head + pack_tlvs(self.tlvs, pads_last=self.counts_padding)


class SidRange(_Range):
    """A block of labels that indexes count in (RFC 8665 3.2)."""

    __slots__ = ()
    TYPE: ClassVar = 9


class LocalBlock(_Range):
    """A block of labels of the router's own use (RFC 8665 3.3)."""

    __slots__ = ()
    TYPE: ClassVar = 14


@dataclass(frozen=True, slots=True)
class MaximumSidDepths:
    """How deep its stacks of labels may be: pairs of kind and depth (RFC 8476 2)."""

    depths: tuple[tuple[int, int], ...]
    TYPE: ClassVar = 12

    @classmethod
    def read(cls, reader: Reader) -> MaximumSidDepths:
        """Read the value."""
        depths = []
        while reader:
            depths.append(reader.unpack(_DEPTH, "kind and depth"))
        return cls(tuple(depths))

    def pack(self) -> bytes:
        """Give the value."""
        return b"".join([_DEPTH.pack(*one) for one in self.depths])


@dataclass(frozen=True, slots=True)
class MappingServerPreference:
    """Which of several mapping servers to believe: the greatest (RFC 8665 3.4)."""

    preference: int
    TYPE: ClassVar = 15

    @classmethod
    def read(cls, reader: Reader) -> MappingServerPreference:
        """Read the value."""
        (word,) = reader.unpack(_WORD, "preference")
        return cls(word >> 24)

    def pack(self) -> bytes:
        """Give the value."""
        return bytes((self.preference, 0, 0, 0))
