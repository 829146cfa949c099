"""Where the points of a drawing are.

Places of the file are used when most nodes have one; whoever has none stands among its neighbours.
Otherwise distances on paper follow distances in the graph: classical scaling, then stress
majorization (Gansner, Koren, North, "Graph Drawing by Stress Majorization", 2004) with weights
1/d². Nothing is random; the same lab is drawn the same.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fingerpost.lab.draw.shape import Line, Point

    Places = NDArray[np.float64]

_STRESSED = 1200  # points; more are placed by scaling alone, from some pivots
_PIVOTS = 60
_ALL_PIVOTS = 300  # points; of so few every one is a pivot
_ROUNDS = 120
_WORK = 15_000  # points times rounds: large graphs get fewer, as their scaling is good already
_GOLDEN = math.pi * (3 - math.sqrt(5))


def place(points: list[Point], lines: list[Line]) -> Places:
    """A place for every point as rows of x, y; y grows downwards, the unit is one hop or degree."""
    edges = [line.ends for line in lines]
    given = [at for at, point in enumerate(points) if point.position is not None]
    nodes = sum(point.kind in ("router", "host") for point in points)
    if len(given) > nodes / 2:
        return _from_file(points, edges, given)
    return _from_graph(len(points), edges)


def _from_file(points: list[Point], edges: list[tuple[int, int]], given: list[int]) -> Places:
    places = np.full((len(points), 2), np.nan)
    for at in given:
        position = points[at].position
        if position is not None:
            places[at] = position.x, -position.y
    if all(p.position.is_geographic for p in points if p.position is not None):
        middle = float(np.nanmean(places[:, 1]))
        places[:, 0] *= math.cos(math.radians(middle))  # a degree of longitude there
    neighbours = _neighbours(len(points), edges)
    missing = deque(np.flatnonzero(np.isnan(places[:, 0])).tolist())
    centre = np.nanmean(places, axis=0)
    waited = 0
    while missing:
        at = missing.popleft()
        known = [other for other in neighbours[at] if not np.isnan(places[other, 0])]
        if not known and waited <= len(missing):
            missing.append(at)  # its neighbours may get a place first
            waited += 1
            continue
        waited = 0
        middle_of = places[known].mean(axis=0) if known else centre
        is_between = len(known) > 1
        places[at] = middle_of + (0 if is_between else _step(at, places))
    return places


def _step(at: int, places: Places) -> Places:
    """A step aside, in a direction of its own, so that two never stand on one spot."""
    known = places[~np.isnan(places[:, 0])]
    size = float(np.ptp(known, axis=0).max()) / math.sqrt(len(known)) / 2 or 1.0
    return np.array([math.cos(at * _GOLDEN), math.sin(at * _GOLDEN)]) * size


def _neighbours(count: int, edges: list[tuple[int, int]]) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for a, b in edges:
        found[a].append(b)
        found[b].append(a)
    return found


def _from_graph(count: int, edges: list[tuple[int, int]]) -> Places:
    if count < 3:
        return np.array([[float(at), 0.0] for at in range(count)]).reshape(-1, 2)
    neighbours = _neighbours(count, edges)
    if count > _STRESSED:
        return _spread_out(_scaled(_hops(neighbours, _pivots(neighbours))))
    hops = _hops(neighbours, list(range(count)))
    return _stressed(_scaled(hops if count <= _ALL_PIVOTS else hops[_pivots(neighbours)]), hops)


def _hops(neighbours: list[list[int]], sources: list[int]) -> Places:
    """Hops from each source to all; to another part of the graph a little more than to any here."""
    rows = np.full((len(sources), len(neighbours)), np.inf)
    for row, source in zip(rows, sources, strict=True):
        row[source] = 0
        queue = deque([source])
        while queue:
            at = queue.popleft()
            for other in neighbours[at]:
                if row[other] == np.inf:
                    row[other] = row[at] + 1
                    queue.append(other)
    far = float(rows[np.isfinite(rows)].max()) if len(rows) else 0.0
    rows[~np.isfinite(rows)] = max(2.0, far * 0.75 + 1)
    return rows


def _pivots(neighbours: list[list[int]]) -> list[int]:
    """Points far from each other: each next one is the farthest from all before."""
    chosen = [0]
    nearest = _hops(neighbours, chosen)[0]
    while len(chosen) < _PIVOTS:
        chosen.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, _hops(neighbours, chosen[-1:])[0])
    return chosen


def _scaled(hops: Places) -> Places:
    """Classical scaling of squared distances to pivots; signs fixed so that all agree on them."""
    squared = hops.T**2
    squared = squared - squared.mean(axis=0) - squared.mean(axis=1, keepdims=True) + squared.mean()
    _, vectors = np.linalg.eigh(squared.T @ squared)
    places: Places = squared @ vectors[:, [-1, -2]]
    for axis in range(2):
        largest = np.argmax(np.abs(places[:, axis]))
        if places[largest, axis] < 0:
            places[:, axis] *= -1
    size = float(np.abs(places).max()) or 1.0
    return _spread_out(places / size * float(hops.max()) / 2)


def _spread_out(places: Places) -> Places:
    """Move every point a little, each another way: equal ones would stay on one spot for ever."""
    angle = np.arange(len(places)) * _GOLDEN
    return places + 0.05 * np.stack([np.cos(angle), np.sin(angle)], 1)


def _stressed(places: Places, hops: Places) -> Places:
    count = len(places)
    with np.errstate(divide="ignore"):
        weights = np.where(hops > 0, hops**-2.0, 0.0)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    inverse = np.linalg.inv(laplacian + 1.0 / count)  # the shift by 1/n leaves centred places alone
    wanted = weights * hops
    for _ in range(min(_ROUNDS, max(8, _WORK // count))):
        places = places - places.mean(axis=0)
        gaps = places[:, None, :] - places[None, :, :]
        lengths = np.sqrt((gaps**2).sum(axis=2))
        with np.errstate(divide="ignore", invalid="ignore"):
            pulls = np.where(lengths > 1e-9, wanted / lengths, 0.0)
        moved = inverse @ (places * pulls.sum(axis=1)[:, None] - pulls @ places)
        change = float(np.abs(moved - places).max())
        places = moved
        if change < 1e-3:
            break
    return _level(places)


def _level(places: Places) -> Places:
    """Turn the drawing so that it is widest from left to right."""
    centred = places - places.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    turned: Places = centred @ vectors[:, [1, 0]]
    for axis in range(2):
        if turned[0, axis] > 0:  # the first node of the file stands to the left and on top
            turned[:, axis] *= -1
    return turned
