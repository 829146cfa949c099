"""Router LSA, type 1: a router and its links into the area (RFC 2328 A.4.2).

 0       1       2               4
+-------+-------+---------------+
| flags |   0   |number of links|
+-------+-------+---------------+  then links:
|            link id            |
+-------------------------------+
|           link data           |
+-------+-------+---------------+
| type  |  TOS  |    metric     |   TOS: how many metrics by TOS follow
+-------+-------+---------------+
|  TOS  |   0   |    metric     |   by TOS, from the days of RFC 1583
+-------+-------+---------------+
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from fingerpost.wire.reader import Reader

SECTION = "RFC 2328 A.4.2"
_HEAD = Struct("!BxH")
_LINK = Struct("!IIBBH")
_TOS = Struct("!BxH")


class LinkType(IntEnum):
    """What a link leads to; `id` and `data` of the link depend on it."""

    POINT_TO_POINT = 1  # id: the neighbour's router id, data: own address, or own interface index
    TRANSIT = 2  # id: the designated router's address, data: own address
    STUB = 3  # id: the network, data: its mask
    VIRTUAL = 4  # id: the neighbour's router id, data: own address


@dataclass(frozen=True, slots=True)
class RouterLink:
    """A link; `tos` are pairs of TOS and metric, which nobody uses any more."""

    type: int
    id: int
    data: int
    metric: int
    tos: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RouterLsa:
    """A router's links in one area. `flags` is a number that `lsa.RouterFlags` names."""

    flags: int
    links: tuple[RouterLink, ...] = ()

    TYPES: ClassVar = (1,)

    @classmethod
    def read(cls, reader: Reader) -> RouterLsa:
        """Read the body."""
        reader.section = SECTION
        flags, count = reader.unpack(_HEAD, "flags and number of links")
        links = tuple(_read_link(reader) for _ in range(count))
        reader.finish("bytes after the links")
        return cls(flags, links)

    def pack(self) -> bytes:
        """Give the body."""
        return _HEAD.pack(self.flags, len(self.links)) + b"".join(map(_pack_link, self.links))


def _read_link(reader: Reader) -> RouterLink:
    number, data, kind, count, metric = reader.unpack(_LINK, "link")
    if not count:
        return RouterLink(kind, number, data, metric)
    tos = tuple(reader.unpack(_TOS, "metric by TOS") for _ in range(count))
    return RouterLink(kind, number, data, metric, tos)


def _pack_link(link: RouterLink) -> bytes:
    head = _LINK.pack(link.id, link.data, link.type, len(link.tos), link.metric)
    return head + b"".join([_TOS.pack(*one) for one in link.tos])
