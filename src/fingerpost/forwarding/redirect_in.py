"""Redirects that we get: a router ignores them, a host obeys those that its own router sent.

RFC 1812 5.2.7.2 (routers), RFC 1122 3.2.2.2 (hosts), RFC 4861 8.1 and 8.3 (IPv6 hosts). What a host
learns is a route for one destination, asked for by `InstallRoute`; its origin is "redirect".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.errors import DecodeError
from fingerpost.forwarding.events import InstallRoute
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.route import NextHop, Route
from fingerpost.forwarding.walk import End
from fingerpost.wire import nd

if TYPE_CHECKING:
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.walk import Walk
    from fingerpost.wire import icmp

ORIGIN = "redirect"


def heed4(walk: Walk, message: icmp.Redirect) -> End:
    """Take a redirect by ICMP."""
    quote, interface = message.quote, walk.interface
    if interface is None or not _obeys(walk):
        return _ignored(walk, "a router finds its own ways", "RFC 1812 5.2.7.2")
    if len(quote) < 20 or quote[0] >> 4 != 4:
        return _ignored(walk, "it quotes no packet", "RFC 1122 3.2.2.2")
    if not walk.plane.own.owner(Address(quote[12:16]), interface.name):
        return _ignored(walk, "it is about a packet of somebody else", "RFC 1122 3.2.2.2")
    destination, gateway = Address(quote[16:20]), message.gateway
    near = any(own.version == 4 and own.prefix.contains(gateway) for own in interface.addresses)
    if not near or walk.plane.own.owner(gateway, interface.name):
        return _ignored(walk, f"{gateway} is not on {interface.name}", "RFC 1122 3.2.2.2")
    if not _is_first_hop(walk, interface, destination):
        said = f"{walk.packet.source} is not our way to {destination}"
        return _ignored(walk, said, "RFC 1122 3.2.2.2")
    return _install(walk, interface, destination, gateway, "RFC 1122 3.2.2.2")


def heed6(walk: Walk, message: bytes) -> End:
    """Take a redirect by ICMPv6, whose hop limit and checksum were checked (RFC 4861 8.1)."""
    packet, interface = walk.packet, walk.interface
    section = "RFC 4861 8.1"
    if interface is None or not _obeys(walk):
        return _ignored(walk, "a router finds its own ways", "RFC 4861 8.2")
    try:
        told = nd.Redirect.decode(message, packet.source, packet.destination)
    except DecodeError as fault:
        return _bad(walk, str(fault))
    if not packet.source.is_link_local:
        return _bad(walk, f"{packet.source} is not link-local")
    if not _is_first_hop(walk, interface, told.destination):
        return _ignored(walk, f"{packet.source} is not our way to {told.destination}", section)
    for option in told.options:
        if isinstance(option, nd.TargetLinkLayerAddress) and not walk.is_dry:
            _learn(walk, interface, told, option)
    gateway = told.target if told.target != told.destination else None
    return _install(walk, interface, told.destination, gateway, "RFC 4861 8.3")


def _learn(
    walk: Walk, interface: Interface, told: nd.Redirect, option: nd.TargetLinkLayerAddress
) -> None:
    """RFC 4861 8.3: the target's station; a target that is not the destination is a router."""
    is_router = True if told.target != told.destination else None
    walk.plane.neighbors.learn(
        interface, told.target, option.mac, walk.now, walk.out, is_router=is_router
    )


def _obeys(walk: Walk) -> bool:
    return not walk.plane.forwards and walk.plane.policy.obeys_redirects


def _is_first_hop(walk: Walk, interface: Interface, destination: Address) -> bool:
    """Whether we send to `destination` by who sent the redirect, on the link that it came by."""
    found = walk.plane.fib.match(destination)
    if found is None:
        return False
    return any(
        hop.interface == interface.name and hop.gateway == walk.packet.source
        for hop in walk.plane.resolved(found[1])
    )


def _install(
    walk: Walk, interface: Interface, destination: Address, gateway: Address | None, section: str
) -> End:
    way = NextHop(interface.name, gateway)
    walk.note("redirect", "{} is reached {} from now on", destination, way, section=section)
    if not walk.is_dry:
        prefix = Prefix(f"{destination}/{destination.bits}")
        walk.out.append(InstallRoute(prefix, Route((way,), origin=ORIGIN)))
    return End(Reason.HEEDED)


def _ignored(walk: Walk, said: str, section: str) -> End:
    walk.note("redirect", "{}", said, section=section)
    return End(Reason.REDIRECT_IGNORED)


def _bad(walk: Walk, said: str) -> End:
    walk.note("redirect", "{}", said, section="RFC 4861 8.1")
    return End(Reason.BAD_NEIGHBOR_MESSAGE)
