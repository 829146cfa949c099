"""What is drawn: points with a name and a size, and lines between them.

A LAN segment is a point of its own, with a line to everybody on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.lab.model import EndKind

if TYPE_CHECKING:
    from fingerpost.lab.model import Lab, LinkSpec, Position


@dataclass(frozen=True, slots=True)
class Point:
    """A node, a LAN (`kind` "lan") or a device of the machine ("device")."""

    name: str
    label: str
    kind: str
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A link, or one arm of a LAN, between the points of two indices."""

    link: LinkSpec
    ends: tuple[int, int]


def shape_of(lab: Lab) -> tuple[list[Point], list[Line]]:
    """The points and lines of a lab, nodes first, in the order of its file."""
    points = [
        Point(node.name, node.label or node.name, node.kind.value, node.position)
        for node in lab.nodes.values()
    ]
    index = {point.name: at for at, point in enumerate(points)}
    lines: list[Line] = []
    for link in lab.links:
        ends: list[int] = []
        for end in link.endpoints:
            if end.kind is EndKind.NODE:
                ends.append(index[end.node])
            else:
                ends.append(len(points))
                points.append(Point(str(end), str(end), "device"))
        if len(ends) == 2:
            lines.append(Line(link, (ends[0], ends[1])))
            continue
        hub = len(points)
        points.append(Point(f"link {link.name}", "", "lan"))
        lines += [Line(link, (hub, end)) for end in ends]
    return points, lines
