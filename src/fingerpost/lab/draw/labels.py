"""A spot for every label: the one of eight around its point that covers the least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.float64]

# offsets in units of the point's size, and where the text hangs: dx, dy, anchor
_SPOTS = (
    (0.0, 1.0, "middle"),
    (0.0, -1.0, "middle"),
    (1.0, 0.0, "start"),
    (-1.0, 0.0, "end"),
    (0.8, 0.8, "start"),
    (-0.8, 0.8, "end"),
    (0.8, -0.8, "start"),
    (-0.8, -0.8, "end"),
)
_WIDE = frozenset("mwMWQOCDGHNU@%")
_NARROW = frozenset("iljtfrI1.,:;'|()[] -_")


@dataclass(frozen=True, slots=True)
class Label:
    """Where a text stands: its base line at `x`, `y`, hanging from `anchor`."""

    x: float
    y: float
    anchor: str


def text_width(text: str, size: float) -> float:
    """About how wide a text is in a sans-serif font of `size` pixels."""
    units = sum(0.9 if c in _WIDE else 0.35 if c in _NARROW else 0.58 for c in text)
    return units * size


def place_labels(
    texts: list[str],
    places: Places,
    edges: list[tuple[int, int]],
    radius: float,
    size: float,
    sheet: tuple[float, float],
) -> list[Label]:
    """A label for every text beside its point; an empty text takes no room."""
    ends = np.array(edges, np.int64).reshape(-1, 2)
    starts, stops = places[ends[:, 0]], places[ends[:, 1]]
    boxes = np.concatenate([places - radius, places + radius], axis=1)
    taken = np.empty((len(texts), 4))
    used = 0
    found: list[Label] = []
    for at, text in enumerate(texts):
        width = text_width(text, size)
        best: tuple[float, Label, tuple[float, ...]] | None = None
        for rank, (dx, dy, anchor) in enumerate(_SPOTS if text else _SPOTS[:1]):
            label, box = _spot(places[at], dx, dy, anchor, radius, size, width)
            cost = rank * 0.1
            if text:
                cost += 6 * _hits(box, boxes, skip=at) + 10 * _hits(box, taken[:used])
                cost += 2 * _crossed(box, starts, stops) + 20 * _outside(box, sheet)
            if best is None or cost < best[0]:
                best = (cost, label, box)
        assert best is not None
        found.append(best[1])
        if text:
            taken[used] = best[2]
            used += 1
    return found


def _spot(
    place: Places, dx: float, dy: float, anchor: str, radius: float, size: float, width: float
) -> tuple[Label, tuple[float, ...]]:
    gap = radius + 4
    x = float(place[0]) + dx * gap
    middle = float(place[1]) + dy * (gap + size / 2)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    label = Label(round(x, 1), round(middle + size * 0.35, 1), anchor)
    return label, (left, middle - size * 0.55, left + width, middle + size * 0.55)


def _hits(box: tuple[float, ...], boxes: Places, skip: int | None = None) -> int:
    apart = (boxes[:, 0] > box[2]) | (boxes[:, 2] < box[0])
    apart |= (boxes[:, 1] > box[3]) | (boxes[:, 3] < box[1])
    if skip is not None:
        apart[skip] = True
    return int(len(boxes) - np.count_nonzero(apart))


def _outside(box: tuple[float, ...], sheet: tuple[float, float]) -> bool:
    return box[0] < 2 or box[1] < 2 or box[2] > sheet[0] - 2 or box[3] > sheet[1] - 2


def _crossed(box: tuple[float, ...], starts: Places, stops: Places) -> int:
    """How many lines run through a box (Liang-Barsky clipping)."""
    if not len(starts):
        return 0
    low = np.zeros(len(starts))
    high = np.ones(len(starts))
    step = stops - starts
    for axis in (0, 1):
        with np.errstate(divide="ignore", invalid="ignore"):
            enter = (box[axis] - starts[:, axis]) / step[:, axis]
            leave = (box[axis + 2] - starts[:, axis]) / step[:, axis]
        flat = step[:, axis] == 0
        inside = (starts[:, axis] >= box[axis]) & (starts[:, axis] <= box[axis + 2])
        enter, leave = np.minimum(enter, leave), np.maximum(enter, leave)
        enter = np.where(flat, np.where(inside, -np.inf, np.inf), enter)
        leave = np.where(flat, np.where(inside, np.inf, -np.inf), leave)
        low, high = np.maximum(low, enter), np.minimum(high, leave)
    return int(np.count_nonzero(low <= high))
