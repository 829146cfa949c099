"""Routing processes on links without delay: what one sends the others on the link receive."""

from __future__ import annotations

import random
from dataclasses import replace

from fingerpost.addr import Address, Prefix
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding.events import Happened, TimePassed
from fingerpost.forwarding.interface import Interface
from fingerpost.protocol.events import DatagramReceived, SendDatagram
from fingerpost.rib import RibRoute
from fingerpost.rip import RipConfig, RipInterface
from fingerpost.router import (
    ConfigurationChanged,
    FibChanged,
    FromProtocol,
    InterfaceChanged,
    ProtocolConfig,
    RouterConfig,
    Routing,
    ToProtocol,
)
from fingerpost.router.events import Event, Output
from fingerpost.wire.mac import Mac

S = 1_000_000_000


class Wires:
    """Routers by name. An interface has the name of its link."""

    def __init__(self) -> None:
        self.now = 0
        self.routers: dict[str, Routing] = {}
        self.fibs: dict[str, dict[Prefix, RibRoute]] = {}
        self.links: dict[str, dict[str, tuple[InterfaceAddress, ...]]] = {}
        self.told: list[Happened] = []
        self.out: dict[str, list[Output]] = {}
        self._flying: list[tuple[str, str, SendDatagram]] = []

    def router(self, name: str, config: RouterConfig | None = None, **links: str) -> Routing:
        routing = self.routers[name] = Routing(name, random.Random(name))
        self.fibs[name], self.out[name] = {}, []
        for link, texts in links.items():
            own = tuple(InterfaceAddress(text) for text in texts.split())
            self.links.setdefault(link, {})[name] = own
            self.give(name, InterfaceChanged(interface(link, own)))
        self.give(name, ConfigurationChanged(config or RouterConfig()))
        return routing

    def cut(self, name: str, link: str, *, is_up: bool = False) -> None:
        held = self.routers[name].interfaces[link]
        self.give(name, InterfaceChanged(replace(held, is_up=is_up)))

    def give(self, name: str, event: Event) -> list[Output]:
        out = self.routers[name].receive(event, self.now)
        for one in out:
            self._carry(name, one)
        self.out[name] += out
        return out

    def _carry(self, name: str, output: Output) -> None:
        match output:
            case FibChanged("main", changes):
                fib = self.fibs[name]
                for change in changes:
                    assert fib.get(change.prefix) == change.before
                    if change.after is None:
                        fib.pop(change.prefix, None)
                    else:
                        fib[change.prefix] = change.after
            case FromProtocol(protocol, SendDatagram() as datagram):
                self._flying.append((name, protocol, datagram))
            case Happened():
                self.told.append(output)

    def run(self, until: int) -> None:
        """Let time pass; datagrams take none."""
        while True:
            self._deliver()
            due = {n: d for n, r in self.routers.items() if (d := r.next_deadline()) is not None}
            name = min(due, key=lambda one: due[one], default=None)
            if name is None or due[name] > until:
                break
            self.now = max(self.now, due[name])
            self.give(name, TimePassed())
        self.now = until

    def _deliver(self) -> None:
        while self._flying:
            name, protocol, datagram = self._flying.pop(0)
            assert datagram.interface is not None
            family = 6 if protocol.startswith("ripng") else 4
            source = self._source(name, datagram.interface, family)
            for other in self.links[datagram.interface]:
                held = self.routers[other].interfaces[datagram.interface]
                if other == name or not held.is_up or protocol not in self.routers[other].protocols:
                    continue
                event = DatagramReceived(
                    datagram.interface,
                    source,
                    datagram.source_port,
                    datagram.destination,
                    datagram.hop_limit,
                    datagram.payload,
                )
                self.give(other, ToProtocol(protocol, event))

    def _source(self, name: str, link: str, family: int) -> Address:
        own = [one.address for one in self.links[link][name] if one.version == family]
        return next((a for a in own if a.is_link_local), own[0])


def interface(name: str, addresses: tuple[InterfaceAddress, ...], index: int = 1) -> Interface:
    return Interface(name, index, Mac(bytes((2, 0, 0, 0, 0, index))), addresses=addresses)


def rip(*links: str, **fields: object) -> ProtocolConfig:
    """RIP on some links."""
    settings = RipConfig(tuple(RipInterface(link) for link in links), **fields)  # type: ignore[arg-type]
    return ProtocolConfig("rip", settings)
