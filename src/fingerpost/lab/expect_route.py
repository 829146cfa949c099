"""Does a table lead where its author expects? Looked up in the table of the running router."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.lab.expectation import RouteHeld
from fingerpost.lab.table import metric_of, protocol_of, said

if TYPE_CHECKING:
    from fingerpost.forwarding.route import NextHop, Route
    from fingerpost.lab.expectation import RouteMissing
    from fingerpost.lab.network import Network
    from fingerpost.lab.node import LabNode

Found = tuple[Prefix, "Route"]


def judge_route(network: Network, one: RouteHeld | RouteMissing) -> tuple[bool, str]:
    """Whether it is so, and what there is. Raises `UsageError` where nothing can be asked."""
    node = network[one.node]
    if not node.is_on:
        raise UsageError(f"{one.node} is switched off")
    faults: list[str] = []
    seen: list[str] = []
    for asked in _asked(network, node, one.target):
        found = _look_up(node, asked)
        there = "no route" if found is None else f"{found[0]} {said(found[1])}"
        if isinstance(one, RouteHeld):
            fault = "no route" if found is None else _difference(network, one, found[1])
            faults += [f"{asked}: {fault}"] if fault else []
        elif found is not None:
            faults.append(f"{asked}: there is {there}")
        seen.append(there)
    return not faults, "; ".join(dict.fromkeys(faults or seen))


def _asked(network: Network, node: LabNode, target: str) -> list[Prefix | Address]:
    """What is looked up: a prefix, an address, or those of a node in the families they share."""
    if "/" in target:
        return [Prefix(target)]
    ours = {own.version for own in node.addresses}
    found = [one for one in network.lab.targets(target) if one.version in ours]
    if not found:
        raise UsageError(f"{node.name} has no address of the family of {target}")
    return [*found]


def _look_up(node: LabNode, asked: Prefix | Address) -> Found | None:
    if isinstance(asked, Address):
        return node.table.match(asked)
    route = node.table.get(asked)
    return None if route is None else (asked, route)


def _difference(network: Network, wanted: RouteHeld, route: Route) -> str:
    """In what a route is not as it should be; "" in nothing."""
    if wanted.via is not None:
        names = [_names(network, hop) for hop in route.next_hops]
        is_each = all(set(one) & set(wanted.via) for one in names)
        missing = [one for one in wanted.via if not any(one in of_hop for of_hop in names)]
        if missing or not is_each:
            return f"via {', '.join(one[0] for one in names) or route.kind.value}"
    if wanted.metric is not None and metric_of(route) != wanted.metric:
        return f"metric {metric_of(route)}"
    if wanted.protocol not in (None, protocol_of(route), route.origin):
        return f"proto {protocol_of(route)}"
    return ""


def _names(network: Network, hop: NextHop) -> list[str]:
    """What a next hop may be called: the node that has its address, and the address."""
    if hop.gateway is None:
        return [f"dev {hop.interface}"]
    owner = network.owner_of(hop.gateway.without_zone)
    return [*([owner] if owner is not None else []), str(hop.gateway)]
