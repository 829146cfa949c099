"""`Rib`: one routing table: candidates of all sources in, the best of each prefix out.

The life of a route: its source announces it; beside those of other sources it becomes a candidate
of its prefix; its next hops are resolved, the steps of `rib.best` choose, and if what the prefix
uses is another than before, a `Change` leaves. The routes in a change have resolved next hops, so
a forwarding table takes them as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.forwarding.events import InterfaceWentDown, InterfaceWentUp
from fingerpost.rib.changes import ChangeSet
from fingerpost.rib.events import AnnounceAlike, AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.explain import explain, explain_not
from fingerpost.rib.gateway import UNRESOLVED
from fingerpost.rib.path import says_same
from fingerpost.rib.resolution import Resolver
from fingerpost.rib.store import Store

if TYPE_CHECKING:
    from fingerpost.addr import AddressLike, PrefixLike
    from fingerpost.rib.changes import Kind
    from fingerpost.rib.events import RibEvent
    from fingerpost.rib.explain import RibTrace, WhyNot
    from fingerpost.rib.gateway import Resolution
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

    # -- changing ------------------------------------------------------------------------------

    def apply(self, event: RibEvent, now: int) -> ChangeSet:
        """Take a batch; gives what prefixes use now that they did not before, each prefix once.

        Those of the batch come first and in its order, others that its routes bore on after them,
        sorted. Raises `UsageError` for a route with a number out of range; nothing changes then.
        """
        return self.apply_all((event,), now)

    def apply_all(self, events: Iterable[RibEvent], now: int) -> ChangeSet:
        """Take several batches as one."""
        for take_in in [self._checked(event, now) for event in events]:
            take_in()
        return self._settled()

    def withdraw_all(self, source: str, now: int) -> ChangeSet:
        """Take out every route of a source, as when it ends."""
        prefixes = self.store.members(self.store.paths.of_source(source))
        return self.apply(WithdrawRoutes(source, prefixes), now)

    def follow(self, addresses: Iterable[Address]) -> None:
        """Let `moved` tell of gateways, as `where` has them; routes do not change by that."""
        self.resolver.follow(addresses)
        self._settled()

    def leave(self, addresses: Iterable[Address]) -> None:
        """Tell of them no more; nothing if nobody follows one."""
        self.resolver.leave(addresses)

    def moved(self) -> list[Address]:
        """The followed gateways whose next hops or metric changed since this was asked last."""
        return self.resolver.moved()

    def where(self, address: Address) -> Resolution:
        """Where a gateway is that is followed, or that a route names."""
        return self.resolver.gateway(address) or UNRESOLVED

    def _checked(self, event: RibEvent, now: int) -> Callable[[], None]:
        """What an event does, the paths of its routes being made."""
        match event:
            case AnnounceRoutes(routes):
                prefixes = [route.prefix for route in routes]
                since = [_instant(route, now) for route in routes]
                paths = self.store.paths.numbers_of(routes)
                return partial(self.store.announce, prefixes, paths, since)
            case AnnounceAlike(like, prefixes):
                path = self.store.paths.of(like)
                return partial(self.store.announce, prefixes, path.number, _instant(like, now))
            case WithdrawRoutes(source, prefixes):
                return partial(self.store.withdraw, prefixes, source)
            case InterfaceWentUp(name):
                return partial(self.resolver.set_interface, name, is_up=True)
            case InterfaceWentDown(name):
                return partial(self.resolver.set_interface, name, is_up=False)

    def _settled(self) -> ChangeSet:
        """End a batch: decide where there is something to decide, and tell what changed."""
        self.resolver.turn_over(self.store.commit())
        circular = self.resolver.settle()
        changes = self._changes(circular)
        self.resolver.finish()
        self.store.finish()
        return changes

    def _changes(self, circular: Mapping[Prefix, Path | None]) -> ChangeSet:
        kinds: dict[Kind, int] = {}
        best = self.resolver.best_of

        def kind(before: Path | None, after: Path | None) -> int | None:
            return (
                None if says_same(before, after) else kinds.setdefault((before, after), len(kinds))
            )

        of_pairs = [
            kind(self.resolver.used(was), best(now)) for was, now in self.store.native.pairs()
        ]
        rest = [
            (group, found)
            for group, before in self.resolver.changed()
            if (found := kind(before, best(group))) is not None
        ]
        singles = {
            prefix: kind(before, self._best_path(prefix)) for prefix, before in circular.items()
        }
        if not kinds:
            return ChangeSet()
        return ChangeSet(tuple(kinds), self.store.changes(kinds, of_pairs, rest, singles))

    def _best_path(self, prefix: Prefix) -> Path | None:
        group = self.store.get(prefix)
        return self.resolver.best(prefix, group) if group else None

    # -- asking --------------------------------------------------------------------------------

    def __len__(self) -> int:
        """Count the prefixes that have a candidate."""
        return len(self.store)

    def __iter__(self) -> Iterator[RibRoute]:
        """The best routes, in order of prefix."""
        for prefix, group in self.store:
            best = self.resolver.best(prefix, group)
            if best is not None:
                yield self.store.route(prefix, best)

    def prefixes(self) -> Iterator[Prefix]:
        """The prefixes that have a candidate, in order; the table may change meanwhile."""
        return (prefix for prefix, _ in self.store)

    def page(self, within: Prefix, after: Prefix | None, limit: int) -> list[Prefix]:
        """Up to `limit` prefixes inside another that come later than `after`, in order.

        To read a large table in parts: what is there all the time comes exactly once.
        """
        return self.store.page(within, after, limit)

    def best(self, prefix: PrefixLike) -> RibRoute | None:
        """What a prefix uses, next hops resolved; None if nothing or if it is not there."""
        prefix = Prefix(prefix)
        best = self._best_path(prefix)
        return None if best is None else self.store.route(prefix, best)

    def match(self, address: AddressLike) -> RibRoute | None:
        """The best route of the longest prefix that contains an address and has one."""
        for prefix, group in self.store.covering(Address(address)):
            best = self.resolver.best(prefix, group)
            if best is not None:
                return self.store.route(prefix, best)
        return None

    def everything(self) -> ChangeSet:
        """The best routes in order of prefix, as changes for one who knows of none."""
        kinds: dict[Kind, int] = {}
        held: list[tuple[int, int]] = []
        for group in self.store.native.groups():
            best = self.resolver.best_of(group)
            if best is not None:
                held.append((group, kinds.setdefault((None, best), len(kinds))))
        singles = {
            prefix: None if path is None else kinds.setdefault((None, path), len(kinds))
            for prefix, path in self.resolver.circular().items()
        }
        used = [(path, path) for _, path in kinds]  # since when is told on both sides
        return ChangeSet(tuple(kinds), self.store.changes(used, (), held, singles))

    def candidates(self, prefix: PrefixLike) -> tuple[RibRoute, ...]:
        """All routes of a prefix as their sources said them, in order of rank."""
        prefix = Prefix(prefix)
        paths = self.store.paths_of(self.store.get(prefix))
        return tuple(self.store.route(prefix, path) for path in paths)

    def candidate(self, prefix: Prefix, source: str) -> RibRoute | None:
        """The route of one source for a prefix."""
        path = self._path(prefix, source)
        return None if path is None else self.store.route(prefix, path)

    def has(self, prefix: Prefix, source: str) -> bool:
        """Whether a source has a route for a prefix, chosen or not."""
        return self._path(prefix, source) is not None

    def _path(self, prefix: Prefix, source: str) -> Path | None:
        paths = self.store.paths_of(self.store.get(prefix))
        return next((path for path in paths if path.source == source), None)

    def count(self, source: str) -> int:
        """How many prefixes a source has a route for, chosen or not."""
        return self.store.count(source)

    def routes_of(self, source: str) -> Iterator[RibRoute]:
        """Every route of a source, chosen or not, in order of prefix."""
        for prefix in self.store.members(self.store.paths.of_source(source)):
            route = self.candidate(prefix, source)
            if route is not None:
                yield route

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


def _instant(route: RibRoute, now: int) -> int:
    since = route.since or now
    if not 0 <= since < 1 << 64:
        raise UsageError(f"{route.prefix} of {route.source}: since {since}, not 0 to 2**64 - 1 ns")
    return since
