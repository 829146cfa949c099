"""From what a calculation gives to what the routing table hears: groups of routes, never each.

All prefixes with the same way become one `AnnounceAlike`. What is on a network of our own is not
announced: the table has it from the interface. A neighbour that none of our networks at its
interface has, as on an unnumbered one, is told to be on the link, or a kernel would not believe
that it can be reached. The attributes of a route say what OSPF knows of
it: `path_type` ("intra-area", "inter-area", "external 1", "external 2", "nssa 1", "nssa 2"),
`area`, and of external type 2 `cost_inside`, the way to where it leaves. Equal ones are one object.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from fingerpost.addr import Prefix
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.ospf.dialect_v3 import is_ipv4_instance
from fingerpost.ospf.text import dotted
from fingerpost.rib.events import AnnounceAlike, AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.route import RibRoute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost._core import Calculated, PrefixColumn
    from fingerpost.addr import Address
    from fingerpost.ospf.config import OspfConfig
    from fingerpost.ospf.interface import Interface

PATH_TYPES: Final = (
    "intra-area",
    "inter-area",
    "external 1",
    "external 2",
    "nssa 1",
    "nssa 2",
)
_DISTANCES: Final = ("intra", "inter", "external", "external", "external", "external")
FIRST_EXTERNAL = 2
TYPE_2 = frozenset({3, 5})
EVERYTHING: Final = {4: Prefix("0.0.0.0/0"), 6: Prefix("::/0")}
NAMES: Final = {2: "ospf", 3: "ospf3"}  # in the routing table
MOST_KEPT = 4096  # attributes and sets of next hops, before they are collected anew

Hops = tuple[tuple[int, "Address | None"], ...]
Info = tuple[int, int, int, int, int, Hops, bool]
Announcement = AnnounceAlike | WithdrawRoutes


class Result(NamedTuple):
    """What a calculation changed: new and changed routes by what they say, and those that are gone.

    `routers_changed`: the ways to border and boundary routers may be others.
    """

    announced: list[tuple[Info, PrefixColumn]]
    withdrawn: PrefixColumn
    routers_changed: bool

    @classmethod
    def of(cls, calculated: Calculated) -> Result:
        """Take it out of what the core gives, which makes it anew each time that it is asked."""
        return cls(calculated.announced, calculated.withdrawn, calculated.routers_changed)


def source_name(config: OspfConfig, version: int) -> str:
    """Give the name of an instance in the routing table."""
    return config.source or NAMES[version]


def routes_family(config: OspfConfig, version: int) -> int:
    """Give the IP version of an instance's routes (RFC 5838 2.1)."""
    return 4 if version == 2 or is_ipv4_instance(config.instance_id) else 6


class Announcer:
    """Makes routes of an instance; `by_number` are its interfaces, live."""

    def __init__(
        self, config: OspfConfig, version: int, family: int, by_number: Mapping[int, Interface]
    ) -> None:
        """Nothing was announced."""
        self.source = source_name(config, version)
        self._family = family
        self._by_number = by_number
        self._hops: dict[Hops, tuple[NextHop, ...]] = {}
        self._attributes: dict[tuple[int, int, int], Mapping[str, object]] = {}
        self.configure(config)

    def configure(self, config: OspfConfig) -> None:
        """Take the distances by type."""
        self._distances = tuple(config.distances.get(name, config.distance) for name in _DISTANCES)

    def forget_ways(self) -> None:
        """What interfaces have may be another than before."""
        self._hops.clear()

    def announcements(self, result: Result, now: int) -> list[Announcement]:
        """Give what a calculation changed, what is withdrawn first."""
        out: list[Announcement] = []
        if len(result.withdrawn):
            out.append(WithdrawRoutes(self.source, result.withdrawn))
        for info, prefixes in result.announced:
            if info[6]:  # the table has it from the interface
                out.append(WithdrawRoutes(self.source, prefixes))
            else:
                out.append(AnnounceAlike(self.route(info, now), prefixes))
        return out

    def discard(self, prefix: Prefix, area: int, cost: int, now: int) -> AnnounceRoutes:
        """Give the route by which what a range promises and nobody has goes nowhere (11.1)."""
        said = MappingProxyType({"path_type": "area range", "area": dotted(area)})
        route = RibRoute(
            prefix,
            self.source,
            self._distances[0],
            cost,
            (),
            RouteKind.BLACKHOLE,
            attributes=said,
            since=now,
        )
        return AnnounceRoutes((route,))

    def one(self, info: Info, prefix: Prefix, now: int) -> AnnounceRoutes:
        """Give a route that is announced by itself."""
        return AnnounceRoutes((self.route(info, now, prefix),))

    def route(self, info: Info, now: int, prefix: Prefix | None = None) -> RibRoute:
        """Give the route of a way, for a prefix or for all that have it."""
        path, cost, cost2, area, tag, hops, _ = info
        return RibRoute(
            EVERYTHING[self._family] if prefix is None else prefix,
            self.source,
            self._distances[path],
            cost2 if path in TYPE_2 else cost,
            self._next_hops(hops),
            RouteKind.UNICAST,
            tag,
            self._attributes_of(path, area, cost if path in TYPE_2 else -1),
            None,
            now,
        )

    def _next_hops(self, hops: Hops) -> tuple[NextHop, ...]:
        found = self._hops.get(hops)
        if found is None:
            if len(self._hops) >= MOST_KEPT:
                self._hops.clear()
            found = self._hops[hops] = tuple(
                _next_hop(self._by_number[number], gateway)
                for number, gateway in hops
                if number in self._by_number
            )
        return found

    def _attributes_of(self, path: int, area: int, inside: int) -> Mapping[str, object]:
        place = (path, area, inside)
        found = self._attributes.get(place)
        if found is None:
            if len(self._attributes) >= MOST_KEPT:
                self._attributes.clear()
            said: dict[str, object] = {"path_type": PATH_TYPES[path]}
            if path < FIRST_EXTERNAL or area:
                said["area"] = dotted(area)
            if inside >= 0:
                said["cost_inside"] = inside
            found = self._attributes[place] = MappingProxyType(said)
        return found


def _next_hop(interface: Interface, gateway: Address | None) -> NextHop:
    """A neighbour was heard on the link, so it is there; link-local addresses always are."""
    is_onlink = gateway is not None and not (
        gateway.is_link_local or any(gateway in held.prefix for held in interface.addresses)
    )
    return NextHop(interface.name, gateway, is_onlink=is_onlink)
