"""Sets of prefixes: fingerpost and every peer on PyPI, same prefixes, same questions, one run.

    python benchmarks/prefixset.py [--budget 1.0] [--json FILE]

Each peer works on a sample of the table that grows until one operation takes its share of the
budget, so slow peers end in bounded time. Beside each figure stands fingerpost's on the same
sample; the ratio of the two is the result. Every result of a peer is compared with ours: the
aggregate by text, sets by the addresses that they hold.
"""

from __future__ import annotations

import gzip
import importlib
import json
import operator
import os
import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from pathlib import Path
from time import perf_counter
from typing import Any, TypeAlias

import click
from rich.console import Console
from rich.table import Table

from fingerpost.addr import Address, PrefixSet

BENCHMARKS = Path(__file__).resolve().parent
DATA = Path(os.environ.get("FINGERPOST_DATA") or BENCHMARKS.parent.parent / "shared" / "data")
SMALLEST = 1_000
GROWTH = 4
QUERIES = 10_000

Lines = list[str]
Set: TypeAlias = Any  # each peer has its own
Operation = Callable[[Set, Set, Lines], Any]


@dataclass(frozen=True, slots=True)
class Peer:
    """One library: how it builds a set of lines, and what it does with two sets.

    `operations` by name, each called with two sets and a list of addresses as text. `texts` gives
    the prefixes of a set; the operation of a peer that only aggregates is `build` itself.
    """

    name: str
    build: Callable[[Lines], Any]
    operations: dict[str, Operation]
    texts: Callable[[Any], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One operation of one peer on `prefixes` prefixes: seconds, and ours on the same."""

    peer: str
    operation: str
    prefixes: int
    seconds: float
    ours: float
    agrees: bool

    @property
    def ratio(self) -> float:
        """How many times longer the peer takes."""
        return self.seconds / self.ours


def of_sets(operation: Callable[[Set, Set], Set]) -> Operation:
    return lambda a, b, _: operation(a, b)


ALGEBRA: dict[str, Operation] = {
    "union": of_sets(operator.or_),
    "intersection": of_sets(operator.and_),
    "difference": of_sets(operator.sub),
    "symmetric difference": of_sets(operator.xor),
    "subset of itself": lambda a, _b, _q: a <= a,
}


def ours() -> Peer:
    operations = ALGEBRA | {
        "complement": lambda a, _b, _q: ~a,
        "10,000 memberships": lambda a, _b, queries: [query in a for query in queries],
        "prefixes as text": lambda a, _b, _q: [str(prefix) for prefix in a],
    }
    return Peer("fingerpost", PrefixSet, operations, lambda a: map(str, a))


def netaddr() -> Peer:
    library = importlib.import_module("netaddr")
    operations = ALGEBRA | {
        "10,000 memberships": lambda a, _b, queries: [query in a for query in queries],
        "prefixes as text": lambda a, _b, _q: [str(prefix) for prefix in a.iter_cidrs()],
    }
    return Peer("netaddr IPSet", library.IPSet, operations, lambda a: map(str, a.iter_cidrs()))


def ipset_c() -> Peer:
    library = importlib.import_module("ipset_c")
    operations = ALGEBRA | {
        "10,000 memberships": lambda a, _b, queries: [a.isContainsCidr(q) for q in queries],
        "prefixes as text": lambda a, _b, _q: a.getCidrs(),
    }
    return Peer("ipset-c", library.IPSet, operations, lambda a: a.getCidrs())


def netaddr_merge() -> Peer:
    library = importlib.import_module("netaddr")
    return Peer("netaddr cidr_merge", library.cidr_merge, {}, lambda a: map(str, a))


def collapse() -> Peer:
    def build(lines: Lines) -> list[Any]:
        v6 = collapse_addresses(IPv6Network(line) for line in lines if ":" in line)
        v4 = collapse_addresses(IPv4Network(line) for line in lines if ":" not in line)
        return [*v4, *v6]

    return Peer("ipaddress collapse", build, {}, lambda a: map(str, a))


def aggregate6() -> Peer:
    return Peer("aggregate6", importlib.import_module("aggregate6").aggregate, {}, iter)


def aggregate_prefixes() -> Peer:
    library = importlib.import_module("aggregate_prefixes")

    def build(lines: Lines) -> list[Any]:
        v6 = [line for line in lines if ":" in line]
        v4 = [line for line in lines if ":" not in line]
        return [*library.aggregate_prefixes(v4), *library.aggregate_prefixes(v6)]

    return Peer("aggregate-prefixes", build, {}, lambda a: map(str, a))


PEERS = (netaddr, ipset_c, netaddr_merge, collapse, aggregate6, aggregate_prefixes)


def timed(work: Callable[[], Any], repeat: int = 3) -> tuple[float, Any]:
    """The least of some timings, fewer where one takes long, and the last result."""
    best, result = float("inf"), None
    for _ in range(repeat):
        start = perf_counter()
        result = work()
        best = min(best, perf_counter() - start)
        if best > 0.5:
            break
    return best, result


class Sample:
    """Prefixes drawn from the table, in halves, with addresses to ask for; ours timed on them."""

    def __init__(self, table: Lines, count: int, seed: int) -> None:
        generator = random.Random(seed)
        self.lines = generator.sample(table, min(count, len(table)))
        self.halves = (self.lines[::2], self.lines[1::2])
        drawn = generator.choices(self.lines, k=QUERIES)
        self.queries = [line.partition("/")[0] for line in drawn]
        self.sets = tuple(map(PrefixSet, self.halves))
        self._ours: dict[str, tuple[float, Any]] = {}

    def ours(self, operation: str) -> tuple[float, Any]:
        if operation not in self._ours:
            peer, (a, b) = ours(), self.sets
            run = peer.operations.get(operation)
            self._ours[operation] = timed(
                (lambda: peer.build(self.lines)) if run is None else lambda: run(a, b, self.queries)
            )
        return self._ours[operation]


def same(peer: Peer, theirs: Set, expected: Set) -> bool:
    """Whether two results name the same: sets by their prefixes, all else by value."""
    if isinstance(expected, PrefixSet):
        return sorted(map(str, expected)) == sorted(peer.texts(theirs))
    return bool(theirs == expected)


def largest(
    samples: list[Sample], work: Callable[[Sample], Set], budget: float
) -> tuple[Sample, float, Set]:
    """The largest sample whose turn, expected from the one before, fits the budget: its figures."""
    for sample in samples[:-1]:
        seconds, result = timed(partial(work, sample))
        if seconds * GROWTH**2 > budget:  # some operations of peers are quadratic
            return sample, seconds, result
    return samples[-1], *timed(partial(work, samples[-1]))


def on_halves(run: Operation, halves: dict[int, tuple[Set, Set]], sample: Sample) -> Set:
    return run(*halves[len(sample.lines)], sample.queries)


def measure(peer: Peer, samples: list[Sample], budget: float) -> list[Row]:
    """Every operation of a peer, building first: its samples bound those of the others."""
    sample, seconds, result = largest(samples, lambda s: peer.build(s.lines), budget)
    our_seconds, expected = sample.ours("build")
    agrees = same(peer, result, expected)
    rows = [Row(peer.name, "build", len(sample.lines), seconds, our_seconds, agrees)]
    fitting = samples[: samples.index(sample) + 1]
    halves = {
        len(sample.lines): (peer.build(sample.halves[0]), peer.build(sample.halves[1]))
        for sample in fitting
        if peer.operations
    }
    for name, run in peer.operations.items():
        sample, seconds, result = largest(fitting, partial(on_halves, run, halves), budget)
        our_seconds, expected = sample.ours(name)
        agrees = same(peer, result, expected)
        rows.append(Row(peer.name, name, len(sample.lines), seconds, our_seconds, agrees))
    return rows


def columns(sample: Sample) -> dict[str, float]:
    """Seconds of what only we do, on the largest sample: text, columns, free space."""
    import numpy as np

    whole = PrefixSet(sample.lines)
    text = "\n".join(sample.lines)
    column = whole.prefixes()
    v4 = np.random.default_rng(1).integers(0, 2**32, 1_000_000, dtype=np.uint32)
    starts = [first.packed for first, _ in whole.ranges(6)]
    v6 = np.frombuffer(b"".join(random.Random(1).choices(starts, k=1_000_000)), np.uint8)
    v6 = v6.reshape(-1, 16)
    parts: dict[str, Callable[[], Any]] = {
        "from_text": lambda: PrefixSet.from_text(text),
        "from a column": lambda: PrefixSet(column),
        "prefixes() as a column": whole.prefixes,
        "iteration": lambda: sum(1 for _ in whole),
        "1 M IPv4 numbers asked": lambda: whole.contains_many(v4),
        "1 M IPv6 rows asked": lambda: whole.contains_many(v6),
        "first_free(24, 8.0.0.0/7)": lambda: whole.first_free(24, "8.0.0.0/7"),
        "union with one prefix": lambda: whole.union("192.0.2.0/24"),
        "one address asked, 1 M times": lambda: ask_repeatedly(whole, Address("8.8.8.8")),
    }
    return {name: timed(work)[0] for name, work in parts.items()}


def ask_repeatedly(whole: PrefixSet, address: Address) -> None:
    for _ in range(1_000_000):
        address in whole  # noqa: B015  # the time of the question is the point


def read_table(name: str, seed: int) -> Lines:
    """The lines of the real table, or of a generated one of the same shape where it is absent."""
    path = DATA / "table" / "prefixes.txt.gz"
    if name == "real" and path.exists():
        return gzip.decompress(path.read_bytes()).decode().split()
    from fingerpost.fib.synthetic import full_table

    return [str(prefix) for prefix in full_table(seed)]


def render(model: dict[str, Any], console: Console) -> None:
    console.print(f"{model['prefixes']:,} prefixes ({model['table']}), fingerpost on all of them:")
    own = Table("operation", "ms", box=None)
    for name, seconds in model["ours"].items():
        own.add_row(name, f"{seconds * 1e3:,.2f}")
    console.print(own)
    peers = Table("peer", "operation", "prefixes", "ms", "ours, ms", "ratio", "same", box=None)
    for row in model["peers"]:
        peers.add_row(
            row["peer"],
            row["operation"],
            f"{row['prefixes']:,}",
            f"{row['seconds'] * 1e3:,.2f}",
            f"{row['ours'] * 1e3:,.3f}",
            f"{row['ratio']:,.1f}",
            "yes" if row["agrees"] else "NO",
        )
    console.print(peers)
    for name, reason in model["absent"].items():
        console.print(f"{name}: not measured, {reason}")


@click.command(context_settings={"show_default": True})
@click.option("--table", type=click.Choice(["real", "synthetic"]), default="real")
@click.option("--budget", default=1.0, help="Seconds for one operation of one peer, about.")
@click.option("--seed", default=1, help="Of samples, questions and the synthetic table.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write figures here.")
def main(table: str, budget: float, seed: int, json_path: Path | None) -> None:
    """Measure fingerpost's PrefixSet and its peers."""
    lines = read_table(table, seed)
    sizes = [SMALLEST * GROWTH**step for step in range(10)]
    counts = [size for size in sizes if size < len(lines)] + [len(lines)]
    samples = [Sample(lines, count, seed) for count in counts]
    rows: list[Row] = []
    absent: dict[str, str] = {}
    for make in PEERS:
        try:
            peer = make()
        except ImportError as error:
            absent[make.__name__] = str(error)
            continue
        print(f"measuring {peer.name}", file=sys.stderr)
        rows += measure(peer, samples, budget)
    full = samples[-1]
    figures = {name: full.ours(name)[0] for name in ("build", *ours().operations)} | columns(full)
    model = {
        "table": table,
        "prefixes": len(lines),
        "ours": figures,
        "peers": [asdict(row) | {"ratio": row.ratio} for row in rows],
        "absent": absent,
    }
    if json_path:
        json_path.write_text(json.dumps(model, indent=2) + "\n")
    render(model, Console(width=120))


if __name__ == "__main__":
    main()
