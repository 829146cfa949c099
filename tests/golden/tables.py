"""Tables of full size for tests: the real one where it is, else the generated one of its shape."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from golden.columns import Addresses, Prefixes, host_bits, join, prefixes_from_lines
from golden.queries import queries

REPOSITORY = Path(__file__).resolve().parent.parent.parent


def real_lines() -> list[str] | None:
    """The prefixes of the real table, None where it is not at hand."""
    named = os.environ.get("FINGERPOST_DATA")
    data = Path(named) if named else REPOSITORY.parent / "shared" / "data"
    path = data / "table" / "prefixes.txt.gz"
    return gzip.decompress(path.read_bytes()).decode().split() if path.exists() else None


def full_table(otherwise: Iterable[str]) -> dict[int, Prefixes]:
    """The real table by family, or the one that the lines of `otherwise` make."""
    lines = real_lines()
    return prefixes_from_lines(otherwise if lines is None else lines)


def with_strangers(prefixes: Prefixes, count: int, seed: int = 1) -> Prefixes:
    """The prefixes, then up to `count` others of all lengths cut from addresses inside them.

    From `len(prefixes)` on they are new; the default route is among them if it was missing.
    """
    random = np.random.default_rng([seed, prefixes.version])
    inside = queries("hit", prefixes, count, seed)
    width = 32 if prefixes.version == 4 else 128
    length = random.integers(0, width + 1, count).astype(np.uint8)
    high_mask, low_mask = host_bits(length)
    cut = Addresses(prefixes.version, inside.high & ~high_mask, inside.low & ~low_mask)
    pool = join([prefixes, Prefixes(cut, length)])
    rows = np.stack([pool.network.high, pool.network.low, pool.length.astype(np.uint64)])
    _, first = np.unique(rows, axis=1, return_index=True)
    return pool.take(np.sort(first))
