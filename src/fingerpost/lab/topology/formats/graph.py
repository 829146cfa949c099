"""What the formats of others have in common: named nodes with places, edges with figures.

Names are made fit for a lab (no spaces, every one different), delays follow from distances at two
thirds of the speed of light, costs that are no whole numbers are multiplied until they are.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from fingerpost.config.faults import Fault
from fingerpost.config.names import LONGEST_NAME
from fingerpost.lab.topology.draft import BGP, Draft, DraftEnd, DraftLink, DraftNode, Said
from fingerpost.lab.topology.faults import TopologyError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.lab.model import Position

_EARTH_M = 6_371_008.8  # the mean radius of the earth
_FIBRE_M_PER_S = 299_792_458 * 2 / 3
_UNFIT = re.compile(r"[\s:,/<>]+")
_FINEST = 1000  # what costs are multiplied by at most
_MOST_COST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node: what edges call it, what people call it, and where it is; `asn`: the AS it is."""

    key: str
    label: str = ""
    position: Position | None = None
    kind: str = "router"
    asn: int | None = None


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """An edge between the keys of two nodes, or of more: a LAN.

    `role`: what the first end is to the second, by RFC 9234.
    """

    ends: tuple[str, ...]
    cost: float = 1.0
    distance_m: float | None = None
    bandwidth: int | None = None
    role: str | None = None


@dataclass(slots=True)
class Graph:
    """A network as a format describes it."""

    name: str
    nodes: list[GraphNode] = field(default_factory=list)
    edges: list[GraphEdge] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def draft(self, source: str) -> Draft:
        """The draft of a lab; raises `TopologyError` for an edge to a node that is not there."""
        if not self.nodes:
            raise TopologyError(source, [Fault(0, "", "no nodes in it")])
        draft = Draft(fit(self.name) or "lab", source, warnings=self.warnings)
        names = self._names(source)
        for node in self.nodes:
            name = names[node.key]
            made = DraftNode(name, label=node.label or name, position=node.position, asn=node.asn)
            draft.nodes[name] = made
            if node.kind == "host":
                made.kind = type(made.kind).HOST
        places = {node.key: node.position for node in self.nodes}
        factor = self._cost_factor()
        loops = 0
        for edge in self.edges:
            lost = [key for key in edge.ends if key not in names]
            if lost:
                said = f"an edge {' - '.join(edge.ends)}, but no node {lost[0]!r}"
                raise TopologyError(source, [Fault(0, "", said)])
            if len(set(edge.ends)) < 2:
                loops += 1
                continue
            draft.links.append(_link(edge, names, places, factor))
        if loops:
            self.warnings.append(f"{loops:,} edges from a node to itself passed over")
        return draft

    def _names(self, source: str) -> dict[str, str]:
        """A fit name for every key; of equal labels the first keeps it, others get _2, _3."""
        names: dict[str, str] = {}
        taken: set[str] = set()
        wanted = [fit(node.label) or _numbered(fit(node.key)) for node in self.nodes]
        once = {name for name, count in Counter(wanted).items() if count == 1}
        for node, name in zip(self.nodes, wanted, strict=True):
            if node.key in names:
                raise TopologyError(source, [Fault(0, "", f"two nodes {node.key!r}")])
            number, unique = 1, name
            while unique in taken or (number > 1 and unique in once):
                number += 1
                unique = f"{name}_{number}"
            taken.add(unique)
            names[node.key] = unique
        return names

    def _cost_factor(self) -> int:
        factor = 1
        while factor < _FINEST and any(not (e.cost * factor).is_integer() for e in self.edges):
            factor *= 10
        if factor > 1:
            self.warnings.append(f"costs are multiplied by {factor:,} to be whole numbers")
        return factor


def _link(
    edge: GraphEdge, names: dict[str, str], places: dict[str, Position | None], factor: int
) -> DraftLink:
    quality: dict[str, Any] = {}
    metres = edge.distance_m
    if metres is None and len(edge.ends) == 2:
        metres = distance_m(places[edge.ends[0]], places[edge.ends[1]])
    if metres is not None:
        quality["delay_ns"] = round(metres / _FIBRE_M_PER_S * 1e9)
    if edge.bandwidth is not None:
        quality["bandwidth"] = edge.bandwidth
    cost = min(max(1, round(edge.cost * factor)), _MOST_COST)
    ends = [DraftEnd(names[key]) for key in edge.ends]
    if edge.role is not None:
        ends[0].options[BGP] = Said({"role": edge.role}, ())
    return DraftLink(ends, quality=quality, cost=cost)


def _numbered(key: str) -> str:
    """A name for a node that has only a number."""
    return f"n{key}" if key.isdecimal() or not key else key


def fit(label: str) -> str:
    """A label as a name: "Washington, DC" is Washington_DC; "" where nothing is left."""
    return _UNFIT.sub("_", label.strip()).strip("_")[: LONGEST_NAME - 8]


def distance_m(a: Position | None, b: Position | None) -> float | None:
    """The length of the great circle between two places; None unless both are geographic."""
    if a is None or b is None or not (a.is_geographic and b.is_geographic):
        return None
    ax, ay, bx, by = map(math.radians, (a.x, a.y, b.x, b.y))
    half = math.sin((by - ay) / 2) ** 2
    half += math.cos(ay) * math.cos(by) * math.sin((bx - ax) / 2) ** 2
    return 2 * _EARTH_M * math.asin(math.sqrt(min(1.0, half)))


def finite(value: object) -> float | None:
    """A number of a file as a float; None for what is none, or not finite."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < 1e15 else None


def undirected(edges: Iterable[GraphEdge]) -> tuple[list[GraphEdge], int]:
    """Edges that are listed in both directions, once; and how many had another cost on the way
    back. Edges of a list that is not symmetric stay as they are.
    """
    given = list(edges)
    ways = Counter(edge.ends for edge in given)
    if any(ways[ends[::-1]] != count for ends, count in ways.items()):
        return given, 0
    back: dict[tuple[str, ...], list[GraphEdge]] = {}
    once: list[GraphEdge] = []
    uneven = 0
    for edge in given:
        waiting = back.get(edge.ends[::-1])
        if waiting:
            uneven += waiting.pop(0).cost != edge.cost
        else:
            back.setdefault(edge.ends, []).append(edge)
            once.append(replace(edge))
    return once, uneven
