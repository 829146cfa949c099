"""What a node is asked: pings, traceroutes and probes, started from the right address.

Where nothing can be sent at all (no route, no address, no power) the answer is there at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.host.application import Started
from fingerpost.lab.hops import TracerouteResult
from fingerpost.lab.model import DEFAULT_MTU
from fingerpost.lab.ping import Ping
from fingerpost.lab.ping_result import PingOptions, PingResult
from fingerpost.lab.traceroute import Traceroute, TracerouteOptions

if TYPE_CHECKING:
    from fingerpost.lab.node import LabNode

Target: TypeAlias = "str | Address | LabNode"
"""A node, its name, or an address."""

UNREACHABLE = "connect: Network is unreachable"
SWITCHED_OFF = "connect: this node is switched off"


def text_of(target: Target) -> str:
    """What the user called the target."""
    return target if isinstance(target, str) else getattr(target, "name", str(target))


def resolve(node: LabNode, target: Target, family: int | None) -> Address:
    """The address of a target: IPv4 where both ends speak it, unless `family` asks for another."""
    return node.network.address_of(target, family or _family(node, target))


def _family(node: LabNode, target: Target) -> int | None:
    if isinstance(target, Address):
        return None
    name = text_of(target)
    if name not in node.network:
        return None
    ours = {own.version for own in node.addresses}
    theirs = {own.version for own in node.network[name].addresses}
    return min(ours & theirs, default=None)


def source_towards(
    node: LabNode, destination: Address, interface: str | None = None
) -> Address | str:
    """The address to speak from, or why there is nothing to say."""
    if not node.is_on:
        return SWITCHED_OFF
    is_own = any(own.address == destination for own in node.addresses)
    if destination.is_loopback or (is_own and interface is None):  # RFC 6724 5 rule 1
        return destination
    if interface is None and node.table.match(destination) is None:
        return UNREACHABLE
    return node.host.source_for(destination, interface) or UNREACHABLE


def link_of(node: LabNode, destination: Address) -> str | None:
    """The interface that a link-local address or group is meant on; None: the table says.

    That of its zone, else the only one that the node has (RFC 4007 6). Raises `UsageError` where
    the zone is no interface, or there is none and several could be meant.
    """
    is_of_a_link = destination.is_unicast_link_local or (
        destination.version == 6 and destination.is_multicast
    )
    if not is_of_a_link:
        return None
    names = [name for name in node.interfaces if node.network.port(node.name, name) is not None]
    if destination.zone is None and len(names) == 1:
        return names[0]
    if destination.zone not in names:
        known = ", ".join(f"{destination.without_zone}%{name}" for name in names)
        raise UsageError(f"{destination}: on which link of {node.name}? write {known}")
    return destination.zone


def ping(
    node: LabNode, target: Target, options: PingOptions, family: int | None
) -> Ping | PingResult:
    """The ping to be started, or the result where there is none."""
    address = resolve(node, target, family)
    link = link_of(node, address)
    source = source_towards(node, address, link)
    if isinstance(source, str):
        return PingResult(text_of(target), address, options, failure=source)
    return Ping(
        text_of(target),
        source,
        address.without_zone,
        identifier=node.host.rng.getrandbits(16),
        options=options,
        hop_limit=node.router.plane.policy.default_hop_limit,
        interface=link,
    )


def traceroute(
    node: LabNode, target: Target, options: TracerouteOptions, family: int | None
) -> Traceroute | TracerouteResult:
    """The traceroute to be started, or the result where there is none."""
    address = _routed(resolve(node, target, family))
    source = source_towards(node, address)
    if isinstance(source, str):
        return TracerouteResult(text_of(target), address, options.max_ttl, failure=source)
    return Traceroute(
        text_of(target),
        source,
        address,
        base=node.host.rng.getrandbits(16),
        options=options,
        mtu=_mtu(node, address),
    )


def probe(node: LabNode, target: Target, options: TracerouteOptions, family: int | None) -> bytes:
    """The first packet of a traceroute; also where the node has no way to send it."""
    address = _routed(resolve(node, target, family))
    source = node.host.source_for(address)
    if source is None:
        own = [one.address for one in node.addresses if one.version == address.version]
        if not own:
            raise UsageError(f"{node.name} has no IPv{address.version} address")
        source = own[0]
    machine = Traceroute(text_of(target), source, address, base=0, options=options)
    return machine.receive(Started(), 0)[0].packet


def _routed(address: Address) -> Address:
    """The address, if tables have a say in where it is."""
    if address.is_unicast_link_local or (address.version == 6 and address.is_multicast):
        raise UsageError(f"{address} is on one link, no router is on the way there; ping it")
    return address


def _mtu(node: LabNode, destination: Address) -> int:
    """The MTU of the first link towards a destination."""
    found = node.table.match(destination)
    hops = node.router.plane.resolved(found[1]) if found is not None else ()
    mtus = [node.interfaces[hop.interface].mtu for hop in hops if hop.interface is not None]
    return mtus[0] if mtus else DEFAULT_MTU
