"""Loading tables: fingerpost and the PyPI packages that read the same files, in one run.

    python benchmarks/load.py [--lines 1000000] [--records 20000] [--peers 20] [--json]

Two files are generated, the same for the same seed: a table of the Internet's shape as text with a
value a line, and an MRT RIB dump in which every prefix has an entry of each of `--peers` peers.
Before anything is timed, what each reader found is compared. Readers alternate, the fastest of the
rounds counts, and a ratio is formed within this run. CPU time is measured, for a busy machine.
"""

from __future__ import annotations

import gc
import io
import ipaddress
import json
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time
from typing import Any

import click
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from fingerpost.fib import Fib
from fingerpost.fib.load import load_routes, mrt_entries
from fingerpost.fib.synthetic import full_table
from golden import mrt  # the tests' own writer, it shares nothing with the reader

ROUNDS = 3
SAMPLE = 20  # slow readers get one part in so many of the file
Origins = dict[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """What one reader did with one file: items a second of CPU, and how often that ours is."""

    file: str
    reader: str
    unit: str
    per_second: float
    ours_is: float


@dataclass(frozen=True, slots=True)
class Reader:
    """`read(path)` counts what it found, to be compared; a slow one gets a part of the file."""

    name: str
    read: Callable[[Path], Any]
    slow: bool = False


# -- text ------------------------------------------------------------------------------------------


def write_text(path: Path, lines: int, seed: int) -> int:
    """Write `prefix value` lines, IPv4 and IPv6; give their number."""
    items = [f"{prefix}\t{origin}\n" for prefix, origin in full_table(seed).items()]
    step = max(len(items) // lines, 1)
    kept = items[::step][:lines]
    path.write_text("".join(kept))
    return len(kept)


def text_readers() -> list[Reader]:
    """Ours twice, then what others load such a file with."""
    found = [
        Reader("fingerpost load_routes", lambda path: load_routes(path, "text").routes),
        Reader("fingerpost, with the Fib", lambda path: len(into_fib(path))),
        Reader("ipaddress, dict", with_ipaddress, slow=True),
    ]
    try:
        import pytricia
    except ImportError:
        pass
    else:
        found.append(Reader("pytricia, split", lambda path: with_pytricia(path, pytricia)))
    try:
        import pyasn
    except ImportError:
        pass
    else:
        # a file whose columns it reads itself, in C; it takes IPv4 and IPv6 in one file
        found.append(Reader("pyasn", lambda path: len(pyasn.pyasn(str(path)).radix.prefixes())))
    return found


def into_fib(path: Path) -> Fib[object]:
    """Load and compile."""
    loaded = load_routes(path, "text")
    fib: Fib[object] = Fib()
    fib.put_column(loaded.prefixes, loaded.values)
    return fib


def with_ipaddress(path: Path) -> int:
    """Read as everybody's first script does."""
    table = {}
    with path.open() as lines:
        for line in lines:
            prefix, value = line.split()
            table[ipaddress.ip_network(prefix)] = value
    return len(table)


def with_pytricia(path: Path, pytricia: Any) -> int:
    """Split in Python, insert in C."""
    table = {4: pytricia.PyTricia(32), 6: pytricia.PyTricia(128)}
    with path.open() as lines:
        for line in lines:
            prefix, value = line.split()
            table[6 if ":" in prefix else 4][prefix] = value
    return len(table[4]) + len(table[6])


# -- MRT -------------------------------------------------------------------------------------------


def write_dump(path: Path, records: int, peers: int, seed: int) -> int:
    """Write a RIB dump; give the number of its entries."""
    rng = random.Random(seed)
    asns = [64512 + n for n in range(peers)]
    out = io.BytesIO()
    out.write(mrt.peer_index([(f"192.0.2.{n % 250 + 1}", asn) for n, asn in enumerate(asns)]))
    transit = [[rng.randrange(1, 400_000) for _ in range(rng.randrange(1, 4))] for _ in range(500)]
    for n in range(records):
        network = ipaddress.IPv4Network(((1 << 24) + (n << 8), 24))
        origin = 100_000 + n // 8
        entries = [
            mrt.GoldenEntry(
                peer=at,
                segments=[(mrt.SEQUENCE, [asn, *rng.choice(transit), origin])],
                communities=[(asn & 0xFFFF, rng.randrange(100)) for _ in range(4)],
            )
            for at, asn in enumerate(asns)
        ]
        out.write(mrt.rib(network, entries, n))
    path.write_bytes(out.getvalue())
    return records * peers


def mrt_readers() -> list[Reader]:
    """Ours twice, then every decoder of PyPI that is here; each counts entries."""
    found = [
        Reader("fingerpost load_routes", lambda path: total(load_routes(path, "mrt"))),
        Reader("fingerpost mrt_entries", lambda path: sum(1 for _ in mrt_entries(path))),
    ]
    try:
        import mrtparse
    except ImportError:
        pass
    else:
        found.append(Reader("mrtparse", lambda path: with_mrtparse(path, mrtparse), slow=True))
    try:
        import pybgpkit_parser
    except ImportError:
        pass
    else:
        parser = pybgpkit_parser.Parser
        found.append(Reader("pybgpkit-parser count", lambda path: parser(str(path)).count()))
        found.append(Reader("pybgpkit-parser", lambda path: sum(1 for _ in parser(str(path)))))
    return found


def total(loaded: Any) -> int:
    """Entries: those that stand for a prefix, and those that lost."""
    return int(loaded.routes + loaded.duplicates)


def with_mrtparse(path: Path, mrtparse: Any) -> int:
    """Every record, decoded to dicts."""
    return sum(len(record.data.get("rib_entries", ())) for record in mrtparse.Reader(str(path)))


# -- the run ---------------------------------------------------------------------------------------


def measure(file: str, unit: str, readers: list[Reader], paths: dict[bool, Path]) -> list[Row]:
    """Check, then time, every reader; `paths` by whether a reader is slow."""
    counts = {slow: readers[0].read(path) for slow, path in paths.items()}
    best = {reader.name: float("inf") for reader in readers}
    for _ in range(ROUNDS):
        for reader in readers:
            gc.collect()
            start = process_time()
            found = reader.read(paths[reader.slow])
            best[reader.name] = min(best[reader.name], process_time() - start)
            if found != counts[reader.slow]:
                raise SystemExit(f"{reader.name}: {found} of {counts[reader.slow]} in {file}")
    rates = {reader.name: counts[reader.slow] / best[reader.name] for reader in readers}
    ours = rates[readers[0].name]
    return [Row(file, name, unit, rate, ours / rate) for name, rate in rates.items()]


@click.command(context_settings={"show_default": True})
@click.option("--lines", default=1_000_000, help="Lines of the text table, at most.")
@click.option("--records", default=20_000, help="Records of the dump: prefixes.")
@click.option("--peers", default=20, help="Entries of each record.")
@click.option("--seed", default=1, help="Of both files.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def main(lines: int, records: int, peers: int, seed: int, as_json: bool) -> None:
    """Generate, check, time, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = {slow: folder / f"text{slow}" for slow in (False, True)}
        write_text(text[False], lines, seed)
        write_text(text[True], lines // SAMPLE, seed)
        dump = {slow: folder / f"dump{slow}" for slow in (False, True)}
        write_dump(dump[False], records, peers, seed)
        write_dump(dump[True], max(records // SAMPLE, 1), peers, seed)
        rows = measure("text", "lines", text_readers(), text)
        rows += measure("MRT", "entries", mrt_readers(), dump)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows]))
        return
    table = Table("file", "reader", "M a second", "", "load_routes is")
    for row in rows:
        rate = f"{row.per_second / 1e6:.3f}"
        table.add_row(row.file, row.reader, rate, row.unit, f"{row.ours_is:.1f} x")
    Console().print(table)


if __name__ == "__main__":
    main()
