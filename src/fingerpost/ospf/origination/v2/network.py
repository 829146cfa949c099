"""What our network-LSA says in version 2 (RFC 2328 12.4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.lsa.v2.network import NetworkLsa
from fingerpost.ospf.origination.adjacency import adjacent

if TYPE_CHECKING:
    from fingerpost.ospf.interface import Interface

HIDDEN = 0xFFFFFFFF  # a mask of one address, which nobody routes (RFC 6860 2.2)


def network_lsa(interface: Interface, router_id: int, *, hides: bool = False) -> NetworkLsa:
    """Tell who is on the network whose Designated Router we are: all adjacent ones, and we."""
    own = interface.source_prefix
    mask = HIDDEN if hides or own is None else int(own.prefix.netmask)
    routers = [router_id, *(one.router_id for one in adjacent(interface))]
    return NetworkLsa(mask, tuple(sorted(routers)))
