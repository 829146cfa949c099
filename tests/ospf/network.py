"""A network of OSPF machines in virtual time: links with loss, duplicates and reordering, captures.

Packets are real bytes and take `delay` (1 ms). A link is a name with any number of ends, an end is
a router and the name of its interface. Group addresses reach who joined the group there.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Literal

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.ospf.config import NetworkType, OspfArea, OspfConfig, OspfInterface
from fingerpost.ospf.machine import Ospf
from fingerpost.ospf.neighbor import Neighbor
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.text import undotted
from fingerpost.protocol import events as ev

MS = 1_000_000
S = 1_000 * MS

End = tuple[str, str]
Make = Callable[[OspfConfig, random.Random, Literal[2, 3]], Ospf]


@dataclass(frozen=True)
class Carried:
    """A packet that a router sent."""

    instant: int
    router: str
    packet: ev.SendPacket


class Network:
    """Routers by name. `make` makes an instance; `loss` and `twice` are probabilities."""

    def __init__(
        self,
        version: Literal[2, 3] = 2,
        *,
        make: Make,
        seed: int = 1,
        loss: float = 0.0,
        twice: float = 0.0,
        jitter: int = 0,
        delay: int = MS,
    ) -> None:
        self.version: Literal[2, 3] = version
        self.now = 0
        self.loss, self.twice, self.jitter, self.delay = loss, twice, jitter, delay
        self.chance = random.Random(seed)
        self.routers: dict[str, Ospf] = {}
        self.links: dict[str, list[End]] = {}
        self.capture: list[Carried] | None = None
        self.told: list[tuple[int, str, ev.Happened]] = []
        self.outputs: dict[str, list[ev.Output]] = {}
        self._make = make
        self._where: dict[End, str] = {}
        self._addresses: dict[End, tuple[Interface, ...]] = {}
        self._groups: dict[End, set[Address]] = {}
        self._queue: list[tuple[int, int, str, ev.PacketReceived]] = []
        self._wakes: list[tuple[int, str]] = []
        self._count = 0

    # ---- what there is

    def router(
        self, name: str, router_id: str, *interfaces: OspfInterface, **config: object
    ) -> Ospf:
        """A router; whatever else a configuration has is said by name."""
        settings = OspfConfig(undotted(router_id), interfaces, **config)  # type: ignore[arg-type]
        made = self._make(settings, random.Random(f"{name}"), self.version)
        self.routers[name] = made
        self.outputs[name] = []
        return made

    def link(self, name: str, *ends: tuple[str, str, str | Iterable[str]], **known: object) -> None:
        """A link with its ends up: router, interface and addresses of each."""
        self.links[name] = []
        for router, interface, addresses in ends:
            texts = [addresses] if isinstance(addresses, str) else list(addresses)
            own = [Interface(text) for text in texts]
            if self.version == 3:
                own.append(Interface(f"fe80::{len(self._where) + 1:x}/64"))
            self.plug(name, (router, interface))
            self._addresses[router, interface] = tuple(own)
        for router, interface, _ in ends:
            self.up(router, interface, **known)

    def plug(self, link: str, end: End) -> None:
        """Put an interface on a link."""
        self.links[link].append(end)
        self._where[end] = link

    def unplug(self, end: End) -> None:
        """Take an interface off its link; nobody is told."""
        self.links[self._where.pop(end)].remove(end)

    def up(self, router: str, interface: str, **known: object) -> None:
        """Let an interface come up with the addresses that it has."""
        addresses = self._addresses[router, interface]
        index = len(self._where)
        event = ev.InterfaceWentUp(interface, addresses, index=index, **known)  # type: ignore[arg-type]
        self.give(router, event)

    def down(self, router: str, interface: str) -> None:
        """Let an interface go down."""
        self.give(router, ev.InterfaceWentDown(interface))

    def cut(self, link: str) -> None:
        """Lose all packets of a link without anybody being told."""
        for end in list(self.links[link]):
            self.unplug(end)

    # ---- what is asked

    def neighbor(self, router: str, other: str, interface: str | None = None) -> Neighbor | None:
        """What a router knows of another one."""
        wanted = self.routers[other].router_id
        for held in self.routers[router].interfaces.values():
            if interface in (None, held.name):
                for neighbor in held.neighbors.values():
                    if neighbor.router_id == wanted:
                        return neighbor
        return None

    def state(self, router: str, other: str) -> NeighborState:
        """The state of a conversation; Down where there is none."""
        found = self.neighbor(router, other)
        return NeighborState.DOWN if found is None else found.state

    def is_full(self, router: str, other: str) -> bool:
        """Whether both sides are fully adjacent."""
        full = NeighborState.FULL
        return self.state(router, other) is full and self.state(other, router) is full

    # ---- what happens

    def give(self, router: str, event: ev.Event) -> list[ev.Output]:
        """Let something happen to a router, and carry out what it wants."""
        machine = self.routers[router]
        out = machine.receive(event, self.now)
        self._wake(router)
        for one in out:
            self._carry_out(router, one)
        return out

    def reconfigure(self, router: str, **changes: object) -> None:
        """Give a router another configuration."""
        config = replace(self.routers[router].config, **changes)  # type: ignore[arg-type]
        self.give(router, ev.ConfigurationChanged(config))

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.run_until(lambda: False, seconds)

    def run_until(self, is_done: Callable[[], bool], seconds: float = 600) -> bool:
        """Let time pass until something holds; whether it does."""
        end = self.now + int(seconds * S)
        while not is_done():
            instant = self._next()
            if instant is None or instant > end:
                self.now = end
                return is_done()
            self.now = max(self.now, instant)
            self._step()
        return True

    def _next(self) -> int | None:
        while self._wakes and self.routers[self._wakes[0][1]].next_deadline() != self._wakes[0][0]:
            heappop(self._wakes)
        first = [queue[0][0] for queue in (self._queue, self._wakes) if queue]
        return min(first, default=None)

    def _step(self) -> None:
        if self._queue and self._queue[0][0] <= self.now:
            _, _, router, event = heappop(self._queue)
            if (router, event.interface) in self._where:
                self.give(router, event)
            return
        _, router = heappop(self._wakes)
        self.give(router, ev.TimePassed())

    def _wake(self, router: str) -> None:
        due = self.routers[router].next_deadline()
        if due is not None:
            heappush(self._wakes, (due, router))

    def _carry_out(self, router: str, output: ev.Output) -> None:
        match output:
            case ev.SendPacket():
                if self.capture is not None:
                    self.capture.append(Carried(self.now, router, output))
                self._send(router, output)
            case ev.JoinGroup():
                self._groups.setdefault((router, output.interface), set()).add(output.group)
            case ev.LeaveGroup():
                self._groups[router, output.interface].discard(output.group)
            case ev.Happened():
                self.told.append((self.now, router, output))
            case _:
                self.outputs[router].append(output)

    def _send(self, router: str, packet: ev.SendPacket) -> None:
        if packet.interface is None:
            ends = [end for end in self._addresses if self._has(end, packet.destination)][:1]
        else:
            link = self._where.get((router, packet.interface))
            ends = [] if link is None else [e for e in self.links[link] if e[0] != router]
        for end in ends:
            is_heard = (
                packet.destination in self._groups.get(end, ())
                if packet.destination.is_multicast
                else self._has(end, packet.destination)
            )
            if is_heard:
                self._deliver(end, packet)

    def _deliver(self, end: End, packet: ev.SendPacket) -> None:
        if self.loss and self.chance.random() < self.loss:
            return
        assert packet.source is not None
        event = ev.PacketReceived(
            end[1], packet.source, packet.destination, packet.hop_limit, packet.payload
        )
        copies = 2 if self.twice and self.chance.random() < self.twice else 1
        for _ in range(copies):
            self._count += 1
            late = self.chance.randrange(self.jitter) if self.jitter else 0
            heappush(self._queue, (self.now + self.delay + late, self._count, end[0], event))

    def _has(self, end: End, address: Address) -> bool:
        return any(one.address == address for one in self._addresses.get(end, ()))


__all__ = [
    "MS",
    "Carried",
    "Make",
    "Network",
    "NetworkType",
    "OspfArea",
    "OspfInterface",
    "Prefix",
    "S",
]
