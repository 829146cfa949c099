"""Measure the shape of a routing table: the rows that fib/shape.py holds for the generator.

    python benchmarks/table_shape.py PREFIXES.txt.gz > rows.txt

Walks the binary trie of the table from its roots down. For each level it counts how many nodes
have two children, how many one, and how many of the children are prefixes, apart by how many
prefixes lie on the way (0, 1, 2, 3 or more). That is enough to grow a table with the same
histogram of lengths, the same nesting and about the same crowding (see fib/synthetic.py).
"""

from __future__ import annotations

import gzip
import sys
from collections import Counter
from ipaddress import ip_network
from pathlib import Path

DEEPEST = 3  # prefixes on the way beyond this count are not told apart


def read(path: Path, version: int) -> set[tuple[int, int]]:
    """Give the (network, length) of every prefix of one family in a gzipped list."""
    with gzip.open(path, "rt") as lines:
        nets = (ip_network(line.split()[0]) for line in lines)
        return {(int(n.network_address), n.prefixlen) for n in nets if n.version == version}


def nodes_by_level(table: set[tuple[int, int]], width: int, last: int) -> list[set[int]]:
    """Give, for each level, the nodes at or below which a prefix stands."""
    nodes: list[set[int]] = [set() for _ in range(last + 2)]
    for network, length in table:
        if length <= last:
            nodes[length].add(network >> (width - length))
    for level in range(last, 0, -1):
        nodes[level - 1] |= {node >> 1 for node in nodes[level]}
    return nodes


def rows(table: set[tuple[int, int]], width: int, first: int, last: int) -> list[list[int]]:
    """Count each level: see the header of fib/shape.py for the columns."""
    nodes = nodes_by_level(table, width, last)

    def is_prefix(node: int, level: int) -> bool:
        return (node << (width - level), level) in table

    depth = {node: int(is_prefix(node, first)) for node in nodes[first]}
    found = []
    for level in range(first, last):
        both: Counter[tuple[bool, int]] = Counter()
        one: Counter[tuple[bool, int]] = Counter()
        marked: Counter[int] = Counter()
        below: dict[int, int] = {}
        for node, passed in depth.items():
            children = [c for c in (node << 1, node << 1 | 1) if c in nodes[level + 1]]
            state = (is_prefix(node, level), passed)
            both[state] += len(children) == 2
            one[state] += len(children) == 1
            for child in children:
                marked[passed] += is_prefix(child, level + 1)
                below[child] = min(passed + is_prefix(child, level + 1), DEEPEST)
        found.append(
            [level]
            + [both[False, d] for d in range(4)]
            + [counts[True, d] for d in range(1, 4) for counts in (both, one)]
            + [marked[d] for d in range(4)]
        )
        depth = below
    return found


def main() -> None:
    """Print the rows of both families."""
    path = Path(sys.argv[1])
    for version, width, first, last in ((4, 32, 8, 32), (6, 128, 12, 64)):
        table = read(path, version)
        roots = sorted({network >> (width - first) for network, _ in table})
        print(f"IPv{version} roots at /{first}:", " ".join(f"{root:x}" for root in roots))
        for row in rows(table, width, first, last):
            print(" ".join(map(str, row)))


if __name__ == "__main__":
    main()
