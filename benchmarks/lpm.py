"""Longest-prefix match: fingerpost and every peer on PyPI, same table, same questions, one run.

`python benchmarks/lpm.py --help`; README.md beside this file says how to read the figures.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
from rich.console import Console

BENCHMARKS = Path(__file__).resolve().parent
DATA = Path(os.environ.get("FINGERPOST_DATA") or BENCHMARKS.parent.parent / "shared" / "data")
sys.path[:0] = [str(BENCHMARKS), str(BENCHMARKS.parent / "tests")]

from matching.adapters import known  # noqa: E402  # these live beside the script
from matching.clock import Limits  # noqa: E402
from matching.figures import model  # noqa: E402
from matching.install import install  # noqa: E402
from matching.machine import line, machine  # noqa: E402
from matching.peer import Peer  # noqa: E402
from matching.plot import draw  # noqa: E402
from matching.report import render  # noqa: E402
from matching.runner import run  # noqa: E402
from matching.workload import Workload, read_table  # noqa: E402


@click.command(context_settings={"show_default": True})
@click.option("--peers", default="all", help="Names, comma separated; -NAME leaves one out.")
@click.option(
    "--adapter",
    "adapters",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="One more adapter file.",
)
@click.option("--table", "table", help="real, synthetic, tiny or a file; [real if at hand]")
@click.option("--queries", default=1_000_000, help="Questions of each kind in bulk.")
@click.option("--singles", default=200_000, help="Questions of each kind one by one, at most.")
@click.option("--repeat", default=3, help="Repeats; figures are medians.")
@click.option("--seconds", default=0.5, help="Budget of one repeat of one measurement.")
@click.option(
    "--clock",
    default="wall",
    type=click.Choice(["wall", "cpu"]),
    help="cpu: the process's own time, for one thread on a busy machine.",
)
@click.option("--limit", default=240.0, help="Seconds after which a peer's process is ended.")
@click.option("--family", "families", multiple=True, type=click.Choice(["4", "6"]))
@click.option("--seed", default=1, help="Of questions, changes and the synthetic table.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write figures here.")
@click.option("--plot/--no-plot", default=True, help="Write lpm.png and lpm.svg into --out.")
@click.option("--install", "installs", is_flag=True, help="Install the peers with pip first.")
@click.option("--out", default=BENCHMARKS / "out", type=click.Path(path_type=Path))
def main(
    peers: str,
    adapters: tuple[Path, ...],
    table: str | None,
    queries: int,
    singles: int,
    repeat: int,
    seconds: float,
    clock: str,
    limit: float,
    families: tuple[str, ...],
    seed: int,
    json_path: Path | None,
    plot: bool,
    installs: bool,
    out: Path,
) -> None:
    """Measure build, memory, lookups and changes of every peer, and check every answer."""
    if installs:
        install(tell)
    chosen = choose(known(adapters), peers)
    wanted = [int(family) for family in families] or [4, 6]
    about: dict[str, Any] = {
        "machine": machine(),
        "options": {
            "queries": queries,
            "repeat": repeat,
            "seconds": seconds,
            "clock": clock,
            "seed": seed,
        },
    }
    tell(line(about["machine"]))
    with tempfile.TemporaryDirectory(prefix="lpm-") as name:
        folder = Path(name)
        try:
            table, routes = read_table(table, DATA, seed)
        except OSError as error:
            raise click.BadParameter(str(error), param_hint="--table") from error
        about["table"] = {"name": table, **{f"v{key}": len(routes[key]) for key in wanted}}
        tell(f"table {table}: {len(routes[4]):,} IPv4 and {len(routes[6]):,} IPv6 prefixes")
        for family in wanted:
            Workload(folder, family).write(routes[family], queries, seed)
        limits = Limits(seconds, repeat, singles, clock)
        outcomes = run(chosen, folder, wanted, limits, limit, tell)
    found = model(outcomes, **about)
    render(Console(width=None if sys.stdout.isatty() else 160), found)
    if json_path is not None:
        json_path.write_text(json.dumps(found, indent=1) + "\n")
    if plot:
        paths = [out / "lpm.png", out / "lpm.svg"]
        draw(found, paths, line(about["machine"]))
        tell(f"drawn: {', '.join(map(str, paths))}")


def choose(
    adapters: dict[str, tuple[Path, type[Peer]]], wanted: str
) -> list[tuple[Path, type[Peer]]]:
    """The adapters named by `--peers`."""
    names = [name for name in wanted.split(",") if name]
    unknown = {name.removeprefix("-") for name in names} - {*adapters, "all"}
    if unknown:
        known_names = ", ".join(adapters)
        raise click.BadParameter(f"no peer {', '.join(sorted(unknown))}; there are {known_names}")
    without = {name.removeprefix("-") for name in names if name.startswith("-")}
    only = {name for name in names if not name.startswith("-")} - {"all"}
    return [
        adapter
        for name, adapter in adapters.items()
        if name not in without and (not only or name in only)
    ]


def tell(text: str) -> None:
    """Progress goes to stderr, figures to stdout."""
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
