"""Short ways to write routes in tests."""

from __future__ import annotations

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.rib import AnnounceRoutes, RibRoute, WithdrawRoutes

DISTANCES = {"connected": 0, "static": 1, "ebgp": 20, "ospf": 110, "rip": 120, "ibgp": 200}


def hop(text: str) -> NextHop:
    """Read "eth0", "10.0.0.1" or "10.0.0.1@eth0"."""
    gateway, at, interface = text.rpartition("@")
    if at:
        return NextHop(interface, Address(gateway))
    return NextHop(gateway=Address(text)) if "." in text or ":" in text else NextHop(text)


def route(
    prefix: str, source: str, *hops: str, metric: int = 0, tag: int = 0, distance: int | None = None
) -> RibRoute:
    if distance is None:
        distance = DISTANCES[source.partition(":")[0]]
    kind = RouteKind.UNICAST if hops else RouteKind.BLACKHOLE
    held = tuple(map(hop, hops))
    return RibRoute(Prefix(prefix), source, distance, metric, held, kind, tag)


def announce(*routes: RibRoute) -> AnnounceRoutes:
    return AnnounceRoutes(routes)


def withdraw(source: str, *prefixes: str) -> WithdrawRoutes:
    return WithdrawRoutes(source, tuple(map(Prefix, prefixes)))
