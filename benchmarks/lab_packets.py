"""What one packet between routing protocols costs in a lab, from the one's output to the other's
event, and what waking a router costs.

    python benchmarks/lab_packets.py [--packets 100000] [--routers 1000] [--profile]

Routers of a ring run a protocol that does nothing but send to all routers of its links and count
what it hears. Microseconds of CPU time a packet heard: sending, links, receiving, and the share of
the timer that made it be sent. `unchanged`: the same bytes again and again, as Hellos are; `fresh`:
no two alike. `wake-up`: a timer after which nothing is sent.
"""

from __future__ import annotations

import cProfile
import gc
import json
import pstats
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from time import process_time
from typing import Any

import click

SECOND = 1_000_000_000
OSPF = 89


@dataclass(frozen=True)
class Told:
    """What a `Chatter` does: family 4 or 6, what it sends each second, and how often at once."""

    family: int
    size: int = 44
    is_fresh: bool = False
    burst: int = 1


class Chatter:
    """An `Instance` that talks and counts."""

    def __init__(self, told: Told, rng: Random) -> None:
        from fingerpost.addr import Address
        from fingerpost.protocol.instance import RawIp

        self.told = told
        self.group = Address("224.0.0.5" if told.family == 4 else "ff02::5")
        self.listens = (RawIp(told.family, OSPF),)
        self.heard = self.woken = 0
        self.payload = bytes(told.size)
        self.names: list[str] = []
        self.due: int | None = None
        self.offset = rng.randrange(SECOND)

    def receive(self, event: Any, now: int) -> Sequence[Any]:
        from fingerpost.protocol import events

        kind = type(event)
        if kind is events.PacketReceived:
            self.heard += 1
            return ()
        if kind is events.TimePassed:
            self.woken += 1
            self.due = now + SECOND
            return self._talk(events.SendPacket)
        if kind is events.InterfaceWentUp and not event.is_loopback:
            self.names.append(event.name)
            self.due = self.offset
            return [events.JoinGroup(event.name, self.group)]
        return ()

    def _talk(self, send: Any) -> list[Any]:
        out = []
        for at in range(self.told.burst):
            if self.told.is_fresh:
                self.payload = (self.woken << 16 | at).to_bytes(8, "big") + self.payload[8:]
            out += [send(name, None, self.group, 1, self.payload) for name in self.names]
        return out

    def next_deadline(self) -> int | None:
        return self.due

    def snapshot(self) -> Mapping[str, object]:
        return {}

    def explain(self, prefix: Any) -> Any:
        raise NotImplementedError

    def explain_told(self, prefix: Any, offered: Any) -> Any:
        raise NotImplementedError

    def policies(self) -> Iterable[Any]:
        return ()


def ring(routers: int, told: Told) -> Any:
    """A network of routers in a ring, each with one `Chatter`."""
    from fingerpost.lab.network import Network
    from fingerpost.lab.topology import loads
    from fingerpost.router import ProtocolConfig, RouterConfig, config, configured, kinds

    kind = kinds.Kind("chatter", lambda: Told, Chatter)  # type: ignore[arg-type]
    for module in (config, configured):
        module.KINDS = {**kinds.KINDS, "chatter": kind}  # type: ignore[misc, attr-defined]
    nodes = "".join(f"    r{at}:\n" for at in range(routers))
    links = "".join(f"    - endpoints: [r{at}, r{(at + 1) % routers}]\n" for at in range(routers))
    head = "name: ring\nnumbering: {families: [ipv4, ipv6]}\ntopology:\n"
    lab = loads(f"{head}  nodes:\n{nodes}  links:\n{links}", "ring")
    router = RouterConfig(protocols={"chatter": ProtocolConfig("chatter", told)})
    lab = replace(lab, nodes={n: replace(one, router=router) for n, one in lab.nodes.items()})
    return Network(lab)


def machines(network: Any) -> list[Chatter]:
    return [one.router.routing.protocols["chatter"].machine for one in network.values()]


def measure(routers: int, told: Told, wanted: int, profile: bool) -> dict[str, Any]:
    """Let time pass until `wanted` packets were heard; without packets, until as many wake-ups."""
    network = ring(routers, told)
    network.run("3s")
    talkers = machines(network)
    of = "heard" if told.burst else "woken"
    before = sum(getattr(one, of) for one in talkers)
    each = 2 * routers * told.burst or routers
    gc.collect()
    profiler = cProfile.Profile() if profile else None
    end = network.now + max(wanted // each, 1) * SECOND
    began = process_time()
    if profiler is not None:
        profiler.enable()
    network.scheduler.run_until(end)
    if profiler is not None:
        profiler.disable()
    spent = process_time() - began
    if profiler is not None:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(35)
    count = sum(getattr(one, of) for one in talkers) - before
    return {"routers": routers, "count": count, "microseconds": round(spent / count * 1e6, 2)}


CASES = {
    "unchanged": Told(4, burst=4),
    "unchanged, IPv6": Told(6, burst=4),
    "fresh": Told(4, is_fresh=True, burst=4),
    "fresh, IPv6": Told(6, is_fresh=True, burst=4),
    "fresh, 1,400 bytes": Told(4, 1400, is_fresh=True, burst=4),
    "one a wake-up": Told(4),
    "wake-up": Told(4, burst=0),
}


@click.command()
@click.option("--packets", default=100_000, show_default=True)
@click.option("--routers", default=100, show_default=True)
@click.option("--case", "cases", multiple=True, type=click.Choice(list(CASES)))
@click.option("--profile", is_flag=True, help="Print where the time goes.")
@click.option("--json", "as_json", is_flag=True)
def main(packets: int, routers: int, cases: tuple[str, ...], profile: bool, as_json: bool) -> None:
    """Measure each case and print microseconds."""
    found = {}
    for name in cases or CASES:
        found[name] = measure(routers, CASES[name], packets, profile)
        if not as_json:
            click.echo(f"{name:22} {found[name]['microseconds']:8.2f} us")
    if as_json:
        click.echo(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
