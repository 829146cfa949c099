"""From a draft to a `Lab`: interfaces plugged in, addresses given out, every name checked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.config.names import meant
from fingerpost.forwarding.route import NextHop, Route
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
from fingerpost.lab.topology.happenings import Happenings
from fingerpost.lab.topology.numbering import number
from fingerpost.lab.topology.plugging import plug
from fingerpost.rib.distance import DISTANCES

if TYPE_CHECKING:
    from fingerpost.addr import Address, Interface
    from fingerpost.config.faults import Path
    from fingerpost.lab.topology.draft import Draft, DraftInterface, DraftLink, DraftNode
    from fingerpost.router.config import RouterConfig

_DEFAULT_ROUTES = {4: Prefix("0.0.0.0/0"), 6: Prefix("::/0")}


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
        routes = self._static_routes(node, is_routed=is_routed)
        if node.slaac and not is_host:
            self._draft.fault((*node.path, "slaac"), "is for hosts; routers have their addresses")
        if node.gateways and not is_host:
            path = (*node.path, "gateway")
            self._draft.fault(path, "is for hosts; a router has routes: [default via ADDRESS]")
        if is_host:
            routes += self._default_routes(node, {route.prefix for route in routes})
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

        return router_config(self._draft, node, protocols, routes)

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

    # -- routes --------------------------------------------------------------------------------

    def _static_routes(self, node: DraftNode, *, is_routed: bool) -> list[StaticRoute]:
        own = {one.address for i in node.interfaces.values() for one in i.addresses}
        own |= {one.address for one in node.loopback or ()}
        seen: dict[tuple[Prefix, int], Path] = {}
        for static, path in node.routes:
            key = (static.prefix, static.distance if is_routed else 0)
            if key in seen:
                line = self._draft.line(seen[key])
                said = f"{static.prefix} has a route on line {line} already; "
                self._draft.fault(path, said + "several ways: nexthop via A nexthop via B")
            seen.setdefault(key, path)
            self._warn_of_words(node, static, path, is_routed=is_routed)
            for hop in static.route.next_hops:
                self._check_hop(node, hop, own, path)
        return [_pinned(static, node) for static, _ in node.routes]

    def _warn_of_words(
        self, node: DraftNode, static: StaticRoute, path: Path, *, is_routed: bool
    ) -> None:
        """Warn of numbers that have no say: a table without protocols has no distances."""
        if is_routed and static.route.metric:
            self._draft.warn(path, "passed over: metric; a routing process compares distance")
        elif not is_routed and (static.distance, static.tag) != (DISTANCES["static"], 0):
            said = f"passed over: distance and tag; {node.name} runs no protocol"
            self._draft.warn(path, said)

    def _check_hop(self, node: DraftNode, hop: NextHop, own: set[Address], path: Path) -> None:
        if hop.interface is not None and hop.interface not in node.interfaces:
            said = f"{node.name} has no interface {hop.interface!r}"
            self._draft.fault(path, said + meant(hop.interface, node.interfaces))
        elif hop.gateway in own:
            self._draft.fault(path, f"{hop.gateway} is an address of {node.name} itself")

    def _default_routes(self, host: DraftNode, given: set[Prefix]) -> list[StaticRoute]:
        """A default route a family, through the gateway that the file gives or the only router."""
        found: list[StaticRoute] = []
        for version, prefix in _DEFAULT_ROUTES.items():
            if prefix in given or not _has(host, version):
                continue
            named = [address for address in host.gateways if address.version == version]
            hop = (
                self._named_gateway(host, named[0]) if named else self._found_gateway(host, version)
            )
            if hop is not None:
                found.append(StaticRoute(prefix, Route((hop,), origin="static")))
        for address in host.gateways:
            if not _has(host, address.version):
                said = f"{address}: {host.name} has no IPv{address.version} address"
                self._draft.fault((*host.path, "gateway"), said)
        return found

    def _named_gateway(self, host: DraftNode, gateway: Address) -> NextHop | None:
        for name, interface in host.interfaces.items():
            if any(gateway in one.prefix and gateway != one.address for one in interface.addresses):
                return NextHop(name, gateway)
        said = f"{gateway} is in no subnet of {host.name}; give an address of its router there"
        self._draft.fault((*host.path, "gateway"), said)
        return None

    def _found_gateway(self, host: DraftNode, version: int) -> NextHop | None:
        hops = []
        for name, interface in host.interfaces.items():
            link = None if interface.link is None else self._draft.links[interface.link]
            for end in link.ends if link is not None else ():
                router = self._draft.nodes.get(end.node) if end.kind is EndKind.NODE else None
                if router is None or router.kind is not NodeKind.ROUTER:
                    continue
                own = router.interfaces[end.interface or ""].addresses
                hops += [NextHop(name, one.address) for one in own if one.version == version][:1]
        if len(hops) > 1:
            others = ", ".join(str(hop.gateway) for hop in hops[1:])
            said = f"uses gateway {hops[0].gateway}, not {others}; `gateway:` would say which"
            self._draft.warn(host.path, said)
        return hops[0] if hops else None


def _pinned(static: StaticRoute, node: DraftNode) -> StaticRoute:
    """The route with interfaces for gateways in the node's own subnets, as `ip route` adds them.

    So it leaves the table with that interface, instead of resting on a shorter prefix then.
    """
    hops = []
    for hop in static.route.next_hops:
        name = hop.interface
        if name is None and hop.gateway is not None:
            name = _link_to(hop.gateway, node)
        hops.append(NextHop(name, hop.gateway, hop.weight))
    return replace(static, route=replace(static.route, next_hops=tuple(hops)))


def _link_to(gateway: Address, node: DraftNode) -> str | None:
    for name, interface in node.interfaces.items():
        if any(gateway in own.prefix for own in interface.addresses):
            return name
    return None


def _has(node: DraftNode, version: int) -> bool:
    return any(one.version == version for i in node.interfaces.values() for one in i.addresses)
