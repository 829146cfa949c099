"""Forwarding in memory: fingerpost's fast path and its peers, same packets, one run.

    python benchmarks/forwarding.py [--table real] [--rounds 5] [--json FILE]

Packets of 64 bytes in slots of 64, next to each other, with a full table: 4,096 of them, which stay
in the cache, and a million, which do not. Engines take turns, `--rounds` times, and the best turn
of each counts, so that who else uses the machine matters little; ratios are to C in vectors. The
fixed cost of a call from Python, some microseconds, is taken off everybody: what is shown is the
time of all packets less that of 16, for each of the others. Every engine's packets are compared
with the fast path's afterwards, byte by byte.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import click
from rich.console import Console
from rich.table import Table

BENCHMARKS = Path(__file__).resolve().parent
DATA = Path(os.environ.get("FINGERPOST_DATA") or BENCHMARKS.parent.parent / "shared" / "data")
sys.path[:0] = [str(BENCHMARKS), str(BENCHMARKS.parent / "tests")]

from fastpath.engines import (  # noqa: E402  # these live beside the script
    Engine,
    Fingerpost,
    InC,
    InNumpy,
    Library,
    Pipeline,
    fast_path,
)
from fastpath.work import SIZE, Packets, Work, buffer  # noqa: E402
from matching.machine import line, machine  # noqa: E402
from matching.workload import read_table  # noqa: E402

REFERENCE = "C, vectors of 256 with prefetch"
FEW = 16


@dataclass(slots=True)
class Row:
    """One engine on one set of packets; `wrong` of them came out other than expected."""

    task: str
    engine: str
    packets: int
    nanoseconds: float
    forwarded: int
    wrong: int

    @property
    def rate(self) -> float:
        """Million packets a second."""
        return 1e3 / self.nanoseconds


class Task:
    """Packets and the engines that can forward them; the first engine's results are compared."""

    def __init__(self, name: str, packets: Packets, engines: list[Engine]) -> None:
        self.name, self.packets, self.engines = name, packets, engines
        self.room = buffer(len(packets))
        self.best = {(engine.name, few): float("inf") for engine in engines for few in (0, 1)}

    def turn(self, engine: Engine, seconds: float) -> None:
        """Let an engine forward the packets, fresh ones each time, for about so long."""
        deadline = perf_counter() + seconds
        while True:
            for few in (False, True):
                count = FEW if few else self.count(engine)
                self.room[:count] = self.packets[:count]
                start = perf_counter()
                engine.forward(self.room[:count])
                taken = perf_counter() - start
                self.best[engine.name, few] = min(self.best[engine.name, few], taken)
            if perf_counter() > deadline:
                return

    def count(self, engine: Engine) -> int:
        """How many packets an engine takes in one turn."""
        return min(len(self.packets), engine.most)

    def nanoseconds(self, engine: Engine) -> float:
        """For one packet."""
        taken = self.best[engine.name, False] - self.best[engine.name, True]
        return max(taken, 1e-9) * 1e9 / (self.count(engine) - FEW)

    def rows(self) -> list[Row]:
        expected = self.packets.copy()
        self.engines[0].forward(expected)
        rows = []
        for engine in self.engines:
            count = self.count(engine)
            self.room[:count] = self.packets[:count]
            left = engine.forward(self.room[:count])
            wrong = int((self.room[:count] != expected[:count]).any(axis=1).sum())
            rows.append(Row(self.name, engine.name, count, self.nanoseconds(engine), left, wrong))
        return rows


def tasks(work: Work, folder: Path, hot: int, cold: int, without: set[str]) -> list[Task]:
    """Every task, with all engines that there are here."""
    plain = fast_path(work, full=False)
    ours: list[Engine] = [
        Fingerpost("fingerpost", plain),
        Fingerpost("fingerpost, calls of 256", plain, calls_of=256),
        Fingerpost("fingerpost, AVX2", plain, "avx2"),
        Fingerpost("fingerpost, plain code, no prefetch", plain, "scalar"),
    ]
    peers: list[Engine] = []
    try:
        library = Library(work, folder)
        peers = [
            InC(REFERENCE, library, "forward_vectors"),
            InC("C, packet by packet", library, "forward_each"),
            InNumpy("numpy, batches of 256", library, 256),
        ]
    except OSError as error:
        print(f"without the peers in C: {error}", file=sys.stderr)
    slow: list[Engine] = [] if "python" in without else [Pipeline("the pipeline in Python", work)]
    full = fast_path(work, full=True)
    full_ours: list[Engine] = [
        Fingerpost("fingerpost", full),
        Fingerpost("fingerpost, AVX2", full, "avx2"),
        Fingerpost("fingerpost, plain code, no prefetch", full, "scalar"),
    ]
    made = []
    for count, where in ((hot, "in cache"), (cold, "not in cache")):
        made += [
            Task(f"IPv4, {where}", work.packets(count, 0), ours + peers + slow),
            Task(f"IPv6, {where}", work.packets(count, 1), ours[:1] + ours[2:] + slow),
            Task(f"mixed, all checks, {where}", work.packets(count, 0.5), full_ours),
        ]
    return made


def render(model: dict[str, Any], console: Console) -> None:
    """One table a task, ratios beside the figures."""
    console.print(line(model["machine"]))
    sizes = ", ".join(f"{size:,} IPv{version}" for version, size in model["prefixes"].items())
    console.print(f"table {model['table']}: {sizes} prefixes; best of {model['rounds']} rounds\n")
    for task in dict.fromkeys(row["task"] for row in model["rows"]):
        rows = [row for row in model["rows"] if row["task"] == task]
        reference = next((row for row in rows if row["engine"] == REFERENCE), rows[0])
        grid = Table("engine", "packets", "M/s", "ns", title=task, box=None, title_justify="left")
        grid.add_column(f"times {reference['engine'].split(',')[0]}", justify="right")
        grid.add_column("wrong", justify="right")
        for row in rows:
            grid.add_row(
                row["engine"],
                f"{row['packets']:,}",
                f"{row['rate']:.4g}",
                f"{row['nanoseconds']:.3g}",
                f"{reference['nanoseconds'] / row['nanoseconds']:.3g}",
                f"{row['wrong']:,}",
            )
        console.print(grid)


@click.command(context_settings={"show_default": True})
@click.option("--table", help="real, synthetic, tiny or a file; [real if at hand]")
@click.option("--hot", default=4096, help="Packets that stay in the cache.")
@click.option("--cold", default=1 << 20, help="Packets that do not.")
@click.option("--rounds", default=5, help="Turns of each engine; the best one counts.")
@click.option("--seconds", default=0.3, help="Budget of one turn.")
@click.option("--without", multiple=True, type=click.Choice(["python"]), help="Leave this out.")
@click.option("--seed", default=1, help="Of next hops and packets.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write figures here.")
def main(
    table: str | None,
    hot: int,
    cold: int,
    rounds: int,
    seconds: float,
    without: tuple[str, ...],
    seed: int,
    json_path: Path | None,
) -> None:
    """Measure the fast path and its peers, and compare what they make of every packet."""
    name, prefixes = read_table(table, DATA, seed)
    work = Work.of(prefixes, seed)
    with tempfile.TemporaryDirectory(prefix="forwarding-") as folder:
        made = tasks(work, Path(folder), hot, cold, set(without))
        for turn in range(rounds):
            print(f"round {turn + 1} of {rounds}", file=sys.stderr)
            for task in made:
                for engine in task.engines:
                    task.turn(engine, seconds)
        rows = [row for task in made for row in task.rows()]
    model = {
        "machine": machine(),
        "table": name,
        "prefixes": {version: len(found) for version, found in prefixes.items()},
        "packet_bytes": SIZE,
        "rounds": rounds,
        "seed": seed,
        "rows": [asdict(row) | {"rate": row.rate} for row in rows],
    }
    if json_path is not None:
        json_path.write_text(json.dumps(model, indent=1) + "\n")
    render(model, Console(width=None if sys.stdout.isatty() else 110))


if __name__ == "__main__":
    main()
