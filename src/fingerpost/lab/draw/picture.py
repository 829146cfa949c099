"""The picture: a lab as SVG, with a path highlighted and failures crossed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.lab.draw.shape import shape_of
from fingerpost.lab.failures import NONE, Failures

if TYPE_CHECKING:
    from fingerpost.lab.model import Lab

MOST_LABELS = 220  # of more nodes only those that matter are named


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing. `svg` is the text; in a notebook it shows itself.

    `places`: by node, in pixels from the upper left corner.
    """

    svg: str
    width: float
    height: float
    places: dict[str, tuple[float, float]]

    def _repr_svg_(self) -> str:
        return self.svg


def draw(
    lab: Lab,
    *,
    path: Sequence[str] = (),
    failures: Failures = NONE,
    legend: bool = True,
) -> Picture:
    """Draw a lab, with the links between the nodes of `path` highlighted and `failures` crossed.

    Raises `UsageError` for a path whose nodes are not there or not linked in that order.
    """
    from fingerpost.lab.draw.fit import fit
    from fingerpost.lab.draw.labels import place_labels
    from fingerpost.lab.draw.place import place
    from fingerpost.lab.draw.svg import Style, render

    steps = links_of_path(lab, path, failures)
    points, lines = shape_of(lab)
    edges = [line.ends for line in lines]
    style = Style.of(len(points))
    sheet = fit(place(points, lines), edges, style.radius * 2 + style.gap)
    is_named = len(points) <= MOST_LABELS
    texts = [
        point.label if is_named or point.name in path or point.name in failures.nodes else ""
        for point in points
    ]
    size = (sheet.width, sheet.height)
    labels = place_labels(texts, sheet.places, edges, style.radius, style.font, size)
    svg = render(
        lab, points, lines, sheet, list(zip(texts, labels, strict=True)), style,
        path=tuple(path), steps=steps, failures=failures, legend=legend,
    )  # fmt: skip
    places = {
        point.name: (round(float(x), 1), round(float(y), 1))
        for point, (x, y) in zip(points, sheet.places, strict=True)
        if point.name in lab.nodes
    }
    return Picture(svg, sheet.width, sheet.height, places)


def links_of_path(lab: Lab, path: Sequence[str], failures: Failures) -> tuple[str, ...]:
    """The link of each step of a path: one that works, if several join the two nodes."""
    found = []
    for name in path:
        lab.node(name)
    for here, there in pairwise(path):
        links = [link for link in lab.links if {here, there} <= set(link.nodes)]
        if not links:
            raise UsageError(f"no link joins {here} and {there}; name every node of the path")
        works = [link for link in links if failures.carries(link, here, there)]
        found.append((works or links)[0].name)
    return tuple(found)
