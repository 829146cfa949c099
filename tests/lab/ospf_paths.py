"""What OSPF must come to, computed another way: shortest paths by networkx, and all first hops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from fingerpost.addr import Prefix
from fingerpost.lab.network import Network
from fingerpost.ospf import Ospf
from fingerpost.ospf.config import OspfConfig
from fingerpost.ospf.constants import MAX_AGE
from fingerpost.ospf.lsa.header import HEADER_LENGTH, decode_headers
from fingerpost.ospf.text import dotted

nx: Any = pytest.importorskip("networkx", reason="networkx is not installed")

VERSIONS = {"ospf": 4, "ospf3": 6}
Hop = tuple[str, str]  # the link it leaves by, and the next router


class Way(NamedTuple):
    """How far a prefix is, and every first step towards it."""

    cost: int
    hops: frozenset[Hop]


def machine(network: Network, node: str, protocol: str = "ospf") -> Ospf:
    """The instance of a router."""
    routing = network[node].router.routing
    assert routing is not None
    found = routing.protocols[protocol].machine
    assert isinstance(found, Ospf)
    return found


def routers(network: Network) -> list[str]:
    """The routers that work."""
    return [name for name in network if name not in network.failures.nodes]


def costs(network: Network, node: str, protocol: str) -> dict[str, int]:
    """What its configuration says that the links of a router cost."""
    config = network.lab.nodes[node].router
    assert config is not None
    settings = config.protocols[protocol].settings
    assert isinstance(settings, OspfConfig)
    return {one.name: one.cost or 10 for one in settings.interfaces}


def graph_of(network: Network, protocol: str) -> Any:  # noqa: ANN401 - networkx has no types
    """Routers and LANs as vertices (RFC 2328 2.1), an edge for each way of a link."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(routers(network))
    for link in network.lab.links:
        ends = [end for end in link.endpoints if end.node in graph]
        ends = [end for end in ends if not network.failures.is_dead(link, end.node)]
        paid = {end.node: costs(network, end.node, protocol)[end.interface or ""] for end in ends}
        if len(link.endpoints) == 2 and len(ends) == 2:
            one, other = (end.node for end in ends)
            graph.add_edge(one, other, key=link.name, weight=paid[one])
            graph.add_edge(other, one, key=link.name, weight=paid[other])
        elif len(link.endpoints) > 2 and len(ends) > 1:
            for node, cost in paid.items():
                graph.add_edge(node, ("lan", link.name), key=link.name, weight=cost)
                graph.add_edge(("lan", link.name), node, key=link.name, weight=0)
    return graph


def prefixes_of(network: Network, graph: Any, protocol: str) -> dict[Prefix, dict[Any, int]]:  # noqa: ANN401
    """Each prefix with the vertices that have it, and what they add."""
    found: dict[Prefix, dict[Any, int]] = {}
    for name in routers(network):
        node = network.lab.nodes[name]
        paid = costs(network, name, protocol)
        for own in node.loopback:
            found.setdefault(own.prefix, {})[name] = 0
        for spec in node.interfaces.values():
            link = network.lab.link_by_name[spec.link or ""]
            if network.failures.is_dead(link, name):
                continue
            lan = ("lan", link.name)
            vertex, cost = (lan, 0) if lan in graph else (name, paid[spec.name])
            for own in spec.addresses:
                found.setdefault(own.prefix, {})[vertex] = cost
    return {one: at for one, at in found.items() if one.version == VERSIONS[protocol]}


def expected(network: Network, protocol: str) -> dict[str, dict[Prefix, Way]]:
    """Every table, without what a router is connected to."""
    graph = graph_of(network, protocol)
    far = dict(nx.all_pairs_dijkstra_path_length(graph))
    prefixes = prefixes_of(network, graph, protocol)
    tables = {}
    for name in routers(network):
        own = {one.prefix for one in network.lab.nodes[name].addresses()}
        tables[name] = {
            prefix: way
            for prefix, at in prefixes.items()
            if prefix not in own and (way := _way(graph, far, name, at)) is not None
        }
    return tables


def _way(graph: Any, far: dict[Any, dict[Any, int]], name: str, at: dict[Any, int]) -> Way | None:  # noqa: ANN401
    total = {vertex: far[name][vertex] + cost for vertex, cost in at.items() if vertex in far[name]}
    if not total:
        return None
    least = min(total.values())
    hops: set[Hop] = set()
    for vertex in (one for one, cost in total.items() if cost == least):
        for step, link, cost in _steps(graph, name):
            if cost + far[step].get(vertex, least + 1) == far[name][vertex]:
                hops.add((link, step))
    return Way(least, frozenset(hops))


def _steps(graph: Any, name: str) -> Iterator[tuple[str, str, int]]:  # noqa: ANN401
    """The routers next to one, over a link or a LAN."""
    for _, near, link, cost in graph.edges(name, keys=True, data="weight"):
        if isinstance(near, str):
            yield near, link, cost
            continue
        for step in graph[near]:
            if step != name:
                yield step, link, cost


def learned(network: Network, name: str, protocol: str) -> dict[Prefix, Way]:
    """What OSPF put into the table of a router, by neighbours that it has."""
    spec = network.lab.nodes[name]
    names = {dotted(machine(network, one, protocol).router_id): one for one in routers(network)}
    model = machine(network, name, protocol).snapshot(network.now)
    neighbors = {
        (one["interface"], one["address"]): names.get(one["router_id"], "nobody")
        for one in model["neighbors"]
        if one["state"] in ("2-Way", "Full")  # on a LAN, two that are not Designated stay 2-Way
    }
    found = {}
    for prefix, route in network[name].table.items():
        if route.origin == protocol:
            hops = frozenset(
                (
                    str(spec.interfaces[hop.interface or ""].link),
                    neighbors.get((hop.interface, str(hop.gateway)), f"dead {hop.gateway}"),
                )
                for hop in route.next_hops
            )
            found[prefix] = Way(route.metric, hops)
    return found


def check(network: Network, protocol: str) -> int:
    """Compare every table with what it should be; gives how many routes that were."""
    count = 0
    for name, wanted in expected(network, protocol).items():
        assert learned(network, name, protocol) == wanted, name
        count += len(wanted)
    return count


def agree(network: Network, protocol: str) -> int:
    """All routers of an area have the same of it, and of the AS; gives how many LSAs that are."""
    seen: dict[str, tuple[str, list[tuple[int, ...]]]] = {}
    count = 0
    for name in routers(network):
        ospf = machine(network, name, protocol)
        places = {f"area {dotted(area.id)}": area.scope for area in ospf.areas.values()}
        if any(area.takes_externals for area in ospf.areas.values()):
            places["AS"] = 0
        for place, scope in places.items():
            found = contents(ospf, scope, network.now)
            count += len(found)
            first, wanted = seen.setdefault(place, (name, found))
            assert found == wanted, f"{place}: {name} and {first}"
    return count


def contents(ospf: Ospf, scope: int, now: int) -> list[tuple[int, ...]]:
    """Key, sequence and checksum of all LSAs of a scope that are not at the end of their life."""
    heads = b"".join(lsa[:HEADER_LENGTH] for _, lsa in ospf.database.entries(now, scope))
    headers = [one for one in decode_headers(heads, ospf.version) if one.age < MAX_AGE]
    return sorted((*one.key, one.sequence, one.checksum) for one in headers)
