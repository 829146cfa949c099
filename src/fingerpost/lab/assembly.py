"""From a node as a lab file describes it to the router that stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding.interface import Interface
from fingerpost.forwarding.policy import LAB, LINUX, STRICT
from fingerpost.host.virtual import VirtualHost
from fingerpost.router import Router, Routing
from fingerpost.wire.mac import Mac

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.lab.model import InterfaceSpec, Node
    from fingerpost.lab.scheduler import Scheduler

LOOPBACK = "lo"
LOOPBACK_MTU = 65_535
_LINK_LOCAL = Prefix("fe80::/64")
POLICIES = {"lab": LAB, "strict": STRICT, "linux": LINUX}


def build_host(node: Node, scheduler: Scheduler, boot: int = 0) -> VirtualHost:
    """The router or host of a node, with its interfaces and without routes.

    Interfaces that are plugged in are up and their addresses in use, as in a network that has been
    running for a while; `boot` counts how often the node was switched on before.
    """
    router_id = next((own.address for own in node.loopback), None)
    name = (node.name, str(boot))
    routing = None
    if node.router is not None:
        routing = Routing(node.name, scheduler.random_for("routing", *name))
    router = Router(
        node.name,
        _interfaces(node),
        rng=scheduler.random_for("router", *name),
        policy=POLICIES[node.profile],
        forwards=node.forwards,
        router_id=router_id,
        routing=routing,
    )
    return VirtualHost(router, rng=scheduler.random_for("host", *name))


def _interfaces(node: Node) -> Iterator[Interface]:
    if node.loopback:
        nobody = Mac.of_octets(bytes(6))
        yield Interface(LOOPBACK, 1, nobody, LOOPBACK_MTU, node.loopback, is_loopback=True)
    speaks_ipv6 = any(own.version == 6 for own in node.addresses())
    speaks_ipv6 |= any(spec.autoconfigures for spec in node.interfaces.values())
    for index, spec in enumerate(node.interfaces.values(), start=2):
        yield _interface(spec, index, speaks_ipv6)


def _interface(spec: InterfaceSpec, index: int, speaks_ipv6: bool) -> Interface:
    mac = Mac(spec.mac)
    addresses = spec.addresses
    # RFC 4291 2.1: every interface has a link-local address where IPv6 is spoken at all
    if speaks_ipv6 and not any(a.version == 6 and a.address.is_link_local for a in addresses):
        addresses = (*addresses, link_local_of(mac))
    return Interface(
        spec.name,
        index,
        mac,
        spec.mtu,
        addresses,
        is_up=spec.link is not None,
        role=spec.role,
        reverse_path=spec.reverse_path,
        autoconfigures=spec.autoconfigures,
        advertises=spec.advertises,
        speed=spec.speed,
    )


def link_local_of(mac: bytes) -> InterfaceAddress:
    """The link-local address that follows from a hardware address (RFC 4291 2.5.6, appendix A)."""
    return InterfaceAddress(Address.from_eui64(_LINK_LOCAL, mac), _LINK_LOCAL.length)
