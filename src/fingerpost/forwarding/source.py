"""Which address a packet of our own carries as its source.

IPv4 (RFC 1812 4.3.2.4, 2.2.7): one of the interface that it leaves on, the one in the network of
its next hop if there are several; the router id for an unnumbered interface, else a loopback
address. IPv6 (RFC 6724 4 and 5, as a router may apply it): link-local for a link-local destination,
else an address of the interface, then of a loopback, then of another interface; among several the
one with the longest common prefix. Addresses that are still being checked do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.forwarding.route import NextHop, RouteKind

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface


class Sender(NamedTuple):
    """A source address and, where the table chose it, the way out that it belongs to."""

    address: Address
    hop: NextHop | None = None


def choose_sender(plane: Forwarder, destination: Address, came_in: str | None) -> Sender | None:
    """The source for an answer to `destination`, whose packet came in on `came_in`."""
    if destination.is_link_local and destination.version == 6:
        own = link_local_of(plane, came_in)
        return None if own is None else Sender(own)
    hop = _way_to(plane, destination)
    egress = hop.interface if hop is not None else came_in
    policy = plane.policy
    inbound = policy.errors_from_inbound
    if destination.version == 6:
        inbound = inbound or policy.errors_from_inbound_ipv6
    if inbound and came_in is not None:
        egress, hop = came_in, None
    gateway = hop.gateway if hop is not None else None
    near = gateway if gateway is not None and gateway.version == destination.version else None
    address = address_for(plane, destination, egress, near or destination)
    return None if address is None else Sender(address, hop)


def address_for(
    plane: Forwarder, destination: Address, egress: str | None, near: Address
) -> Address | None:
    """The source for a packet to `destination` that leaves on `egress` towards `near`."""
    if destination.version == 6:
        return _ipv6_source(plane, destination, egress)
    interface = plane.interfaces.get(egress or "")
    if interface is not None and (found := _usable(plane, interface, 4)):
        there = [own for own in found if own.prefix.contains(near)]
        return (there or found)[0].address
    if plane.router_id is not None and plane.router_id.version == 4:
        return plane.router_id
    rest = sorted(plane.interfaces.values(), key=lambda other: not other.is_loopback)
    return next((own.address for own in _all_usable(plane, rest, 4)), None)


def link_local_of(plane: Forwarder, interface: str | None) -> Address | None:
    """The IPv6 link-local address of an interface, if it may be used."""
    found = plane.interfaces.get(interface or "")
    own = found.link_local() if found is not None else None
    if own is None or not plane.own.owner(own.address, interface):
        return None
    return own.address


def _ipv6_source(plane: Forwarder, destination: Address, egress: str | None) -> Address | None:
    interface = plane.interfaces.get(egress or "")
    rest = [other for other in plane.interfaces.values() if other is not interface]
    groups: list[list[Interface]] = [[interface] if interface is not None else []]
    groups.append([other for other in rest if other.is_loopback])
    for group in groups:
        if found := list(_all_usable(plane, group, 6)):
            return max(found, key=lambda own: common_bits(own.address, destination)).address
    if plane.router_id is not None and plane.router_id.version == 6:
        return plane.router_id
    if found := list(_all_usable(plane, rest, 6)):
        return max(found, key=lambda own: common_bits(own.address, destination)).address
    return link_local_of(plane, egress)


def common_bits(one: Address, other: Address) -> int:
    """How many leading bits two addresses of a family share (RFC 6724 2.2)."""
    return one.bits - (int(one) ^ int(other)).bit_length()


def _way_to(plane: Forwarder, destination: Address) -> NextHop | None:
    """The first live next hop of the table's best entry."""
    found = plane.fib.match(destination)
    if found is None or found[1].kind is not RouteKind.UNICAST:
        return None
    return next((hop for hop in plane.resolved(found[1]) if plane.is_usable(hop)), None)


def _usable(plane: Forwarder, interface: Interface, version: int) -> list[InterfaceAddress]:
    """Addresses beyond the link first, for IPv4 link-local ones too where there is nothing else."""
    found = [
        own
        for own in interface.addresses
        if own.version == version and own.address in plane.own.unicast
    ]
    return sorted(found, key=lambda own: own.address.is_link_local)


def _all_usable(
    plane: Forwarder, interfaces: Iterable[Interface], version: int
) -> Iterator[InterfaceAddress]:
    for interface in interfaces:
        yield from _usable(plane, interface, version)
