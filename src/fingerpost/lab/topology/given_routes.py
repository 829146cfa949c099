"""Routes that a file gives, and the default routes that follow from it for hosts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.config import route_text
from fingerpost.config.names import meant
from fingerpost.forwarding.route import NextHop, Route
from fingerpost.lab.model import EndKind, NodeKind, StaticRoute
from fingerpost.rib.distance import DISTANCES

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.config.faults import Path
    from fingerpost.lab.topology.draft import Draft, DraftNode


def static_routes(draft: Draft, node: DraftNode, *, is_routed: bool) -> list[StaticRoute]:
    """The routes that the file gives a node; `is_routed`: a routing process chooses among them."""
    own = {one.address for i in node.interfaces.values() for one in i.addresses}
    own |= {one.address for one in node.loopback or ()}
    seen: dict[tuple[Prefix, int], Path] = {}
    for static, path in node.routes:
        key = (static.prefix, static.distance if is_routed else 0)
        if key in seen:
            line = draft.line(seen[key])
            said = f"{static.prefix} has a route on line {line} already; "
            draft.fault(path, said + "several ways: nexthop via A nexthop via B")
        seen.setdefault(key, path)
        _warn_of_words(draft, node, static, path, is_routed=is_routed)
        for hop in static.route.next_hops:
            _check_hop(draft, node, hop, own, path)
    return [_pinned(static, node) for static, _ in node.routes]


def _warn_of_words(
    draft: Draft, node: DraftNode, static: StaticRoute, path: Path, *, is_routed: bool
) -> None:
    """Warn of numbers that have no say: a table without protocols has no distances."""
    if is_routed and static.route.metric:
        draft.warn(path, "passed over: metric; a routing process compares distance")
    elif not is_routed and (static.distance, static.tag) != (DISTANCES["static"], 0):
        said = f"passed over: distance and tag; {node.name} runs no protocol"
        draft.warn(path, said)


def _check_hop(draft: Draft, node: DraftNode, hop: NextHop, own: set[Address], path: Path) -> None:
    if hop.interface is not None and hop.interface not in node.interfaces:
        said = f"{node.name} has no interface {hop.interface!r}"
        draft.fault(path, said + meant(hop.interface, node.interfaces))
    elif hop.gateway in own:
        draft.fault(path, f"{hop.gateway} is an address of {node.name} itself")


def default_routes(draft: Draft, host: DraftNode, given: set[Prefix]) -> list[StaticRoute]:
    """A default route a family, through the gateway that the file gives or the only router."""
    found: list[StaticRoute] = []
    for version, prefix in route_text.DEFAULTS.items():
        if prefix in given or not _has(host, version):
            continue
        named = [address for address in host.gateways if address.version == version]
        hop = (
            _named_gateway(draft, host, named[0]) if named else _found_gateway(draft, host, version)
        )
        if hop is not None:
            found.append(StaticRoute(prefix, Route((hop,), origin="static")))
    for address in host.gateways:
        if not _has(host, address.version):
            said = f"{address}: {host.name} has no IPv{address.version} address"
            draft.fault((*host.path, "gateway"), said)
    return found


def _named_gateway(draft: Draft, host: DraftNode, gateway: Address) -> NextHop | None:
    for name, interface in host.interfaces.items():
        if any(gateway in one.prefix and gateway != one.address for one in interface.addresses):
            return NextHop(name, gateway)
    said = f"{gateway} is in no subnet of {host.name}; give an address of its router there"
    draft.fault((*host.path, "gateway"), said)
    return None


def _found_gateway(draft: Draft, host: DraftNode, version: int) -> NextHop | None:
    hops = []
    for name, interface in host.interfaces.items():
        link = None if interface.link is None else draft.links[interface.link]
        for end in link.ends if link is not None else ():
            router = draft.nodes.get(end.node) if end.kind is EndKind.NODE else None
            if router is None or router.kind is not NodeKind.ROUTER:
                continue
            own = router.interfaces[end.interface or ""].addresses
            hops += [NextHop(name, one.address) for one in own if one.version == version][:1]
    if len(hops) > 1:
        others = ", ".join(str(hop.gateway) for hop in hops[1:])
        said = f"uses gateway {hops[0].gateway}, not {others}; `gateway:` would say which"
        draft.warn(host.path, said)
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
        hops.append(NextHop(name, hop.gateway, hop.weight, hop.is_onlink))
    return replace(static, route=replace(static.route, next_hops=tuple(hops)))


def _link_to(gateway: Address, node: DraftNode) -> str | None:
    for name, interface in node.interfaces.items():
        if any(gateway in own.prefix for own in interface.addresses):
            return name
    return None


def _has(node: DraftNode, version: int) -> bool:
    return any(one.version == version for i in node.interfaces.values() for one in i.addresses)
