"""External LSAs: a destination outside the AS (RFC 2328 A.4.5), and inside an NSSA (RFC 3101 2.2).

 0       1                       4
+-------------------------------+
|         network mask          |
+-------+-----------------------+
|E 0    |        metric         |   E: of type 2, greater than any path inside
+-------+-----------------------+
|      forwarding address       |   0: the one who says so
+-------------------------------+
|              tag              |
+-------------------------------+
|E TOS  |        metric         |   and so on by TOS, from the days of RFC 1583
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.words import LOW, under
from fingerpost.wire.fields import unsigned

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

SECTION = "RFC 2328 A.4.5"
E_BIT = 0x80
_WORDS = Struct("!III")


@dataclass(frozen=True, slots=True)
class TosPath:
    """The same for one TOS, which nobody uses any more."""

    tos: int
    metric: int
    is_type_2: bool = False
    forwarding: int = 0
    tag: int = 0


@dataclass(frozen=True, slots=True)
class ExternalLsa:
    """A destination outside. It is the same in types 5 and 7; the header says which it is."""

    mask: int
    metric: int
    is_type_2: bool = False
    forwarding: int = 0
    tag: int = 0
    tos: tuple[TosPath, ...] = ()

    TYPES: ClassVar = (5, 7)

    @classmethod
    def read(cls, reader: Reader) -> ExternalLsa:
        """Read the body."""
        reader.section = SECTION
        mask = reader.u32("mask")
        first = _read_path(reader)
        others = []
        while reader:
            others.append(_read_path(reader))
        return cls(mask, first.metric, first.is_type_2, first.forwarding, first.tag, tuple(others))

    def pack(self) -> bytes:
        """Give the body."""
        first = TosPath(0, self.metric, self.is_type_2, self.forwarding, self.tag)
        paths = b"".join(map(_pack_path, (first, *self.tos)))
        return unsigned(self.mask, 32, "external mask").to_bytes(4, "big") + paths


def _read_path(reader: Reader) -> TosPath:
    word, forwarding, tag = reader.unpack(_WORDS, "metric, forwarding address and tag")
    return TosPath(word >> 24 & ~E_BIT, word & LOW, bool(word >> 31), forwarding, tag)


def _pack_path(path: TosPath) -> bytes:
    high = unsigned(path.tos, 7, "external TOS") | (E_BIT if path.is_type_2 else 0)
    return _WORDS.pack(under(high, path.metric, "external metric"), path.forwarding, path.tag)
