"""From places in hops or degrees to pixels: scaled to a sheet, and no two points too close."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.float64]

MARGIN = 70.0
_WIDEST, _HIGHEST = 1600.0, 1200.0
_EDGE = 120.0  # what a typical line should measure
_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """The size of the drawing, and the place of every point on it."""

    width: float
    height: float
    places: Places


def fit(places: Places, edges: list[tuple[int, int]], gap: float) -> Sheet:
    """Scale so that lines have a good length and all fits; points keep `gap` between them."""
    count = len(places)
    if count == 0:
        return Sheet(2 * MARGIN, 2 * MARGIN, places)
    span = np.maximum(np.ptp(places, axis=0), 1e-9)
    room = np.array([_WIDEST, _HIGHEST]) - 2 * MARGIN
    scale = min(_typical(places, edges), float((room / span).min()))
    pixels = _apart((places - places.min(axis=0)) * scale, gap)
    pixels = pixels - pixels.min(axis=0) + MARGIN
    width, height = (pixels.max(axis=0) + MARGIN).tolist()
    width = max(width, 360.0)
    return Sheet(math.ceil(width), math.ceil(max(height, 200.0)), pixels)


def _typical(places: Places, edges: list[tuple[int, int]]) -> float:
    """The scale at which the median line has a good length."""
    if not edges:
        return _EDGE
    ends = np.array(edges)
    lengths = np.linalg.norm(places[ends[:, 0]] - places[ends[:, 1]], axis=1)
    median = float(np.median(lengths))
    return _EDGE / median if median > 0 else _EDGE


def _apart(pixels: Places, gap: float) -> Places:
    """Push points that are closer than `gap` away from each other."""
    if len(pixels) > 2500:
        return pixels
    for _ in range(_ROUNDS):
        offsets = pixels[:, None, :] - pixels[None, :, :]
        lengths = np.sqrt((offsets**2).sum(axis=2))
        np.fill_diagonal(lengths, np.inf)
        if float(lengths.min(initial=np.inf)) >= gap * 0.98:
            break
        first, second = np.nonzero(lengths < gap)
        close = np.maximum(lengths[first, second], 1e-6)
        push = offsets[first, second] / close[:, None]
        same = lengths[first, second] < 1e-6  # on one spot: each goes its own way
        angle = first[same] * 2.399963
        push[same] = np.stack([np.cos(angle), np.sin(angle)], 1)
        moves = np.zeros_like(pixels)
        np.add.at(moves, first, push * ((gap - close) / 2)[:, None])
        pixels = pixels + moves
    return pixels
