"""Circles of a graph: every node on a circle is in one that is named, and each named one is one."""

from __future__ import annotations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.lab.reachability.loops import circles

BRANCHES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30)


@given(BRANCHES)
@settings(max_examples=300, deadline=None)
def test_circles_cover_exactly_the_nodes_on_circles(branches: list[tuple[int, int]]) -> None:
    graph: nx.DiGraph[int] = nx.DiGraph(branches)
    wanted = {node for circle in nx.simple_cycles(graph) for node in circle}
    found = circles(branches)
    assert {node for circle in found for node in circle} == wanted
    assert len(set(found)) == len(found)
    for circle in found:
        assert circle[0] == min(circle)
        assert len(set(circle)) == len(circle)
        for source, target in zip(circle, (*circle[1:], circle[0]), strict=True):
            assert (source, target) in branches


def test_a_circle_longer_than_the_recursion_limit_is_found() -> None:
    ring = [(at, (at + 1) % 5000) for at in range(5000)]
    assert circles(ring) == [tuple(range(5000))]
