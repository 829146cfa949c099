"""Network LSA, type 0x2002: who is attached, by the designated router (RFC 5340 A.4.4).

     0       1                       4
    +-------+-----------------------+
    |   0   |        options        |
    +-------+-----------------------+
    |      attached router ...      |

Its link state id is the interface id of the designated router.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import pack
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.words import LOW, read_words, under

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

SECTION = "RFC 5340 A.4.4"


@dataclass(frozen=True, slots=True)
class NetworkLsa:
    """The ids of the routers on a network, and the options that any of them has."""

    options: int
    routers: tuple[int, ...] = ()

    TYPES: ClassVar = (0x2002,)

    @classmethod
    def read(cls, reader: Reader) -> NetworkLsa:
        """Read the body."""
        reader.section = SECTION
        return cls(reader.u32("options") & LOW, read_words(reader, "attached routers"))

    def pack(self) -> bytes:
        """Give the body."""
        options = under(0, self.options, "network options")
        return pack(f"!{len(self.routers) + 1}I", options, *self.routers)
