"""What RIP must come to, computed another way: hop counts and next hops by networkx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fingerpost.addr import Prefix
from fingerpost.lab.model import Lab
from fingerpost.lab.network import Network

nx: Any = pytest.importorskip("networkx", reason="networkx is not installed")

FARTHEST = 14  # hops: a network next to a router has metric 1, and 15 is the last that counts
PROTOCOLS = {4: "rip", 6: "ripng"}

Way = tuple[int, frozenset[str]]  # metric, and the neighbours it leads to


def graph_of(network: Network) -> Any:  # noqa: ANN401 - networkx has no types of its own
    """The routers and links that work."""
    graph = nx.Graph()
    graph.add_nodes_from(n for n in network if n not in network.failures.nodes)
    for link in network.lab.links:
        if not any(network.failures.is_dead(link, node) for node in link.nodes):
            graph.add_edge(*link.nodes)
    return graph


def networks_of(lab: Lab, live: Any) -> dict[Prefix, set[str]]:  # noqa: ANN401
    """Each prefix with the routers that tell it: their own addresses, and the links that work."""
    found: dict[Prefix, set[str]] = {}
    for name, node in lab.nodes.items():
        if name not in live:
            continue
        for own in node.loopback:
            found.setdefault(own.prefix, set()).add(name)
        for spec in node.interfaces.values():
            ends = lab.link_by_name[spec.link or ""].nodes
            if live.has_edge(*ends):
                for own in spec.addresses:
                    found.setdefault(own.prefix, set()).add(name)
    return found


def expected(network: Network) -> dict[str, dict[Prefix, Way]]:
    """The learned part of every table, as RIP with unlimited time would have it."""
    graph = graph_of(network)
    hops = dict(nx.all_pairs_shortest_path_length(graph))
    tables: dict[str, dict[Prefix, Way]] = {name: {} for name in graph}
    for prefix, owners in networks_of(network.lab, graph).items():
        for name in graph:
            far = hops[name]
            least = min((far[owner] for owner in owners if owner in far), default=None)
            if not least or least > FARTHEST:
                continue
            nearer = frozenset(
                near
                for near in graph[name]
                if min(hops[near].get(owner, least) for owner in owners) == least - 1
            )
            tables[name][prefix] = (least + 1, nearer)
    return tables


def learned(network: Network) -> dict[str, dict[Prefix, Way]]:
    """The learned part of every table, as it is."""
    return {
        name: dict(_ways(network, name)) for name in network if name not in network.failures.nodes
    }


def _ways(network: Network, name: str) -> Iterator[tuple[Prefix, Way]]:
    links = network.lab.link_by_name
    interfaces = network.lab.nodes[name].interfaces
    for prefix, route in network[name].table.items():
        if route.origin != PROTOCOLS[prefix.version]:
            continue
        ends = [links[interfaces[hop.interface or ""].link or ""].nodes for hop in route.next_hops]
        others = frozenset(node for nodes in ends for node in nodes if node != name)
        yield prefix, (route.metric, others)


def check(network: Network) -> int:
    """Compare every table with what it should be; gives how many routes that were."""
    found = learned(network)
    for name, wanted in expected(network).items():
        assert found[name] == wanted, name
    return sum(map(len, found.values()))
