"""What a route costs in the routing table: bytes, and time to learn it, move it and lose it.

    python benchmarks/rib.py [--routes 1000000] [--case NAME]... [--json]

Prefixes of /24, announced in batches of 10,000, each case in a fresh process:

few         a route each by one of 8 gateways on one link
recursive   a route each by one of 100 gateways that are found through the table
gateways    a route each by one of 60,000 such gateways
instants    as `recursive`, and each batch comes at an instant of its own
two         as `recursive`, and a better one from a second source: counted by route
attributes  as `recursive`, with 200,000 sets of attributes, five prefixes to each
alike       as `few`, but announced and withdrawn by column
dict        the same routes as `few` in a dict of lists, a peer without choice and next hops
pytricia    the same in a PyTricia of lists

Bytes are resident memory before and after, less what the same prefixes cost as a bare set (for the
peers, who have no bare set: all). Then the table changes: the route under all gateways moves to
another link, that link goes down, all routes are withdrawn. `feed` fills a forwarding table.
Seconds are those of the processor: all of this is one thread.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import click

from fingerpost._core import PrefixColumn
from fingerpost.addr import Address, Prefix
from fingerpost.fib import Fib
from fingerpost.forwarding.events import InterfaceWentDown
from fingerpost.forwarding.route import NextHop, Route
from fingerpost.rib import (
    AnnounceAlike,
    AnnounceRoutes,
    ChangeSet,
    Rib,
    RibRoute,
    WithdrawRoutes,
    feed,
)

GATEWAYS = int(Address("223.0.0.0"))
LINK = RibRoute(Prefix("223.0.0.0/8"), "connected", 0, 0, (NextHop("eth0"),))
BATCH = 10_000
SINGLE = 1000

Figures = dict[str, float | str]


@dataclass(frozen=True, slots=True)
class Case:
    """How routes differ: gateways, with a link or not, instants, sources, sets of attributes."""

    gateways: int = 100
    link: str | None = None
    instants: bool = False
    sources: tuple[tuple[str, int], ...] = (("ibgp", 200),)
    attributes: int = 0


CASES = {
    "few": Case(8, "eth0"),
    "recursive": Case(),
    "gateways": Case(60_000),
    "instants": Case(instants=True),
    "two": Case(sources=(("ibgp", 200), ("ebgp", 20))),
    "attributes": Case(attributes=200_000),
}


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


def batches(routes: int) -> Iterator[tuple[int, int]]:
    """First and last of each batch."""
    return ((first, min(first + BATCH, routes)) for first in range(0, routes, BATCH))


def set_bytes(routes: int) -> int:
    """What the prefixes cost as a set with nothing behind them."""
    before = resident()
    held = Fib[None]((prefix, None) for prefix in prefixes(0, routes))
    return resident() - before if len(held) == routes else 0


class Clock:
    """Adds up what calls take."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, call: Callable[[], Any]) -> Any:
        started = process_time()
        found = call()
        self.seconds += process_time() - started
        return found


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the processor for a call, and what it gave."""
    gc.collect()
    clock = Clock()
    found = clock(call)
    return round(clock.seconds, 3), found


def hops(case: Case) -> list[tuple[NextHop, ...]]:
    """The next hops of a case."""
    return [(NextHop(case.link, Address(GATEWAYS + 1 + at)),) for at in range(case.gateways)]


def said(case: Case, routes: int) -> Iterator[tuple[int, Sequence[RibRoute]]]:
    """The batches of all sources in turn, each with its instant."""
    sets = [{"number": at} for at in range(case.attributes)]
    shared = 5 if sets else 1
    yield 0, ()  # what is the protocol's own is there
    for source, distance in case.sources:
        ways = hops(case)
        for first, last in batches(routes):
            yield (
                (first if case.instants else 0) + 2,
                [
                    RibRoute(
                        prefix,
                        source,
                        distance,
                        0,
                        ways[at // shared % case.gateways],
                        attributes=sets[at // shared % len(sets)] if sets else None,
                    )
                    for at, prefix in enumerate(prefixes(first, last), first)
                ],
            )


def measure(case: Case, routes: int) -> Figures:
    """Fill a table one route at a time, as protocols do, and change it."""
    bare = set_bytes(routes)
    rib = Rib()
    rib.apply(AnnounceRoutes((LINK,)), 1)
    coming = said(case, routes)
    next(coming)
    before, learning = resident(), Clock()
    for now, batch in coming:
        event = AnnounceRoutes(tuple(batch))
        learning(partial(rib.apply, event, now))
        del batch, event
    count = routes * len(case.sources)
    figures: Figures = {
        "different candidates": rib.store.group_count,
        "bytes a route": round((resident() - before - bare) / count, 1),
        "bytes of the set": round(bare / routes, 1),
        "learn s": round(learning.seconds, 3),
        "learn us a route": round(learning.seconds / count * 1e6, 2),
    }
    return figures | changed(rib, routes) | singles(rib, routes) | lost(rib, case)


def changed(rib: Rib, routes: int) -> Figures:
    """Feed a forwarding table; move what all rest on, then take its link."""
    feeding, fed = timed(lambda: fed_with(rib.everything()))
    assert fed == routes + 1
    moved = replace(LINK, source="static", distance=0, next_hops=(NextHop("eth1"),))
    events = (WithdrawRoutes("connected", (LINK.prefix,)), AnnounceRoutes((moved,)))
    moving, changes = timed(lambda: rib.apply_all(events, 3))
    figures: Figures = {"feed s": feeding, "move s": moving, "moved": len(changes)}
    going, changes = timed(lambda: rib.apply(InterfaceWentDown("eth1"), 4))
    return figures | {"link down s": going, "down": len(changes)}


def fed_with(changes: ChangeSet) -> int:
    """How many prefixes a forwarding table has from these."""
    fib = Fib[Route]()
    feed(fib, changes)
    return len(fib)


def singles(rib: Rib, routes: int) -> Figures:
    """Routes that come one by one."""
    count = min(SINGLE, routes)
    events = [
        AnnounceRoutes((RibRoute(prefix, "static", 1, at, (NextHop("eth2"),)),))
        for at, prefix in enumerate(prefixes(0, count))
    ]
    seconds, _ = timed(lambda: [rib.apply(event, 5) for event in events])
    return {"single us": round(seconds / count * 1e6, 1)}


def lost(rib: Rib, case: Case) -> Figures:
    """Take out every route of the first source."""
    source, _ = case.sources[-1]
    return {"withdraw all s": timed(lambda: rib.withdraw_all(source, 6))[0]}


def measure_columns(routes: int) -> Figures:
    """Fill a table by columns and empty it again."""
    ways = hops(CASES["few"])
    columns = [
        PrefixColumn(prefix for at, prefix in enumerate(prefixes(0, routes)) if at % 8 == way)
        for way in range(8)
    ]
    bare = set_bytes(routes)
    rib = Rib()
    events = [
        AnnounceAlike(RibRoute(LINK.prefix, "ibgp", 200, 0, way), column)
        for way, column in zip(ways, columns, strict=True)
    ]
    before = resident()
    learning, told = timed(lambda: len(rib.apply_all(events, 1)))
    assert told == routes
    figures: Figures = {
        "different candidates": rib.store.group_count,
        "bytes a route": round((resident() - before - bare) / routes, 1),
        "bytes of the set": round(bare / routes, 1),
        "learn s": learning,
        "learn us a route": round(learning / routes * 1e6, 2),
    }
    feeding, _ = timed(lambda: fed_with(rib.everything()))
    figures["feed s"] = feeding
    gone = [WithdrawRoutes("ibgp", column) for column in columns]
    return figures | {"withdraw all s": timed(lambda: rib.apply_all(gone, 2))[0]}


def measure_peer(held: Any, routes: int, key: Callable[[Prefix], Any]) -> Figures:
    """Put lists of routes into a mapping; nothing is chosen or resolved."""
    before, learning = resident(), Clock()

    def learn(batch: Iterable[RibRoute]) -> None:
        for one in batch:
            name = key(one.prefix)
            if name in held:
                held[name].append(one)
            else:
                held[name] = [one]

    for _, batch in said(CASES["few"], routes):
        learning(partial(learn, batch))
        del batch
    figures: Figures = {
        "bytes a route": round((resident() - before) / routes, 1),
        "learn s": round(learning.seconds, 3),
        "learn us a route": round(learning.seconds / routes * 1e6, 2),
    }

    def lose() -> None:
        for name in list(held):
            del held[name]

    return figures | {"withdraw all s": timed(lose)[0]}


def measure_dict(routes: int) -> Figures:
    """A dict by prefix."""
    return measure_peer({}, routes, lambda prefix: prefix)


def measure_pytricia(routes: int) -> Figures:
    """A PyTricia by text, as it takes nothing faster from us."""
    try:
        from pytricia import PyTricia  # type: ignore[import-not-found]
    except ImportError:
        return {"reason": "pytricia is not installed"}
    return measure_peer(PyTricia(32), routes, str)


OTHERS: dict[str, Callable[[int], Figures]] = {
    "alike": measure_columns,
    "dict": measure_dict,
    "pytricia": measure_pytricia,
}
NAMES = (*CASES, *OTHERS)


def apart(name: str, routes: int) -> Figures:
    """Measure in a fresh process."""
    own = [sys.executable, __file__, "--routes", str(routes), "--case", name, "--here", "--json"]
    answer = subprocess.run(own, check=True, capture_output=True, text=True).stdout
    found: dict[str, Figures] = json.loads(answer)
    return found[name]


@click.command(help=__doc__)
@click.option("--routes", default=1_000_000, type=click.IntRange(1, 200 << 16), show_default=True)
@click.option("--case", "names", multiple=True, type=click.Choice(NAMES), help="All unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--here", is_flag=True, hidden=True, help="In this process.")
def command(routes: int, names: tuple[str, ...], as_json: bool, here: bool) -> None:
    """Measure each case once and print."""
    found: dict[str, Figures] = {}
    for name in names or NAMES:
        if not here:
            found[name] = apart(name, routes)
        elif name in CASES:
            found[name] = measure(CASES[name], routes)
        else:
            found[name] = OTHERS[name](routes)
        if not as_json:
            shown = ", ".join(f"{what} {value:,}" for what, value in found[name].items())
            click.echo(f"{name}: {shown}")
    if as_json:
        click.echo(json.dumps(found))


if __name__ == "__main__":
    command()
