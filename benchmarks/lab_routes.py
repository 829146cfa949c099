"""What a whole table costs a router of a lab: from the protocol that announces it to the forwarding
table, and what a change of it costs.

    python benchmarks/lab_routes.py [--routers 754] [--groups 100] [--prefixes 16] [--profile]

Each router is told `groups` batches of routes that differ in their prefixes only, each batch with
another metric, as a link-state protocol does after a calculation; half of them have two next hops.
Then a tenth of the batches go another way. Milliseconds of CPU time and MB of memory a router.
"""

from __future__ import annotations

import cProfile
import gc
import json
import pstats
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

import click

MEGA = 1e6


class Teller:
    """An `Instance` that says what it is given to say."""

    def __init__(self, *_: object) -> None:
        self.says: list[Any] = []
        self.listens = ()
        self.heard = 0

    def receive(self, *_: object) -> Sequence[Any]:
        said, self.says = self.says, []
        return said

    def next_deadline(self) -> int | None:
        return 0 if self.says else None

    def snapshot(self) -> Mapping[str, object]:
        return {}

    def explain(self, prefix: Any) -> Any:
        raise NotImplementedError

    def explain_told(self, prefix: Any, offered: Any) -> Any:
        raise NotImplementedError

    def policies(self) -> Iterable[Any]:
        return ()


def prefixes_of(groups: int, each: int) -> list[Any]:
    """Columns of prefixes, /30, /32 and /24 mixed."""
    from fingerpost._core import PrefixColumn

    found = []
    for group in range(groups):
        places = [group * each + at for at in range(each)]
        texts = [f"10.{at >> 8 & 255}.{at & 255}.0/{(24, 30, 32)[at % 3]}" for at in places]
        found.append(PrefixColumn(texts))
    return found


def announcement(groups: list[Any], shift: int = 0) -> list[Any]:
    from fingerpost.addr import Address, Prefix
    from fingerpost.forwarding.route import NextHop
    from fingerpost.protocol.events import AnnounceAlike
    from fingerpost.rib.route import RibRoute

    out = []
    for at, prefixes in enumerate(groups):
        ways = [(at + shift) % 4] if at % 2 else [(at + shift) % 4, (at + shift + 1) % 4]
        hops = tuple(NextHop(f"eth{way}", Address(f"10.255.{way}.2")) for way in sorted(ways))
        like = RibRoute(Prefix("0.0.0.0/0"), "ospf", 110, 10 + at, hops)
        out.append(AnnounceAlike(like, prefixes))
    return out


def router(name: str) -> Any:
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.policy import LAB
    from fingerpost.router import (
        ConfigurationChanged,
        ProtocolConfig,
        Router,
        RouterConfig,
        Routing,
        config,
        configured,
        kinds,
    )
    from fingerpost.wire.mac import Mac

    kind = kinds.Kind("teller", lambda: object, Teller)  # type: ignore[arg-type]
    for module in (config, configured):
        module.KINDS = {**kinds.KINDS, "teller": kind}  # type: ignore[misc, attr-defined]
    interfaces = [
        Interface(
            f"eth{at}",
            at + 2,
            Mac(bytes((2, 0, 0, 0, 0, at))),
            addresses=(InterfaceAddress(f"10.255.{at}.1/30"),),
        )
        for at in range(4)
    ]
    routing = Routing(name, Random(name))
    made = Router(name, interfaces, rng=Random(name), policy=LAB, routing=routing)
    told = RouterConfig(protocols={"ospf": ProtocolConfig("teller", object())})
    made.receive(ConfigurationChanged(told), 0)
    return made


def resident_mb() -> float:
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * 4096 / MEGA


def say(routers: list[Any], events: list[Any]) -> float:
    """Let each announce this; gives milliseconds of CPU time a router."""
    from fingerpost.forwarding.events import TimePassed

    for one in routers:
        one.routing.protocols["ospf"].machine.says = list(events)
    began = process_time()
    for one in routers:
        one.receive(TimePassed(), 1)
    return (process_time() - began) * 1e3 / len(routers)


@click.command()
@click.option("--routers", default=754, show_default=True)
@click.option("--groups", default=100, show_default=True)
@click.option("--prefixes", default=16, show_default=True)
@click.option("--profile", is_flag=True, help="Print where the time goes.")
@click.option("--json", "as_json", is_flag=True)
def main(routers: int, groups: int, prefixes: int, profile: bool, as_json: bool) -> None:
    """Measure a whole table and a change, and print both."""
    columns = prefixes_of(groups, prefixes)
    made = [router(f"r{at}") for at in range(routers)]
    gc.collect()
    before = resident_mb()
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    whole = say(made, announcement(columns))
    if profile:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(40)
    gc.collect()
    memory = (resident_mb() - before) / routers
    changed = say(made, announcement(columns, 1)[:: max(groups // 10, 1)][:10])
    assert all(len(one.fib) >= groups * prefixes for one in made)
    found = {
        "routers": routers,
        "routes": groups * prefixes,
        "whole_ms": round(whole, 2),
        "change_ms": round(changed, 2),
        "mb": round(memory, 3),
    }
    if as_json:
        click.echo(json.dumps(found))
    else:
        click.echo(
            f"{routers:,} routers of {groups * prefixes:,} routes each:"
            f" {whole:.2f} ms and {memory:.3f} MB for the table, {changed:.2f} ms for a change"
        )


if __name__ == "__main__":
    main()
