"""The strongly connected parts of a directed graph, each after all that it leads to.

Tarjan, "Depth-first search and linear graph algorithms" (1972), without recursion: next hops may
rest on each other in chains longer than Python's stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

N = TypeVar("N")


def components(nodes: Iterable[N], leads_to: Callable[[N], Iterable[N]]) -> list[list[N]]:
    """The parts, those first that others lead to. Edges out of `nodes` are left out of account."""
    own = dict.fromkeys(nodes)
    number: dict[N, int] = {}
    low: dict[N, int] = {}
    open_nodes: dict[N, None] = {}
    found: list[list[N]] = []
    for root in own:
        if root in number:
            continue
        work: list[tuple[N, Iterator[N]]] = [
            (root, _enter(root, number, low, open_nodes, leads_to))
        ]
        while work:
            node, ahead = work[-1]
            for below in ahead:
                if below not in own:
                    continue
                if below not in number:
                    work.append((below, _enter(below, number, low, open_nodes, leads_to)))
                    break
                if below in open_nodes:
                    low[node] = min(low[node], number[below])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == number[node]:
                    found.append(_close(node, open_nodes))
    return found


def _enter(
    node: N,
    number: dict[N, int],
    low: dict[N, int],
    open_nodes: dict[N, None],
    leads_to: Callable[[N], Iterable[N]],
) -> Iterator[N]:
    number[node] = low[node] = len(number)
    open_nodes[node] = None
    return iter(leads_to(node))


def _close(node: N, open_nodes: dict[N, None]) -> list[N]:
    part: list[N] = []
    while not part or part[-1] is not node:
        part.append(open_nodes.popitem()[0])
    return part
