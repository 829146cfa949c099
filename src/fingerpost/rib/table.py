"""`Rib`: one routing table: candidates of all sources in, the best of each prefix out.

The life of a route: its source announces it; beside those of other sources it becomes a candidate
of its prefix; its next hops are resolved, the steps of `rib.best` choose, and if what the prefix
uses is another than before, a `Change` leaves. The routes in a change have resolved next hops, so
a forwarding table takes them as they are.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.forwarding.events import InterfaceWentDown, InterfaceWentUp
from fingerpost.rib.best import rank
from fingerpost.rib.events import AnnounceRoutes, Change, WithdrawRoutes
from fingerpost.rib.explain import explain, explain_not
from fingerpost.rib.path import says_same
from fingerpost.rib.resolution import Resolver
from fingerpost.rib.store import Store

if TYPE_CHECKING:
    from fingerpost.addr import AddressLike, PrefixLike
    from fingerpost.rib.events import RibEvent
    from fingerpost.rib.explain import RibTrace, WhyNot
    from fingerpost.rib.path import Path
    from fingerpost.rib.route import RibRoute


class Rib:
    """A routing table by the name of `name`.

    `width` bounds the next hops that one prefix uses together. `via_default` lets next hops be
    found behind a default route, which is against custom: such a gateway never seems to be gone.
    Interfaces are up until an `InterfaceWentDown` says otherwise.
    """

    def __init__(self, name: str = "main", *, width: int = 16, via_default: bool = False) -> None:
        """Start empty. Raises `UsageError` for a width below 1."""
        if width < 1:
            raise UsageError(f"table {name}: width {width}, not at least 1 next hop")
        self.name = name
        self.store = Store()
        self.resolver = Resolver(self.store, width=width, via_default=via_default)
        self._before: dict[Prefix, Path | None] = {}

    # -- changing ------------------------------------------------------------------------------

    def apply(self, event: RibEvent, now: int) -> list[Change]:
        """Take a batch; gives what prefixes use now that they did not before, each prefix once.

        Those of the batch come first and in its order, others that its routes bore on after them,
        sorted. Raises `UsageError` for a route with a number out of range; nothing changes then.
        """
        return self.apply_all((event,), now)

    def apply_all(self, events: Iterable[RibEvent], now: int) -> list[Change]:
        """Take several batches as one."""
        concerned: list[Prefix] = []
        prepared = [self._with_paths(event, now) for event in events]
        for event, paths in prepared:
            concerned += self._take_in(event, paths)
        return self._settled(concerned)

    def _with_paths(self, event: RibEvent, now: int) -> tuple[RibEvent, list[Path]]:
        routes = event.routes if isinstance(event, AnnounceRoutes) else ()
        return event, [self.store.paths.of(route, now) for route in routes]

    def _take_in(self, event: RibEvent, paths: list[Path]) -> list[Prefix]:
        """Stage what an event says; gives the prefixes whose interfaces it concerns."""
        match event:
            case AnnounceRoutes(routes):
                for route, path in zip(routes, paths, strict=True):
                    self._put(route.prefix, path)
            case WithdrawRoutes(source, prefixes):
                for prefix in prefixes:
                    self._take(prefix, source)
            case InterfaceWentUp(name):
                return self.resolver.set_interface(name, is_up=True)
            case InterfaceWentDown(name):
                return self.resolver.set_interface(name, is_up=False)
        return []

    def withdraw_all(self, source: str, now: int) -> list[Change]:
        """Take out every route of a source, as when it ends."""
        prefixes = tuple(
            prefix
            for prefix, group in self.store
            if any(path.source == source for path in group.paths)
        )
        return self.apply(WithdrawRoutes(source, prefixes), now)

    def _put(self, prefix: Prefix, path: Path) -> None:
        group = self.store.get(prefix)
        if group is None:
            self._stage(prefix, (path,), None)
            return
        others = [held for held in group.paths if held.source != path.source]
        if len(others) < len(group.paths):
            (mine,) = (held for held in group.paths if held.source == path.source)
            if says_same(mine, path) and mine.lines == path.lines:
                return  # nothing new: it is still the one that came first
        insort(others, path, key=rank)
        self._stage(prefix, tuple(others), self.resolver.used(prefix, group))

    def _take(self, prefix: Prefix, source: str) -> None:
        group = self.store.get(prefix)
        if group is None:
            return
        left = tuple(held for held in group.paths if held.source != source)
        if len(left) < len(group.paths):
            self._stage(prefix, left, self.resolver.used(prefix, group))

    def _stage(self, prefix: Prefix, paths: tuple[Path, ...], before: Path | None) -> None:
        self._before.setdefault(prefix, before)
        self.store.stage(prefix, paths)

    def _settled(self, concerned: list[Prefix]) -> list[Change]:
        came, went = self.store.commit()
        for group in went:
            self.resolver.forget(group)
        for group in came:
            self.resolver.adopt(group)
        touched, self._before = self._before, {}
        others = self.resolver.settle([*touched, *concerned])
        rest = sorted(prefix for prefix in others if prefix not in touched)
        changes = [self._change(prefix, before) for prefix, before in touched.items()]
        changes += [self._change(prefix, others[prefix]) for prefix in rest]
        return [change for change in changes if change is not None]

    def _change(self, prefix: Prefix, before: Path | None) -> Change | None:
        after = self._best_path(prefix)
        if says_same(before, after):
            return None
        return Change(
            prefix,
            None if before is None else before.at(prefix),
            None if after is None else after.at(prefix),
        )

    def _best_path(self, prefix: Prefix) -> Path | None:
        group = self.store.get(prefix)
        return None if group is None else self.resolver.best(prefix, group)

    # -- asking --------------------------------------------------------------------------------

    def __len__(self) -> int:
        """Count the prefixes that have a candidate."""
        return len(self.store)

    def __iter__(self) -> Iterator[RibRoute]:
        """The best routes, in order of prefix."""
        for prefix, group in self.store:
            best = self.resolver.best(prefix, group)
            if best is not None:
                yield best.at(prefix)

    def page(self, within: Prefix, after: Prefix | None, limit: int) -> list[Prefix]:
        """Up to `limit` prefixes inside another that come later than `after`, in order.

        To read a large table in parts: what is there all the time comes exactly once.
        """
        return self.store.page(within, after, limit)

    def best(self, prefix: PrefixLike) -> RibRoute | None:
        """What a prefix uses, next hops resolved; None if nothing or if it is not there."""
        prefix = Prefix(prefix)
        best = self._best_path(prefix)
        return None if best is None else best.at(prefix)

    def match(self, address: AddressLike) -> RibRoute | None:
        """The best route of the longest prefix that contains an address and has one."""
        for prefix, group in self.store.covering(Address(address)):
            best = self.resolver.best(prefix, group)
            if best is not None:
                return best.at(prefix)
        return None

    def candidates(self, prefix: PrefixLike) -> tuple[RibRoute, ...]:
        """All routes of a prefix as their sources said them, in order of rank."""
        prefix = Prefix(prefix)
        group = self.store.get(prefix)
        return () if group is None else tuple(path.at(prefix) for path in group.paths)

    def candidate(self, prefix: Prefix, source: str) -> RibRoute | None:
        """The route of one source for a prefix."""
        group = self.store.get(prefix)
        paths = () if group is None else group.paths
        return next((path.at(prefix) for path in paths if path.source == source), None)

    def routes_of(self, source: str) -> Iterator[RibRoute]:
        """Every route of a source, chosen or not, in order of prefix."""
        for prefix, group in self.store:
            for path in group.paths:
                if path.source == source:
                    yield path.at(prefix)

    def explain(self, asked: PrefixLike | AddressLike) -> RibTrace:
        """Why a prefix, or the prefix that an address falls to, uses what it uses."""
        return explain(self.store, self.resolver, asked)

    def explain_not(self, prefix: PrefixLike, source: str | None = None) -> WhyNot:
        """Why a prefix, or the route of one source for it, is not used."""
        return explain_not(self.store, self.resolver, Prefix(prefix), source)

    def snapshot(self) -> dict[str, object]:
        """The state as plain data, for JSON."""
        return {
            "name": self.name,
            "routes": [
                {"prefix": str(route.prefix), "best": str(route), "since": route.since}
                for route in self
            ],
            "gateways": {
                str(address): {
                    "next_hops": [str(hop) for hop in found.next_hops],
                    "rests_on": None if found.rests_on is None else str(found.rests_on),
                    "reason": found.reason,
                    "prefixes": count,
                }
                for address, found, count in self.resolver.gateways()
            },
        }
