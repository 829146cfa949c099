"""What a route costs in the routing table: bytes, and time to learn it, in one fresh process.

    python benchmarks/rib.py [--routes 1000000] [--gateways 100] [--batch 10000] [--json]

Prefixes of /24, each with one recursive next hop of `--gateways`, announced in batches. Then a more
exact route to one gateway comes, which moves all that rest on it, and routes come one by one. The
bytes are resident memory before and after, less what the same prefixes cost as a bare set.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import click

from fingerpost.addr import Address, Prefix
from fingerpost.fib import Fib
from fingerpost.forwarding.route import NextHop
from fingerpost.rib import AnnounceRoutes, Rib, RibRoute

GATEWAYS = int(Address("223.0.0.0"))
SINGLE = 1000


def resident() -> int:
    """Bytes of memory that this process has in use."""
    gc.collect()
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096


def prefixes(first: int, last: int) -> Iterator[Prefix]:
    """Prefixes of /24 from 1.0.0.0 on."""
    return (
        Prefix(f"{1 + (at >> 16)}.{at >> 8 & 255}.{at & 255}.0/24") for at in range(first, last)
    )


def set_bytes(routes: int) -> int:
    """What the prefixes cost as a set with nothing behind them."""
    before = resident()
    held = Fib[None]((prefix, None) for prefix in prefixes(0, routes))
    return resident() - before if len(held) == routes else 0


def measure(routes: int, gateways: int, batch: int) -> dict[str, float]:
    """Fill a table and change it; every figure by its name."""
    bare = set_bytes(routes)
    rib = Rib()
    link = RibRoute(Prefix("223.0.0.0/8"), "connected", 0, 0, (NextHop("eth0"),))
    rib.apply(AnnounceRoutes((link,)), 1)
    named = [Address(GATEWAYS + 1 + at) for at in range(gateways)]
    hops = [(NextHop(gateway=gateway),) for gateway in named]
    before, learning = resident(), 0.0
    for first in range(0, routes, batch):
        last = min(first + batch, routes)
        said = tuple(
            RibRoute(prefix, "ibgp", 200, 0, hops[at % gateways])
            for at, prefix in enumerate(prefixes(first, last), first)
        )
        started = perf_counter()
        rib.apply(AnnounceRoutes(said), 2)
        learning += perf_counter() - started
        del said
    grown = resident() - before
    started = perf_counter()
    near = RibRoute(Prefix(named[0]), "ospf", 110, 0, (NextHop("eth1"),))
    moved = len(rib.apply(AnnounceRoutes((near,)), 3)) - 1
    moving = perf_counter() - started
    started = perf_counter()
    for at, prefix in enumerate(prefixes(0, min(SINGLE, routes))):
        rib.apply(AnnounceRoutes((RibRoute(prefix, "static", 1, at, (NextHop("eth1"),)),)), 4)
    return {
        "routes": routes,
        "different_candidates": gateways,
        "bytes_a_route_beyond_the_set": round((grown - bare) / routes, 1),
        "bytes_a_prefix_of_the_set": round(bare / routes, 1),
        "learn_us_a_route": round(learning / routes * 1e6, 2),
        "moved_by_one_gateway": moved,
        "move_ms": round(moving * 1e3, 1),
        "single_change_us": round((perf_counter() - started) / min(SINGLE, routes) * 1e6, 1),
    }


@click.command(help=__doc__)
@click.option("--routes", default=1_000_000, type=click.IntRange(1, 200 << 16), show_default=True)
@click.option("--gateways", default=100, type=click.IntRange(1, 1 << 20), show_default=True)
@click.option("--batch", default=10_000, type=click.IntRange(1), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(routes: int, gateways: int, batch: int, as_json: bool) -> None:
    """Measure once and print."""
    found = measure(routes, gateways, batch)
    if as_json:
        click.echo(json.dumps(found))
        return
    for name, value in found.items():
        click.echo(f"{name.replace('_', ' '):32} {value:>12,}")


if __name__ == "__main__":
    command()
