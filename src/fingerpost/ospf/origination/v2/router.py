"""What our router-LSA says in version 2: the links of an area by their kind (RFC 2328 12.4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.constants import MAX_LINK_METRIC
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.lsa.v2.router import LinkType, RouterLink, RouterLsa
from fingerpost.ospf.origination.adjacency import adjacent, is_hidden, is_transit, networks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.ospf.interface import Interface

ALL_ONES = 0xFFFFFFFF


def router_lsa(
    interfaces: Iterable[Interface],
    flags: int,
    *,
    hides_networks: bool = False,
    is_stub_router: bool = False,
) -> RouterLsa:
    """Tell the links of the interfaces of one area.

    `is_stub_router`: whatever leads to other routers has MaxLinkMetric (RFC 6987 2).
    """
    links: list[RouterLink] = []
    for interface in interfaces:
        hides = is_hidden(interface, hides_networks)
        links += links_of(interface, hides=hides, is_stub_router=is_stub_router)
    return RouterLsa(flags, tuple(links))


def links_of(
    interface: Interface, *, hides: bool = False, is_stub_router: bool = False
) -> Iterator[RouterLink]:
    """Tell the links of one interface (RFC 2328 12.4.1.1 to 12.4.1.4)."""
    if interface.state is InterfaceState.DOWN:
        return
    if interface.state is InterfaceState.LOOPBACK:
        yield from _hosts(interface)
        return
    cost = MAX_LINK_METRIC if is_stub_router else interface.cost
    match interface.network_type:
        case NetworkType.POINT_TO_POINT | NetworkType.VIRTUAL:
            yield from _two_ends(interface, cost)
        case NetworkType.POINT_TO_MULTIPOINT:
            yield from _many_ends(interface, is_stub_router)
        case _ if is_transit(interface):
            data = 0 if interface.address is None else int(interface.address)
            yield RouterLink(LinkType.TRANSIT, interface.designated, data, cost)
    if not hides:
        yield from _stubs(interface)


def _two_ends(interface: Interface, cost: int) -> Iterator[RouterLink]:
    """The other router of a point-to-point network (12.4.1.1) or virtual link (12.4.1.3)."""
    kind = LinkType.VIRTUAL if interface.is_virtual else LinkType.POINT_TO_POINT
    for neighbor in adjacent(interface):
        yield RouterLink(kind, neighbor.router_id, link_data(interface), cost)


def _many_ends(interface: Interface, is_stub_router: bool) -> Iterator[RouterLink]:
    """The other routers of a point-to-multipoint network (12.4.1.4)."""
    for neighbor in adjacent(interface):
        cost = interface.cost if neighbor.cost is None else neighbor.cost
        if is_stub_router:
            cost = MAX_LINK_METRIC
        yield RouterLink(LinkType.POINT_TO_POINT, neighbor.router_id, link_data(interface), cost)


def link_data(interface: Interface) -> int:
    """Give what names our end of a link: the address, or the MIB-II ifIndex (12.4.1.1)."""
    if interface.is_unnumbered or interface.address is None:
        return interface.index or interface.number
    return int(interface.address)


def _stubs(interface: Interface) -> Iterator[RouterLink]:
    """The networks of an interface that no network-LSA tells.

    That is the one of a point-to-point link (12.4.1.1, option 2), of a network with no other router
    (12.4.1.2), and every network but that which packets are sent from.
    """
    if interface.is_unnumbered or interface.is_virtual:
        return
    own = interface.source_prefix
    for held in networks(interface, 4):
        if interface.network_type is NetworkType.POINT_TO_MULTIPOINT and held == own:
            yield RouterLink(LinkType.STUB, int(held.address), ALL_ONES, 0)  # 12.4.1.4
        elif held != own or not is_transit(interface):
            yield stub(held, interface.cost)


def _hosts(interface: Interface) -> Iterator[RouterLink]:
    """The addresses of an interface in state Loopback (RFC 2328 12.4.1)."""
    for held in networks(interface, 4):
        yield RouterLink(LinkType.STUB, int(held.address), ALL_ONES, 0)


def stub(held: InterfaceAddress, cost: int) -> RouterLink:
    """Tell a network as a stub."""
    network = held.prefix
    return RouterLink(LinkType.STUB, int(network.network), int(network.netmask), cost)
