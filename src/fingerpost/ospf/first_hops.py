"""What the calculation has to know of our interfaces: where the first link of a path leaves.

The tree begins with our own router-LSA, whose links say nothing of interfaces. Here each link gets
the number of its interface, and neighbours the addresses that packets are sent to (RFC 2328 16.1.1,
RFC 5340 4.8.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.errors import DecodeError
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.lsa.types import LsaTypeV3
from fingerpost.ospf.lsa.v2.router import LinkType
from fingerpost.ospf.lsa.v3 import LinkLsa, decode_lsa
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.origination.adjacency import networks
from fingerpost.ospf.origination.v2.router import links_of as links_v2
from fingerpost.ospf.origination.v3.router import links_of as links_v3

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fingerpost._core import LinkStateDatabase
    from fingerpost.addr import Prefix
    from fingerpost.ospf.area import Area
    from fingerpost.ospf.interface import Interface

FirstHop = tuple[int, int, int, int]  # kind, id, data, number of the interface
LINK = int(LsaTypeV3.LINK)


def first_hops(
    area: Area, version: int, router_id: int, areas: Mapping[int, Area]
) -> list[FirstHop]:
    """Give the links of our router-LSA of an area with the interface of each.

    Of a virtual link the scope of the area that it goes through stands in place of the interface.
    """
    found: list[FirstHop] = []
    for interface in area.interfaces.values():
        place = interface.number
        if interface.transit_area is not None:
            transit = areas.get(interface.transit_area)
            if transit is None:
                continue
            place = transit.scope
        if version == 2:
            for link in links_v2(interface, hides=True):
                if link.type != LinkType.STUB:
                    found.append((int(link.type), link.id, link.data, place))
        else:
            for leg in links_v3(interface, router_id):
                number = leg.neighbor_router_id
                found.append((int(leg.type), number, leg.interface_id, place))
    return found


def addresses(
    area: Area, family: int, database: LinkStateDatabase, now: int
) -> list[tuple[int, int, Address]]:
    """Give the addresses of neighbours: number of the interface, router id, address.

    In a version 3 instance of IPv4 they stand in the link-LSAs (RFC 5838 2.5), else packets come
    from them.
    """
    found = []
    for interface in area.interfaces.values():
        if interface.is_virtual:
            continue
        for neighbor in interface.neighbors.values():
            is_there = neighbor.state >= NeighborState.TWO_WAY or neighbor.is_helped
            if is_there and neighbor.address.version == family:
                found.append((interface.number, neighbor.router_id, neighbor.address))
        if family == 4 and interface.address is not None and interface.address.version == 6:
            found += _told_addresses(interface, database, now)
    return found


def _told_addresses(
    interface: Interface, database: LinkStateDatabase, now: int
) -> Iterator[tuple[int, int, Address]]:
    """Give the addresses that link-LSAs of an instance of IPv4 tell, each in its first bytes."""
    for _, octets in database.entries(now, interface.scope, LINK):
        try:
            lsa = decode_lsa(octets)
        except DecodeError:
            continue
        if isinstance(lsa.body, LinkLsa):
            address = Address(lsa.body.link_local.packed[:4])
            yield interface.number, lsa.header.router, address


def connected(area: Area, family: int) -> list[tuple[Prefix, int]]:
    """Give our own prefixes in an area with the number of their interface."""
    return [
        (held.prefix, interface.number)
        for interface in area.interfaces.values()
        if interface.state is not InterfaceState.DOWN
        for held in networks(interface, family)
    ]
