"""Router LSA, type 0x2001: a router and its links into the area (RFC 5340 A.4.3).

     0       1       2               4
    +-------+-----------------------+
    | flags |        options        |
    +-------+-------+---------------+  then links:
    | type  |   0   |    metric     |
    +-------+-------+---------------+
    |         interface id          |
    +-------------------------------+
    |    neighbor's interface id    |
    +-------------------------------+
    |     neighbor's router id      |
    +-------------------------------+

A router may have several of them, which are read as one: their link state ids say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

from fingerpost.ospf.lsa.words import LOW, under

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

SECTION = "RFC 5340 A.4.3"
_HEAD = Struct("!I")
_LINK = Struct("!BxHIII")


class LinkType(IntEnum):
    """What a link leads to."""

    POINT_TO_POINT = 1
    TRANSIT = 2  # neighbour: the designated router
    VIRTUAL = 4


@dataclass(frozen=True, slots=True)
class RouterLink:
    """A link to a router, or to a network by its designated router."""

    type: int
    metric: int
    interface_id: int
    neighbor_interface_id: int
    neighbor_router_id: int


@dataclass(frozen=True, slots=True)
class RouterLsa:
    """Links of a router in one area. `RouterFlags` and `OptionsV3` name the bits."""

    flags: int
    options: int
    links: tuple[RouterLink, ...] = ()

    TYPES: ClassVar = (0x2001,)

    @classmethod
    def read(cls, reader: Reader) -> RouterLsa:
        """Read the body."""
        reader.section = SECTION
        (word,) = reader.unpack(_HEAD, "flags and options")
        if reader.remaining % _LINK.size:
            found = f"{reader.remaining} bytes long"
            reader.refuse("links", found, f"a multiple of {_LINK.size}", at=reader.at)
        links = tuple(RouterLink(*fields) for fields in _LINK.iter_unpack(reader.rest()))
        return cls(word >> 24, word & LOW, links)

    def pack(self) -> bytes:
        """Give the body."""
        head = _HEAD.pack(under(self.flags, self.options, "router options"))
        return head + b"".join(map(_pack_link, self.links))


def _pack_link(link: RouterLink) -> bytes:
    return _LINK.pack(
        link.type, link.metric, link.interface_id,
        link.neighbor_interface_id, link.neighbor_router_id,
    )  # fmt: skip
