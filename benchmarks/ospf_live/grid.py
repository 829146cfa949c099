"""LSAs of a grid of routers, each with one network, of which the neighbour is the first.

Router (x, y) has the id 10.20.0.0 + number and the stub 20.0.0.0 + number * 256 / 24. All links are
unnumbered point-to-point links of cost 10.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingerpost.ospf.lsa.header import LsaHeader
from fingerpost.ospf.lsa.v2 import encode_lsa
from fingerpost.ospf.lsa.v2.router import LinkType, RouterLink, RouterLsa
from fingerpost.ospf.lsa.whole import Lsa

FIRST_ID = (10 << 24) + (20 << 16)
FIRST_STUB = 20 << 24
EXTRA_STUB = 99 << 24
OPTIONS = 0x02
SEQUENCE = -0x7FFFFFFF


def router_id(number: int) -> int:
    """The id of a router of the grid; number 0 is the neighbour itself."""
    return FIRST_ID + number


def stub(number: int) -> int:
    """The network of a router, as a number."""
    return FIRST_STUB + (number << 8)


def neighbors(number: int, width: int, height: int) -> Iterator[int]:
    """The routers beside one."""
    y, x = divmod(number, width)
    for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        if 0 <= x + dx < width and 0 <= y + dy < height:
            yield (y + dy) * width + x + dx


def lsa(
    number: int,
    width: int,
    height: int,
    *,
    sequence: int = SEQUENCE,
    more: tuple[RouterLink, ...] = (),
) -> bytes:
    """The router-LSA of one."""
    links = [
        RouterLink(LinkType.POINT_TO_POINT, router_id(other), number + 1, 10)
        for other in neighbors(number, width, height)
    ]
    links.append(RouterLink(LinkType.STUB, stub(number), 0xFFFFFF00, 10))
    own = router_id(number)
    header = LsaHeader(1, OPTIONS, 1, own, own, sequence, 0, 0)
    return encode_lsa(Lsa(header, RouterLsa(0, (*links, *more))))
