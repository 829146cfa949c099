"""Where virtual links lead: cost and addresses of their ends (RFC 2328 15, 16.1, RFC 5340 4.7).

A virtual link works while the calculation of its transit area finds a way to its other end that
costs no more than a link may. The addresses of both ends are read from the LSAs on that way: in
version 2 those that name the first and the last link; in version 3 what each end tells as an
address of its own, by the LA bit (RFC 5340 4.4.3.9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fingerpost.addr import Address
from fingerpost.errors import DecodeError
from fingerpost.ospf.constants import MAX_LINK_METRIC
from fingerpost.ospf.lsa.header import LsaKey
from fingerpost.ospf.lsa.options import PrefixOptions
from fingerpost.ospf.lsa.types import LsaTypeV2, LsaTypeV3
from fingerpost.ospf.lsa.v2 import LinkType, RouterLsa
from fingerpost.ospf.lsa.v2 import decode_lsa as decode_v2
from fingerpost.ospf.lsa.v3 import IntraAreaPrefixLsa
from fingerpost.ospf.lsa.v3 import decode_lsa as decode_v3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost._core import LinkStateDatabase, RouteCalculator
    from fingerpost.ospf.area import Area

NETWORK_V2 = int(LsaTypeV2.NETWORK)
INTRA_AREA_PREFIX = int(LsaTypeV3.INTRA_AREA_PREFIX)
LOWEST_ADDRESS = 1 << 24  # link data below it is no address but the number of an interface

Step = tuple[list[tuple[int, int, int, int]], int, list[int]]  # LSAs, distance, places before


class VirtualPath(NamedTuple):
    """A way across a transit area: `source` is our end, `destination` the other one."""

    cost: int
    source: Address
    destination: Address


def virtual_path(
    calculator: RouteCalculator,
    database: LinkStateDatabase,
    transit: Area,
    ends: tuple[int, int],
    now: int,
) -> VirtualPath | None:
    """Give the way between two routers, ourselves first; None if the link cannot work."""
    own, other = ends
    steps = calculator.path(transit.scope, other)
    if len(steps) < 2:
        return None
    cost = steps[-1][1]
    if cost > MAX_LINK_METRIC:
        return None
    if database.version == 2:
        source, destination = _ends_v2(database, transit.scope, steps, now)
    else:
        source = _own_address_v3(database, transit.scope, own, now)
        destination = _own_address_v3(database, transit.scope, other, now)
    if source is None or destination is None:
        return None
    return VirtualPath(cost, source, destination)


def _ends_v2(
    database: LinkStateDatabase, scope: int, steps: Sequence[Step], now: int
) -> tuple[Address | None, Address | None]:
    """Give the addresses by which the first and last links of a way are named."""
    at = len(steps) - 1
    far = _address_towards(database, scope, steps[at], steps[steps[at][2][0]], now)
    while steps[at][2][0] != 0:
        at = steps[at][2][0]
    near = _address_towards(database, scope, steps[0], steps[at], now)
    return near, far


def _address_towards(
    database: LinkStateDatabase, scope: int, router: Step, towards: Step, now: int
) -> Address | None:
    """Give the address of a router on its link to the vertex beside it."""
    if not router[0] or not towards[0]:
        return None
    _, kind, number, named = towards[0][0]
    wanted = LinkType.TRANSIT if kind == NETWORK_V2 else LinkType.POINT_TO_POINT
    link_id = number if kind == NETWORK_V2 else named
    octets = database.find(scope, LsaKey(*router[0][0][1:]), now)
    if octets is None:
        return None
    try:
        body = decode_v2(octets).body
    except DecodeError:
        return None
    if not isinstance(body, RouterLsa):
        return None
    for link in body.links:
        if link.type == wanted and link.id == link_id and link.data >= LOWEST_ADDRESS:
            return Address(link.data, 4)
    return None


def _own_address_v3(
    database: LinkStateDatabase, scope: int, router: int, now: int
) -> Address | None:
    """Give the first address that a router tells as its own."""
    for _, octets in database.entries(now, scope, INTRA_AREA_PREFIX):
        try:
            lsa = decode_v3(octets)
        except DecodeError:
            continue
        if lsa.header.router != router or not isinstance(lsa.body, IntraAreaPrefixLsa):
            continue
        for held in lsa.body.prefixes:
            prefix = held.prefix.prefix(6)
            if held.prefix.options & PrefixOptions.LA and prefix is not None:
                return prefix.network
    return None
