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

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.rib.best import choose
from fingerpost.rib.circles import components
from fingerpost.rib.distance import DISTANCES, NEVER
from fingerpost.rib.gateway import UNRESOLVED, Resolution
from fingerpost.rib.gateways import Gateways
from fingerpost.rib.multipath import merged, shared
from fingerpost.rib.path import says_same

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.rib.best import Choice
    from fingerpost.rib.gateway import Gateway
    from fingerpost.rib.path import Path
    from fingerpost.rib.store import Store, Turnover


class Resolver:
    """Chooses for every group and resolves every gateway of one table."""

    def __init__(self, store: Store, *, width: int, via_default: bool) -> None:
        """`width`: next hops used together; `via_default`: gateways may be behind a default."""
        self._store = store
        self._width = width
        self._gateways = Gateways(store, via_default=via_default)
        self._circular: dict[Prefix, Path | None] = {}  # what prefixes in a circle use instead
        self._resolved: dict[Path, Path] = {}  # the same with next hops resolved, as of last time
        self._stale: dict[int, None] = {}  # groups that have to choose again
        self._came: set[int] = set()  # groups of this batch, which used nothing before
        self._before: dict[int, Path | None] = {}  # what groups used before this batch
        self._moved: dict[Address, None] = {}  # followed gateways that are elsewhere than before

    # -- asking --------------------------------------------------------------------------------

    def best(self, prefix: Prefix, group: int) -> Path | None:
        """What a prefix uses."""
        if prefix in self._circular:
            return self._circular[prefix]
        return self.best_of(group)

    def best_of(self, group: int) -> Path | None:
        """What the prefixes of a group use that are in no circle."""
        if group in self._stale:
            self._choose_again(group)
        return self._store.used[group]

    def used(self, group: int) -> Path | None:
        """What `best_of` gave when all was settled last."""
        return self._before[group] if group in self._before else self._store.used[group]

    def choice(self, prefix: Prefix, group: int) -> Choice:
        """What a prefix uses, and how each of its candidates came out."""
        dead = self._dead_at(prefix, group) if prefix in self._circular else ()
        return self._choice(group, dead)

    def gateway(self, address: Address) -> Resolution | None:
        """Where a gateway is; None if no route names it without an interface."""
        gateway = self._gateways.get(address)
        return None if gateway is None else gateway.resolution

    def gateways(self) -> Iterator[tuple[Address, Resolution, int]]:
        """Every gateway in order of address, where it is, and how many prefixes rest on it."""
        for address in self._gateways:
            gateway = self._gateways[address]
            groups = self._store.groups_of(gateway.users)
            yield address, gateway.resolution, self._store.native.count(groups)

    def follow(self, addresses: Iterable[Address]) -> None:
        """Tell by `moved` when one of these comes to be elsewhere, from the next `settle` on."""
        for address in addresses:
            self._gateways.follow(address)

    def leave(self, addresses: Iterable[Address]) -> None:
        """Tell of them no more."""
        for address in addresses:
            self._gateways.leave(address)
            self._moved.pop(address, None)

    def moved(self) -> list[Address]:
        """Followed gateways whose next hops or metric have changed since this was asked last."""
        if not self._moved:
            return []
        moved = list(self._moved)
        self._moved.clear()
        return moved

    def named_by(self, prefix: Prefix) -> list[Address]:
        """The gateways that the winning routes of a prefix name without an interface."""
        group = self._store.get(prefix)
        return [
            hop.gateway
            for standing in self.choice(prefix, group).standings
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
        return interface in self._gateways.down

    def circular(self) -> Mapping[Prefix, Path | None]:
        """The prefixes in a circle, and what each uses without the next hops that lead around."""
        return self._circular

    # -- being told ----------------------------------------------------------------------------

    def turn_over(self, turnover: Turnover) -> None:
        """Follow what came and went; gateways that nobody names any more go with it."""
        for group in turnover.went:
            self._stale.pop(group, None)
        for path in turnover.paths_unused:
            self._resolved.pop(path, None)
            self._gateways.forget(path)
        for path in turnover.paths_used:
            self._gateways.adopt(path)
        self._stale.update(dict.fromkeys(turnover.came))
        self._came.update(turnover.came)

    def set_interface(self, name: str, *, is_up: bool) -> None:
        """Let routes use an interface or not."""
        down = self._gateways.down
        if is_up is (name not in down):
            return
        (down.discard if is_up else down.add)(name)
        groups = self._store.groups_of(self._gateways.by_interface.get(name, ()))
        self._stale.update(dict.fromkeys(groups))
        self._store.native.mark(groups)

    def settle(self) -> dict[Prefix, Path | None]:
        """Bring all up to date after a batch.

        Gives the prefixes that are in a circle now or were in one before, and what the latter used.
        """
        dirty = self._gateways.concerned()
        unused = self._gateways.unused()
        before = self._unpin([*dirty, *unused])
        self._gateways.drop(unused)
        for gateway in unused:
            dirty.pop(gateway, None)
        pinned: dict[Prefix, int] = {}
        for part in components(dirty, lambda gateway: gateway.below):
            self._decide(part, pinned)
        for group in tuple(self._stale):
            self._choose_again(group)
        fresh = [prefix for prefix in pinned if prefix not in before]
        for prefix, group in zip(fresh, self._store.native.before(fresh), strict=True):
            before[prefix] = self.used(group)
        return before

    def changed(self) -> list[tuple[int, Path | None]]:
        """The groups, not those that came, that use another path than before, with that one."""
        return list(self._before.items())

    def finish(self) -> None:
        """Forget what was before the batch."""
        self._before.clear()
        self._came.clear()

    # -- deciding ------------------------------------------------------------------------------

    def _unpin(self, gateways: Iterable[Gateway]) -> dict[Prefix, Path | None]:
        """Free prefixes of the circles they were in; gives what they used."""
        return {
            prefix: self._circular.pop(prefix)
            for gateway in gateways
            for prefix in gateway.pinned
            if prefix in self._circular
        }

    def _decide(self, part: list[Gateway], all_pinned: dict[Prefix, int]) -> None:
        """Look up gateways that may rest on each other, all others below them being known."""
        pinned: dict[Prefix, int] = {}
        if len(part) > 1 or part[0] in part[0].below:
            dead = {gateway.address for gateway in part}
            for gateway in part:
                for prefix, group in self._gateways.around(gateway):
                    if any(other.address in dead for other in self._gateways.needs(group)):
                        pinned[prefix] = group
            for prefix, group in pinned.items():
                self._circular[prefix] = self._choice(group, dead).best
            all_pinned.update(pinned)
        for gateway in part:
            gateway.pinned = tuple(pinned)
            self._look_up(gateway)

    def _look_up(self, gateway: Gateway) -> None:
        found = UNRESOLVED
        for prefix, group in self._gateways.around(gateway):
            best = self.best(prefix, group)
            if best is not None:
                found = _rested(gateway.address, prefix, best)
                break
        if found.next_hops != gateway.resolution.next_hops:
            self._stale.update(dict.fromkeys(self._store.groups_of(gateway.users)))
        if gateway.is_followed and _is_elsewhere(gateway.resolution, found):
            self._moved[gateway.address] = None
        gateway.resolution = found

    def _choose_again(self, group: int) -> None:
        del self._stale[group]
        paths, used = self._store.paths_of(group), self._store.used
        best = paths[0] if self._is_plain(paths) else self._choice(group, ()).best
        if not says_same(best, used[group]):
            if group not in self._came:
                self._before.setdefault(group, used[group])
            used[group] = best

    def _choice(self, group: int, dead: Container[Address]) -> Choice:
        paths = self._store.paths_of(group)
        choice = choose(paths, lambda some: self._ends(some, dead), self._width)
        if choice.best is None or len(paths) == 1:
            return choice
        return replace(choice, best=self._kept(choice.best))

    def _is_plain(self, paths: Sequence[Path]) -> bool:
        """Whether there is nothing to decide: a single path, used as it is, as most are."""
        if len(paths) != 1:
            return False
        path, down = paths[0], self._gateways.down
        return (
            path.distance < NEVER
            and path.kind is RouteKind.UNICAST
            and 0 < len(path.next_hops) <= self._width
            and all(
                hop.interface is not None and hop.interface not in down for hop in path.next_hops
            )
        )

    def _kept(self, best: Path) -> Path:
        """One object for what many groups make of the same path."""
        own = self._store.paths[best.number]
        if best is own:
            return best
        held = self._resolved.get(own)
        if held is None or held.next_hops != best.next_hops:
            held = self._resolved[own] = best
        return held

    def _dead_at(self, prefix: Prefix, group: int) -> set[Address]:
        return {
            hop.gateway
            for path in self._store.paths_of(group)
            for hop in path.next_hops
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
            elif hop.interface in self._gateways.down:
                is_plain = False
            else:
                end = NextHop(hop.interface, hop.gateway, is_onlink=hop.is_onlink)
                parts.append((hop.weight, (end,)))
        if is_plain:
            return paths[0].next_hops
        return parts[0][1] if len(parts) == 1 else shared(parts)


def _rested(gateway: Address, prefix: Prefix, best: Path) -> Resolution:
    """What a gateway makes of the route that it is found by."""
    if best.kind is not RouteKind.UNICAST:
        return Resolution((), prefix, f"{prefix} is {best.kind.value}")
    ends = merged(
        # in a connected network the gateway itself is the neighbour
        NextHop(end.interface, gateway, end.weight) if end.gateway is None else end
        for end in best.next_hops
    )
    is_near = best.distance == DISTANCES["connected"]  # whose metric only tells interfaces apart
    return Resolution(ends, prefix, "", 0 if is_near else best.metric)


def _is_elsewhere(before: Resolution, after: Resolution) -> bool:
    return before.next_hops != after.next_hops or before.metric != after.metric
