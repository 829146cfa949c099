"""Random changes of a table by numbers: which prefix, and the id it gets, 0 for none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from golden.columns import U32, Prefixes
from golden.intervals import Intervals

BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Changes:
    """Step i puts `id[i]` at prefix number `which[i]`, or drops it where the id is 0.

    Within one batch of `size` steps a prefix occurs at most once.
    """

    which: npt.NDArray[np.int64]
    id: U32
    size: int


def batch_size(prefixes: int) -> int:
    """Steps a batch: `BATCH`, less in a small table."""
    return min(BATCH, max(1, prefixes // 2))


def random_changes(count: int, present: npt.NDArray[np.bool_], seed: int) -> Changes:
    """Half of the steps at present prefixes drop them, all others put an id never used before.

    `present[i]` says whether prefix i is in the table at first; the ids in use then are at most
    `len(present)`.
    """
    random = np.random.default_rng([seed, len(present)])
    there = present.copy()
    size = batch_size(len(there))
    chosen: list[npt.NDArray[np.int64]] = []
    values: list[U32] = []
    next_id = len(there) + 1
    for _ in range(max(1, count // size)):
        batch = random.choice(len(there), size, replace=False)
        drops = there[batch] & (random.random(size) < 0.5)
        there[batch] = ~drops
        ids = np.arange(next_id, next_id + size, dtype=np.uint32)
        chosen.append(batch)
        values.append(np.where(drops, np.uint32(0), ids).astype(np.uint32))
        next_id += size
    return Changes(np.concatenate(chosen), np.concatenate(values), size)


def after(changes: Changes, steps: int, ids: U32) -> U32:
    """The ids of all prefixes after so many steps; 0 where the prefix is gone."""
    changed = ids.copy()
    # numpy lets the last of several assignments to one place win, which is the order of steps.
    changed[changes.which[:steps]] = changes.id[:steps]
    return changed


def flattened(prefixes: Prefixes, ids: U32) -> Intervals:
    """The intervals of a table that holds the prefixes whose id is not 0."""
    present = np.flatnonzero(ids)
    return Intervals.of(prefixes.take(present), ids[present])
