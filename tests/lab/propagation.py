"""An independent model of who chooses whose path: Gao and Rexford's three phases, by breadth.

Customers' paths first, up from the origin; then those of peers, one step; then those of providers,
down. In each phase the shorter path wins, then the lower BGP identifier of who says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush

from fingerpost.lab.as_graph import AsGraph

Paths = dict[int, tuple[int, ...]]


def paths_to(graph: AsGraph, origin: int, identifiers: Mapping[int, int]) -> Paths:
    """The AS path by which each AS reaches `origin`, its own number first."""
    customers: dict[int, list[int]] = {}
    providers: dict[int, list[int]] = {}
    peers: dict[int, list[int]] = {}
    for asn in graph.numbers:
        for other, role in graph.neighbors(asn):
            {"provider": customers, "customer": providers, "peer": peers}[role].setdefault(
                asn, []
            ).append(other)
    up = _spread({origin: (origin,)}, providers, identifiers)
    across = dict(up)
    for asn in graph.numbers:
        if asn not in up:
            said = [up[peer] for peer in peers.get(asn, ()) if peer in up]
            if said:
                best = min(said, key=lambda path: (len(path), identifiers[path[0]]))
                across[asn] = (asn, *best)
    return _spread(across, customers, identifiers)


def _spread(begun: Paths, onward: Mapping[int, list[int]], identifiers: Mapping[int, int]) -> Paths:
    """Dijkstra's algorithm from all that have a path; those do not change it."""
    settled: Paths = {}
    queue: list[tuple[int, int, tuple[int, ...]]] = []
    for path in begun.values():
        heappush(queue, (len(path), -1, path))
    while queue:
        _, _, path = heappop(queue)
        if path[0] in settled:
            continue
        settled[path[0]] = path
        for other in onward.get(path[0], ()):
            if other not in settled and other not in begun:
                heappush(queue, (len(path) + 1, identifiers[path[0]], (other, *path)))
    return settled
