"""How long a router takes to answer while it has a full table, and while that is coming in."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

from fingerpost.api.client import Client

ROUNDS = 9
ROUTES = "/v1/bgp/bgp/routes"


Asks = dict[str, Callable[[], object]]


def questions(
    client: Client, prefix: str, neighbor: str, asn: int
) -> dict[str, Callable[[], object]]:
    """What is asked, by name; `prefix` is one of the table, told by `neighbor`."""
    around = prefix.partition(".")[0] + ".0.0.0/8"

    def routes(**query: object) -> Callable[[], object]:
        return lambda: client.get(ROUTES, **query)

    return {
        "summary": lambda: client.get("/v1/bgp"),
        "neighbors": lambda: client.get("/v1/bgp/bgp/neighbors"),
        "attributes": lambda: client.get("/v1/bgp/bgp/attributes"),
        "prefix": routes(prefix=prefix),
        "address": routes(address=prefix.partition("/")[0]),
        "longer, 100": routes(prefix=around, longer=True, limit=100),
        "first page, 100": routes(limit=100),
        "first page, 1000": routes(limit=1000),
        "of neighbor, 100": routes(neighbor=neighbor, limit=100),
        "told to neighbor, 100": routes(neighbor=neighbor, told=True, limit=100),
        "rejected": routes(state="refused", limit=100),
        "community": routes(community=f"{asn}:1", limit=100),
        "origin AS": routes(origin_as=asn, limit=100),
        "regexp": routes(as_path=f"_{asn}_.*_{asn}$", limit=100),
        "why": lambda: client.get("/v1/why", asked=prefix),
        "why-not": lambda: client.get("/v1/why-not", prefix=prefix, to="bgp"),
        "metrics": lambda: client.text("/metrics"),
    }


def answered(folder: Path, prefix: str, neighbor: str, asn: int) -> dict[str, str]:
    """Milliseconds of each question: median, and the longest."""
    gc.freeze()  # that of this process, which holds all that was sent
    client = Client(str(folder / "api.sock"), timeout=60)
    found = {}
    for name, ask in questions(client, prefix, neighbor, asn).items():
        times = []
        for _ in range(ROUNDS):
            begun = perf_counter()
            ask()
            times.append((perf_counter() - begun) * 1000)
        found[name] = f"{sorted(times)[ROUNDS // 2]:.1f} to {max(times):.1f}"
    return found


def meanwhile(found: dict[str, list[float]]) -> dict[str, str]:
    """Milliseconds of each question that was asked while the table came: median, and longest."""
    rows = {f"{name}, meanwhile": sorted(times) for name, times in found.items() if times}
    return {
        name: f"{times[len(times) // 2]:.1f} to {times[-1]:.1f} of {len(times)}"
        for name, times in rows.items()
    }


@contextmanager
def asking(folder: Path, prefix: str) -> Iterator[dict[str, list[float]]]:
    """Ask again and again, in a thread; gives milliseconds by question."""
    gc.freeze()
    client = Client(str(folder / "api.sock"), timeout=60)
    found: dict[str, list[float]] = {"summary": [], "prefix": [], "why": []}
    asks: Asks = {
        "summary": lambda: client.get("/v1/bgp"),
        "prefix": lambda: client.get(ROUTES, prefix=prefix),
        "why": lambda: client.get("/v1/why", asked=prefix),
    }
    ended = Event()

    def ask() -> None:
        while not ended.wait(0.02):
            for name, one in asks.items():
                begun = perf_counter()
                one()
                found[name].append((perf_counter() - begun) * 1000)

    thread = Thread(target=ask)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join(60)
