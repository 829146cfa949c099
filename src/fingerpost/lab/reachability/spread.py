"""Outcomes spread backwards: from where packets end to everybody who sends there.

One block of destinations at a time, all nodes in each, as flat arrays: cell `node * width + column`
is a packet for that column's destination at that node. A cell whose branches all have their outcome
gets the union of theirs; cells that never get one lie on a circle or lead into one. Each branch is
looked at once, so a block costs as many steps as it has branches, whatever the paths' lengths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DELIVERED, LOST, LOOPS = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Block:
    """The outcome bits of every cell, and the branches between cells that lie on circles."""

    outcome: NDArray[np.uint8]
    circle_from: NDArray[np.int64]
    circle_to: NDArray[np.int64]


def spread(
    outcome: NDArray[np.uint8], sources: NDArray[np.int64], targets: NDArray[np.int64]
) -> Block:
    """Complete `outcome`, in which the bits of cells that end a packet are set, in place.

    `sources[i]` and `targets[i]` are the cells of branch i.
    """
    waiting = np.bincount(sources, minlength=len(outcome))
    order = np.argsort(targets, kind="stable")
    by_target = sources[order]
    first = np.zeros(len(outcome) + 1, np.int64)
    np.cumsum(np.bincount(targets, minlength=len(outcome)), out=first[1:])
    place = np.empty(len(outcome), np.int64)
    ready = np.flatnonzero(waiting == 0)
    while len(ready):
        counts = first[ready + 1] - first[ready]
        senders = by_target[_ranges(first[ready], counts)]
        _unite(outcome, senders, np.repeat(outcome[ready], counts))
        np.subtract.at(waiting, senders, 1)
        ready = _distinct(senders[waiting[senders] == 0], place)
    return _circles(outcome, waiting, sources, targets)


def _circles(
    outcome: NDArray[np.uint8],
    waiting: NDArray[np.int64],
    sources: NDArray[np.int64],
    targets: NDArray[np.int64],
) -> Block:
    stuck = waiting > 0
    outcome[stuck] |= LOOPS
    leaving = stuck[sources]
    sources, targets = sources[leaving], targets[leaving]
    while True:  # a branch of a circle may also lead out of it
        before = outcome[sources]
        _unite(outcome, sources, outcome[targets])
        if np.array_equal(before, outcome[sources]):
            break
    inside = stuck[targets]
    return Block(outcome, sources[inside], targets[inside])


def _ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of all the ranges [start, start + count), one after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total, dtype=np.int64) + np.repeat(starts - ends + counts, counts)


def _unite(outcome: NDArray[np.uint8], cells: NDArray[np.int64], bits: NDArray[np.uint8]) -> None:
    """Set the bits in cells that may occur several times."""
    for bit in (DELIVERED, LOST, LOOPS):
        outcome[cells[(bits & bit) != 0]] |= bit


def _distinct(cells: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each cell once; `place` is scratch space."""
    numbers = np.arange(len(cells), dtype=np.int64)
    place[cells] = numbers
    once: NDArray[np.int64] = cells[place[cells] == numbers]
    return once
