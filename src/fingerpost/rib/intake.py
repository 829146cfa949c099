"""`Intake`: the way from a source of routes into a table.

The life of a route: it gets the tag of its source if it has none; the import policy lets it
through, perhaps changed, or not; the limit is asked; it is in the table.

What the policy refused or changed and the limit held back is remembered as it was said, as far as
`memory` goes, so a new policy is applied to it without asking the source again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.rib.changes import ChangeSet
from fingerpost.rib.channel_counters import ChannelCounters
from fingerpost.rib.events import AnnounceAlike, AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.limit import OnLimit
from fingerpost.rib.verdict import Context, Direction, Verdict, asks_prefix

if TYPE_CHECKING:
    from fingerpost._core import PrefixColumn
    from fingerpost.addr import Address, Prefix
    from fingerpost.rib.limit import Limit
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.table import Rib
    from fingerpost.rib.verdict import Filter


class Intake:
    """From the source named `source` into `rib`; `Channel` adds the way back.

    `tag` marks routes of this source; `memory` bounds what is remembered of routes that the policy
    refused or changed.
    """

    def __init__(
        self,
        source: str,
        rib: Rib,
        import_policy: Filter | None = None,
        limit: Limit | None = None,
        *,
        tag: int = 0,
        memory: int = 100_000,
    ) -> None:
        """Open it; nothing has gone through yet."""
        self.source, self.rib = source, rib
        self.import_policy, self.limit, self.tag = import_policy, limit, tag
        self.is_enabled = True
        self.counters = ChannelCounters()
        self._memory = memory
        self._said: dict[Prefix, RibRoute] = {}  # as said, where the table has it otherwise

    @property
    def held(self) -> int:
        """How many prefixes the source has in the table."""
        return self.rib.count(self.source)

    def receive(
        self, event: AnnounceRoutes | AnnounceAlike | WithdrawRoutes, now: int
    ) -> ChangeSet:
        """Take what the source says; gives what changed in the table.

        Raises `UsageError` for routes of another source.
        """
        match event:
            case AnnounceRoutes(routes):
                for route in routes:
                    self._check(route.source)
                return self._announce(routes, now)
            case AnnounceAlike(like, prefixes):
                self._check(like.source)
                return self._announce_alike(like, prefixes, now)
            case WithdrawRoutes(source, prefixes):
                self._check(source)
                self._unsay(prefixes)
                return self.rib.apply(event, now) + self._fill(now)

    def enable(self) -> None:
        """Take routes again after the limit ended it; the source has to say them again."""
        self.is_enabled = True

    def close(self, now: int) -> ChangeSet:
        """Take every route of the source out of the table."""
        self._said.clear()
        return self.rib.withdraw_all(self.source, now)

    def keep_limit(self, now: int) -> ChangeSet:
        """End it if more is held than a limit that ends it allows; gives what changed.

        For when `limit` was set anew: what is held already stays under any other.
        """
        limit = self.limit
        if limit is None or limit.action is not OnLimit.DISABLE or self.held <= limit.prefixes:
            return ChangeSet()
        self.is_enabled = False
        return self.close(now)

    def set_import_policy(self, policy: Filter | None, now: int) -> ChangeSet:
        """Judge all that the source said by another policy; gives what changed in the table."""
        self.import_policy = policy
        said = {route.prefix: route for route in self.rib.routes_of(self.source)}
        said |= self._said
        return self._announce(tuple(said.values()), now)

    def _check(self, source: str) -> None:
        if source != self.source:
            raise UsageError(f"channel of {self.source!r} cannot take a route of {source!r}")

    def _announce(self, routes: Sequence[RibRoute], now: int) -> ChangeSet:
        if self._is_open and not self.tag:
            self._let_in(len(routes))
            self._unsay(route.prefix for route in routes)
            return self.rib.apply(AnnounceRoutes(tuple(routes)), now)
        was_enabled, held = self.is_enabled, self.held
        put: dict[Prefix, RibRoute] = {}
        drop: dict[Prefix, None] = {}
        for route in routes:
            self.counters.received += 1
            if not self.is_enabled:
                self.counters.limited += 1
                continue
            accepted = self._judge(route)
            prefix = route.prefix
            is_held = prefix in put or (prefix not in drop and self._holds(prefix))
            if accepted is None:
                put.pop(prefix, None)
                if is_held:
                    drop[prefix] = None
                    held -= 1
            elif is_held or self._has_room(route, held):
                drop.pop(prefix, None)
                put[prefix] = accepted
                held += not is_held
                self.counters.imported += 1
        if not self.is_enabled:
            return self.close(now) if was_enabled else ChangeSet()
        gone = WithdrawRoutes(self.source, tuple(drop))
        return self.rib.apply_all((gone, AnnounceRoutes(tuple(put.values()))), now)

    def _announce_alike(
        self, like: RibRoute, prefixes: tuple[Prefix, ...] | PrefixColumn, now: int
    ) -> ChangeSet:
        """Judge once what is the same for all, where policy and limit allow it."""
        if not self.is_enabled or self.limit is not None or asks_prefix(self.import_policy):
            return self._announce([replace(like, prefix=prefix) for prefix in prefixes], now)
        like = self._marked(like)
        verdict = self.verdict(like, counts=len(prefixes))
        if verdict.accepted and verdict.route == like:
            self._unsay(prefixes)
        else:
            for prefix in prefixes:
                self._remember(replace(like, prefix=prefix))
        if verdict.accepted:
            self._let_in(len(prefixes))
            return self.rib.apply(AnnounceAlike(verdict.route, prefixes), now)
        self.counters.received += len(prefixes)
        self.counters.refused += len(prefixes)
        return self.rib.apply(WithdrawRoutes(self.source, prefixes), now)

    @property
    def _is_open(self) -> bool:
        """Whether all that comes goes in as it is."""
        return self.is_enabled and self.import_policy is None and self.limit is None

    def _let_in(self, count: int) -> None:
        self.counters.received += count
        self.counters.imported += count

    def _unsay(self, prefixes: Iterable[Prefix]) -> None:
        if self._said:
            for prefix in prefixes:
                self._said.pop(prefix, None)

    def _fill(self, now: int) -> ChangeSet:
        """Let in what the limit held back, now that there may be room."""
        limit = self.limit
        if limit is None or limit.action is not OnLimit.BLOCK or not self.is_enabled:
            return ChangeSet()
        room = limit.prefixes - self.held
        waiting: list[RibRoute] = []
        for prefix, route in self._said.items():
            if len(waiting) == room:
                break
            if not self._holds(prefix) and self.verdict(route).accepted:
                waiting.append(route)
        return self._announce(waiting, now) if waiting else ChangeSet()

    def _judge(self, route: RibRoute) -> RibRoute | None:
        route = self._marked(route)
        verdict = self.verdict(route, counts=1)
        if verdict.accepted and verdict.route == route:
            self._said.pop(route.prefix, None)
        else:
            self._remember(route)
        if not verdict.accepted:
            self.counters.refused += 1
            return None
        return verdict.route

    def _remember(self, route: RibRoute) -> None:
        if route.prefix in self._said or len(self._said) < self._memory:
            self._said[route.prefix] = route
        else:
            self.counters.forgotten += 1

    def _holds(self, prefix: Prefix) -> bool:
        return self.rib.has(prefix, self.source)

    def _has_room(self, route: RibRoute, held: int) -> bool:
        limit = self.limit
        if limit is None or held < limit.prefixes:
            return True
        self.counters.limited += 1
        if limit.action is OnLimit.WARN:
            return True
        self._remember(route)
        if limit.action is OnLimit.DISABLE:
            self.is_enabled = False
        return False

    # -- looking -------------------------------------------------------------------------------

    def verdict(self, route: RibRoute, *, counts: int = 0) -> Verdict:
        """What the import policy says to a route, without taking it."""
        route = self._marked(route)
        if self.import_policy is None:
            return Verdict(accepted=True, route=route)
        context = Context(Direction.IMPORT, self.rib.name, self.source, counts=counts)
        verdict = self.import_policy.apply(route, context)
        if not verdict.accepted:
            return verdict
        return replace(verdict, route=replace(verdict.route, lines=verdict.trace))

    def _marked(self, route: RibRoute) -> RibRoute:
        return replace(route, tag=self.tag) if self.tag and not route.tag else route

    def said(self, prefix: Prefix) -> RibRoute | None:
        """What the source said of a prefix, before the import policy, as far as remembered."""
        return self._said.get(prefix) or self.rib.candidate(prefix, self.source)

    def kept_out(self, address: Address | None = None) -> list[Prefix]:
        """The remembered prefixes that are not in the table, in order; those around an address,
        longest first.
        """
        if address is None:
            return sorted(one for one in self._said if not self._holds(one))
        found = [one for one in self._said if address in one and not self._holds(one)]
        return sorted(found, key=lambda one: one.length, reverse=True)
