"""What a large lab costs: loading, all tables, who reaches whom, packets; time and memory.

    python benchmarks/lab.py [--nodes 1000] [--links 2000] [--grid 20x10] [--json]
    python benchmarks/lab.py kdl.graphml topohub:gabriel/500/0

Without files a connected random network is generated, the same for the same seed, written as
lab.yaml and read again. Each network is measured in a process of its own, so that memory is what
it needed at most from the start of Python on. The traceroute goes along the longest of the
shortest paths in a network that has just been set up, its tables included. Seconds are those of
the process (CPU) and of the clock on the wall.

Without files a grid of routers that learn by RIP and RIPng runs too, until its tables stand, and
again until they do after a link has failed.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import click
from rich.console import Console
from rich.table import Table

MEBI = 1024  # ru_maxrss counts KiB on Linux


def generate(nodes: int, links: int, seed: int) -> str:
    """A lab file: a random tree, and random links besides; costs from 1 to 10."""
    rng = random.Random(seed)
    edges = {(rng.randrange(at), at) for at in range(1, nodes)}
    while len(edges) < min(links, nodes * (nodes - 1) // 2):
        a, b = sorted(rng.sample(range(nodes), 2))
        edges.add((a, b))
    lines = ["name: generated", "topology:", "  nodes:"]
    lines += [f"    r{at}:" for at in range(nodes)]
    lines += ["  links:"]
    lines += [
        f"    - {{endpoints: [r{a}, r{b}], cost: {rng.randint(1, 10)}}}" for a, b in sorted(edges)
    ]
    return "\n".join(lines) + "\n"


def generate_grid(width: int, height: int) -> str:
    """A lab file: a grid of routers that speak RIP and RIPng."""
    places = [(x, y) for y in range(height) for x in range(width)]
    lines = ["name: grid", "routing: [rip, ripng]", "topology:", "  nodes:"]
    lines += [f"    r{x}-{y}:" for x, y in places]
    lines += ["  links:"]
    for x, y in places:
        for a, b in ((x + 1, y), (x, y + 1)):
            if a < width and b < height:
                lines.append(f"    - {{endpoints: [r{x}-{y}, r{a}-{b}]}}")
    return "\n".join(lines) + "\n"


class Stopwatch:
    """Measures one stage after the other of one process."""

    def __init__(self) -> None:
        self.stages: list[dict[str, Any]] = []

    def run(self, name: str, work: Callable[[], Any]) -> Any:
        wall, cpu = perf_counter(), process_time()
        done = work()
        stage = {"stage": name, "seconds": perf_counter() - wall, "cpu": process_time() - cpu}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBI
        self.stages.append({**stage, "peak_mib": peak})
        return done


def farthest(lab: Any) -> tuple[str, str]:
    """Two nodes far apart: the end of the longest way from the first, and from there again."""
    near: dict[str, list[str]] = {name: [] for name in lab.nodes}
    for link in lab.links:
        for one in link.nodes:
            near[one] += [other for other in link.nodes if other != one]

    def last(start: str) -> str:
        seen = {start: None}
        for name in (queue := [start]):
            new = [other for other in near[name] if other not in seen]
            seen.update(dict.fromkeys(new))
            queue += new
        return next(reversed(seen))

    one = last(next(iter(lab.nodes)))
    return one, last(one)


def measure_learning(lab: Any, watch: Stopwatch) -> dict[str, Any]:
    """Let the routers of a lab learn their routes."""
    from fingerpost.lab.network import Network

    network = watch.run("set up a network", lambda: Network(lab))
    watch.run("until tables stand", lambda: network.run(until="converged"))
    stood_ns, events = network.convergence.since, network.scheduler.events
    first = lab.links[len(lab.links) // 2].name
    network.fail(first)
    failed_ns = network.now
    watch.run("a link fails", lambda: network.run(until="converged"))
    counters = [one.counters for link in network.links.values() for one in link.directions]
    return {
        "name": lab.name,
        "nodes": len(lab.nodes),
        "links": len(lab.links),
        "entries": sum(len(node.table) for node in network.values()),
        "changes": network.convergence.changes,
        "frames": sum(one.sent for one in counters),
        "events": events,
        "stood_s": stood_ns / 1e9,
        "stood_again_s": (network.convergence.since - failed_ns) / 1e9,
        "stages": watch.stages,
    }


def measure(file: str) -> dict[str, Any]:
    """Load a file and do everything with it, once."""
    from fingerpost.lab.draw import draw
    from fingerpost.lab.network import Network
    from fingerpost.lab.reachability import check
    from fingerpost.lab.routes import Tables
    from fingerpost.lab.topology import load

    watch = Stopwatch()
    lab = watch.run("load", lambda: load(file))
    if lab.has_protocols:
        return measure_learning(lab, watch)
    tables = Tables(lab)
    entries = watch.run("tables", lambda: sum(len(tables[name]) for name in tables))
    found = watch.run("reachability", lambda: check(lab, tables))
    watch.run("draw", lambda: draw(lab))
    network = watch.run("set up a network", lambda: Network(lab))
    one, other = farthest(lab)
    way = watch.run("traceroute", lambda: network[one].traceroute(other, max_ttl=255, wait="1s"))
    before = network.scheduler.events
    watch.run("traceroute again", lambda: network[one].traceroute(other, max_ttl=255, wait="1s"))
    return {
        "hops": len(way.hops),
        "is_reached": way.is_reached,
        "microseconds_per_event": watch.stages[-1]["cpu"]
        / max(network.scheduler.events - before, 1)
        * 1e6,
        "name": lab.name,
        "nodes": len(lab.nodes),
        "links": len(lab.links),
        "entries": entries,
        "pairs": found.pairs,
        "reachable": found.reachable,
        "loops": len(found.loops),
        "stages": watch.stages,
    }


def in_a_process(file: str) -> dict[str, Any]:
    """Measure in a fresh process."""
    command = [sys.executable, __file__, "--worker", file]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def title_of(result: dict[str, Any]) -> str:
    size = (
        f"{result['name']}: {result['nodes']:,} nodes, {result['links']:,} links, "
        f"{result['entries']:,} entries, "
    )
    if "stood_s" in result:
        return size + (
            f"{result['changes']:,} changes of routes, {result['frames']:,} frames; tables stand "
            f"after {result['stood_s']:.1f} s of virtual time, and {result['stood_again_s']:.1f} s "
            "after a link has failed"
        )
    return size + (
        f"{result['reachable']:,} of {result['pairs']:,} pairs "
        f"reachable, {result['loops']:,} loops, traceroute of {result['hops']:,} hops, "
        f"{result['microseconds_per_event']:.0f} us an event"
    )


def show(results: list[dict[str, Any]]) -> None:
    console = Console()
    for result in results:
        table = Table(title=title_of(result))
        for column in ("stage", "seconds", "CPU seconds", "peak MiB so far"):
            table.add_column(column, justify="left" if column == "stage" else "right")
        for stage in result["stages"]:
            figures = (stage["seconds"], stage["cpu"], stage["peak_mib"])
            table.add_row(stage["stage"], *(f"{figure:,.2f}" for figure in figures))
        console.print(table)


@click.command()
@click.argument("files", nargs=-1)
@click.option("--nodes", default=1000, show_default=True, help="Of the generated network.")
@click.option("--links", default=2000, show_default=True, help="Of the generated network.")
@click.option("--seed", default=1, show_default=True, help="Of the generated network.")
@click.option("--grid", default="20x10", show_default=True, help="That learns; 0x0: none.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--worker", is_flag=True, hidden=True)
def main(
    files: tuple[str, ...],
    nodes: int,
    links: int,
    seed: int,
    grid: str,
    as_json: bool,
    worker: bool,
) -> None:
    """Measure each of FILES, or a generated network."""
    if worker:
        print(json.dumps(measure(files[0])))
        return
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "generated.yaml"
        made.write_text(generate(nodes, links, seed), encoding="utf-8")
        own = [str(made)]
        width, height = (int(part) for part in grid.split("x"))
        if width * height:
            learning = Path(folder) / "grid.yaml"
            learning.write_text(generate_grid(width, height), encoding="utf-8")
            own.append(str(learning))
        results = [in_a_process(file) for file in files or own]
    if as_json:
        print(json.dumps(results))
    else:
        show(results)


if __name__ == "__main__":
    main()
