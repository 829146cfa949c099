"""The circles of a graph by name: strongly connected parts, and short circles that cover each."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Edges = dict[int, list[int]]


def circles(branches: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Circles that together pass every node that lies on any, each from its smallest node on."""
    edges: Edges = {}
    for source, target in branches:
        edges.setdefault(source, []).append(target)
    found: dict[tuple[int, ...], None] = {}
    for part in _parts(edges):
        covered: set[int] = set()
        for node in sorted(part):
            if node not in covered:
                circle = _shortest(edges, part, node)
                covered.update(circle)
                at = circle.index(min(circle))
                found[circle[at:] + circle[:at]] = None
    return list(found)


def _shortest(edges: Edges, part: Mapping[int, None], start: int) -> tuple[int, ...]:
    """A shortest circle through `start` within its part."""
    came_from: dict[int, int] = {}
    queue = deque([start])
    while queue:
        at = queue.popleft()
        for target in edges.get(at, ()):
            if target == start:
                back = [at]
                while back[-1] != start:
                    back.append(came_from[back[-1]])
                return tuple(reversed(back))
            if target in part and target not in came_from:
                came_from[target] = at
                queue.append(target)
    raise AssertionError("every node of a strongly connected part lies on a circle")


def _parts(edges: Edges) -> Iterator[dict[int, None]]:
    """The strongly connected parts that hold a circle (Tarjan's algorithm without recursion)."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    is_open: set[int] = set()
    for root in edges:
        if root in number:
            continue
        number[root] = low[root] = len(number)
        stack.append(root)
        is_open.add(root)
        work = [(root, iter(edges[root]))]
        while work:
            node, targets = work[-1]
            target = next(targets, None)
            if target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    part = _closed(stack, is_open, node)
                    if len(part) > 1 or node in edges.get(node, ()):
                        yield part
            elif target not in number:
                number[target] = low[target] = len(number)
                stack.append(target)
                is_open.add(target)
                work.append((target, iter(edges.get(target, ()))))
            elif target in is_open:
                low[node] = min(low[node], number[target])


def _closed(stack: list[int], is_open: set[int], node: int) -> dict[int, None]:
    part: dict[int, None] = {}
    while True:
        last = stack.pop()
        is_open.discard(last)
        part[last] = None
        if last == node:
            return part
