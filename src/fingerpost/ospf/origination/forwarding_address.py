"""The forwarding address of an external: to whom others send directly (RFC 2328 2.3, RFC 3101 2.3).

A type 5 LSA names the next hop if that is on a network of ours where others can reach it without
us: a broadcast or NBMA network that OSPF runs on. A type 7 LSA that a translator shall pass on has
to name an address, if need be one of ours inside the NSSA: a loopback's first, as it stays.
An address on a network that is not told (RFC 6860) has no route, so it is never named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.origination.adjacency import is_hidden, networks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.addr import Address
    from fingerpost.ospf.interface import Interface


def shared_gateway(
    gateway: Address | None, interfaces: Iterable[Interface], *, hides_networks: bool = False
) -> Address | None:
    """Give the gateway if it is on a network of these interfaces that others share, else None."""
    if gateway is None or gateway.is_unicast_link_local:
        return None
    for interface in interfaces:
        if not interface.is_multi_access or interface.state is InterfaceState.DOWN:
            continue
        if interface.config.is_passive or is_hidden(interface, hides_networks):
            continue
        if any(gateway in held.prefix for held in networks(interface, gateway.version)):
            return gateway
    return None


def own_address(
    interfaces: Iterable[Interface], family: int, *, hides_networks: bool = False
) -> Address | None:
    """Give the address of ours inside an NSSA that its type 7 LSAs name; None if there is none."""
    told = (one for one in interfaces if not is_hidden(one, hides_networks))
    up = [one for one in told if one.state is not InterfaceState.DOWN]
    up.sort(key=lambda one: (one.network_type is not NetworkType.LOOPBACK, one.name))
    for interface in up:
        for held in networks(interface, family):
            return held.address
    return None
