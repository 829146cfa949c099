"""From a draft to a `Lab`: interfaces plugged in, addresses given out, every name checked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.lab.model import (
    DEFAULT_MTU,
    EndKind,
    Endpoint,
    InterfaceSpec,
    Lab,
    LinkSpec,
    Node,
    NodeKind,
    Quality,
    Routing,
    StaticRoute,
)
from fingerpost.lab.topology.draft import RoutingWords
from fingerpost.lab.topology.faults import TopologyError
from fingerpost.lab.topology.given_routes import default_routes, static_routes
from fingerpost.lab.topology.happenings import Happenings
from fingerpost.lab.topology.numbering import number
from fingerpost.lab.topology.plugging import plug

if TYPE_CHECKING:
    from fingerpost.addr import Address, Interface
    from fingerpost.lab.topology.draft import Draft, DraftInterface, DraftLink, DraftNode
    from fingerpost.router.config import RouterConfig


def build(draft: Draft) -> Lab:
    """Complete a draft; raises `TopologyError` with every fault of the file."""
    if not draft.nodes and not draft.faults:
        draft.fault((), "no nodes: a lab has `topology:` with `nodes:` and `links:`")
    plug(draft)
    number(draft)
    _check_addresses(draft)
    _check_subnets(draft)
    links = tuple(_link(link) for link in draft.links)
    nodes = _Nodes(draft).all()
    happenings = Happenings(draft, links)
    timeline, expectations = happenings.timeline(), happenings.expectations()
    if draft.faults:
        raise TopologyError(draft.source, draft.faults)
    return Lab(
        draft.name,
        nodes,
        links,
        timeline,
        expectations,
        draft.seed,
        draft.until_ns,
        tuple(draft.warnings),
        draft.source,
    )


def _check_addresses(draft: Draft) -> None:
    """Fault an address that two interfaces have; warn of one that two loopbacks share."""
    owner: dict[Address, str] = {}
    for node in draft.nodes.values():
        for one in node.loopback or ():
            first = owner.setdefault(one.address, node.name)
            if first != node.name:
                draft.warn(node.path, f"{one.address} is a loopback of {first} too (anycast)")
        for interface in node.interfaces.values():
            for one in interface.addresses:
                here = f"{node.name}:{interface.name}"
                first = owner.setdefault(one.address, here)
                if first != here and not one.address.is_link_local:
                    draft.fault(interface.path, f"{one.address} is an address of {first} already")


def _check_subnets(draft: Draft) -> None:
    """Warn of ends that share a subnet with no other end of their link: they never talk."""
    for link in draft.links:
        ends = [
            (end.node, draft.nodes[end.node].interfaces[end.interface or ""].addresses)
            for end in link.ends
            if end.kind is EndKind.NODE
        ]
        for version in (4, 6):
            numbered = [
                (name, own)
                for name, addresses in ends
                if (own := [one for one in addresses if _is_of_subnet(one, version)])
            ]
            apart = [name for name, own in numbered if not _meets(name, own, numbered)]
            if len(numbered) > 1 and apart:
                first = next(own for name, own in numbered if name == apart[0])[0]
                said = f"{apart[0]} ({first}) shares no subnet with the other end"
                draft.warn(link.path, said + ("s" if len(link.ends) > 2 else ""))


def _is_of_subnet(own: Interface, version: int) -> bool:
    return own.version == version and not own.address.is_link_local


def _meets(name: str, own: list[Interface], numbered: list[tuple[str, list[Interface]]]) -> bool:
    """Whether some other end has an address in a subnet of this one, or the other way."""
    return any(
        one.address in other.prefix or other.address in one.prefix
        for of, others in numbered
        if of != name
        for other in others
        for one in own
    )


def _link(draft: DraftLink) -> LinkSpec:
    quality = Quality(**draft.quality)
    return LinkSpec(
        draft.name or "",
        tuple(Endpoint(end.node, end.interface or "", end.kind) for end in draft.ends),
        quality,
        {at: replace(quality, **end.quality) for at, end in enumerate(draft.ends) if end.quality},
        draft.mtu or DEFAULT_MTU,
        draft.cost,
        draft.prefixes,
    )


class _Nodes:
    """Turns draft nodes into nodes, with what they need to know of each other."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._macs = {i.mac for n in draft.nodes.values() for i in n.interfaces.values() if i.mac}
        routers = [n for n in draft.nodes.values() if n.kind is NodeKind.ROUTER]
        self._numbers = {name: number for number, name in enumerate(draft.nodes, start=1)}
        has_routes = any(node.routes for node in routers)
        self._routing = draft.routing or RoutingWords(
            Routing.NONE if has_routes else Routing.SHORTEST
        )

    def all(self) -> dict[str, Node]:
        """Every node that is no bridge, in the order of the file."""
        nodes = [node for node in self._draft.nodes.values() if not node.is_bridge]
        return {node.name: self._node(at, node) for at, node in enumerate(nodes, start=1)}

    def _node(self, at: int, node: DraftNode) -> Node:
        is_host = node.kind is NodeKind.HOST
        words = self._words(node, is_host=is_host)
        is_routed = words.routing is Routing.PROTOCOLS
        routes = static_routes(self._draft, node, is_routed=is_routed)
        if node.slaac and not is_host:
            self._draft.fault((*node.path, "slaac"), "is for hosts; routers have their addresses")
        if node.gateways and not is_host:
            path = (*node.path, "gateway")
            self._draft.fault(path, "is for hosts; a router has routes: [default via ADDRESS]")
        if is_host:
            routes += default_routes(self._draft, node, {route.prefix for route in routes})
        return Node(
            node.name,
            node.kind,
            {
                name: self._interface(node, interface, at, number)
                for number, (name, interface) in enumerate(node.interfaces.items(), start=1)
            },
            tuple(node.loopback or ()),
            tuple(routes),
            words.routing,
            node.profile,
            node.position,
            node.label or node.name,
            self._router(node, words.protocols, routes) if is_routed else None,
            node.replay,
        )

    def _words(self, node: DraftNode, *, is_host: bool) -> RoutingWords:
        """Where the routes of a node come from; `router:` alone means from protocols."""
        if is_host:
            if node.routing is not None and node.routing.protocols:
                self._draft.fault((*node.path, "routing"), "protocols are for routers")
            return RoutingWords(Routing.NONE)
        if not node.router:
            return node.routing or self._routing
        words = node.routing or self._draft.routing or RoutingWords(Routing.PROTOCOLS)
        if words.routing is Routing.SHORTEST:
            said = "shortest: computes the table, which router: would fill; keep one"
            self._draft.fault((*node.path, "routing"), said)
        return RoutingWords(Routing.PROTOCOLS, words.protocols)

    def _router(
        self, node: DraftNode, protocols: tuple[str, ...], routes: list[StaticRoute]
    ) -> RouterConfig | None:
        from fingerpost.lab.topology.routing import router_config

        return router_config(self._draft, node, self._numbers, protocols, routes)

    def _interface(
        self, node: DraftNode, interface: DraftInterface, at: int, number: int
    ) -> InterfaceSpec:
        link = None if interface.link is None else self._draft.links[interface.link]
        mtu = interface.mtu or (link.mtu if link is not None else None) or DEFAULT_MTU
        return InterfaceSpec(
            interface.name,
            interface.mac or self._free_mac(at, number),
            tuple(interface.addresses),
            mtu,
            None if link is None else link.name,
            interface.role,
            interface.reverse_path,
            node.slaac,
            node.kind is NodeKind.ROUTER and link is not None and self._is_wanted(link),
            None if link is None else _speed(link, node.name, interface.name),
        )

    def _is_wanted(self, link: DraftLink) -> bool:
        """Whether some host on the link waits for advertisements."""
        nodes = self._draft.nodes
        return any(end.kind is EndKind.NODE and nodes[end.node].slaac for end in link.ends)

    def _free_mac(self, node: int, number: int) -> str:
        """02 (locally administered), three octets of the node, two of the interface."""
        while True:
            octets = (0x02 << 40 | (node & 0xFFFFFF) << 16 | number & 0xFFFF).to_bytes(6, "big")
            text = octets.hex(":")
            if text not in self._macs:
                self._macs.add(text)
                return text
            number += 1 << 12


def _speed(link: DraftLink, node: str, interface: str) -> int | None:
    """What the link takes of the frames that leave by an interface, in bit/s; None: all."""
    ends = (end for end in link.ends if (end.node, end.interface) == (node, interface))
    own = next((end.quality for end in ends), {})
    speed: int | None = {**link.quality, **own}.get("bandwidth")
    return speed
