"""The main job, shown on real input: which way does a packet for this address go?

    make demo        or        .venv/bin/python examples/demo.py [--seed N]

Three tables: this machine's own, the one every textbook draws, and one as large as the Internet's.
Then a network of such tables, with packets in it. Nothing leaves the machine.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fingerpost.addr import Address
from fingerpost.fib import Fib
from fingerpost.fib.load import RouteEntry
from fingerpost.fib.synthetic import Columns, SyntheticTable, full_table

console = Console(highlight=False, soft_wrap=True)
GOOD, DIM, HEAD = "green", "dim", "bold cyan"


def title(text: str) -> None:
    """Open a part of the demonstration."""
    console.print()
    console.print(Text(text, style=HEAD))
    console.print(Text("─" * len(text), style="cyan"))


def step(text: str) -> None:
    """Say what is being done."""
    console.print(Text(f"$ {text}", style=DIM))


def timed(work: Callable[[], Any], times: int = 1) -> tuple[Any, float]:
    """Run `work`; give what it returned and the seconds that it took, the least of `times`."""
    least = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        outcome = work()
        least = min(least, time.perf_counter() - began)
    return outcome, least


def fingerpost(*words: str) -> None:
    """Run a command of ours as a person would, in colour when this is a terminal."""
    from fingerpost.cli import cli

    step("fingerpost " + " ".join(words))
    try:
        cli.main(list(words), "fingerpost")
    except SystemExit as ending:
        if ending.code:
            console.print(Text(f"(exit code {ending.code})", style=DIM))
    console.print()


# --- this machine ---------------------------------------------------------------------------------


def this_machine() -> None:
    """Load the kernel's own table and compare our answers with the kernel's."""
    title("1. This machine's own table")
    if shutil.which("ip") is None:
        console.print("No `ip` here (apt-get install iproute2): the kernel's table is left out.")
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "routes.txt"
        families = [_output("ip", flag, "route") for flag in ("-4", "-6")]
        path.write_text("".join(families))
        step("ip route; ip -6 route")
        console.print(path.read_text().rstrip() or "(the kernel has no routes)")
        console.print()
        fib = Fib.load(path, format="ip-route")
    shown = Table("packet for", "matches", "goes", "the kernel says", box=None, pad_edge=False)
    for address in _addresses_to_try(fib):
        match = fib.match(address)
        network, goes = ("nothing", "nowhere") if match is None else (match[0], _way(match[1]))
        kernel = _kernel_says(address)
        agrees = f"[{GOOD}]the same[/]" if kernel == goes else kernel
        shown.add_row(str(address), str(network), goes, agrees)
    console.print(shown)


def _way(route: RouteEntry) -> str:
    return " ".join(map(str, route.next_hops)) or route.kind


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout


def _addresses_to_try(fib: Fib[Any]) -> list[Address]:
    """Take one address of each network, beyond the router's own, and two from outside."""
    inside = [prefix.first + 9 for prefix in fib if 0 < prefix.length <= prefix.bits - 4]
    return [*inside[:5], Address("198.51.100.1"), Address("2001:db8::1")]


def _kernel_says(address: Address) -> str:
    answer = _output("ip", "-json", "route", "get", str(address))
    if not answer.strip():
        return "nowhere"
    found = json.loads(answer)[0]
    via = f"via {found['gateway']} " if "gateway" in found else ""
    return f"{via}dev {found.get('dev', '-')}"


# --- the textbook ---------------------------------------------------------------------------------

THREE_INTERFACES = "10.0.0.0/8 eth0\n10.1.0.0/16 eth1\n10.1.2.0/24 eth2\n"


def textbook() -> None:
    """Split an address in its parts, and let three networks compete for others."""
    title("2. The textbook: network and host, and three interfaces that compete")
    fingerpost("cidr", "192.0.2.130/30")
    with TemporaryDirectory() as folder, chdir(folder):
        Path("routes.txt").write_text(THREE_INTERFACES)
        step("cat routes.txt")
        console.print(THREE_INTERFACES)
        fingerpost("lookup", "--table", "routes.txt", "10.1.2.7", "10.1.9.9", "192.0.2.7")


# --- the Internet ---------------------------------------------------------------------------------

BULK, SINGLE, TIMES, CHECKED = 4_000_000, 100_000, 3, 200


def internet(seed: int) -> None:
    """Generate a full table, look addresses up one by one and in bulk, and check a sample."""
    title("3. A table as large as the Internet's (generated, the same for the same seed)")
    table, seconds = timed(lambda: full_table(seed))
    report("generate", len(table), "prefixes", seconds)
    items = list(table.items())
    fib, seconds = timed(lambda: Fib(items))
    report("build the table", len(fib), "prefixes", seconds)
    rng = np.random.default_rng(seed)
    v4, v6 = _inside(table.v4, rng), _inside(table.v6, rng)
    addresses = [Address(number) for number in v4[:SINGLE].tolist()]
    addresses_v6 = [Address(bytes(row)) for row in v6[:SINGLE]]
    texts = [str(address) for address in addresses]
    singles = (("IPv4", addresses), ("IPv6", addresses_v6), ("IPv4 as text", texts))
    for name, asked in singles:
        _, seconds = timed(lambda asked=asked: [fib.lookup(a) for a in asked], TIMES)  # type: ignore[misc]
        report(f"one by one, {name}", len(asked), "addresses", seconds)
    for name, column in (("IPv4", v4), ("IPv6", v6)):
        answers = np.empty(len(column), dtype=np.uint32)
        _, seconds = timed(lambda c=column, o=answers: fib.lookup_many(c, out=o), TIMES)  # type: ignore[misc]
        report(f"a numpy array of {name}, one core", len(column), "addresses", seconds)
    wrong = sum(_disagrees(fib, table, int(number)) for number in v4[:CHECKED])
    style = GOOD if wrong == 0 else "bold red"
    console.print(
        f"  against a linear scan of the whole table: {CHECKED} answers, [{style}]{wrong} wrong[/]"
    )
    console.print()
    _why(fib)


def report(what: str, count: int, unit: str, seconds: float) -> None:
    """Print one measurement."""
    rate = count / seconds
    speed = f"{rate / 1e6:.1f} M" if rate >= 1e6 else f"{rate / 1e3:.0f} k"
    console.print(f"  {what:<34} {count:>9,} {unit:<9} {seconds:6.2f} s  [{GOOD}]{speed:>7}/s[/]")


def _inside(columns: Columns, rng: np.random.Generator) -> Any:  # noqa: ANN401 - two shapes
    """Draw addresses that hit: a prefix at random, random bits for the host."""
    rows = rng.integers(0, columns.count, BULK)
    networks, lengths = columns.networks[rows], columns.lengths[rows].astype(np.uint64)
    if networks.ndim == 1:
        hosts = rng.integers(0, 1 << 32, BULK, dtype=np.uint64) >> lengths
        return networks | hosts.astype(np.uint32)
    high = networks.view(">u8").reshape(-1, 2)[:, 0].astype(np.uint64)
    host = rng.integers(0, 1 << 63, BULK, dtype=np.uint64) >> np.minimum(lengths, np.uint64(63))
    high = np.where(lengths < 64, high | host, high)
    halves = np.stack([high, networks.view(">u8").reshape(-1, 2)[:, 1].astype(np.uint64)], axis=1)
    return np.ascontiguousarray(halves.astype(">u8")).view(np.uint8).reshape(-1, 16)


def _disagrees(fib: Fib[Any], table: SyntheticTable, number: int) -> bool:
    """Compare one answer with a scan over every prefix: mask, compare, keep the longest."""
    lengths = table.v4.lengths.astype(np.uint64)
    masks = (0xFFFFFFFF << (32 - lengths) & 0xFFFFFFFF).astype(np.uint32)
    matching = np.flatnonzero((np.uint32(number) & masks) == table.v4.networks)
    best = matching[np.argmax(table.v4.lengths[matching])]
    return bool(fib.lookup(number) != table.v4.origins[best])


def _why(fib: Fib[Any]) -> None:
    """Show one answer with those that also matched and lost."""
    deepest = max((p for p in fib if p.version == 4), key=lambda p: len(fib.covering(p)))
    found = fib.explain(deepest.last)
    assert found.winner is not None
    console.print(f"  Why does {deepest.last} go to AS{found.winner.value}?")
    console.print(f"    [{GOOD}]{found.winner.prefix!s:<18} AS{found.winner.value}[/]  wins")
    for loser in found.losers:
        console.print(f"    {loser.prefix!s:<18} AS{loser.value}  [{DIM}]{loser.reason}[/]")


# --- a network ------------------------------------------------------------------------------------


def network() -> None:
    """Let packets cross a small virtual network, and ask each router why."""
    from demo_lab import packets_move  # beside this file

    title("4. A network of such routers, and packets in it")
    packets_move(fingerpost, lambda text: console.print(Text(text, style="bold")))


def main() -> None:
    """Run the four parts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1, help="of the generated table")
    seed = parser.parse_args().seed
    _, seconds = timed(lambda: (this_machine(), textbook(), internet(seed), network()))
    console.print()
    console.print(f"[{DIM}]That took {seconds:.1f} s. Next: docs/tutorial.md, or `make test`.[/]")


if __name__ == "__main__":
    main()
