"""GraphML as the Internet Topology Zoo writes it, and as its source files of the editor yEd are.

Knight et al., "The Internet Topology Zoo", IEEE JSAC 29 (9), 2011. Of the Zoo's attributes label,
Longitude, Latitude, LinkSpeedRaw, LinkSpeed with LinkSpeedUnits and LinkLabel are read; of yEd's
the label and place on the sheet of every node. A document that declares entities is refused, so
nothing in it can expand.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from fingerpost.config.faults import Fault
from fingerpost.lab.model import Position
from fingerpost.lab.topology.faults import TopologyError
from fingerpost.lab.topology.formats.graph import Graph, GraphEdge, GraphNode, finite

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_LABEL = re.compile(r"([0-9]+(?:\.[0-9]+)?) *([KMGT])(?:b|bit|bps|b/s|bit/s)", re.IGNORECASE)
_OPTICAL = re.compile(r"OC-?([0-9]{1,4})c?", re.IGNORECASE)
_OC_1 = 51_840_000  # bit/s of OC-1 (ITU-T G.707); OC-n is n times that
_MOST_BANDWIDTH = 10**15


def read(text: str, source: str) -> Graph:
    """Read a GraphML document; raises `TopologyError` for what is none."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        said = "a document type declaration: entities are not expanded, take it out"
        raise TopologyError(source, [Fault(_line_of(text, "<!"), "", said)])
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        raise TopologyError(source, [Fault(error.position[0], "", f"not XML: {error}")]) from None
    except (ValueError, LookupError) as error:  # an encoding that is unknown or a lie
        raise TopologyError(source, [Fault(1, "", f"not XML: {error}")]) from None
    graph = root.find("{*}graph")
    if _tag(root) != "graphml" or graph is None:
        raise TopologyError(
            source, [Fault(1, "", f"<{_tag(root)}> is no <graphml> with a <graph>")]
        )
    names = {key.get("id", ""): key.get("attr.name", "") for key in root.findall("{*}key")}
    of_graph = _data(graph, names)
    found = Graph(of_graph.get("Network") or of_graph.get("label") or _stem(source))
    for node in graph.iter():
        if _tag(node) == "node" and node.find("{*}graph") is None:  # else a group of nodes
            found.nodes.append(_node(node, names))
        elif _tag(node) == "edge":
            found.edges.append(_edge(node, names))
    return found


def _line_of(text: str, mark: str) -> int:
    return text.count("\n", 0, max(0, text.find(mark))) + 1


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _stem(source: str) -> str:
    return source.replace("\\", "/").rpartition("/")[2].partition(".")[0]


def _data(element: Element, names: dict[str, str]) -> dict[str, str]:
    return {
        names.get(data.get("key", ""), ""): (data.text or "").strip()
        for data in element.findall("{*}data")
    }


def _node(element: Element, names: dict[str, str]) -> GraphNode:
    data = _data(element, names)
    key = element.get("id", "")
    longitude, latitude = finite(data.get("Longitude")), finite(data.get("Latitude"))
    if longitude is not None and latitude is not None:
        return GraphNode(key, data.get("label", ""), Position(longitude, latitude, True))
    label = data.get("label") or _drawn_label(element)
    return GraphNode(key, "" if label == "None" else label, _drawn_place(element))


def _drawn_label(element: Element) -> str:
    drawn = next(element.iter("{http://www.yworks.com/xml/graphml}NodeLabel"), None)
    return (drawn.text or "").strip() if drawn is not None else ""


def _drawn_place(element: Element) -> Position | None:
    geometry = next(element.iter("{http://www.yworks.com/xml/graphml}Geometry"), None)
    if geometry is None:
        return None
    x, y = finite(geometry.get("x")), finite(geometry.get("y"))
    # the sheet counts downwards
    return Position(x, -y) if x is not None and y is not None else None


def _edge(element: Element, names: dict[str, str]) -> GraphEdge:
    data = _data(element, names)
    ends = (element.get("source", ""), element.get("target", ""))
    return GraphEdge(ends, bandwidth=_bandwidth(data))


def _bandwidth(data: dict[str, str]) -> int | None:
    """In bit/s, of the most exact attribute that an edge has."""
    rate = finite(data.get("LinkSpeedRaw"))
    speed, unit = finite(data.get("LinkSpeed")), data.get("LinkSpeedUnits", "")
    if rate is None and speed is not None and unit in _UNITS:
        rate = speed * _UNITS[unit]
    label = data.get("LinkLabel", "")
    if rate is None and (match := _LABEL.fullmatch(label)):
        rate = float(match[1]) * _UNITS[match[2].upper()]
    if rate is None and (match := _OPTICAL.fullmatch(label)):
        rate = float(int(match[1]) * _OC_1)
    return round(rate) if rate is not None and 1 <= rate <= _MOST_BANDWIDTH else None
