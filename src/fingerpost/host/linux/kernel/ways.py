"""Ways: what routes with the same next hops have in common, each with a number.

The ledger of the core knows for each prefix only the number of a way; here stands what it means, by
names of interfaces, and how it is written for the kernel. A way that is wanted names a nexthop
object where the kernel has such things and all next hops have an interface; else its next hops
stand in each route.

An interface that is not there gets a number that no interface has, so that it is the kernel that
refuses, with the same errno as for all else; `refresh` writes such ways anew once it is there.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.host.linux.kernel.attributes import (
    MAX_WEIGHT,
    NO_INTERFACE,
    RTA_NH_ID,
    Hop,
    Tail,
    flags_of,
    of_hops,
    u32,
)
from fingerpost.host.linux.kernel.nexthops import NexthopObjects, ObjectRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fingerpost._core import RouteLedger

NONE = 0  # no route
OTHER = 0xFFFFFFFF  # some route that is none of our ways
_KINDS = {  # RTN_*
    RouteKind.UNICAST: 1,
    RouteKind.BLACKHOLE: 6,
    RouteKind.UNREACHABLE: 7,
    RouteKind.PROHIBIT: 8,
}
_KIND_OF = {kind: name for name, kind in _KINDS.items()}
_UNIVERSE, _LINK = 0, 253  # RT_SCOPE_*


Key = tuple[int, RouteKind, tuple[NextHop, ...]]


@dataclass(slots=True)
class Way:
    """One way. `hops` is how it was written last, `nexthop` the object that it names or 0.

    `given` are the forms in which it was asked for.
    """

    number: int
    version: int
    kind: RouteKind
    next_hops: tuple[NextHop, ...]
    hops: tuple[Hop, ...] = field(default=())
    nexthop: int = 0
    given: list[Key] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        """Whether an interface of it is not there."""
        return any(hop.interface == NO_INTERFACE for hop in self.hops)

    def __str__(self) -> str:
        """As `ip route` writes it."""
        if self.kind is not RouteKind.UNICAST:
            return str(self.kind.value)
        return ", ".join(str(hop) for hop in self.next_hops) or "nowhere"


class Ways:
    """All ways in use."""

    def __init__(self, ledger: RouteLedger, objects: NexthopObjects | None) -> None:
        """`objects` is None where the kernel has no nexthop objects, or they are not wanted."""
        self._ledger = ledger
        self._objects = objects
        self._ways: dict[int, Way] = {}
        self._numbers: dict[Key, int] = {}
        self._given: dict[Key, int] = {}
        self._next = 1

    def __len__(self) -> int:
        """Count the ways."""
        return len(self._ways)

    def __getitem__(self, at: int) -> Way | None:
        """The way with this number."""
        return self._ways.get(at)

    def number(self, version: int, kind: RouteKind, next_hops: tuple[NextHop, ...]) -> int:
        """The number of a way, new or known; next hops that differ only in order are the same."""
        given = (version, kind, next_hops)
        known = self._given.get(given)
        if known is None:
            key = (version, kind, _in_order(next_hops) if kind is RouteKind.UNICAST else ())
            known = self._numbers.get(key) or self._create(key)
            self._given[given] = known
            self._ways[known].given.append(given)
        return known

    def of_tail(self, tail: Tail) -> int:
        """The number of the way of a route in the kernel; `OTHER` where it is none of ours."""
        kind = _KIND_OF.get(tail.kind)
        if kind is None:
            return OTHER
        if kind is not RouteKind.UNICAST:
            return self.number(tail.version, kind, ())
        hops = tail.hops
        if tail.nexthop:
            hops = (self._objects.hops(tail.nexthop) if self._objects else None) or ()
        if not hops:
            return OTHER
        try:
            named = tuple(map(_named, hops))
        except OSError:
            return OTHER  # the interface went a moment ago, and the route with it
        known = self.number(tail.version, kind, named)
        return known if self._ways[known].nexthop == tail.nexthop else OTHER

    def refresh(self) -> None:
        """Write anew the ways whose interfaces came, went or got another number."""
        for way in self._ways.values():
            if way.kind is RouteKind.UNICAST:
                self._write(way)

    def drop(self, idle: Iterable[int]) -> None:
        """Let go of ways that no prefix uses, and of their nexthop objects."""
        for at in idle:
            way = self._ways.pop(at, None)
            if way is None:
                continue
            self._ledger.drop_way(at)
            del self._numbers[way.version, way.kind, way.next_hops]
            for given in way.given:
                del self._given[given]
            if way.nexthop and self._objects is not None:
                self._objects.release(way.nexthop)

    def flush(self, at: int) -> bool:
        """Remove all routes of a way at once, with the nexthop object that only they use."""
        way = self._ways.get(at)
        if way is None or not way.nexthop or self._objects is None:
            return False
        if not self._objects.is_sole(way.nexthop):
            return False
        nexthop, way.nexthop = way.nexthop, 0
        return self._objects.release(nexthop)

    def tidy(self) -> None:
        """Let go of ways that were made only to see whether something is one."""
        self.drop([at for at in self._ways if self._ledger.uses(at) == (0, 0)])

    def _create(self, key: Key) -> int:
        version, kind, next_hops = key
        way = Way(self._next, version, kind, next_hops)
        self._next += 1
        self._ways[way.number] = way
        self._numbers[key] = way.number
        if kind is RouteKind.UNICAST:
            self._write(way)
        else:
            self._ledger.set_way(way.number, _KINDS[kind], _UNIVERSE, b"")
        return way.number

    def _write(self, way: Way) -> None:
        hops = tuple(_resolved(hop) for hop in way.next_hops)
        is_same = hops == way.hops
        if is_same and (way.nexthop or self._objects is None):
            return
        _, held = self._ledger.uses(way.number)
        if is_same and held:
            return  # its routes are in the kernel without object, and shall stay as they are
        old, way.nexthop, way.hops = way.nexthop, self._object(way.version, hops), hops
        by_object = u32(RTA_NH_ID, way.nexthop) if way.nexthop else None
        attributes = by_object or of_hops(way.version, hops)
        is_link = not way.nexthop and all(hop.gateway is None for hop in hops)
        scope = _LINK if is_link else _UNIVERSE
        # several stand with their flags among the attributes, an object has its own
        flags = flags_of(hops[0]) if len(hops) == 1 and not by_object else 0
        self._ledger.set_way(way.number, _KINDS[way.kind], scope, attributes, flags)
        if old and self._objects is not None:
            self._objects.release(old)

    def _object(self, version: int, hops: Sequence[Hop]) -> int:
        unfit = not hops or any(hop.interface in (0, NO_INTERFACE) for hop in hops)
        if self._objects is None or unfit:
            return 0
        try:
            return self._objects.acquire(version, hops)
        except ObjectRefusedError:
            return 0  # the kernel will say the same of each route, and that is recorded


def _in_order(next_hops: tuple[NextHop, ...]) -> tuple[NextHop, ...]:
    """Each next hop once, in order, with weights that the kernel can hold."""
    if len(next_hops) < 2:
        return tuple(replace(hop, weight=1) for hop in next_hops)
    most = max(hop.weight for hop in next_hops)
    scale = 1.0 if most <= MAX_WEIGHT else MAX_WEIGHT / most
    ways = {(hop.interface or "", hop.gateway): hop for hop in next_hops}
    return tuple(
        replace(hop, weight=max(1, round(hop.weight * scale)))
        for _, hop in sorted(ways.items(), key=lambda item: (item[0][0], str(item[0][1])))
    )


def _resolved(hop: NextHop) -> Hop:
    interface = 0
    if hop.interface is not None:
        try:
            interface = socket.if_nametoindex(hop.interface)
        except OSError:
            interface = NO_INTERFACE
    return Hop(interface, hop.gateway, hop.weight, hop.is_onlink)


def _named(hop: Hop) -> NextHop:
    name = socket.if_indextoname(hop.interface)
    return NextHop(name, hop.gateway, hop.weight, hop.is_onlink)
