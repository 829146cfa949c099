"""What RIP costs: a route that is heard, again and anew, and told; and networks in virtual time.

    python benchmarks/rip.py [--routes 10000] [--routers 200] [--json]

One machine hears `--routes` routes from a neighbour, unsigned and signed, 24 a datagram; then a
ring of `--routers` with chords, each with a network of its own, converges and goes on for five
minutes, all in this process. Times are those of the CPU.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from heapq import heappop, heappush
from time import process_time

import click

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.protocol import events as ev
from fingerpost.rib.events import AnnounceRoutes, WithdrawRoutes
from fingerpost.rip import Algorithm, Key, KeyChain, Rip, RipConfig, RipInterface
from fingerpost.rip.authentication import seal
from fingerpost.rip.packet import RipPacket, Rte
from fingerpost.rip.packet_ng import RipngPacket, RteNg

S = 1_000_000_000
MS = S // 1000
CHAIN = KeyChain((Key(1, b"secret", Algorithm.HMAC_SHA_256),))
MASK = Address("255.255.255.0")


def seconds(work: Callable[[], object]) -> float:
    """CPU time of a piece of work."""
    started = process_time()
    work()
    return process_time() - started


def messages(routes: int, chain: KeyChain | None, sequence: int) -> list[ev.DatagramReceived]:
    """Datagrams of 24 routes each."""
    found = []
    for first in range(0, routes, 24):
        nets = range(first, min(first + 24, routes))
        entries = tuple(Rte(Address((20 << 24) + (n << 8)), MASK, metric=3) for n in nets)
        data = seal(RipPacket(2, 2, entries), chain, sequence, 0)
        found.append(
            ev.DatagramReceived("eth0", Address("10.0.0.2"), 520, Address("224.0.0.9"), 1, data)
        )
    return found


def messages_ng(routes: int) -> list[ev.DatagramReceived]:
    """Datagrams of 70 routes each."""
    found = []
    for first in range(0, routes, 70):
        nets = range(first, min(first + 70, routes))
        entries = tuple(RteNg(Address((0x20010DB8 << 96) + (n << 64)), 64, 3) for n in nets)
        data = RipngPacket(2, entries).encode()
        found.append(
            ev.DatagramReceived("eth0", Address("fe80::2"), 521, Address("ff02::9"), 255, data)
        )
    return found


def hear(kind: str, routes: int) -> dict[str, object]:
    """What a machine with two links pays a route, in microseconds."""
    chain = CHAIN if kind == "signed" else None
    interfaces = (RipInterface("eth0", authenticator=chain), RipInterface("eth1"))
    rip = Rip(RipConfig(interfaces), random.Random(1), version="ng" if kind == "RIPng" else 2)
    own = {"eth0": ("10.0.0.1/24", "fe80::1/64"), "eth1": ("10.0.1.1/24", "fe80::9/64")}
    for name, addresses in own.items():
        rip.receive(ev.InterfaceWentUp(name, tuple(map(Interface, addresses))), 0)
    rip.receive(ev.TimePassed(), 2 * S)
    sent = messages_ng(routes) if kind == "RIPng" else messages(routes, chain, 1)

    def give(now: int) -> float:
        def work() -> None:
            for event in sent:
                rip.receive(event, now)

        return seconds(work) / routes * 1e6

    learn, again = give(3 * S), min(give(4 * S), give(5 * S))
    assert rip.table.learned.count == routes
    told = [seconds(lambda at=at: rip.receive(ev.TimePassed(), at * S)) for at in (60, 120)]
    return {
        "kind": kind,
        "learned_us": round(learn, 2),
        "heard_again_us": round(again, 2),
        "told_us": round(told[0] / routes / 2 * 1e6, 2),
        "told_again_us": round(told[1] / routes / 2 * 1e6, 2),
        "routes_a_second": round(1e6 / again) if again else None,  # the clock ticks coarsely
    }


class Network:
    """Routers on links of two, whose packets take a millisecond."""

    def __init__(self, routers: int) -> None:
        """A ring, and a chord from every router to one far away."""
        draw = random.Random(7)
        edges = [(n, (n + 1) % routers) for n in range(routers)]
        edges += [(n, draw.randrange(routers)) for n in range(routers)]
        self.edges = sorted({(min(e), max(e)) for e in edges if e[0] != e[1]})
        self.now, self.count, self.datagrams = 0, 0, 0
        self.queue: list[tuple[int, int, int, ev.DatagramReceived]] = []
        self.due: list[tuple[int, int]] = []
        self.ends: dict[tuple[int, str], tuple[int, str]] = {}
        self.own: dict[tuple[int, str], Address] = {}
        self.tables: list[set[Prefix]] = [set() for _ in range(routers)]
        names: list[list[str]] = [["lo"] for _ in range(routers)]
        for number, (a, b) in enumerate(self.edges):
            names[a].append(f"l{number}")
            names[b].append(f"l{number}")
            self.ends[a, f"l{number}"] = (b, f"l{number}")
            self.ends[b, f"l{number}"] = (a, f"l{number}")
        self.routers = [
            Rip(RipConfig(tuple(map(RipInterface, one))), random.Random(at))
            for at, one in enumerate(names)
        ]
        for number, pair in enumerate(self.edges):
            for side, at in enumerate(pair):
                own = Address((172 << 24) + (number << 2) + 1 + side)
                self.own[at, f"l{number}"] = own
                self.give(at, ev.InterfaceWentUp(f"l{number}", (Interface(f"{own}/30"),)))
        for at in range(routers):
            lo = ev.InterfaceWentUp("lo", (Interface(f"10.{at >> 8}.{at & 255}.1/24"),), 1500, True)
            self.give(at, lo)

    def give(self, at: int, event: ev.Event) -> None:
        """Give a router an event, and carry out what it asks for."""
        for output in self.routers[at].receive(event, self.now):
            match output:
                case ev.SendDatagram():
                    self.send(at, output)
                case AnnounceRoutes():
                    self.tables[at].update(route.prefix for route in output.routes)
                case WithdrawRoutes():
                    self.tables[at].difference_update(output.prefixes)
        due = self.routers[at].next_deadline()
        if due is not None:
            heappush(self.due, (due, at))

    def send(self, at: int, sent: ev.SendDatagram) -> None:
        """Carry a datagram to the other end of its link."""
        other = self.ends.get((at, sent.interface))
        if other is None:
            return
        self.count += 1
        source = self.own[at, sent.interface]
        event = ev.DatagramReceived(
            other[1], source, sent.source_port, sent.destination, 1, sent.payload
        )
        heappush(self.queue, (self.now + MS, self.count, other[0], event))

    def run(self, until: int) -> None:
        """Run to an instant."""
        while True:
            packet = self.queue[0][0] if self.queue else until
            due, at = self.due[0] if self.due else (until, 0)
            if min(packet, due) >= until:
                self.now = until
                return
            if packet <= due:
                self.now, _, at, event = heappop(self.queue)
                self.datagrams += 1
                self.give(at, event)
            else:
                heappop(self.due)
                if self.routers[at].next_deadline() == due:
                    self.now = max(self.now, due)
                    self.give(at, ev.TimePassed())

    def is_complete(self) -> bool:
        """Whether every router knows every network."""
        everything = len(self.routers) + len(self.edges)
        return all(
            len(table) + len(router.links) == everything
            for table, router in zip(self.tables, self.routers, strict=True)
        )


def lab(routers: int) -> dict[str, object]:
    """What a network costs until all know everything, and in five quiet minutes."""
    made: list[Network] = []
    setting_up = seconds(lambda: made.append(Network(routers)))
    (network,) = made

    def converge() -> None:
        while not network.is_complete():
            network.run(network.now + S)
            assert network.now < 600 * S

    converging = seconds(converge)
    converged, datagrams = network.now, network.datagrams
    network.run(network.now + 60 * S)
    before = network.datagrams
    quiet = seconds(lambda: network.run(network.now + 300 * S))
    heard = sum(link.counters.entries_in for one in network.routers for link in one.links.values())
    return {
        "routers": routers,
        "links": len(network.edges),
        "prefixes": routers + len(network.edges),
        "set_up_s": round(setting_up, 2),
        "converged_after_virtual_s": converged // S,
        "converging_cpu_s": round(converging, 2),
        "datagrams_until_then": datagrams,
        "five_minutes_cpu_s": round(quiet, 2),
        "datagrams_in_them": network.datagrams - before,
        "entries_in_all": heard,
    }


@click.command()
@click.option("--routes", default=10_000, help="Routes that one machine hears.")
@click.option("--routers", default=200, help="Routers of the network in virtual time.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(routes: int, routers: int, as_json: bool) -> None:
    """Measure, and print what came out."""
    heard = [hear(kind, routes) for kind in ("plain", "signed", "RIPng")]
    network = lab(routers)
    if as_json:
        click.echo(json.dumps({"heard": heard, "network": network}))
        return
    for row in heard:
        click.echo("   ".join(f"{name.replace('_', ' ')} {value}" for name, value in row.items()))
    for name, value in network.items():
        click.echo(f"{name.replace('_', ' '):<26} {value:,}")


if __name__ == "__main__":
    main()
