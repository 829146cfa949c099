"""SVG text of a placed drawing. Every text of the lab is escaped; nothing is loaded from outside.

Colours are classes; the style sheet inside the picture has two sets of them and follows the
reader's preference for light or dark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.lab.draw.fit import Sheet
    from fingerpost.lab.draw.labels import Label
    from fingerpost.lab.draw.shape import Line, Point
    from fingerpost.lab.failures import Failures
    from fingerpost.lab.model import Lab, LinkSpec

_CSS = """
.fp { --paper: #ffffff; --ink: #1f2933; --line: #98a4b0; --node: #dbe7f3; --rim: #33648f;
  --host: #e9edc9; --host-rim: #6f7d2e; --path: #e8590c; --fault: #d6293e; }
@media (prefers-color-scheme: dark) {
  .fp { --paper: #14191f; --ink: #e6ebf0; --line: #5d6b79; --node: #21425f; --rim: #7fb3e0;
    --host: #3c4420; --host-rim: #bccb6b; --path: #ff922b; --fault: #ff6b7a; } }
.fp .paper { fill: var(--paper); }
.fp text { fill: var(--ink); font-family: system-ui, "Segoe UI", Roboto, sans-serif;
  paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.fp .title { font-weight: 600; }
.fp .link { stroke: var(--line); fill: none; stroke-linecap: round; }
.fp .router { fill: var(--node); stroke: var(--rim); }
.fp .host { fill: var(--host); stroke: var(--host-rim); }
.fp .lan, .fp .device { fill: var(--line); stroke: none; }
.fp .on-path { stroke: var(--path); }
.fp .head { fill: var(--path); }
.fp .dead { stroke: var(--fault); stroke-dasharray: 5 5; }
.fp .cross { stroke: var(--fault); fill: none; stroke-linecap: round; }
.fp .name { font-weight: 400; } .fp .name.on { font-weight: 700; }
"""


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes in pixels: the fewer points, the larger."""

    radius: float
    gap: float
    font: float
    line: float

    @classmethod
    def of(cls, count: int) -> Style:
        """What suits that many points."""
        if count <= 60:
            return cls(11.0, 34.0, 13.0, 2.0)
        if count <= 220:
            return cls(6.0, 16.0, 9.5, 1.4)
        return cls(3.0, 3.0, 9.0, 0.8)


def render(
    lab: Lab,
    points: list[Point],
    lines: list[Line],
    sheet: Sheet,
    labels: list[tuple[str, Label]],
    style: Style,
    *,
    path: tuple[str, ...],
    steps: tuple[str, ...],
    failures: Failures,
    legend: bool,
) -> str:
    """The whole picture."""
    sketch = _Sketch(lab, points, sheet, style, path, failures)
    rows = sketch.legend(bool(steps)) if legend else []
    height = sheet.height + (len(rows) and 30)
    title = f"{lab.name}: {len(lab.nodes):,} nodes, {len(lab.links):,} links"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="fp" role="img" '
        f'aria-label={quoteattr(title)} viewBox="0 0 {sheet.width:g} {height:g}" '
        f'width="{sheet.width:g}" height="{height:g}">',
        f"<title>{escape(title)}</title>",
        f"<style>{_CSS}</style>",
        f'<rect class="paper" width="{sheet.width:g}" height="{height:g}"/>',
        f'<text class="title" x="16" y="28" font-size="16">{escape(lab.name)}</text>',
        *(part for line in lines for part in sketch.line(line)),
        *sketch.route(lines, steps),
        *(part for at in range(len(points)) for part in sketch.point(at)),
        *sketch.names(labels),
        *rows,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Sketch:
    """Draws one thing after the other onto a sheet."""

    def __init__(
        self,
        lab: Lab,
        points: list[Point],
        sheet: Sheet,
        style: Style,
        path: tuple[str, ...],
        failures: Failures,
    ) -> None:
        self._points, self._sheet, self._style = points, sheet, style
        self._path, self._failures = set(path), failures
        self._order = path
        self._index = {point.name: at for at, point in enumerate(points)}
        self._bend = _bends(lab)

    def _at(self, index: int) -> tuple[float, float]:
        x, y = self._sheet.places[index]
        return round(float(x), 1), round(float(y), 1)

    def line(self, line: Line) -> Iterator[str]:
        """A link as a line; parallel ones as arcs; a dead one dashed, with a cross on it."""
        dead = line.link.name in self._failures.links
        kind = "link dead" if dead else "link"
        shape, middle = self._curve(line, line.ends)
        yield (
            f'<path class="{kind}" stroke-width="{self._style.line:g}" d="{shape}">'
            f"<title>{escape(about(line.link))}</title></path>"
        )
        if dead or any(link == line.link.name for link, _ in self._failures.directions):
            yield _cross(middle, self._style.radius * 0.7)

    def _curve(
        self, line: Line, ends: tuple[int, int], insets: tuple[float, float] = (0.0, 0.0)
    ) -> tuple[str, tuple[float, float]]:
        """The line from one point to another as SVG path, and its middle."""
        (ax, ay), (bx, by) = self._at(ends[0]), self._at(ends[1])
        length = max(((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5, 1e-6)
        ux, uy = (bx - ax) / length, (by - ay) / length
        first, last = (min(inset, length / 3) for inset in insets)
        ax, ay, bx, by = ax + ux * first, ay + uy * first, bx - ux * last, by - uy * last
        sign = 1 if ends[0] < ends[1] else -1  # the arc is the same one seen from both ends
        bend = self._bend.get(line.link.name, 0.0) * self._style.radius * 2 * sign
        if not bend:
            return f"M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}", ((ax + bx) / 2, (ay + by) / 2)
        cx, cy = (ax + bx) / 2 - uy * bend * 2, (ay + by) / 2 + ux * bend * 2
        middle = ((ax + bx) / 2 - uy * bend, (ay + by) / 2 + ux * bend)
        return f"M{ax:.1f} {ay:.1f}Q{cx:.1f} {cy:.1f} {bx:.1f} {by:.1f}", middle

    def route(self, lines: list[Line], steps: tuple[str, ...]) -> Iterator[str]:
        """The highlighted path, with an arrow where it arrives at each node."""
        if steps:
            yield (
                '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="4" '
                'markerHeight="4" orient="auto"><path class="head" d="M0 0L10 5L0 10z"/></marker>'
                "</defs>"
            )
        for number, name in enumerate(steps):
            here, there = self._index[self._order[number]], self._index[self._order[number + 1]]
            arms = [line for line in lines if line.link.name == name]
            for line, ends in _hops(arms, here, there):
                is_hub = [self._points[end].kind == "lan" for end in ends]
                insets = tuple(0.0 if hub else self._style.radius + 2 for hub in is_hub)
                shape, _ = self._curve(line, ends, (insets[0], insets[1]))
                head = "" if is_hub[1] else ' marker-end="url(#head)"'
                yield (
                    f'<path class="link on-path" stroke-width="{self._style.line * 2:g}"'
                    f'{head} d="{shape}"/>'
                )

    def point(self, at: int) -> Iterator[str]:
        """A router as a circle, a host as a square, a LAN as a small dot."""
        point, (x, y), r = self._points[at], self._at(at), self._style.radius
        on = " on-path" if point.name in self._path else ""
        width = self._style.line * (1.8 if on else 0.8)
        shared = f'class="{point.kind}{on}" stroke-width="{width:g}"'
        title = f"<title>{escape(point.name)}</title>"
        if point.kind == "host":
            side = r * 1.7
            yield (
                f'<rect {shared} x="{x - side / 2:.1f}" y="{y - side / 2:.1f}" '
                f'width="{side:.1f}" height="{side:.1f}" rx="2">{title}</rect>'
            )
        else:
            size = r if point.kind == "router" else r / 2
            yield f'<circle {shared} cx="{x}" cy="{y}" r="{size:g}">{title}</circle>'
        if point.name in self._failures.nodes:
            yield _cross((x, y), r)

    def names(self, labels: list[tuple[str, Label]]) -> Iterator[str]:
        """The labels; those of the path bold."""
        for point, (text, label) in zip(self._points, labels, strict=True):
            if text:
                on = " on" if point.name in self._path else ""
                yield (
                    f'<text class="name{on}" x="{label.x}" y="{label.y}" '
                    f'text-anchor="{label.anchor}" font-size="{self._style.font:g}">'
                    f"{escape(text)}</text>"
                )

    def legend(self, has_path: bool) -> list[str]:
        """What the marks mean; nothing where there is nothing to explain."""
        kinds = {point.kind for point in self._points}
        marks = [
            (kind, word)
            for kind, word in (("router", "router"), ("host", "host"), ("lan", "LAN segment"))
            if kind in kinds
        ]
        marks += [("path", "path")] if has_path else []
        marks += [("failed", "failed")] if self._failures else []
        if len(marks) < 2:
            return []
        y, x = self._sheet.height + 8, 26.0
        parts: list[str] = []
        for kind, word in marks:
            parts.append(_mark(kind, x, y))
            parts.append(f'<text x="{x + 14:g}" y="{y + 4:g}" font-size="12">{word}</text>')
            x += 44 + len(word) * 7
        return parts


def _hops(arms: list[Line], here: int, there: int) -> list[tuple[Line, tuple[int, int]]]:
    """The lines from one point to another: one, or over the hub of a LAN two."""
    for line in arms:
        if set(line.ends) == {here, there}:
            return [(line, (here, there))]
    first = next(line for line in arms if line.ends[1] == here)
    second = next(line for line in arms if line.ends[1] == there)
    return [(first, (here, first.ends[0])), (second, (second.ends[0], there))]


def _bends(lab: Lab) -> dict[str, float]:
    """How far each of several links between two nodes bends aside."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for link in lab.links:
        if len(link.endpoints) == 2:
            groups.setdefault(tuple(sorted(link.nodes)), []).append(link.name)
    bends: dict[str, float] = {}
    for names in groups.values():
        if len(names) > 1:
            for at, name in enumerate(names):
                bends[name] = at - (len(names) - 1) / 2
    return bends


def _cross(middle: tuple[float, float], size: float) -> str:
    (x, y), s = middle, size
    return (
        f'<path class="cross" stroke-width="{max(2.0, s / 3):.1f}" '
        f'd="M{x - s:.1f} {y - s:.1f}L{x + s:.1f} {y + s:.1f}'
        f'M{x - s:.1f} {y + s:.1f}L{x + s:.1f} {y - s:.1f}"/>'
    )


def _mark(kind: str, x: float, y: float) -> str:
    if kind == "path":
        return f'<path class="link on-path" stroke-width="4" d="M{x - 8:g} {y:g}h16"/>'
    if kind == "failed":
        return _cross((x, y), 6)
    if kind == "host":
        return f'<rect class="host" x="{x - 7:g}" y="{y - 7:g}" width="14" height="14" rx="2"/>'
    size = 8 if kind == "router" else 4
    return f'<circle class="{kind}" cx="{x:g}" cy="{y:g}" r="{size}"/>'


def about(link: LinkSpec) -> str:
    """A link in a line: its name, ends, delay, rate and subnets."""
    quality = link.quality
    parts = [link.name, " - ".join(map(str, link.endpoints))]
    if quality.delay_ns:
        parts.append(f"{quality.delay_ns / 1e6:g} ms")
    if quality.bandwidth:
        parts.append(f"{quality.bandwidth / 1e6:g} Mbit/s")
    if link.cost != 1:
        parts.append(f"cost {link.cost}")
    return ", ".join([*parts, *map(str, link.prefixes)])
