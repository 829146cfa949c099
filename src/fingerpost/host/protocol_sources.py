"""Which of an interface's own addresses a datagram leaves from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress


def sources_for(destination: Address, addresses: Sequence[InterfaceAddress]) -> tuple[Address, ...]:
    """The addresses from which one copy each is sent; none where there is no fitting one.

    A neighbour believes only a speaker of its own network (RFC 2453 3.9.2), so what goes to all on
    a link of several IPv4 networks goes once from each. IPv6 routers speak to groups and to
    link-local neighbours from their link-local address (RFC 2080 2.5.2, RFC 5340 2.5).
    """
    own = [one for one in addresses if one.version == destination.version]
    if destination.version == 6:
        return _sources_6(destination, own)
    if destination.is_multicast or destination.is_broadcast:
        of_network = {one.prefix: one.address for one in reversed(own)}
        return tuple(of_network[prefix] for prefix in dict.fromkeys(one.prefix for one in own))
    return _nearest(destination, own)


def _sources_6(destination: Address, own: list[InterfaceAddress]) -> tuple[Address, ...]:
    if destination.is_multicast or destination.is_link_local:
        return tuple(one.address for one in own if one.address.is_link_local)[:1]
    return _nearest(destination, [one for one in own if not one.address.is_link_local])


def _nearest(destination: Address, own: list[InterfaceAddress]) -> tuple[Address, ...]:
    """The address in the same, smallest, network; the first where there is none."""
    on_link = [one for one in own if destination in one.prefix]
    on_link.sort(key=lambda one: -one.length)
    return tuple(one.address for one in (on_link or own)[:1])
