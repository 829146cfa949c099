"""A scheduler for RIP machines alone: links are sets of (router, interface), packets take 1 ms."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from heapq import heappop, heappush
from typing import Literal

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.protocol import events as ev
from fingerpost.rib.events import AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.route import RibRoute
from fingerpost.rip import Rip, RipConfig, RipInterface

MS = 1_000_000
S = 1_000 * MS

Place = tuple[str, str]


def configure(rip: Rip, one: RipInterface) -> None:
    """Name an interface in a configuration, before it is up."""
    named = {held.name: held for held in rip.config.interfaces} | {one.name: one}
    rip.table.config = replace(rip.config, interfaces=tuple(named.values()))


class World:
    """Routers by name, and what their routing tables were told."""

    def __init__(self, seed: int = 1, *, version: Literal[2, "ng"] = 2, loss: float = 0.0) -> None:
        self.now = 0
        self.version: Literal[2, "ng"] = version
        self.loss = loss
        self.chance = random.Random(seed)
        self.routers: dict[str, Rip] = {}
        self.tables: dict[str, dict[Prefix, RibRoute]] = {}
        self.links: dict[str, list[Place]] = {}
        self.where: dict[Place, str] = {}
        self.addresses: dict[Place, tuple[Interface, ...]] = {}
        self.told: list[ev.Happened] = []
        self.sent: list[tuple[int, str, ev.SendDatagram]] = []
        self._queue: list[tuple[int, int, str, ev.DatagramReceived]] = []
        self._count = 0

    def router(self, name: str, config: RipConfig | None = None) -> Rip:
        rng = random.Random(f"{name}")
        self.routers[name] = Rip(config or RipConfig(), rng, version=self.version)
        self.tables[name] = {}
        return self.routers[name]

    def attach(
        self, link: str, router: str, address: str, config: RipInterface | None = None
    ) -> None:
        """Bring an interface up whose name is that of its link."""
        own = [Interface(address)]
        if self.version == "ng":
            own.append(Interface(f"fe80::{len(self.where) + 1:x}/64"))
        place = (router, link)
        self.links.setdefault(link, []).append(place)
        self.where[place] = link
        self.addresses[place] = tuple(own)
        configure(self.routers[router], config or RipInterface(link))
        self.give(router, ev.InterfaceWentUp(link, tuple(own)))

    def cut(self, link: str) -> None:
        for router, name in self.links.pop(link):
            self.give(router, ev.InterfaceWentDown(name))

    def isolate(self, link: str) -> None:
        """Lose all packets of a link without anybody being told."""
        self.links.pop(link)

    def give(self, router: str, event: ev.Event) -> list[ev.Output]:
        out = self.routers[router].receive(event, self.now)
        for one in out:
            self._carry(router, one)
        return out

    def _carry(self, router: str, output: ev.Output) -> None:
        table = self.tables[router]
        match output:
            case ev.SendDatagram():
                self.sent.append((self.now, router, output))
                self._deliver(router, output)
            case AnnounceRoutes():
                table.update({route.prefix: route for route in output.routes})
            case WithdrawRoutes():
                for prefix in output.prefixes:
                    del table[prefix]
            case ev.Happened():
                self.told.append(output)

    def _deliver(self, router: str, datagram: ev.SendDatagram) -> None:
        assert datagram.interface is not None
        place = (router, datagram.interface)
        own = self.addresses[place]
        source = next((a for a in own if a.address.is_link_local), own[0]).address
        for other in self.links.get(self.where[place], ()):
            to = datagram.destination
            wanted = to.is_multicast or to == Address("255.255.255.255")
            wanted = wanted or any(to in (a.address, a.prefix.last) for a in self.addresses[other])
            if other == place or not wanted or self.chance.random() < self.loss:
                continue
            event = ev.DatagramReceived(
                other[1],
                source,
                datagram.source_port,
                datagram.destination,
                datagram.hop_limit,
                datagram.payload,
            )
            self._count += 1
            heappush(self._queue, (self.now + MS, self._count, other[0], event))

    def run(self, until: int, stop: Callable[[], bool] = lambda: False) -> int:
        """Run to an instant, or until something holds; gives the instant."""
        while not stop():
            due = [
                (instant, name)
                for name, router in self.routers.items()
                if (instant := router.next_deadline()) is not None
            ]
            first = min(due, default=(until + 1, ""))
            packet = self._queue[0][0] if self._queue else until + 1
            if min(first[0], packet) > until:
                self.now = until
                break
            if packet <= first[0]:
                self.now = max(self.now, packet)
                _, _, name, event = heappop(self._queue)
                self.give(name, event)
            else:
                assert first[0] >= self.now or first[0] <= until
                self.now = max(self.now, first[0])
                self.give(first[1], ev.TimePassed())
        return self.now

    def metric(self, router: str, prefix: str) -> int | None:
        route = self.tables[router].get(Prefix(prefix))
        return None if route is None else route.metric


def line(
    length: int,
    *,
    interface: Callable[[str], RipInterface] = RipInterface,
    version: Literal[2, "ng"] = 2,
    loss: float = 0.0,
    seed: int = 1,
) -> World:
    """r1 - r2 - ... with a network of its own behind r1 and behind the last."""
    world = World(seed, version=version, loss=loss)
    for at in range(1, length + 1):
        world.router(f"r{at}")
    for at in range(1, length):
        for side in (0, 1):
            world.attach(
                f"l{at}", f"r{at + side}", subnet(at, side + 1, version), interface(f"l{at}")
            )
    for at in (1, length):
        world.attach(f"e{at}", f"r{at}", subnet(1000 + at, 1, version), interface(f"e{at}"))
    return world


def subnet(number: int, host: int, version: Literal[2, "ng"] = 2) -> str:
    if version == 2:
        return f"10.{number // 256}.{number % 256}.{host}/24"
    return f"2001:db8:{number:x}::{host:x}/64"


def all_know(world: World, routers: Iterable[str], prefix: str) -> bool:
    return all(world.metric(name, prefix) is not None for name in routers)
