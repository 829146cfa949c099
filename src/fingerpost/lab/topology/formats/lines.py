"""Networks in lines of text: AS relationships of CAIDA, weights as Rocketfuel has them.

1|2|-1                      provider|customer|-1, peer|peer|0 (CAIDA serial-1, serial-2)
Perth,+Australia Sydney 2.5     from, to, weight: both directions are listed
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.config.faults import Fault
from fingerpost.lab.topology.faults import TopologyError
from fingerpost.lab.topology.formats.graph import Graph, GraphEdge, GraphNode, undirected

if TYPE_CHECKING:
    from collections.abc import Iterator

_RELATION = re.compile(r"([0-9]{1,10})\|([0-9]{1,10})\|(-1|0|1)(?:\|.*)?", re.ASCII)
_WEIGHT = re.compile(r"(\S+)\s+(\S+)\s+([0-9]{1,12}(?:\.[0-9]{1,9})?)", re.ASCII)

_ROLES = {"-1": "provider", "0": "peer", "1": "customer"}


def is_relations(text: str) -> bool:
    """Whether the first line that is no comment relates two ASes."""
    return bool(_RELATION.fullmatch(_first(text)))


def is_weights(text: str) -> bool:
    """Whether the first line that is no comment is two names and a number."""
    first = _first(text)
    return bool(_WEIGHT.fullmatch(first)) and not first.split()[0].endswith(":")


def _first(text: str) -> str:
    return next((line for _, line in _lines(text)), "")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, line.strip()


def relations(text: str, source: str) -> Graph:
    """A graph of ASes, a router each, named AS1; who pays whom counts with `routing: bgp`."""
    graph = Graph(_stem(source))
    edges = []
    for number, line in _lines(text):
        match = _RELATION.fullmatch(line)
        if match is None:
            raise _refused(source, number, line, "1|2|-1")
        ends = (f"AS{match[1]}", f"AS{match[2]}")
        edges.append(GraphEdge(ends, role=_ROLES[match[3]]))
    _fill(graph, edges)
    graph.nodes = [replace(one, asn=int(one.key[2:])) for one in graph.nodes]
    return graph


def weights(text: str, source: str) -> Graph:
    """A graph whose links cost what is written behind them."""
    graph = Graph(_stem(source))
    edges = []
    for number, line in _lines(text):
        match = _WEIGHT.fullmatch(line)
        if match is None:
            raise _refused(source, number, line, "FROM TO 2.5")
        edges.append(GraphEdge((match[1], match[2]), float(match[3])))
    once, uneven = undirected(edges)
    if uneven:
        graph.warnings.append(f"{uneven:,} links cost something else on the way back; first counts")
    _fill(graph, once)
    return graph


def _fill(graph: Graph, edges: list[GraphEdge]) -> None:
    names = dict.fromkeys(end for edge in edges for end in edge.ends)
    graph.nodes = [GraphNode(name, name.replace("+", " ")) for name in names]
    graph.edges = edges


def _refused(source: str, line: int, text: str, right: str) -> TopologyError:
    return TopologyError(source, [Fault(line, "", f"{text[:60]!r}: write {right}")])


def _stem(source: str) -> str:
    return source.replace("\\", "/").rpartition("/")[2].partition(".")[0]
