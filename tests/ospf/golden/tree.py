"""Shortest paths of an area and their next hops (RFC 2328 16.1, 16.1.1, 16.8; RFC 5340 4.8.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import networkx as nx

from fingerpost.addr import Address

from .reading import Link, Node, Said, vertices
from .world import World


class Hop(NamedTuple):
    """A next hop; interface 0 is one of our own that nobody named."""

    interface: int
    gateway: Address | None
    is_connected: bool


ITSELF = frozenset({Hop(0, None, True)})
Hops = frozenset[Hop]


class Reached(NamedTuple):
    """A vertex that there is a path to; without next hops the path cannot be used."""

    cost: int
    hops: Hops
    flags: int


Tree = dict[Node, Reached]


def graph_of(said: dict[Node, Said], root: Node) -> nx.DiGraph[Node]:
    """The links that are answered, each with its cheapest cost; no way leads through hosts."""
    graph: nx.DiGraph[Node] = nx.DiGraph()
    graph.add_node(root)
    for node, one in said.items():
        if one.is_host and node != root:
            continue
        for link in one.links:
            is_answered = link.to in said and any(back.to == node for back in said[link.to].links)
            if is_answered and link.to != node:
                cheapest = min(other.cost for other in one.links if other.to == link.to)
                graph.add_edge(node, link.to, weight=cheapest)
    return graph


def tree(world: World, scope: int, across: Callable[[int, int], Hops]) -> Tree:
    """Give all vertices of an area that are reached; `across` knows where virtual links lead."""
    said = vertices(world, scope)
    root = Node(False, world.router_id)
    if root not in said:
        return {root: Reached(0, ITSELF, 0)}
    graph = graph_of(said, root)
    lengths = nx.single_source_dijkstra_path_length(graph, root)
    costs = {node: int(cost) for node, cost in lengths.items()}
    found: Tree = {}
    for node in sorted(costs, key=lambda node: (costs[node], not node.is_network)):
        if node == root:
            found[node] = Reached(0, ITSELF, said[node].flags)
            continue
        hops: set[Hop] = set()
        for parent in graph.predecessors(node):
            cost = graph.edges[parent, node]["weight"]
            if parent in costs and costs[parent] + cost == costs[node]:
                hops |= _next(world, scope, said, parent, node, found[parent].hops, across)
        found[node] = Reached(costs[node], frozenset(hops), said[node].flags)
    return found


def _next(
    world: World,
    scope: int,
    said: dict[Node, Said],
    parent: Node,
    node: Node,
    inherited: Hops,
    across: Callable[[int, int], Hops],
) -> set[Hop]:
    """RFC 2328 16.1.1: who is next to us is the next hop, all others have that of their parent."""
    backs = [link for link in said[node].links if link.to == parent]
    if parent == Node(False, world.router_id):
        links = [link for link in said[parent].links if link.to == node]
        cheapest = min(link.cost for link in links)
        found: set[Hop] = set()
        for link in links:
            if link.cost == cheapest:
                found |= _first(world, scope, link, backs, across)
        return found
    if not parent.is_network:
        return set(inherited)
    found = {hop for hop in inherited if not hop.is_connected}
    for hop in inherited - found:
        if world.version == 2:
            found |= {Hop(hop.interface, Address(back.data, 4), False) for back in backs}
        else:
            known = world.areas[scope].addresses.get((hop.interface, node.id))
            found |= {Hop(hop.interface, known, False)} if known is not None else set()
    return found


def _first(
    world: World,
    scope: int,
    link: Link,
    backs: list[Link],
    across: Callable[[int, int], Hops],
) -> set[Hop]:
    area = world.areas[scope]
    if link.kind == 4:
        return set(across(link.to.id, link.data))
    if link.kind == 2:
        hops = [
            Hop(interface, None, True)
            for (kind, number, data), interface in area.first_hops.items()
            if kind == 2 and data == link.data and (world.version == 3 or number == link.to.id)
        ]
        return set(hops[:1])
    interface = area.first_hops.get((1, link.to.id, link.data))
    if interface is None:
        return set()
    gateway = area.addresses.get((interface, link.to.id))
    distinct = {(back.kind, back.data, back.cost) for back in backs}
    if gateway is None and world.version == 2 and len(distinct) == 1:
        data = backs[0].data
        gateway = Address(data, 4) if data >= 1 << 24 else None
    return {Hop(interface, gateway, False)}


def ways_by_neighbors(world: World, scope: int, router: int) -> list[tuple[int, int]]:
    """What the cheapest way to a router costs by each neighbour, without coming back."""
    root, end = Node(False, world.router_id), Node(False, router)
    graph = graph_of(vertices(world, scope), root)
    first: dict[Node, int] = {}
    for node, edge in graph.adj[root].items():
        beyond = [one for one in graph.adj[node] if one != root] if node.is_network else [node]
        for neighbor in beyond:
            first[neighbor] = min(first.get(neighbor, edge["weight"]), edge["weight"])
    graph.remove_node(root)
    rest = nx.single_source_dijkstra_path_length(graph.reverse(), end)
    ways = [(cost + int(rest[node]), node.id) for node, cost in first.items() if node in rest]
    return [(node, cost) for cost, node in sorted(ways)]
