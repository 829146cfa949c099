"""The slow table that a child can read: dicts and lists, everything computed anew each time."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.rib.best import decide
from fingerpost.rib.route import RibRoute

Shares = dict[tuple[str | None, Address | None], Fraction]


class Golden:
    """Every route by prefix and source; `table()` computes what each prefix uses."""

    def __init__(self, *, via_default: bool = False) -> None:
        self.routes: dict[tuple[Prefix, str], RibRoute] = {}
        self.down: set[str] = set()
        self.via_default = via_default

    def table(self) -> dict[Prefix, tuple[RibRoute, Shares]]:
        """The first winner of each prefix that has one, and the share of each way."""
        self._by_prefix: dict[Prefix, list[RibRoute]] = {}
        for (prefix, _), route in self.routes.items():
            self._by_prefix.setdefault(prefix, []).append(route)
        for held in self._by_prefix.values():
            _sort(held)
        self._gateways = {
            hop.gateway
            for route in self.routes.values()
            for hop in route.next_hops
            if hop.interface is None and hop.gateway is not None
        }
        self._edges = {gateway: self._leads_to(gateway) for gateway in self._gateways}
        self._known: dict[Address, Shares] = {}
        used = {prefix: self._used(prefix) for prefix in self._by_prefix}
        return {prefix: answer for prefix, answer in used.items() if answer is not None}

    def _stands_alone(self, route: RibRoute) -> bool:
        if route.kind is not RouteKind.UNICAST:
            return True
        return any(hop.interface and hop.interface not in self.down for hop in route.next_hops)

    def _around(self, gateway: Address) -> list[Prefix]:
        found = []
        for prefix in sorted(self._by_prefix, key=lambda one: -one.length):
            if gateway in prefix and (prefix.length or self.via_default):
                found.append(prefix)
                if any(
                    self._stands_alone(route) and route.distance < 255
                    for route in self._by_prefix[prefix]
                ):
                    break
        return found

    def _needs(self, prefix: Prefix) -> set[Address]:
        """The gateways of routes that come before, or tie with, the first that stands alone."""
        found: set[Address] = set()
        certain: RibRoute | None = None
        for route in self._by_prefix[prefix]:
            if route.distance == 255:
                continue
            if certain is not None and _cost(certain) != _cost(route):
                continue
            if certain is None and self._stands_alone(route):
                certain = route
            if route.kind is RouteKind.UNICAST:
                found |= {
                    hop.gateway for hop in route.next_hops if not hop.interface and hop.gateway
                }
        return found

    def _leads_to(self, gateway: Address) -> set[Address]:
        return {other for prefix in self._around(gateway) for other in self._needs(prefix)}

    def _reaches(self, start: Address, goal: Address) -> bool:
        seen: set[Address] = set()
        work = list(self._edges[start])
        while work:
            at = work.pop()
            if at == goal:
                return True
            if at not in seen:
                seen.add(at)
                work += self._edges[at]
        return False

    def _is_circular(self, prefix: Prefix, gateway: Address) -> bool:
        """Whether the prefix stands around a gateway that `gateway` comes back to."""
        return gateway in self._needs(prefix) and any(
            prefix in self._around(other)
            and self._reaches(gateway, other)
            and self._reaches(other, gateway)
            for other in self._gateways
        )

    def _used(self, prefix: Prefix) -> tuple[RibRoute, Shares] | None:
        winner: RibRoute | None = None
        weights: Shares = {}
        for route in self._by_prefix[prefix]:
            if route.distance == 255:
                continue
            if winner is not None and (
                _cost(route) != _cost(winner) or winner.kind is not RouteKind.UNICAST
            ):
                continue
            if route.kind is not RouteKind.UNICAST:
                if winner is None:
                    winner = route
                continue
            ways = self._ways(prefix, route)
            if not ways:
                continue
            winner = winner or route
            for end, weight in ways.items():
                weights[end] = weights.get(end, Fraction()) + weight
        if winner is None:
            return None
        total = sum(weights.values(), Fraction())
        return winner, {end: weight / total for end, weight in weights.items()}

    def _ways(self, prefix: Prefix, route: RibRoute) -> Shares:
        found: Shares = {}
        for hop in route.next_hops:
            for end, share in self._ends(prefix, hop).items():
                found[end] = found.get(end, Fraction()) + share * hop.weight
        return found

    def _ends(self, prefix: Prefix, hop: NextHop) -> Shares:
        if hop.interface is not None:
            up = hop.interface not in self.down
            return {(hop.interface, hop.gateway): Fraction(1)} if up else {}
        if hop.gateway is None or self._is_circular(prefix, hop.gateway):
            return {}
        return self._resolved(hop.gateway)

    def _resolved(self, gateway: Address) -> Shares:
        if gateway not in self._known:
            self._known[gateway] = {}
            for prefix in self._around(gateway):
                if (answer := self._used(prefix)) is not None:
                    found = self._known[gateway]
                    for (interface, further), share in answer[1].items():
                        end = interface, further or gateway
                        found[end] = found.get(end, Fraction()) + share
                    break
        return self._known[gateway]


def shares(hops: Iterable[NextHop]) -> Shares:
    """The share of each next hop."""
    hops = tuple(hops)
    total = sum(hop.weight for hop in hops)
    return {(hop.interface, hop.gateway): Fraction(hop.weight, total) for hop in hops}


def _cost(route: RibRoute) -> tuple[int, int, str]:
    return route.distance, route.metric, route.source.partition(":")[0]


def _sort(routes: list[RibRoute]) -> None:
    """Put each route before the first that it beats, pair by pair."""
    ordered: list[RibRoute] = []
    for route in routes:
        at = next((i for i, other in enumerate(ordered) if _beats(route, other)), len(ordered))
        ordered.insert(at, route)
    routes[:] = ordered


def _beats(one: RibRoute, other: RibRoute) -> bool:
    """The order written out again, from its prose."""
    order = ("connected", "static", "ebgp", "ospf", "isis", "rip", "ripng", "ibgp")
    if one.distance != other.distance:
        return one.distance < other.distance
    mine, yours = one.source.partition(":")[0], other.source.partition(":")[0]
    if mine != yours:
        return order.index(mine) < order.index(yours)
    if one.metric != other.metric:
        return one.metric < other.metric
    assert decide(one, other) or decide(other, one)
    return one.source < other.source
