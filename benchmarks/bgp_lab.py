"""BGP in labs: autonomous systems of one router each, cold start to tables that stand.

    python benchmarks/bgp_lab.py [--systems 1000] [--interval 1s] [--file 20260101.as-rel.txt]

The graph is drawn by chance with the shape of the Internet, or read from CAIDA's file; each system
announces one prefix, roles and weights are those of Gao and Rexford. Every packet is encoded and
decoded. Afterwards the AS path of each system to each prefix is held to a model that knows nothing
of BGP: tests/lab/propagation.py. Printed: CPU seconds of building, of running and of checking, and
the peak of memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import click

from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.machine import Bgp
from fingerpost.lab.as_graph import AsGraph
from fingerpost.lab.network import Network

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "lab"))


def machine(network: Network, asn: int) -> Bgp:
    """The BGP of a system."""
    routing = network[f"as{asn}"].router.routing
    assert routing is not None
    found = routing.protocols["bgp"].machine
    assert isinstance(found, Bgp)
    return found


def chosen(network: Network, asn: int) -> dict[int, tuple[int, ...]]:
    """The path that a system uses to each origin, its own number first."""
    table, found, is_all = machine(network, asn).table, {}, False
    watcher = table.watch(IPV4.code, True, True)
    while not is_all:
        _, is_all, told = table.watched(IPV4.code, watcher, 100_000)
        for _, _, octets, _, prefixes in told:
            if octets is not None:
                path = (asn, *AttributeSet.decode(octets).as_path.numbers)
                found |= dict.fromkeys([path[-1]] * len(prefixes), path)
    table.unwatch(IPV4.code, watcher)
    return found


def wrong(network: Network, graph: AsGraph) -> int:
    """How many paths are not those of the model."""
    from propagation import paths_to  # type: ignore[import-not-found] # of the tests

    identifiers = {asn: machine(network, asn).config.router_id for asn in graph.numbers}
    ours = {asn: chosen(network, asn) for asn in graph.numbers}
    count = 0
    for origin in graph.numbers:
        expected = paths_to(graph, origin, identifiers)
        count += sum(ours[asn].get(origin) != expected.get(asn) for asn in graph.numbers)
    return count


@click.command()
@click.option("--systems", default=1_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--interval", default="1s", show_default=True, help="Between UPDATEs to a neighbor.")
@click.option("--file", "path", type=click.Path(exists=True, path_type=Path))
@click.option("--check/--no-check", default=True)
def main(systems: int, seed: int, interval: str, path: Path | None, *, check: bool) -> None:
    """Measure one network."""
    graph = AsGraph.random(systems, seed) if path is None else AsGraph.read(path)
    begun = time.process_time()
    network = Network.of(graph.description(interval), seed=seed)
    built = time.process_time()
    network.run()
    ran = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    row: dict[str, object] = {
        "systems": len(graph.numbers),
        "sessions": len(graph.pairs),
        "converged": network.is_converged,
        "virtual_s": round(network.convergence.since / 1e9, 3),
        "build_cpu_s": round(built - begun, 1),
        "run_cpu_s": round(ran - built, 1),
        "frames": sum(
            one.counters.sent for link in network.links.values() for one in link.directions
        ),
        "peak_mb": peak,
    }
    if check:
        row["wrong_paths"] = wrong(network, graph)
    click.echo(json.dumps(row))


if __name__ == "__main__":
    main()
