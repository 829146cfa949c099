"""Three kinds of addresses to ask a table for, seeded.

`uniform`: anywhere. `hit`: a prefix picked uniformly, then random host bits: the worst case for
caches. `zipf`: as flows are: a few addresses of the table are asked for very often.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from golden.columns import Addresses, Prefixes, host_bits

KINDS = ("uniform", "hit", "zipf")


def queries(kind: str, prefixes: Prefixes, count: int, seed: int = 1) -> Addresses:
    """`count` addresses of the kind for this table."""
    random = np.random.default_rng([seed, KINDS.index(kind), prefixes.version])
    if kind == "uniform":
        return _uniform(prefixes.version, count, random)
    if kind == "hit":
        return _inside(prefixes, random.integers(0, len(prefixes), count), random)
    # One address a prefix in random order; the one of rank r is asked for in proportion to 1/r.
    flows = _inside(prefixes, random.permutation(len(prefixes)), random)
    ranks = np.floor((len(flows) + 1) ** random.random(count)).astype(np.int64) - 1
    return flows.take(ranks)


def _uniform(version: int, count: int, random: np.random.Generator) -> Addresses:
    words = random.integers(0, 2**64, (2, count), dtype=np.uint64)
    if version == 4:
        return Addresses(4, words[0] >> np.uint64(32) << np.uint64(32), np.zeros_like(words[1]))
    return Addresses(6, words[0], words[1])


def _inside(
    prefixes: Prefixes, which: npt.NDArray[np.int64], random: np.random.Generator
) -> Addresses:
    chosen = prefixes.take(which)
    noise = _uniform(prefixes.version, len(which), random)
    high_mask, low_mask = host_bits(chosen.length)
    return Addresses(
        prefixes.version,
        chosen.network.high | (noise.high & high_mask),
        chosen.network.low | (noise.low & low_mask),
    )
