"""The kernel's table filled and emptied: `KernelFib` beside a loop in C, in one run.

    python benchmarks/kernel_fib.py [--table FILE] [--routes 1000000] [--rounds 3] [--json FILE]

Each engine gets the same IPv4 routes in a network namespace of its own, plain and with a nexthop
object. Needs root, `ip` and a C compiler. The engines take turns, and the best of each counts.

`add`: from a prepared column of prefixes to the last acknowledgement. `delete`: message by message;
`flush`: with their nexthop object. `changes`: the same routes as `Change` objects. `adopt`: the
next run takes them over. `single`: the median of a thousand changes of one route in the full table,
in milliseconds. The kernel does its work inside the calls of whoever asks, so on a machine that
others use too, `--clock cpu` (user and system time of the process) tells more than the wall clock.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time

import click

from fingerpost._core import PrefixColumn
from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.route import NextHop, Route
from fingerpost.host.linux.kernel_fib import KernelFib
from fingerpost.rib.events import Change
from fingerpost.rib.route import RibRoute

HERE = Path(__file__).parent
LOOP = HERE / "netlink" / "loop.c"
INTERFACE, OTHER = "bench0", "bench1"
GATEWAY, OTHER_GATEWAY = "10.254.0.2", "10.254.0.3"
SINGLE = 1000
GOAL = 1.25
CLOCKS = {"wall": perf_counter, "cpu": process_time}
Figures = dict[str, float]


def column(table: Path | None, count: int) -> PrefixColumn:
    """`count` different IPv4 prefixes in order: those of the table, then made ones."""
    mine = Prefix("10.0.0.0/8")  # of the benchmark itself
    found: set[Prefix] = set()
    if table is not None:
        opened = gzip.open if table.suffix == ".gz" else open
        with opened(table, "rt", encoding="ascii") as lines:
            found.update(Prefix(line.split()[0]) for line in lines if "." in line)
        found = {prefix for prefix in found if not prefix.overlaps(mine)}
    dice = random.Random(1)
    while len(found) < count:
        length = dice.choices((16, 20, 22, 24), (2, 8, 20, 70))[0]
        prefix = Prefix((Address(dice.randrange(1 << 24, 0xDF000000)), length))
        if not prefix.overlaps(mine):
            found.add(prefix)
    return PrefixColumn(sorted(found)[:count])


@contextmanager
def namespace() -> Iterator[list[str]]:
    """A namespace with a cable; gives the words that run a command in it."""
    name = f"fpbench-{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    inside = ["ip", "netns", "exec", name]
    try:
        for words in (
            "link set lo up",
            f"link add {INTERFACE} type veth peer name {OTHER}",
            f"addr add 10.254.0.1/24 dev {INTERFACE}",
            f"link set {INTERFACE} up",
            f"link set {OTHER} up",
        ):
            subprocess.run([*inside, "ip", *words.split()], check=True)
        yield inside
    finally:
        subprocess.run(["ip", "netns", "del", name], check=False)


def resident() -> int:
    """Bytes of memory that this process has in use."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def ours(packed: Path, by_object: bool, clock: str) -> Figures:
    """Measure `KernelFib` in the namespace of this process."""
    now = CLOCKS[clock]
    prefixes = PrefixColumn.from_bytes(packed.read_bytes())
    hop = NextHop(INTERFACE, Address(GATEWAY))
    route = Route((hop,))
    fib = KernelFib(nexthop_objects=by_object)
    fib.adopt()
    fib.sweep()
    before = resident()
    figures = {"add": timed(fib, prefixes, route, now), "bytes": float(resident() - before)}
    figures["single"] = single(fib, prefixes, hop) * 1e3
    if by_object:
        fib.want_table(prefixes, route)
        fib.sync()
        figures["flush"] = timed(fib, prefixes, None, now)
        # a route that stays keeps the object, so that the others go one by one
        keeper = PrefixColumn(["10.253.0.0/16"])
        fib.want_table(keeper, route)
        fib.want_table(prefixes, route)
        fib.sync()
    figures["delete"] = timed(fib, prefixes, None, now)
    shared = (hop,)
    changes = [Change(prefix, None, RibRoute(prefix, "rip", 120, 1, shared)) for prefix in prefixes]
    started = now()
    fib.want(changes)
    fib.sync()
    figures["changes"] = now() - started
    if fib.snapshot()["refused"] or fib.snapshot()["held"] < len(prefixes):
        raise SystemExit(f"not all routes are in the kernel: {fib.snapshot()}")
    later = KernelFib(nexthop_objects=by_object)
    started = now()
    found = later.adopt()
    figures["adopt"] = now() - started
    if found.strange < len(prefixes):
        raise SystemExit(f"not all routes were adopted: {found}")
    return figures


def timed(
    fib: KernelFib, prefixes: PrefixColumn, route: Route | None, now: Callable[[], float]
) -> float:
    """Seconds from the column to the kernel."""
    started = now()
    fib.want_table(prefixes, route)
    fib.sync()
    return now() - started


def single(fib: KernelFib, prefixes: PrefixColumn, hop: NextHop) -> float:
    """Median of seconds for one change: another gateway, none, the first one again."""
    dice = random.Random(2)
    other = (NextHop(INTERFACE, Address(OTHER_GATEWAY)),)
    took: list[float] = []
    for at in range(SINGLE):
        prefix = prefixes[dice.randrange(len(prefixes))]
        after = (other, None, (hop,))[at % 3]
        route = RibRoute(prefix, "rip", 120, 1, after) if after else None
        started = perf_counter()
        fib.want([Change(prefix, None, route)])
        fib.sync()
        took.append(perf_counter() - started)
    return statistics.median(took)


def measure(packed: Path, rounds: int, clock: str) -> dict[str, Figures]:
    """The best figures of each engine, by its name."""
    best: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        loop = Path(folder) / "loop"
        compiler = shutil.which("cc") or shutil.which("gcc") or "cc"
        subprocess.run([compiler, "-O2", "-Wall", "-o", loop, LOOP], check=True)
        for _ in range(rounds):
            for kind in ("plain", "object"):
                words = [str(loop), str(packed), INTERFACE, GATEWAY, kind, clock]
                keep(best, f"C {kind}", engine(words))
                words = [sys.executable, __file__, "--worker", kind, "--packed", str(packed)]
                words += ["--clock", clock]
                keep(best, f"fingerpost {kind}", engine(words))
    return best


def engine(words: list[str]) -> Figures:
    """Run one engine in a namespace of its own and read its figures."""
    with namespace() as inside:
        done = subprocess.run([*inside, *words], check=True, capture_output=True, text=True)
    rows = (line.split() for line in done.stdout.splitlines())
    return {name: float(value) for name, value in rows}


def keep(best: dict[str, Figures], name: str, figures: Figures) -> None:
    """Let the best of each figure stand."""
    held = best.setdefault(name, figures)
    best[name] = {key: min(value, held[key]) for key, value in figures.items()}


def ratios(best: dict[str, Figures]) -> Figures:
    """Our time by that of the loop in C, for the same kind of work."""
    found: Figures = {}
    for kind in ("plain", "object"):
        theirs, mine = best[f"C {kind}"], best[f"fingerpost {kind}"]
        found |= {f"{kind} {name}": mine[name] / theirs[name] for name in theirs}
    return found


@click.command(help=__doc__)
@click.option("--table", type=click.Path(path_type=Path, exists=True), help="Prefixes, one a line.")
@click.option("--routes", default=1_000_000, type=click.IntRange(100), show_default=True)
@click.option("--rounds", default=3, type=click.IntRange(1), show_default=True)
@click.option("--clock", default="wall", type=click.Choice(list(CLOCKS)), show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
@click.option("--worker", type=click.Choice(["plain", "object"]), hidden=True)
@click.option("--packed", type=click.Path(path_type=Path), hidden=True)
def command(
    table: Path | None,
    routes: int,
    rounds: int,
    clock: str,
    json_file: Path | None,
    worker: str | None,
    packed: Path | None,
) -> None:
    """Measure and print."""
    if worker is not None and packed is not None:
        for name, value in ours(packed, worker == "object", clock).items():
            click.echo(f"{name} {value:.6f}")
        return
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder) / "prefixes"
        packed.write_bytes(column(table, routes).to_bytes())
        best = measure(packed, rounds, clock)
    for name, figures in best.items():
        click.echo(f"{name:18}" + "".join(f" {key} {value:.3f}" for key, value in figures.items()))
    for name, ratio in ratios(best).items():
        click.echo(f"{name:18} {ratio:.2f} times the loop in C (goal: {GOAL})")
    if json_file is not None:
        json_file.write_text(json.dumps({"best": best, "ratios": ratios(best)}), encoding="ascii")


if __name__ == "__main__":
    command()
