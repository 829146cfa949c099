"""A generated routing table with the shape of the Internet's, for those who lack a real one.

The table grows as a binary trie from the roots down (fib/shape.py). At each level, among the nodes
of one kind exactly as many get two children, one, or none as in the real table, and exactly as
many children become prefixes. So lengths and nesting come out equal, and crowding nearly so; only
which node it is that gets the children is drawn. The draw is a hash of the node and the seed
(splitmix64) in integers, hence the same on every machine and under every version of numpy. Each
block draws how busy it is: some are crowded, some nearly empty, as allocations are.

Origins are AS numbers for private use (RFC 6996): a table that claims nothing about anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fingerpost.errors import UsageError
from fingerpost.fib import shape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    import numpy as np
    from numpy.typing import NDArray

FULL_V4 = shape.V4.prefixes
FULL_V6 = shape.V6.prefixes + sum(count for _, count in shape.V6_LONGER_THAN_64)
FIRST_ORIGIN = 4_200_000_000  # RFC 6996 section 5
ORIGINS = 78_000  # as many ASes as announce something
CHANGES_ORIGIN = 16  # of 100 prefixes in order, so many start another origin than the one before


@dataclass(frozen=True)
class Columns:
    """The prefixes of one family, sorted by network, then length, with the origin AS of each.

    `networks`: uint32 for IPv4; for IPv6 rows of 16 bytes in network order. `lengths`: uint8.
    `origins`: uint32.
    """

    networks: NDArray[Any]
    lengths: NDArray[np.uint8]
    origins: NDArray[np.uint32]

    @property
    def count(self) -> int:
        """How many prefixes there are."""
        return len(self.lengths)

    @cached_property
    def texts(self) -> list[str]:
        """Every prefix as text, in order."""
        return _texts_v4(self) if self.networks.ndim == 1 else _texts_v6(self)


@dataclass(frozen=True, slots=True)
class SyntheticTable:
    """A generated table: two families of columns, and its forms as text."""

    seed: int
    v4: Columns
    v6: Columns

    def __len__(self) -> int:
        """How many prefixes there are in both families."""
        return self.v4.count + self.v6.count

    def __iter__(self) -> Iterator[str]:
        """Give every prefix as text, IPv4 before IPv6."""
        yield from self.v4.texts
        yield from self.v6.texts

    def items(self) -> Iterator[tuple[str, int]]:
        """Give every prefix as text with its origin AS, equal ones the same object: for a `Fib`."""
        import numpy as np

        for family in (self.v4, self.v6):
            distinct, which = np.unique(family.origins, return_inverse=True)
            origins = distinct.tolist()
            yield from zip(family.texts, map(origins.__getitem__, which.tolist()), strict=True)

    def write(self, path: str | PathLike[str]) -> None:
        """Write one line `prefix origin` each; gzipped when `path` ends in .gz; '-' is stdout."""
        import gzip
        import sys
        from pathlib import Path

        lines = (f"{prefix} {origin}\n" for prefix, origin in self.items())
        if path == "-":
            sys.stdout.writelines(lines)
        elif Path(path).suffix == ".gz":
            # No time and no name in the header: the same table is the same file.
            with Path(path).open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed:
                packed.write("".join(lines).encode("ascii"))
        else:
            with Path(path).open("w", encoding="ascii", newline="\n") as out:
                out.writelines(lines)


def full_table(seed: int = 1, v4: int = FULL_V4, v6: int = FULL_V6) -> SyntheticTable:
    """Generate a table of `v4` and `v6` prefixes with the lengths and nesting of the real one.

    Fewer than all are a sample of the full table with the same share of each length. Takes one to
    two seconds for all. Raises `UsageError` for counts below 0 or above FULL_V4, FULL_V6.
    """
    for name, asked, most in (("v4", v4, FULL_V4), ("v6", v6, FULL_V6)):
        if not 0 <= asked <= most:
            raise UsageError(f"{name}={asked} prefixes: the generator makes 0 to {most:,}")
    return SyntheticTable(seed, _family_v4(seed, v4), _family_v6(seed, v6))


def _family_v4(seed: int, count: int) -> Columns:
    import numpy as np

    salt = _salt(seed, 4)
    networks, lengths = _grow(shape.V4, salt)
    order = np.argsort(networks << np.uint64(8) | lengths)
    order = order[_sample(lengths[order], count, salt)]
    networks, lengths = networks[order], lengths[order]
    return Columns(networks.astype(np.uint32), lengths.astype(np.uint8), _origins(count, salt))


def _family_v6(seed: int, count: int) -> Columns:
    import numpy as np

    salt = _salt(seed, 6)
    high, lengths = _grow(shape.V6, salt)
    tail_high, tail_low, tail_lengths = _longer_than_64(high[lengths <= 48], salt)
    low = np.concatenate([np.zeros_like(high), tail_low])
    high = np.concatenate([high, tail_high])
    lengths = np.concatenate([lengths, tail_lengths])
    order = np.lexsort((lengths, low, high))
    order = order[_sample(lengths[order], count, salt)]
    halves = np.stack([high[order], low[order]], axis=1)
    networks = np.ascontiguousarray(halves.astype(">u8")).view(np.uint8).reshape(-1, 16)
    return Columns(networks, lengths[order].astype(np.uint8), _origins(count, salt))


def _grow(form: shape.Shape, salt: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Grow the trie of one family: networks in the top bits of 32 or 64, and lengths."""
    import numpy as np

    one = np.uint64(1)
    bits = np.array(form.roots, dtype=np.uint64)
    marked = np.zeros(len(bits), dtype=bool)
    marked[np.argsort(_mix(bits, salt))[: form.marked_roots]] = True
    passed = marked.astype(np.uint8)
    found = [(bits[marked], form.first_level)]
    for row in form.rows:
        level = row[0]
        parents, single = _choose_parents(bits, marked, passed, form, level, salt)
        right = _mix(bits[single], salt + 2 * level) % np.uint64(100) < form.right_of_100
        bits, passed = (
            np.concatenate(
                [bits[parents] << one, bits[parents] << one | one, bits[single] << one | right]
            ),
            np.concatenate([passed[parents], passed[parents], passed[single]]),
        )
        marked = _choose_prefixes(bits, passed, row[11:], salt + 2 * level + 1)
        passed = np.minimum(passed + marked, 3).astype(np.uint8)
        found.append((bits[marked], level + 1))
    top = min(form.width, 64)
    networks = np.concatenate([bits << np.uint64(top - level) for bits, level in found])
    lengths = np.concatenate([np.full(len(b), level, np.uint64) for b, level in found])
    return networks, lengths


def _choose_parents(
    bits: NDArray[np.uint64],
    marked: NDArray[np.bool_],
    passed: NDArray[np.uint8],
    form: shape.Shape,
    level: int,
    salt: int,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Choose which nodes of a level get two children and which get one."""
    import numpy as np

    draw = _mix(bits, salt + level) >> np.uint64(12)
    for size, unlike in form.blocks:  # a busy block draws small numbers: they get the children
        if level >= size:
            block = _mix(bits >> np.uint64(level - size), salt)
            draw = draw * (block % np.uint64(unlike) + np.uint64(1))
    row = form.rows[level - form.first_level]
    twos, ones = [], []
    for prefix in (False, True):
        for depth in range(int(prefix), 4):
            nodes = np.flatnonzero((marked == prefix) & (passed == depth))
            two = row[5 + 2 * (depth - 1)] if prefix else row[1 + depth]
            one = row[6 + 2 * (depth - 1)] if prefix else len(nodes) - two
            nodes = nodes[np.argsort(draw[nodes])]
            twos.append(nodes[:two])
            ones.append(nodes[two : two + one])
    return np.concatenate(twos), np.concatenate(ones)


def _choose_prefixes(
    bits: NDArray[np.uint64], passed: NDArray[np.uint8], counts: tuple[int, ...], salt: int
) -> NDArray[np.bool_]:
    """Choose which nodes are prefixes: so many of those with so many prefixes above."""
    import numpy as np

    draw = _mix(bits, salt)
    marked = np.zeros(len(bits), dtype=bool)
    for depth, count in enumerate(counts):
        nodes = np.flatnonzero(passed == depth)
        marked[nodes[np.argsort(draw[nodes])[:count]]] = True
    return marked


def _longer_than_64(
    parents: NDArray[np.uint64], salt: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]:
    """Give high half, low half and length of the routes that are longer than a subnet."""
    import numpy as np

    lengths = np.array(
        [length for length, count in shape.V6_LONGER_THAN_64 for _ in range(count)], np.uint64
    )
    index = np.arange(len(lengths), dtype=np.uint64)
    parents = np.sort(parents)
    high = parents[(_mix(index // np.uint64(4), salt) % np.uint64(len(parents))).astype(np.intp)]
    low = (index + np.uint64(1)) << (np.uint64(128) - lengths)
    return high, low, lengths


def _sample(lengths: NDArray[np.uint64], count: int, salt: int) -> NDArray[np.intp]:
    """Choose `count` rows with the same share of each length; all of them in their order."""
    import numpy as np

    if count == len(lengths):
        return np.arange(count)
    draw = _mix(np.arange(len(lengths), dtype=np.uint64), salt)
    # The rank within its length as a share of that length: the smallest shares of all are taken.
    order = np.lexsort((draw, lengths))
    starts = np.searchsorted(lengths[order], lengths[order])
    sizes = np.bincount(lengths.astype(np.intp))[lengths[order].astype(np.intp)]
    share = ((np.arange(len(order)) - starts) * 2 + 1) / (2 * sizes)
    return np.sort(order[np.lexsort((order, share))[:count]])


def _origins(count: int, salt: int) -> NDArray[np.uint32]:
    """Give each prefix in order an origin: mostly that of the one before it; few ASes own many."""
    import numpy as np

    index = np.arange(count, dtype=np.uint64)
    changes = _mix(index, salt + 1) % np.uint64(100) < CHANGES_ORIGIN
    run = np.maximum.accumulate(np.where(changes, index, np.uint64(0)))
    draw = _mix(run, salt + 2) >> np.uint64(32)
    square = draw * draw >> np.uint64(32)
    rank = (square * draw >> np.uint64(32)) * np.uint64(ORIGINS) >> np.uint64(32)
    return (rank + np.uint64(FIRST_ORIGIN)).astype(np.uint32)


def _salt(seed: int, version: int) -> int:
    return (seed * 0x9E3779B97F4A7C15 + version * 0xD1B54A32D192ED03) & (1 << 63) - 1


def _mix(values: NDArray[np.uint64], salt: int) -> NDArray[np.uint64]:
    """Hash every value with splitmix64's finisher (Steele, Lea and Flood 2014)."""
    import numpy as np

    mixed = values * np.uint64(0x9E3779B97F4A7C15) + np.uint64(
        salt * 0xBF58476D1CE4E5B9 & (1 << 64) - 1
    )
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return mixed ^ mixed >> np.uint64(31)


def _texts_v4(columns: Columns) -> list[str]:
    octets = [str(n) for n in range(256)]
    ends = [f".{n}/{length}" for length in range(33) for n in range(256)]
    networks, lengths = columns.networks.tolist(), columns.lengths.tolist()
    return [
        f"{octets[a >> 24]}.{octets[a >> 16 & 255]}.{octets[a >> 8 & 255]}{ends[n << 8 | a & 255]}"
        for a, n in zip(networks, lengths, strict=True)
    ]


def _texts_v6(columns: Columns) -> list[str]:
    from fingerpost.addr import Address

    halves = columns.networks.view(">u8").reshape(-1, 2).tolist()
    lengths = columns.lengths.tolist()
    return [
        f"{Address(high << 64 | low)}/{length}"
        for (high, low), length in zip(halves, lengths, strict=True)
    ]
