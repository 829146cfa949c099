"""What our router-LSA says in version 3: links to other routers only (RFC 5340 4.4.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.constants import MAX_LINK_METRIC
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.lsa.v3.router import LinkType, RouterLink, RouterLsa
from fingerpost.ospf.origination.adjacency import adjacent, designated_neighbor, is_transit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.ospf.interface import Interface


def router_lsa(
    interfaces: Iterable[Interface],
    router_id: int,
    flags: int,
    options: int,
    *,
    is_stub_router: bool = False,
) -> RouterLsa:
    """Tell the links of the interfaces of one area; `is_stub_router` as in version 2.

    RFC 6987 3 lets a stub router choose: MaxLinkMetric, or a clear R bit, by which nothing could
    go through it at all.
    """
    links: list[RouterLink] = []
    for interface in interfaces:
        links += links_of(interface, router_id, is_stub_router=is_stub_router)
    return RouterLsa(flags, options, tuple(links))


def links_of(
    interface: Interface, router_id: int, *, is_stub_router: bool = False
) -> Iterator[RouterLink]:
    """Tell the links of one interface."""
    if interface.state in (InterfaceState.DOWN, InterfaceState.LOOPBACK):
        return
    cost = MAX_LINK_METRIC if is_stub_router else interface.cost
    if interface.is_multi_access:
        if is_transit(interface):
            yield _transit(interface, router_id, cost)
        return
    kind = LinkType.POINT_TO_POINT
    if interface.network_type is NetworkType.VIRTUAL:
        kind = LinkType.VIRTUAL
    for neighbor in adjacent(interface):
        own = cost if is_stub_router or neighbor.cost is None else neighbor.cost
        number, router = neighbor.interface_id, neighbor.router_id
        yield RouterLink(kind, own, interface.number, number, router)


def _transit(interface: Interface, router_id: int, cost: int) -> RouterLink:
    """A network by its Designated Router's interface id and router id, which may be ours."""
    designated = designated_neighbor(interface)
    if designated is None:
        number, router = interface.number, router_id
    else:
        number, router = designated.interface_id, designated.router_id
    return RouterLink(LinkType.TRANSIT, cost, interface.number, number, router)
