"""Random batches over few prefixes, gateways and sources, so that they meet often."""

from __future__ import annotations

from random import Random

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.events import InterfaceWentDown, InterfaceWentUp
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.rib import AnnounceRoutes, RibEvent, RibRoute, WithdrawRoutes

PREFIXES = [
    *map(Prefix, ("0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "10.1.1.0/24")),
    *map(Prefix, ("10.1.1.1/32", "10.2.0.0/16", "10.2.2.2/32", "192.0.2.0/24", "8.8.8.0/24")),
    *map(Prefix, ("::/0", "2001:db8::/32", "2001:db8:1::/48", "2001:db8:1::1/128")),
]
GATEWAYS = [
    *map(Address, ("10.0.0.1", "10.1.1.1", "10.1.1.9", "10.2.2.2", "10.2.0.7", "192.0.2.1")),
    *map(Address, ("2001:db8::1", "2001:db8:1::1", "172.16.0.1")),
]
INTERFACES = ("eth0", "eth1", "eth2")
SOURCES = {"connected": 0, "static": 1, "ospf:1": 110, "ospf:2": 110, "rip": 120, "ibgp": 200}
KINDS = [RouteKind.UNICAST] * 12 + [RouteKind.BLACKHOLE, RouteKind.PROHIBIT]


def random_hop(rng: Random, *, direct: float) -> NextHop:
    weight = rng.choice((1, 1, 1, 2, 5))
    if rng.random() < direct:
        gateway = rng.choice((None, *GATEWAYS[:3]))
        return NextHop(rng.choice(INTERFACES), gateway, weight)
    return NextHop(None, rng.choice(GATEWAYS), weight)


def random_route(rng: Random, *, direct: float = 0.35) -> RibRoute:
    source = rng.choice(list(SOURCES))
    distance = rng.choice((SOURCES[source], SOURCES[source], 110, 255))
    kind = rng.choice(KINDS)
    hops: dict[tuple[object, object], NextHop] = {}
    for _ in range(rng.choice((1, 1, 2, 3)) if kind is RouteKind.UNICAST else 0):
        hop = random_hop(rng, direct=direct)
        hops[hop.interface, hop.gateway] = hop
    prefix = rng.choice(PREFIXES)
    metric, tag = rng.choice((0, 0, 1, 2)), rng.choice((0, 0, 7))
    return RibRoute(prefix, source, distance, metric, tuple(hops.values()), kind, tag)


def random_event(rng: Random) -> RibEvent:
    dice = rng.random()
    if dice < 0.6:
        return AnnounceRoutes(tuple(random_route(rng) for _ in range(rng.randint(1, 4))))
    if dice < 0.85:
        chosen = tuple(rng.choice(PREFIXES) for _ in range(rng.randint(1, 4)))
        return WithdrawRoutes(rng.choice(list(SOURCES)), chosen)
    kind = rng.choice((InterfaceWentDown, InterfaceWentUp))
    return kind(rng.choice(INTERFACES))
