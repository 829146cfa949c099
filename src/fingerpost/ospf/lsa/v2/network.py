"""Network LSA, type 2: a network and who is attached, by its designated router (RFC 2328 A.4.3).

+-------------------------------+
|         network mask          |
+-------------------------------+
|      attached router ...      |
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import pack
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.words import read_words

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

SECTION = "RFC 2328 A.4.3"


@dataclass(frozen=True, slots=True)
class NetworkLsa:
    """A transit network: its mask, and the ids of the routers on it, the designated one too."""

    mask: int
    routers: tuple[int, ...] = ()

    TYPES: ClassVar = (2,)

    @classmethod
    def read(cls, reader: Reader) -> NetworkLsa:
        """Read the body."""
        reader.section = SECTION
        return cls(reader.u32("mask"), read_words(reader, "attached routers"))

    def pack(self) -> bytes:
        """Give the body."""
        return pack(f"!{len(self.routers) + 1}I", self.mask, *self.routers)
