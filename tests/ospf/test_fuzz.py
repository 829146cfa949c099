"""Invariant: whatever comes in, in whatever order, a machine raises nothing and stays bounded."""

from __future__ import annotations

import random
from typing import Literal

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.ospf.config import GracefulRestart, NetworkType, OspfInterface
from fingerpost.ospf.machine import Ospf
from fingerpost.ospf.packet import v2, v3
from fingerpost.protocol import events as ev

from .network import MS, Network, S
from .silent import whole

VERSIONS = pytest.mark.parametrize("version", [2, 3])


def real(
    version: Literal[2, 3], *, restarts: bool = False
) -> tuple[Network, list[tuple[str, ev.SendPacket]]]:
    """Four routers on a LAN, two of them on a link besides, and all that they said."""
    restart = GracefulRestart(is_enabled=restarts)
    network = Network(version, make=whole, loss=0.05, seed=3)
    network.capture = []
    link = OspfInterface("ppp0", network_type=NetworkType.POINT_TO_POINT)
    for number, name in enumerate("abcd", 1):
        more = (link,) if name in "ab" else ()
        network.router(
            name, f"10.0.0.{number}", OspfInterface("eth0"), *more, graceful_restart=restart
        )
    text = "192.0.2.{}/24" if version == 2 else "2001:db8::{}/64"
    network.link("l", *[(n, "eth0", text.format(i)) for i, n in enumerate("abcd", 1)])
    network.link("p", ("a", "ppp0", "198.51.100.1/30"), ("b", "ppp0", "198.51.100.2/30"))
    network.run(70)
    return network, [(one.router, one.packet) for one in network.capture if one.router != "a"]


def mutated(chance: random.Random, payload: bytes, others: list[bytes]) -> bytes:
    """A packet with something else in it."""
    data = bytearray(payload)
    for _ in range(chance.choice((0, 1, 1, 2, 8))):
        match chance.randrange(6):
            case 0 if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
            case 1:
                del data[chance.randrange(len(data) + 1) :]
            case 2:
                data += chance.randbytes(chance.randrange(40))
            case 3 if len(data) > 30:
                at = chance.randrange(16, len(data) - 4)
                data[at : at + 4] = chance.choice((b"\0" * 4, b"\xff" * 4, b"\x0e\x10\0\0"))
            case 4:
                other = chance.choice(others)
                at = chance.randrange(24)
                data[at:] = other[at:]
            case 5 if len(data) > 2:
                data[1] = chance.randrange(1, 7)
    return bytes(data)


def sealed(version: int, payload: bytes, source: Address, destination: Address) -> bytes:
    """The same with length and checksum made right, so that it comes further in."""
    header = 24 if version == 2 else 16
    if len(payload) < header:
        return payload
    payload = payload[:2] + len(payload).to_bytes(2, "big") + payload[4:]
    if version == 3:
        return v3.sealed(payload, source, destination)
    return payload[:12] + v2.checksum(payload).to_bytes(2, "big") + payload[14:]


def something(chance: random.Random, version: int) -> ev.Event:
    """An event that is no packet."""
    prefix = "192.0.2.1/24" if version == 2 else "fe80::1/64"
    name = chance.choice(("eth0", "ppp0", "other"))
    return chance.choice(
        (
            ev.TimePassed(),
            ev.InterfaceWentDown(name),
            ev.InterfaceWentUp(name, (InterfaceAddress(prefix),), chance.choice((576, 1500))),
            ev.AddressesChanged(name, ()),
            ev.AddressesChanged(name, (InterfaceAddress(prefix),)),
            ev.NeighborReachability(name, Address("192.0.2.2"), chance.random() < 0.5, "fuzz"),
        )
    )


@VERSIONS
@pytest.mark.parametrize("seed", range(6))
def test_any_packets_in_any_order(version: Literal[2, 3], seed: int) -> None:
    network, said = real(version, restarts=seed % 2 == 1)
    ospf = network.routers["a"]
    if seed % 3 == 1:  # it is in the middle of a restart
        ospf = whole(ospf.config, random.Random(seed), version)
        for name in ("eth0", "ppp0"):
            ospf.receive(ev.InterfaceWentUp(name, network._addresses["a", name]), network.now)
    chance = random.Random(seed)
    others = [packet.payload for _, packet in said]
    now = network.now
    for _ in range(1500):
        now += chance.choice((0, MS, 20 * MS, S, S, 7 * S))
        packet = chance.choice(said)[1]
        assert packet.source is not None
        payload = mutated(chance, packet.payload, others)
        if chance.random() < 0.8:
            payload = sealed(version, payload, packet.source, packet.destination)
        event = ev.PacketReceived(
            chance.choice((packet.interface or "eth0", "eth0", "ppp0", "nowhere")),
            packet.source,
            packet.destination,
            chance.choice((1, 1, 64, None)),
            payload,
        )
        wake(ospf, now)
        ospf.receive(event if chance.random() < 0.97 else something(chance, version), now)
        check(ospf)
    ospf.receive(ev.ShutdownRequested(), now)


def wake(ospf: Ospf, now: int) -> None:
    """Let a machine do what is due by now, each thing at its instant."""
    for _ in range(1000):
        due = ospf.next_deadline()
        if due is None or due > now:
            return
        ospf.receive(ev.TimePassed(), max(due, ospf.now))
    raise AssertionError(f"still due at {ospf.next_deadline()}, now is {now}")


def check(ospf: Ospf) -> None:
    assert len(ospf.refusals.all()) <= 256
    assert len(ospf.journal.all()) <= ospf.config.limits.events
    assert set(ospf.neighbors.values()) == {
        neighbor
        for interface in ospf.interfaces.values()
        for neighbor in interface.neighbors.values()
    }


@VERSIONS
def test_what_was_fuzzed_can_be_shown_and_recovers(version: Literal[2, 3]) -> None:
    network, said = real(version)
    ospf = network.routers["a"]
    chance = random.Random(99)
    others = [packet.payload for _, packet in said]
    for _ in range(500):
        packet = chance.choice(said)[1]
        assert packet.source is not None
        payload = mutated(chance, packet.payload, others)
        payload = sealed(version, payload, packet.source, packet.destination)
        network.give("a", ev.PacketReceived("eth0", packet.source, packet.destination, 1, payload))
        network.run(0.01)
        if chance.random() < 0.05:
            assert ospf.snapshot()
    network.loss = 0
    network.run(400)
    for other in "bcd":
        assert network.is_full("a", other) or network.state("a", other) == 3
