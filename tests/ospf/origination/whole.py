"""Instances with all their parts, and what their databases and tables hold, easy to compare."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Literal

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.route import NextHop
from fingerpost.ospf.config import OspfConfig
from fingerpost.ospf.lsa import LsaHeader, v2, v3
from fingerpost.ospf.machine import Ospf
from fingerpost.ospf.making import make_parts
from fingerpost.rib.events import (
    AnnounceAlike,
    AnnounceRoutes,
    Change,
    RoutesChanged,
    WithdrawRoutes,
)
from fingerpost.rib.route import RibRoute

from ..network import Network


def whole(config: OspfConfig, rng: random.Random, version: Literal[2, 3]) -> Ospf:
    """An instance with a database, an originator and a calculation of routes."""
    return Ospf(config, rng, version=version, parts=make_parts)


def lsas(network: Network, router: str, kind: int, area: int | None = 0) -> dict[Any, Any]:
    """The bodies of a type that a router holds in an area (None: AS), by id and originator."""
    return {(h.id, h.router): body for h, body in entries(network, router, kind, area)}


def entries(
    network: Network, router: str, kind: int, area: int | None = 0
) -> Iterator[tuple[LsaHeader, Any]]:
    """Headers and bodies; what is MaxAge is left out."""
    ospf = network.routers[router]
    scope = 0 if area is None else ospf.areas[area].scope
    for _, octets in ospf.database.entries(network.now, scope, kind):
        lsa = (v2 if network.version == 2 else v3).decode_lsa(octets)
        if lsa.header.age < 3600:
            yield lsa.header, lsa.body


def table(network: Network, router: str) -> dict[Prefix, RibRoute]:
    """What a router has announced to its routing table and not withdrawn."""
    held: dict[Prefix, RibRoute] = {}
    for output in network.outputs[router]:
        match output:
            case AnnounceAlike(like, prefixes):
                held.update(dict.fromkeys(prefixes, like))
            case AnnounceRoutes(routes):
                held.update((route.prefix, route) for route in routes)
            case WithdrawRoutes(_, prefixes):
                for prefix in prefixes:
                    held.pop(prefix, None)
    return held


def routes(network: Network, router: str) -> dict[str, tuple[int, tuple[str, ...]]]:
    """The same: metric and next hops as text."""
    return {
        str(prefix): (route.metric, tuple(map(str, route.next_hops)))
        for prefix, route in sorted(table(network, router).items())
    }


def static(
    *prefixes: str, source: str = "static", gateway: str | None = None, tag: int = 0
) -> RoutesChanged:
    """The routing table has routes of another source from now on."""
    made = [route_of(one, source=source, gateway=gateway, tag=tag) for one in prefixes]
    return RoutesChanged(tuple(Change(one.prefix, None, one) for one in made))


def gone(*prefixes: str) -> RoutesChanged:
    """It has them no more."""
    return RoutesChanged(tuple(Change(Prefix(one), route_of(one), None) for one in prefixes))


def route_of(
    prefix: str, *, source: str = "static", gateway: str | None = None, tag: int = 0
) -> RibRoute:
    """A route of another source."""
    hop = NextHop("dummy", None if gateway is None else Address(gateway))
    return RibRoute(Prefix(prefix), source, 1, 0, (hop,), tag=tag)
