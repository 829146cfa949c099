"""Origin validation of a full table: fingerpost's core and plain Python over pytricia, in one run.

    python benchmarks/rov.py [--sample 200000] [--json FILE]

VRPs are drawn by chance for 55 of 100 prefixes of the table, some with a longer length allowed and
some for another AS. No library on PyPI validates origins, so the peer is what a program would
write: a trie of pytricia with a list of (longest length, AS) at each prefix, walked up by `parent`,
or, where pytricia is not installed, a dictionary that is asked for each length.
It is asked a sample, and both answers are compared.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import random
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from fingerpost._core import PrefixColumn, VrpTable
from fingerpost.addr import Prefix

BENCHMARKS = Path(__file__).resolve().parent
DATA = Path(os.environ.get("FINGERPOST_DATA") or BENCHMARKS.parent.parent / "shared" / "data")
SHARE, WRONG = 0.55, 0.03
VALID, INVALID, NOT_FOUND = range(3)


def drawn(prefixes: list[Prefix]) -> tuple[list[tuple[Prefix, int, int]], list[int]]:
    """VRPs for some of the prefixes, and an origin for each."""
    rng = random.Random(1)
    vrps, origins = [], []
    for prefix in prefixes:
        asn = rng.randrange(1, 80_000)
        origins.append(asn)
        if rng.random() < SHARE:
            longest = min(prefix.length + rng.choice((0, 0, 0, 2)), prefix.bits)
            vrps.append((prefix, longest, asn + (rng.random() < WRONG)))
    return vrps, origins


class Plain:
    """What a program would write with pytricia."""

    def __init__(self, vrps: list[tuple[Prefix, int, int]]) -> None:
        import pytricia  # type: ignore[import-not-found]

        self._tries: dict[int, Any] = {4: pytricia.PyTricia(32), 6: pytricia.PyTricia(128)}
        for prefix, longest, asn in vrps:
            trie, key = self._tries[prefix.version], str(prefix)
            if trie.has_key(key):
                trie[key].append((longest, asn))
            else:
                trie[key] = [(longest, asn)]

    def validate(self, prefix: str, origin: int) -> int:
        """RFC 6811 2."""
        trie = self._tries[6 if ":" in prefix else 4]
        length = int(prefix.rpartition("/")[2])
        key, state = trie.get_key(prefix), NOT_FOUND
        while key is not None:
            for longest, asn in trie[key]:
                if asn == origin and length <= longest:
                    return VALID
            state, key = INVALID, trie.parent(key)
        return state


class Dictionary:
    """What a program would write without any library."""

    def __init__(self, vrps: list[tuple[Prefix, int, int]]) -> None:
        self._held: dict[Prefix, list[tuple[int, int]]] = {}
        for prefix, longest, asn in vrps:
            self._held.setdefault(prefix, []).append((longest, asn))

    def validate(self, prefix: str, origin: int) -> int:
        """RFC 6811 2."""
        asked = Prefix(prefix)
        state = NOT_FOUND
        for length in range(asked.length, -1, -1):
            for longest, asn in self._held.get(Prefix((asked.network, length)), ()):
                if asn == origin and asked.length <= longest:
                    return VALID
                state = INVALID
        return state


def peer_of(vrps: list[tuple[Prefix, int, int]]) -> tuple[str, Plain | Dictionary]:
    """The peer that there is, and what it is called."""
    if importlib.util.find_spec("pytricia") is None:
        return "dictionary", Dictionary(vrps)
    return "pytricia", Plain(vrps)


def timed(work: Any) -> tuple[float, Any]:
    """Seconds, and what came out."""
    begun = perf_counter()
    found = work()
    return perf_counter() - begun, found


@click.command()
@click.option("--sample", default=200_000, show_default=True, help="Questions to the peer.")
@click.option("--json", "file", type=click.Path(dir_okay=False))
def main(sample: int, file: str | None) -> None:
    """Measure building, merging, comparing and asking."""
    with gzip.open(DATA / "table" / "prefixes.txt.gz", "rt") as lines:
        prefixes = [Prefix(line.strip()) for line in lines]
    vrps, origins = drawn(prefixes)
    build_s, table = timed(lambda: VrpTable(vrps))
    halves = VrpTable(vrps[::2]), VrpTable(vrps[1::2])
    union_s, _ = timed(lambda: halves[0].union(halves[1]))
    fewer = VrpTable(vrps[:-100])
    differing_s, _ = timed(lambda: table.differing(fewer))
    column = PrefixColumn(prefixes)
    states_s, states = min(timed(lambda: table.states(column, origins)) for _ in range(3))
    plain_build_s, (peer, plain) = timed(lambda: peer_of(vrps))
    chosen = random.Random(2).sample(range(len(prefixes)), min(sample, len(prefixes)))
    asked = [(str(prefixes[at]), origins[at]) for at in chosen]
    plain_s, answers = timed(lambda: [plain.validate(*one) for one in asked])
    if answers != [states[at] for at in chosen]:
        sys.exit("the answers differ")
    ours_ns, theirs_ns = states_s / len(prefixes) * 1e9, plain_s / len(asked) * 1e9
    found = {
        "vrps": len(table),
        "routes": len(prefixes),
        "build_s": build_s,
        "union_of_halves_s": union_s,
        "differing_s": differing_s,
        "memory_bytes": table.memory(),
        "validate_all_s": states_s,
        "validate_ns": ours_ns,
        f"{peer}_build_s": plain_build_s,
        f"{peer}_validate_ns": theirs_ns,
        "ratio": theirs_ns / ours_ns,
    }
    for name, value in found.items():
        click.echo(
            f"{name:22} {value:,.4g}" if isinstance(value, float) else f"{name:22} {value:,}"
        )
    if file:
        Path(file).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
