"""One machine with two links, and what neighbours say to it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.protocol import events as ev
from fingerpost.rib.events import AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.route import RibRoute
from fingerpost.rip import Fault, Rip, RipConfig, RipInterface, RipTimers
from fingerpost.rip.packet import Command, RipPacket, Rte
from fingerpost.rip.packet_ng import RipngPacket, RteNg

S = 1_000_000_000
GROUP, GROUP_NG = Address("224.0.0.9"), Address("ff02::9")
EXACT = RipTimers(jitter_ns=0, first_most_ns=0, triggered_least_ns=2 * S, triggered_most_ns=2 * S)
LINKS = {
    "eth0": (Interface("10.0.0.1/24"), Interface("2001:db8::1/64"), Interface("fe80::1/64")),
    "eth1": (Interface("10.0.1.1/24"), Interface("2001:db8:1::1/64"), Interface("fe80::1:1/64")),
}
PEER, PEER_NG = Address("10.0.0.2"), Address("fe80::2")


def machine(
    *interfaces: RipInterface,
    version: Literal[2, "ng"] = 2,
    config: RipConfig | None = None,
    up: bool = True,
) -> Rip:
    """Give a machine whose links went up at 0, and told all then."""
    named = interfaces or (RipInterface("eth0"), RipInterface("eth1"))
    rip = Rip(config or RipConfig(named, timers=EXACT), random.Random(1), version=version)
    for one in rip.config.interfaces if up else ():
        rip.receive(ev.InterfaceWentUp(one.name, LINKS[one.name]), 0)
    if rip.config.timers is EXACT:
        rip.receive(ev.TimePassed(), 0)
    return rip


def rte(prefix: str, metric: int = 1, *, tag: int = 0, via: str = "0.0.0.0") -> Rte:
    net = Prefix(prefix)
    return Rte(net.network, net.netmask, Address(via), metric, tag)


def heard(
    payload: bytes | RipPacket | RipngPacket | Sequence[Rte],
    *,
    interface: str = "eth0",
    source: str | Address = PEER,
    port: int = 520,
    to: Address = GROUP,
    hop_limit: int | None = 1,
) -> ev.DatagramReceived:
    """Give a datagram; entries alone are a response of version 2."""
    if isinstance(payload, RipPacket | RipngPacket):
        payload = payload.encode()
    elif not isinstance(payload, bytes):
        payload = RipPacket(Command.RESPONSE, 2, tuple(payload)).encode()
    return ev.DatagramReceived(interface, Address(source), port, to, hop_limit, payload)


def heard_ng(
    *entries: RteNg, source: str | Address = PEER_NG, command: int = 2, **more: object
) -> ev.DatagramReceived:
    payload = RipngPacket(command, entries).encode()
    fields = {"interface": "eth0", "source_port": 521, "destination": GROUP_NG, "hop_limit": 255}
    return ev.DatagramReceived(
        source=Address(source),
        payload=payload,
        **(fields | more),  # type: ignore[arg-type]
    )


def ng(prefix: str, metric: int = 1, tag: int = 0) -> RteNg:
    net = Prefix(prefix)
    return RteNg(net.network, net.length, metric, tag)


def sent(outputs: Sequence[ev.Output], interface: str | None = None) -> list[ev.SendDatagram]:
    found = [one for one in outputs if isinstance(one, ev.SendDatagram)]
    return [one for one in found if interface in (None, one.interface)]


def said(outputs: Sequence[ev.Output], interface: str | None = None) -> dict[str, int]:
    """Give the metrics that responses of version 1 or 2 tell, by prefix."""
    told: dict[str, int] = {}
    for datagram in sent(outputs, interface):
        packet = RipPacket.decode(datagram.payload)
        if packet.command == Command.RESPONSE:
            for one in packet.entries:
                told[str(Prefix(f"{one.address}/{one.mask}"))] = one.metric
    return told


def installed(outputs: Sequence[ev.Output]) -> list[RibRoute]:
    """Give the routes that the table is told of."""
    found = [one for one in outputs if isinstance(one, AnnounceRoutes)]
    return [route for one in found for route in one.routes]


def announced(outputs: Sequence[ev.Output]) -> dict[str, int]:
    return {str(route.prefix): route.metric for route in installed(outputs)}


def withdrawn(outputs: Sequence[ev.Output]) -> list[str]:
    found = [one for one in outputs if isinstance(one, WithdrawRoutes)]
    return [str(prefix) for one in found for prefix in one.prefixes]


def faults(rip: Rip, interface: str = "eth0") -> Counter[Fault]:
    return rip.links[interface].counters.faults
