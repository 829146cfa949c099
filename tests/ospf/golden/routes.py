"""The routing table (RFC 2328 16.2 to 16.4, 16.4.1, RFC 3101 2.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fingerpost.addr import Address, Prefix

from .reading import (
    B,
    E,
    External,
    Node,
    Summary,
    V,
    externals,
    offers,
    summaries,
    vertices,
)
from .tree import ITSELF, Hop, Hops, Tree, tree
from .world import World

Told = tuple[int, int, int, int, int, tuple[tuple[int, Address | None], ...], bool]
INTRA, INTER, E1, E2, N1, N2 = range(6)


@dataclass(frozen=True)
class Way:
    """A route, or a way to a router; `area` is an area's id."""

    path: int
    cost: int
    hops: Hops
    area: int = 0
    cost_2: int = 0
    tag: int = 0


def nearest(ways: Iterable[Way]) -> Way | None:
    """Give the way of least cost; of equal ones all next hops, and the larger area id."""
    usable = [way for way in ways if way.hops]
    if not usable:
        return None
    cost = min(way.cost for way in usable)
    equal = [way for way in usable if way.cost == cost]
    hops = frozenset[Hop]().union(*(way.hops for way in equal))
    return replace(equal[0], hops=hops, area=max(way.area for way in equal))


class Golden:
    """All routes of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.trees: dict[int, Tree] = {}
        self.summaries = {scope: list(summaries(world, scope)) for scope in world.areas}
        # step 2; the backbone last, for its virtual links rest on the others
        for scope in sorted(world.areas, key=lambda scope: world.areas[scope].id == 0):
            self.trees[scope] = tree(world, scope, self.across)
        self.transit = [
            scope
            for scope, area in world.areas.items()
            if world.is_area_border
            and area.id != 0
            and any(one.flags & V for one in self.trees[scope].values())
        ]
        self.inner = self.intra()
        self.active = [
            prefix
            for area in world.areas.values()
            for prefix in area.ranges
            if world.is_area_border
            and any(
                way.area == area.id and prefix.contains(inside)
                for inside, way in self.inner.items()
            )
        ]
        self.inter()
        self.cross()
        self.routes = dict(self.inner)
        self.outer()

    def id_of(self, scope: int) -> int:
        """Give the id of an area."""
        return self.world.areas[scope].id

    def across(self, router: int, data: int) -> Hops:
        """Give the next hops of a virtual link."""
        for area in self.world.areas.values():
            scope = area.first_hops.get((4, router, data))
            if area.id == 0 and scope in self.trees:
                reached = self.trees[scope].get(Node(False, router))
                return reached.hops if reached else frozenset()
        return frozenset()

    def intra(self) -> dict[Prefix, Way]:
        """RFC 2328 16.1: what vertices offer; of network-LSAs that of the largest id."""
        ways: dict[Prefix, list[Way]] = {}
        networks: dict[Prefix, list[tuple[int, int, Way]]] = {}
        for scope, area in self.world.areas.items():
            for offer in offers(self.world, scope):
                reached = self.trees[scope].get(offer.node)
                if reached is None or not reached.hops:
                    continue
                hops = reached.hops
                if hops == ITSELF and offer.prefix in area.connected:
                    hops = frozenset({Hop(area.connected[offer.prefix], None, True)})
                way = Way(INTRA, reached.cost + offer.cost, hops, area.id)
                if offer.is_network_lsa:
                    networks.setdefault(offer.prefix, []).append((way.cost, offer.node.id, way))
                else:
                    ways.setdefault(offer.prefix, []).append(way)
        for prefix, found in networks.items():
            best = min(found, key=lambda one: (one[0], -one[1], -one[2].area))
            ways.setdefault(prefix, []).append(best[2])
        nearest_of = {prefix: nearest(found) for prefix, found in ways.items()}
        return {prefix: way for prefix, way in nearest_of.items() if way is not None}

    def by_summary(self, scope: int, summary: Summary) -> Way | None:
        """RFC 2328 16.2 steps 4 and 5."""
        border = self.trees[scope].get(Node(False, summary.border))
        is_used = not (summary.is_down and self.world.is_provider_edge)
        if border is None or not border.flags & B or not border.hops or not is_used:
            return None
        return Way(INTER, border.cost + summary.cost, border.hops, self.id_of(scope))

    def looked_at(self) -> list[int]:
        """Give the areas whose summaries count."""
        scopes = self.world.areas
        return [
            scope for scope in scopes if not self.world.is_area_border or self.id_of(scope) == 0
        ]

    def inter(self) -> None:
        """RFC 2328 16.2 for networks."""
        ways: dict[Prefix, list[Way]] = {}
        for scope in self.looked_at():
            for one in self.summaries[scope]:
                way = self.by_summary(scope, one)
                if isinstance(one.to, Prefix) and one.to not in self.active and way:
                    ways.setdefault(one.to, []).append(way)
        for prefix, found in ways.items():
            best = nearest(found)
            if best is not None and prefix not in self.inner:
                self.inner[prefix] = best

    def crossed(self, to: Prefix | int, way: Way) -> Way:
        """RFC 2328 16.3: what belongs to the backbone may be nearer across a transit area."""
        if way.area != 0:
            return way
        for scope in self.transit:
            for one in self.summaries[scope]:
                if one.to == to and type(one.to) is type(to):
                    other = self.by_summary(scope, one)
                    if other is not None and other.cost <= way.cost:
                        hops = way.hops if other.cost == way.cost else frozenset()
                        way = replace(way, cost=other.cost, hops=hops | other.hops)
        return way

    def cross(self) -> None:
        """RFC 2328 16.3 for networks."""
        self.inner = {prefix: self.crossed(prefix, way) for prefix, way in self.inner.items()}

    def entry(self, scope: int, router: int) -> Way | None:
        """Give the way to a boundary router that belongs to an area."""
        reached = self.trees[scope].get(Node(False, router))
        way = None
        if reached is not None and reached.flags & E and reached.hops:
            way = Way(INTRA, reached.cost, reached.hops, self.id_of(scope))
        elif scope in self.looked_at():
            told = [one for one in self.summaries[scope] if one.to == router]
            found = [self.by_summary(scope, one) for one in told if isinstance(one.to, int)]
            way = nearest(one for one in found if one is not None)
        return way and self.crossed(router, way)

    def preference(self, way: Way) -> int:
        """RFC 2328 16.4.1; less is better."""
        is_preferred = way.path == INTRA and way.area != 0
        return 0 if self.world.rfc1583 or is_preferred else 1

    def to_boundary(self, external: External) -> Way | None:
        """RFC 2328 16.4 step 3, RFC 3101 2.5 step 3: the way to who tells it."""
        if external.scope:
            area = self.world.areas[external.scope]
            is_taken = external.propagates and area.imports_summaries
            if self.world.is_area_border and external.prefix.length == 0 and not is_taken:
                return None
            reached = self.trees[external.scope].get(Node(False, external.boundary))
            if reached is None or not reached.flags & E or not reached.hops:
                return None
            return Way(INTRA, reached.cost, reached.hops, area.id)
        normal = [scope for scope, area in self.world.areas.items() if area.kind == 0]
        entries = [self.entry(scope, external.boundary) for scope in normal]
        found = [entry for entry in entries if entry is not None]
        return min(found, key=lambda e: (self.preference(e), e.cost, -e.area), default=None)

    def to_forwarding(self, external: External, address: Address) -> Way | None:
        """RFC 2328 16.4 step 3: the way to the forwarding address, by the longest match."""
        around = [prefix for prefix in self.inner if address in prefix]
        if not around:
            return None
        way = self.inner[max(around, key=lambda prefix: prefix.length)]
        if external.scope and (way.path, way.area) != (INTRA, self.id_of(external.scope)):
            return None
        if any(hop.is_connected for hop in way.hops) and self.is_own(address):
            return None
        hops = {
            Hop(hop.interface, address, False) if hop.is_connected else hop
            for hop in way.hops
            if hop.interface or not hop.is_connected
        }
        return replace(way, hops=frozenset(hops))

    def is_own(self, address: Address) -> bool:
        """Whether an address is that of the router itself."""
        root = Node(False, self.world.router_id)
        if self.world.version == 2:
            for scope in self.world.areas:
                said = vertices(self.world, scope).get(root)
                if said and int(address) in {link.data for link in said.links}:
                    return True
        host = self.inner.get(Prefix(address))
        return host is not None and any(hop.is_connected for hop in host.hops)

    def outer(self) -> None:
        """RFC 2328 16.4, RFC 3101 2.5."""
        found: dict[Prefix, list[tuple[tuple[int, ...], tuple[int, ...], Way]]] = {}
        for one in externals(self.world):
            way = self.to_boundary(one)
            if way is not None and one.forwarding is not None:
                way = self.to_forwarding(one, one.forwarding)
            if way is None or not way.hops or (one.is_down and self.world.is_provider_edge):
                continue
            cost = way.cost + (0 if one.is_type_2 else one.cost)
            cost_2 = one.cost if one.is_type_2 else 0
            path = (N1 if one.scope else E1) + one.is_type_2
            area = self.id_of(one.scope) if one.scope else 0
            order = (int(one.is_type_2), cost_2, self.preference(way), cost)
            kind = 1 if not one.scope else 2 if one.propagates else 0
            rank = (kind, one.boundary, area, one.tag)
            new = Way(path, cost, way.hops, area, cost_2, one.tag)
            found.setdefault(one.prefix, []).append((order, rank, new))
        for prefix, offered in found.items():
            if prefix in self.inner:
                continue
            best = min(order for order, _, _ in offered)
            equal = [(rank, way) for order, rank, way in offered if order == best]
            chosen = max(equal, key=lambda one: one[0])[1]
            hops = frozenset[Hop]().union(*(way.hops for _, way in equal))
            self.routes[prefix] = replace(chosen, hops=hops)

    def told(self) -> dict[Prefix, Told]:
        """Give the routes as `RouteCalculator` tells them."""
        return {prefix: self.told_way(way) for prefix, way in self.routes.items()}

    def told_way(self, way: Way) -> Told:
        """Give one route so."""
        hops = told_hops(way.hops, self.world.maximum_paths)
        is_connected = any(hop.is_connected for hop in way.hops)
        return (way.path, way.cost, way.cost_2, way.area, way.tag, hops, is_connected)

    def routers(self, scope: int) -> list[tuple[int, int, int, int, tuple[object, ...]]]:
        """Give the border and boundary routers of an area and ends of virtual links."""
        paths = self.world.maximum_paths
        own = self.world.router_id
        found: dict[int, tuple[int, int, int, int, tuple[object, ...]]] = {}
        for node, one in self.trees[scope].items():
            if not node.is_network and node.id != own and one.flags & (B | E | V):
                hops = told_hops(one.hops, paths)
                found[node.id] = (node.id, one.flags & 7, INTRA, one.cost, hops)
        rows = list(found.values())
        told = {one.to for scope in self.trees for one in self.summaries[scope]}
        for router in told:
            if isinstance(router, int):
                entry = self.entry(scope, router)
                if entry is not None and entry.path == INTER:
                    rows.append((router, E, INTER, entry.cost, told_hops(entry.hops, paths)))
        return sorted(rows, key=lambda row: row[:4])


def told_hops(hops: Hops, limit: int) -> tuple[tuple[int, Address | None], ...]:
    """Give next hops in order, at most so many."""
    pairs = {(hop.interface, hop.gateway) for hop in hops if hop.interface}
    order = sorted(pairs, key=lambda pair: (pair[0], int(pair[1] or 0) + (pair[1] is not None)))
    return tuple(order[:limit])
