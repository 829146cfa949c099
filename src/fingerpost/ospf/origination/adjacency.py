"""What both versions tell of the interfaces of an area: whether, and to whom they lead.

An interface is told as a link to a transit network only where somebody there can confirm it: we are
adjacent to its Designated Router, or are that and adjacent to any other (RFC 2328 12.4.1.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.interface_state import InterfaceState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.neighbor import Neighbor


def adjacent(interface: Interface) -> list[Neighbor]:
    """Give the neighbours that are told of, in the order of their router ids."""
    found = [one for one in interface.neighbors.values() if one.is_adjacent]
    found.sort(key=lambda one: one.router_id)
    return found


def is_transit(interface: Interface) -> bool:
    """Tell whether it leads to a network that has other routers (RFC 2328 12.4.1.2)."""
    if not interface.is_multi_access or interface.designated == 0:
        return False
    if interface.state is InterfaceState.DR:
        return any(one.is_adjacent for one in interface.neighbors.values())
    if interface.state not in (InterfaceState.DR_OTHER, InterfaceState.BACKUP):
        return False
    return designated_neighbor(interface) is not None


def designated_neighbor(interface: Interface) -> Neighbor | None:
    """Give the Designated Router if it is another one to which we are adjacent."""
    for one in interface.neighbors.values():
        if one.is_adjacent and one.designation == interface.designated:
            return one
    return None


def is_hidden(interface: Interface, hides_networks: bool) -> bool:
    """Tell whether its networks are for transit only and not told (RFC 6860 2).

    What cannot have other routers is no transit network: loopbacks, and passive interfaces that
    nobody names.
    """
    if interface.network_type is NetworkType.LOOPBACK:
        return False
    said = interface.config.hides_network
    return said if said is not None else hides_networks and not interface.config.is_passive


def networks(interface: Interface, family: int) -> Iterator[InterfaceAddress]:
    """Give the addresses of a family that are told, those with a meaning off the link only."""
    for held in interface.addresses:
        address = held.address
        if held.version != family or address.is_unicast_link_local or address.is_loopback:
            continue
        yield held


def speaks_for_network(interface: Interface) -> bool:
    """Tell whether we tell of its network: as Designated Router of others (RFC 2328 12.4.2)."""
    return interface.state is InterfaceState.DR and is_transit(interface)
