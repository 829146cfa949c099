"""What our network-LSA says in version 3 (RFC 5340 4.4.3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.lsa.v3.network import NetworkLsa
from fingerpost.ospf.origination.adjacency import adjacent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.origination.v3.prefixes import HeardLink


def network_lsa(interface: Interface, router_id: int, links: Iterable[HeardLink]) -> NetworkLsa:
    """Tell who is on the network, and what any of their link-LSAs has among its options."""
    routers = [router_id, *(one.router_id for one in adjacent(interface))]
    options = 0
    for link in links:
        options |= link.lsa.options
    return NetworkLsa(options, tuple(sorted(routers)))
