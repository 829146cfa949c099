"""Recursive next hops: what rests on what, and what changes when something does.

A gateway without interface is looked up among the best routes (RFC 4271 5.1.3); what it finds may
be recursive again. The gateways form a graph: gateway A leads to B if a prefix around A has a
candidate that names B and that could be used. In that graph each part that has a circle is dealt
with as one: **a prefix whose next hop leads back to itself loses that next hop**, and what else it
has is used; then the circle's gateways are looked up as others are. So no chain ever comes back to
itself, and the outcome depends on the routes alone, not on the order in which they came.

The life of a change: prefixes change their candidates; gateways inside those prefixes, and all that
may rest on those, are looked up again, those first that others rest on; groups whose gateways came
out otherwise choose again; the prefixes of groups that chose otherwise have changed. Nothing else
is touched.

By default no gateway is found by a default route: it would seem to be there whatever happens.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.fib import Fib
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.rib.best import choose, ties
from fingerpost.rib.circles import components
from fingerpost.rib.distance import NEVER
from fingerpost.rib.gateway import UNRESOLVED, Gateway, Resolution
from fingerpost.rib.multipath import merged, shared
from fingerpost.rib.path import says_same

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.rib.best import Choice
    from fingerpost.rib.path import Path
    from fingerpost.rib.store import Group, Store


class Resolver:
    """Chooses for every group and resolves every gateway of one table."""

    def __init__(self, store: Store, *, width: int, via_default: bool) -> None:
        """`width`: next hops used together; `via_default`: gateways may be behind a default."""
        self.via_default = via_default
        self._store = store
        self._width = width
        self._down: set[str] = set()
        self._gateways: dict[Address, Gateway] = {}
        self._places: Fib[Gateway] = Fib()  # the gateways by address
        self._by_interface: dict[str, dict[Group, None]] = {}
        self._circular: dict[Prefix, Path | None] = {}  # what prefixes in a circle use instead
        self._stale: dict[Group, None] = {}
        self._new: dict[Gateway, None] = {}
        self._idle: dict[Gateway, None] = {}  # those that lost a user
        self._before: dict[Group, Path | None] = {}  # what groups used before this batch

    # -- asking --------------------------------------------------------------------------------

    def best(self, prefix: Prefix, group: Group) -> Path | None:
        """What a prefix uses."""
        if prefix in self._circular:
            return self._circular[prefix]
        if group in self._stale:
            self._choose_again(group)
        return group.best

    def used(self, prefix: Prefix, group: Group) -> Path | None:
        """What a prefix used when all was settled last."""
        if prefix in self._circular:
            return self._circular[prefix]
        return self._before.get(group, group.best)

    def choice(self, prefix: Prefix, group: Group) -> Choice:
        """What a prefix uses, and how each of its candidates came out."""
        dead = self._dead_at(prefix, group) if prefix in self._circular else ()
        return self._choice(group, dead)

    def gateway(self, address: Address) -> Resolution | None:
        """Where a gateway is; None if no route names it without an interface."""
        gateway = self._gateways.get(address)
        return None if gateway is None else gateway.resolution

    def gateways(self) -> Iterator[tuple[Address, Resolution, int]]:
        """Every gateway in order of address, where it is, and how many prefixes rest on it."""
        for address in sorted(self._gateways, key=lambda found: (found.version, found)):
            gateway = self._gateways[address]
            yield address, gateway.resolution, sum(len(group.members) for group in gateway.users)

    def named_by(self, prefix: Prefix) -> list[Address]:
        """The gateways that the winning routes of a prefix name without an interface."""
        group = self._store.get(prefix)
        standings = () if group is None else self.choice(prefix, group).standings
        return [
            hop.gateway
            for standing in standings
            if standing.wins
            for hop in standing.path.next_hops
            if hop.interface is None
            and hop.gateway is not None
            and not self.is_in_circle(prefix, hop.gateway)
        ]

    def is_in_circle(self, prefix: Prefix, address: Address) -> bool:
        """Whether a next hop of this prefix was taken from it, for it leads back."""
        gateway = self._gateways.get(address)
        return gateway is not None and prefix in gateway.pinned

    def is_down(self, interface: str) -> bool:
        """Whether routes may not use an interface."""
        return interface in self._down

    # -- being told ----------------------------------------------------------------------------

    def adopt(self, group: Group) -> None:
        """Begin to track a new group."""
        self._stale[group] = None
        for hop in _hops(group):
            if hop.interface is not None:
                self._by_interface.setdefault(hop.interface, {})[group] = None
            elif hop.gateway is not None:
                self._gateway_of(hop.gateway).users[group] = None

    def forget(self, group: Group) -> None:
        """Track a group no more; gateways that nobody else names go with it."""
        self._stale.pop(group, None)
        self._before.pop(group, None)
        for hop in _hops(group):
            if hop.interface is not None:
                users = self._by_interface.get(hop.interface, {})
                users.pop(group, None)
                if not users:
                    self._by_interface.pop(hop.interface, None)
            elif hop.gateway is not None and hop.gateway in self._gateways:
                gateway = self._gateways[hop.gateway]
                gateway.users.pop(group, None)
                self._idle[gateway] = None

    def set_interface(self, name: str, *, is_up: bool) -> list[Prefix]:
        """Let routes use an interface or not; gives the prefixes that this may concern."""
        if is_up is (name not in self._down):
            return []
        (self._down.discard if is_up else self._down.add)(name)
        groups = self._by_interface.get(name, {})
        self._stale.update(groups)
        return [prefix for group in groups for prefix in group.members]

    def settle(self, touched: Iterable[Prefix]) -> dict[Prefix, Path | None]:
        """Bring all up to date after these prefixes changed.

        Gives what other prefixes that may have changed used before.
        """
        dirty = self._upward(self._inside(list(touched)))
        unused = [gateway for gateway in self._idle if not gateway.users]
        self._idle.clear()
        before = self._unpin([*dirty, *unused])
        self._drop(unused, dirty)
        for part in components(dirty, lambda gateway: gateway.below):
            self._decide(part, before)
        while self._stale:
            self._choose_again(next(iter(self._stale)))
        for group, path in self._before.items():
            for prefix in group.members:
                before.setdefault(prefix, path)
        self._before.clear()
        self._new.clear()
        return before

    # -- the graph -----------------------------------------------------------------------------

    def _gateway_of(self, address: Address) -> Gateway:
        gateway = self._gateways.get(address)
        if gateway is None:
            gateway = self._gateways[address] = Gateway(address)
            self._places[Prefix(address)] = gateway
            self._new[gateway] = None
        return gateway

    def _inside(self, touched: list[Prefix]) -> dict[Gateway, None]:
        """The new gateways and those whose answer these prefixes may change; links them anew."""
        found = dict(self._new)
        if len(touched) < len(self._gateways):
            for prefix in touched:
                if self._is_searched(prefix):
                    found.update(dict.fromkeys(value for _, value in self._places.inside(prefix)))
        else:
            wanted = set(touched)
            for gateway in self._gateways.values():
                whole = Prefix(gateway.address)
                if whole in wanted or any(up in wanted for up in whole.supernets()):
                    found[gateway] = None
        for gateway in found:
            self._link(gateway)
        return found

    def _is_searched(self, prefix: Prefix) -> bool:
        return self.via_default or prefix.length > 0

    def _link(self, gateway: Gateway) -> None:
        for other in gateway.below:
            other.above.pop(gateway, None)
        gateway.below = {}
        for _, group in self._around(gateway):
            for other in self._needs(group):
                gateway.below[other] = None
                other.above[gateway] = None

    def _around(self, gateway: Gateway) -> Iterator[tuple[Prefix, Group]]:
        """The prefixes that a search for a gateway may end at, longest first."""
        for prefix, group in self._store.covering(gateway.address):
            if self._is_searched(prefix):
                yield prefix, group
                if any(self._stands_alone(path) for path in group.paths):
                    return

    def _stands_alone(self, path: Path) -> bool:
        """Whether a path can be used whatever becomes of gateways."""
        return path.distance < NEVER and (
            path.kind is not RouteKind.UNICAST
            or any(
                hop.interface is not None and hop.interface not in self._down
                for hop in path.next_hops
            )
        )

    def _needs(self, group: Group) -> Iterator[Gateway]:
        """The gateways that can make a difference to what a group uses."""
        certain: Path | None = None
        for path in group.paths:
            if path.distance >= NEVER or not (certain is None or ties(certain, path)):
                return
            if certain is None and self._stands_alone(path):
                certain = path
            if path.kind is RouteKind.UNICAST:
                for hop in path.next_hops:
                    if hop.interface is None and hop.gateway is not None:
                        yield self._gateways[hop.gateway]

    def _upward(self, gateways: dict[Gateway, None]) -> dict[Gateway, None]:
        """These and all that may rest on them."""
        found = dict(gateways)
        work = list(gateways)
        while work:
            for other in work.pop().above:
                if other not in found:
                    found[other] = None
                    work.append(other)
        return found

    # -- deciding ------------------------------------------------------------------------------

    def _unpin(self, gateways: Iterable[Gateway]) -> dict[Prefix, Path | None]:
        """Free prefixes of the circles they were in; gives what they used."""
        return {
            prefix: self._circular.pop(prefix)
            for gateway in gateways
            for prefix in gateway.pinned
            if prefix in self._circular
        }

    def _drop(self, unused: list[Gateway], dirty: dict[Gateway, None]) -> None:
        for gateway in unused:
            for other in gateway.below:
                other.above.pop(gateway, None)
            dirty.pop(gateway, None)
            del self._gateways[gateway.address]
            del self._places[Prefix(gateway.address)]

    def _decide(self, part: list[Gateway], before: dict[Prefix, Path | None]) -> None:
        """Look up gateways that may rest on each other, all others below them being known."""
        pinned: dict[Prefix, Group] = {}
        if len(part) > 1 or part[0] in part[0].below:
            dead = {gateway.address for gateway in part}
            for gateway in part:
                for prefix, group in self._around(gateway):
                    if any(other.address in dead for other in self._needs(group)):
                        pinned[prefix] = group
            for prefix, group in pinned.items():
                before.setdefault(prefix, self._before.get(group, group.best))
                self._circular[prefix] = self._choice(group, dead).best
        for gateway in part:
            gateway.pinned = tuple(pinned)
            self._look_up(gateway)

    def _look_up(self, gateway: Gateway) -> None:
        found = UNRESOLVED
        for prefix, group in self._around(gateway):
            best = self.best(prefix, group)
            if best is not None:
                found = _rested(gateway.address, prefix, best)
                break
        if found.next_hops != gateway.resolution.next_hops:
            self._stale.update(gateway.users)
        gateway.resolution = found

    def _choose_again(self, group: Group) -> None:
        del self._stale[group]
        best = self._choice(group, ()).best
        if not says_same(best, group.best):
            self._before.setdefault(group, group.best)
            group.best = best

    def _choice(self, group: Group, dead: Container[Address]) -> Choice:
        return choose(group.paths, lambda paths: self._ends(paths, dead), self._width)

    def _dead_at(self, prefix: Prefix, group: Group) -> set[Address]:
        return {
            hop.gateway
            for hop in _hops(group)
            if hop.interface is None
            and hop.gateway is not None
            and prefix in self._gateways[hop.gateway].pinned
        }

    def _ends(self, paths: Sequence[Path], dead: Container[Address]) -> tuple[NextHop, ...]:
        """The next hops of paths that lead somewhere, each with its interface."""
        parts: list[tuple[int, tuple[NextHop, ...]]] = []
        is_plain = len(paths) == 1
        for hop in (hop for path in paths for hop in path.next_hops):
            if hop.interface is None:
                is_plain = False
                if hop.gateway is not None and hop.gateway not in dead:
                    parts.append((hop.weight, self._gateways[hop.gateway].resolution.next_hops))
            elif hop.interface in self._down:
                is_plain = False
            else:
                parts.append((hop.weight, (NextHop(hop.interface, hop.gateway),)))
        return paths[0].next_hops if is_plain else shared(parts)


def _hops(group: Group) -> Iterator[NextHop]:
    return (hop for path in group.paths for hop in path.next_hops)


def _rested(gateway: Address, prefix: Prefix, best: Path) -> Resolution:
    """What a gateway makes of the route that it is found by."""
    if best.kind is not RouteKind.UNICAST:
        return Resolution((), prefix, f"{prefix} is {best.kind.value}")
    ends = merged(
        # in a connected network the gateway itself is the neighbour
        NextHop(end.interface, end.gateway if end.gateway is not None else gateway, end.weight)
        for end in best.next_hops
    )
    return Resolution(ends, prefix, "")
