"""A table of full size, millions of questions of each kind, before and after random updates.

`FINGERPOST_THIN=20` takes every 20th prefix and as few of all else: enough for one more kernel.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from fingerpost.addr import Prefix
from fingerpost.fib import Fib
from fingerpost.fib.synthetic import full_table as synthetic_table
from golden.changes import Changes, after, flattened, random_changes
from golden.columns import U32, Addresses, Prefixes
from golden.intervals import Intervals
from golden.queries import KINDS, queries
from golden.tables import full_table, with_strangers

pytestmark = pytest.mark.slow

THIN = int(os.environ.get("FINGERPOST_THIN", "1"))
QUESTIONS = 4_000_000 // THIN
UPDATES = 600_000 // THIN
STRANGERS = 100_000 // THIN


@dataclass(frozen=True, slots=True)
class Case:
    """One family: the pool of prefixes that come and go, the questions and their right answers."""

    pool: Prefixes
    ids: U32
    changes: Changes
    asked: dict[str, Addresses]
    right: dict[str, tuple[U32, U32]]
    """By kind: before and after the changes."""


@pytest.fixture(scope="module")
def table() -> dict[int, Prefixes]:
    return full_table(synthetic_table(1))


@pytest.fixture(scope="module", params=[4, 6], ids=["IPv4", "IPv6"])
def case(request: pytest.FixtureRequest, table: dict[int, Prefixes]) -> Case:
    prefixes = table[request.param].take(slice(None, None, THIN))
    pool = with_strangers(prefixes, STRANGERS)
    ids = np.arange(1, len(pool) + 1, dtype=np.uint32)
    ids[len(prefixes) :] = 0
    changes = random_changes(UPDATES, ids > 0, seed=2)
    states = flattened(pool, ids), flattened(pool, after(changes, len(changes.which), ids))
    asked = {kind: queries(kind, pool, QUESTIONS, seed=3) for kind in KINDS}
    right = {kind: answers(states, asked[kind]) for kind in KINDS}
    return Case(pool, ids, changes, asked, right)


def answers(states: tuple[Intervals, Intervals], asked: Addresses) -> tuple[U32, U32]:
    """The right answers before and after; sorted questions are found three times as fast."""
    order = np.argsort(asked.high)
    found = np.empty((2, len(asked)), dtype=np.uint32)
    for at, state in enumerate(states):
        found[at, order] = state.lookup(asked.take(order))
    return found[0], found[1]


@pytest.mark.parametrize("form", ["compact", "fast"])
def test_no_answer_is_wrong_before_and_after_updates(case: Case, form: str) -> None:
    prefixes = [Prefix(text) for text in case.pool.as_texts()]
    there = np.flatnonzero(case.ids).tolist()
    fib: Fib[int] = Fib(((prefixes[at], at + 1) for at in there), form=form)
    assert len(fib) == len(there)
    for kind in KINDS:
        assert wrong(fib, case.asked[kind], case.right[kind][0]) == 0, f"{kind}, as built"
    for batch in batches(case.changes):
        pairs = [(prefixes[at], value) for at, value in batch]
        drop = [prefix for prefix, value in pairs if not value]
        done = fib.apply(put=[pair for pair in pairs if pair[1]], drop=drop)
        assert done.missing == ()
    for kind in KINDS:
        assert wrong(fib, case.asked[kind], case.right[kind][1]) == 0, f"{kind}, after updates"


@pytest.mark.parametrize("kernel", ["scalar", "avx2"])
def test_other_kernels_answer_the_same(kernel: str) -> None:
    """The choice is made once a process, so each kernel gets one of its own."""
    test = f"{Path(__file__)}::{test_no_answer_is_wrong_before_and_after_updates.__name__}"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    environment = {"FINGERPOST_SIMD": kernel, "FINGERPOST_THIN": "20"}
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def batches(changes: Changes) -> list[list[tuple[int, int]]]:
    steps = list(zip(changes.which.tolist(), changes.id.tolist(), strict=True))
    return [steps[at : at + changes.size] for at in range(0, len(steps), changes.size)]


def wrong(fib: Fib[int], asked: Addresses, right: U32) -> int:
    """How many answers differ from the right ones."""
    column: npt.NDArray[np.generic] = asked.as_uint32() if asked.version == 4 else asked.as_bytes()
    indices, values = fib.lookup_many(column)
    ids = np.fromiter((value or 0 for value in values), np.uint32, len(values))
    return int(np.count_nonzero(ids[indices] != right))
