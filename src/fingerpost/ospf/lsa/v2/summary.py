"""Summary LSAs: a network (type 3) or AS boundary router (4) of other areas (RFC 2328 A.4.4).

 0       1                       4
+-------------------------------+
|         network mask          |   0 in type 4
+-------+-----------------------+
|   0   |        metric         |
+-------+-----------------------+
|  TOS  |        metric         |   by TOS, from the days of RFC 1583
+-------+-----------------------+
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, pack
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.words import LOW, read_words, under

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

SECTION = "RFC 2328 A.4.4"
_HEAD = Struct("!II")


@dataclass(frozen=True, slots=True)
class SummaryLsa:
    """What an area border router tells of other areas; the header's type says which of the two.

    `tos` are pairs of TOS and metric, which nobody uses any more.
    """

    mask: int
    metric: int
    tos: tuple[tuple[int, int], ...] = ()

    TYPES: ClassVar = (3, 4)

    @classmethod
    def read(cls, reader: Reader) -> SummaryLsa:
        """Read the body."""
        reader.section = SECTION
        mask, metric = reader.unpack(_HEAD, "mask and metric")
        tos = tuple((word >> 24, word & LOW) for word in read_words(reader, "metrics by TOS"))
        return cls(mask, metric & LOW, tos)

    def pack(self) -> bytes:
        """Give the body."""
        words = [under(0, self.metric, "summary metric")]
        words += [under(tos, metric, "summary metric by TOS") for tos, metric in self.tos]
        return pack(f"!{len(words) + 1}I", self.mask, *words)
