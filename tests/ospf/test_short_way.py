"""What a known neighbour floods is judged in short: nobody can tell that it is not in full.

Two networks are alike, but one of them forgets whom it knows before each packet.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.ospf.authentication import SimplePassword
from fingerpost.ospf.config import NetworkType, OspfConfig, OspfInterface
from fingerpost.ospf.machine import Ospf
from fingerpost.ospf.packet import v2, v3
from fingerpost.protocol import events as ev

from .network import Network

S = 1_000_000_000
LAN = OspfInterface("eth0")
P2P = OspfInterface("eth0", network_type=NetworkType.POINT_TO_POINT)
ADDRESSES = {2: ("192.0.2.1/24", "192.0.2.2/24"), 3: ("2001:db8::1/64", "2001:db8::2/64")}
Version = Literal[2, 3]


def whole(config: OspfConfig, rng: random.Random, version: Version) -> Ospf:
    return Ospf(config, rng, version=version)


def met(version: Version, interface: OspfInterface) -> Network:
    """Two routers that are fully adjacent; of what the second sends a capture is kept."""
    network = Network(version, make=whole)
    network.capture = []
    for name, router_id in zip("ab", ("10.0.0.1", "10.0.0.2"), strict=True):
        network.router(name, router_id, interface)
    left, right = ADDRESSES[version]
    network.link("l", ("a", "eth0", left), ("b", "eth0", right))
    assert network.run_until(lambda: network.is_full("a", "b"), 100)
    for cost in range(2, 6):
        network.reconfigure("b", interfaces=(replace(interface, cost=cost),))
        network.run(6)
    return network


def flooded(network: Network) -> list[ev.PacketReceived]:
    """The updates and acknowledgments that the second router sent, as the first hears them."""
    assert network.capture is not None
    found = [one.packet for one in network.capture if one.router == "b"]
    return [
        ev.PacketReceived("eth0", one.source, one.destination, one.hop_limit, one.payload)
        for one in found
        if one.payload[1] in (4, 5) and one.source is not None
    ]


def sealed(event: ev.PacketReceived) -> ev.PacketReceived:
    """The packet with a right checksum, and a length that is its own."""
    payload = event.payload
    payload = payload[:2] + len(payload).to_bytes(2, "big") + payload[4:]
    if payload[0] == 3:
        check = v3.checksum(payload, event.source, event.destination)
    else:
        check = v2.checksum(payload)
    return event._replace(payload=payload[:12] + check.to_bytes(2, "big") + payload[14:])


def mutations(
    rng: random.Random, events: list[ev.PacketReceived], count: int
) -> Iterator[ev.PacketReceived]:
    """Packets as they are, and with octets or addresses changed; half of these look right."""
    places = (Address("192.0.2.9"), Address("192.0.2.1"), Address("224.0.0.6"), Address("fe80::9"))
    for _ in range(count):
        event = rng.choice(events)
        kind = rng.randrange(8)
        payload = bytearray(event.payload)
        if kind < 3:
            for _ in range(rng.randint(1, 2)):
                payload[rng.randrange(min(len(payload), 60))] = rng.randrange(256)
        elif kind == 3:
            del payload[rng.randrange(len(payload)) :]
        elif kind == 4:
            payload += bytes(rng.randint(1, 12))
        event = event._replace(payload=bytes(payload))
        if kind == 5:
            family = [one for one in places if one.version == event.source.version]
            if rng.random() < 0.5:
                event = event._replace(source=rng.choice(family))
            else:
                event = event._replace(destination=rng.choice(family))
        if kind == 6:
            event = event._replace(hop_limit=rng.choice((None, 2, 255)))
        yield sealed(event) if rng.random() < 0.5 and len(event.payload) > 24 else event


def shown(network: Network) -> object:
    """All that can be told about the first router."""
    ospf = network.routers["a"]
    held = ospf.interfaces["eth0"]
    counters = (dict(held.received), dict(held.faults), dict(ospf.faults))
    return counters, ospf.snapshot(), ospf.database.checksum(0)


def given(network: Network, event: ev.Event, now: int, *, forgets: bool) -> list[ev.Output]:
    ospf = network.routers["a"]
    for interface in ospf.interfaces.values() if forgets else ():
        interface.speakers.clear()
    return ospf.receive(event, now)


@pytest.mark.parametrize("interface", [LAN, P2P], ids=["lan", "p2p"])
@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(2))
def test_whatever_comes_in_the_same_comes_of_it(
    version: Version, interface: OspfInterface, seed: int
) -> None:
    rng = random.Random(seed)
    short, long = met(version, interface), met(version, interface)
    events = flooded(short)
    assert len(events) >= 4
    for at, event in enumerate([*events, *mutations(rng, events, 800)]):
        now = short.now + at * 2_000_000
        answer = given(short, event, now, forgets=False)
        assert answer == given(long, event, now, forgets=True), event
    assert shown(short) == shown(long)


def test_who_is_known_is_not_looked_up_again() -> None:
    network = met(2, P2P)
    events = flooded(network)
    assert network.routers["a"].reception.take_flooded(events[-1])


Change = Callable[[Network, int], object]


def of_a(event: ev.Event) -> Change:
    return lambda network, now: network.routers["a"].receive(event, now)


def configured(interface: OspfInterface) -> Change:
    def change(network: Network, now: int) -> object:
        config = replace(network.routers["a"].config, interfaces=(interface,))
        return network.routers["a"].receive(ev.ConfigurationChanged(config), now)

    return change


CHANGES: dict[str, Change] = {
    "a password": configured(replace(P2P, authentication=SimplePassword(b"secret"))),
    "another area": configured(replace(P2P, area=7)),
    "a passive interface": configured(replace(P2P, is_passive=True)),
    "TTL security": configured(replace(P2P, ttl_security_hops=1)),
    "another instance": configured(replace(P2P, instance_id=3)),
    "no interface": lambda network, now: network.routers["a"].receive(
        ev.ConfigurationChanged(replace(network.routers["a"].config, interfaces=())), now
    ),
    "a link that went down": of_a(ev.InterfaceWentDown("eth0")),
    "the address of the sender": of_a(
        ev.AddressesChanged("eth0", (InterfaceAddress("192.0.2.2/24"),))
    ),
    "a neighbour that fell silent": lambda network, now: network.routers["a"].receive(
        ev.TimePassed(), now + 100 * S
    ),
    "another router id": lambda network, now: network.routers["a"].receive(
        ev.ConfigurationChanged(replace(network.routers["a"].config, router_id=0x0A000002)), now
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_known_holds_no_longer_than_it_is_so(change: Change) -> None:
    short, long = met(2, P2P), met(2, P2P)
    event = flooded(short)[-1]
    now = short.now + S
    for network in (short, long):
        before = network.routers["a"].interfaces["eth0"].received[event.payload[1]]
        given(network, event, now, forgets=False)
        assert network.routers["a"].interfaces["eth0"].received[event.payload[1]] == before + 1
        change(network, now + S)
    later = now + 102 * S
    assert given(short, event, later, forgets=False) == given(long, event, later, forgets=True)
    routers = [network.routers["a"] for network in (short, long)]
    assert routers[0].snapshot() == routers[1].snapshot()
    assert routers[0].faults == routers[1].faults
    assert not routers[0].reception.take_flooded(event)
