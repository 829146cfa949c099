"""The routers of a lab as a graph, and shortest paths on it with all first hops of equal cost.

Dijkstra's algorithm: nodes leave the queue in the order of their distance, and as every cost is at
least 1, all the ways to a node are known before it leaves. What is carried along a path is the set
of first hops that start it, one bit each; where two paths of equal cost meet, the sets unite.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from fingerpost.forwarding.route import NextHop
from fingerpost.lab.model import EndKind, NodeKind

if TYPE_CHECKING:
    from fingerpost.lab.model import InterfaceSpec, Lab, LinkSpec

UNREACHED = 1 << 62


@dataclass(frozen=True, slots=True)
class Paths:
    """From one source, by index of the node: its distance, and its first hops as bits.

    Bit `i` of `hops[n]` is the i-th neighbour of the source in `Graph.edges`. A node that cannot
    be reached has the distance `UNREACHED` and no first hop.
    """

    distance: list[int]
    hops: list[int]


class Graph:
    """The routers and the links that packets of one family can cross.

    `names`: by index. `edges[u]`: (neighbour, cost) of every way out of u; two links to the same
    neighbour are two ways. `ways[u]`: the next hop of each.
    """

    def __init__(self, lab: Lab, version: int) -> None:
        """A link counts where the far router has an address to send to.

        IPv4 packets also go through an IPv6 gateway (RFC 8950), if it has no other.
        """
        self.names = [name for name, node in lab.nodes.items() if node.kind is NodeKind.ROUTER]
        self.index = {name: at for at, name in enumerate(self.names)}
        self.edges: list[list[tuple[int, int]]] = [[] for _ in self.names]
        self.ways: list[list[NextHop]] = [[] for _ in self.names]
        for link in lab.links:
            self._add(lab, link, version)

    def _add(self, lab: Lab, link: LinkSpec, version: int) -> None:
        ends = [
            (self.index[end.node], lab.nodes[end.node].interfaces[end.interface])
            for end in link.endpoints
            if end.kind is EndKind.NODE and end.node in self.index
        ]
        for at, (source, leaving) in enumerate(ends):
            for other, (target, arriving) in enumerate(ends):
                hop = _hop(leaving, arriving, version)
                if other != at and target != source and hop is not None:
                    self.edges[source].append((target, link.cost))
                    self.ways[source].append(hop)

    def paths(self, source: int) -> Paths:
        """The shortest paths from one router to all."""
        distance = [UNREACHED] * len(self.names)
        hops = [0] * len(self.names)
        distance[source] = 0
        queue: list[tuple[int, int]] = []
        for bit, (target, cost) in enumerate(self.edges[source]):
            if cost < distance[target]:
                distance[target], hops[target] = cost, 1 << bit
                heappush(queue, (cost, target))
            elif cost == distance[target]:
                hops[target] |= 1 << bit
        while queue:
            so_far, at = heappop(queue)
            if so_far > distance[at]:
                continue  # a shorter way was found after this one
            first = hops[at]
            for target, cost in self.edges[at]:
                total = so_far + cost
                if total < distance[target]:
                    distance[target], hops[target] = total, first
                    heappush(queue, (total, target))
                elif total == distance[target]:
                    hops[target] |= first
        return Paths(distance, hops)


def _hop(leaving: InterfaceSpec, arriving: InterfaceSpec, version: int) -> NextHop | None:
    for family in (version, 6):
        for one in arriving.addresses:
            if one.version == family:
                return NextHop(leaving.name, one.address)
    return None
