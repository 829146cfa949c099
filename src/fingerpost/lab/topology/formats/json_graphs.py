"""Graphs in JSON: NetJSON NetworkGraph, and node-link data as networkx and topohub write it.

NetJSON: netjson.org/rfc.html, section 4. Node-link: `nodes` with `id`, `edges` or `links` with
`source` and `target`; topohub adds `name`, `pos` and the length `dist` of an edge in kilometres.
"""

from __future__ import annotations

import json
from typing import Any

from fingerpost.config.faults import Fault
from fingerpost.lab.model import Position
from fingerpost.lab.topology.faults import TopologyError
from fingerpost.lab.topology.formats.graph import (
    Graph,
    GraphEdge,
    GraphNode,
    distance_m,
    finite,
    undirected,
)

_SAME = 0.05  # how far a given length may be from the great circle of a geographic place


def read(text: str, source: str) -> Graph | None:
    """The graph of a JSON document; None where it is another kind of document.

    Raises `TopologyError` where it is no JSON, or a graph with a faulty node or edge.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise TopologyError(source, [Fault(error.lineno, "", f"not JSON: {error.msg}")]) from None
    except RecursionError:
        raise TopologyError(source, [Fault(1, "", "not JSON: nested too deep")]) from None
    if not isinstance(value, dict):
        return None
    if value.get("type") == "NetworkGraph":
        return net_json(value, source)
    if isinstance(value.get("nodes"), list) and not isinstance(value.get("topology"), dict):
        return node_link(value, source)
    return None


def net_json(value: dict[str, Any], source: str) -> Graph:
    """A NetJSON NetworkGraph."""
    graph = Graph(str(value.get("label") or value.get("topology_id") or _stem(source)))
    for at, node in enumerate(_list(value, "nodes", source)):
        key = _key(node, "id", f"nodes[{at}]", source)
        properties = node.get("properties")
        place = _place(properties if isinstance(properties, dict) else {})
        # a NetJSON id is what a node is called; its label is for people
        graph.nodes.append(GraphNode(key, "", place))
    edges = []
    for at, link in enumerate(_list(value, "links", source)):
        ends = tuple(_key(link, end, f"links[{at}]", source) for end in ("source", "target"))
        cost = finite(link.get("cost", 1.0))
        if cost is None or cost < 0:
            _refuse(source, f"links[{at}].cost", f"{link.get('cost')!r} is no cost")
        edges.append(GraphEdge(ends, cost if cost is not None else 1.0))
    graph.edges, uneven = undirected(edges)
    if uneven:
        graph.warnings.append(f"{uneven:,} links cost something else on the way back; first counts")
    return graph


def node_link(value: dict[str, Any], source: str) -> Graph:
    """Node-link data."""
    about = value.get("graph")
    name = about.get("name") if isinstance(about, dict) else None
    graph = Graph(str(name or _stem(source)))
    places: dict[str, tuple[float, float]] = {}
    nodes = []
    for at, node in enumerate(_list(value, "nodes", source)):
        key = _key(node, "id", f"nodes[{at}]", source)
        nodes.append((key, str(node.get("name") or node.get("label") or "")))
        place = node.get("pos")
        if isinstance(place, list | tuple) and len(place) == 2:
            x, y = finite(place[0]), finite(place[1])
            if x is not None and y is not None:
                places[key] = (x, y)
    links = "edges" if "edges" in value else "links"
    for at, edge in enumerate(_list(value, links, source)):
        ends = tuple(_key(edge, end, f"{links}[{at}]", source) for end in ("source", "target"))
        length = finite(edge.get("dist"))
        weight = finite(edge.get("cost", edge.get("weight", 1.0)))
        cost = weight if weight is not None and weight >= 0 else 1.0
        metres = length * 1000 if length is not None and length >= 0 else None
        graph.edges.append(GraphEdge(ends, cost, metres))
    is_map = _is_geographic(places, graph.edges)
    graph.nodes = [
        GraphNode(key, label, Position(*places[key], is_map) if key in places else None)
        for key, label in nodes
    ]
    return graph


def _is_geographic(places: dict[str, tuple[float, float]], edges: list[GraphEdge]) -> bool:
    """Whether places are degrees: lengths that are given then agree with great circles."""
    if not all(abs(x) <= 180 and abs(y) <= 90 for x, y in places.values()):
        return False
    checked = 0
    for edge in edges[:100]:
        a, b = (places.get(end) for end in edge.ends)
        if edge.distance_m is not None and a is not None and b is not None:
            circle = distance_m(Position(*a, True), Position(*b, True)) or 0.0
            if abs(circle - edge.distance_m) > _SAME * max(circle, edge.distance_m) + 1000:
                return False
            checked += 1
    return checked > 0


def _place(properties: dict[str, Any]) -> Position | None:
    latitude = finite(properties.get("lat", properties.get("latitude")))
    longitude = finite(properties.get("lon", properties.get("lng", properties.get("longitude"))))
    if latitude is None or longitude is None:
        return None
    return Position(longitude, latitude, True)


def _list(value: dict[str, Any], field: str, source: str) -> list[dict[str, Any]]:
    items = value.get(field, [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        _refuse(source, field, "write a list of objects")
    found: list[dict[str, Any]] = items
    return found


def _key(item: dict[str, Any], field: str, path: str, source: str) -> str:
    key = item.get(field)
    if not isinstance(key, str | int) or isinstance(key, bool):
        _refuse(source, f"{path}.{field}", f"{key!r} names no node")
    return str(key)


def _refuse(source: str, field: str, message: str) -> None:
    raise TopologyError(source, [Fault(0, field, message)])


def _stem(source: str) -> str:
    return source.replace("\\", "/").rpartition("/")[2].partition(".")[0]
