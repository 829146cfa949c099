"""`Intake`: the way from a source of routes into a table.

The life of a route: it gets the tag of its source if it has none; the import policy lets it
through, perhaps changed, or not; the limit is asked; it is in the table.

What the policy refused or changed and the limit held back is remembered as it was said, as far as
`memory` goes, so a new policy is applied to it without asking the source again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.errors import UsageError
from fingerpost.rib.changes import ChangeSet
from fingerpost.rib.channel_counters import ChannelCounters
from fingerpost.rib.events import AnnounceAlike, AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.limit import OnLimit
from fingerpost.rib.verdict import Context, Direction, Verdict, asks_prefix

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.rib.events import RibEvent
    from fingerpost.rib.limit import Limit
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.table import Rib
    from fingerpost.rib.verdict import Filter

Said: TypeAlias = AnnounceRoutes | AnnounceAlike | WithdrawRoutes


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

    def receive_all(self, events: Sequence[Said], now: int) -> list[ChangeSet]:
        """Take all that the source says at once; gives what changed in the table, step by step.

        It is one step, where neither policy nor limit looks at single prefixes. Raises `UsageError`
        for routes of another source; nothing changes then.
        """
        for event in events:
            self._check(event)
        if all(map(self._is_simple, events)):
            return [self.rib.apply_all([self._let_pass(event) for event in events], now)]
        return [self.receive(event, now) for event in events]

    def receive(self, event: Said, now: int) -> ChangeSet:
        """Take what the source says; gives what changed in the table.

        Raises `UsageError` for routes of another source; nothing changes then.
        """
        self._check(event)
        if self._is_simple(event):
            return self.rib.apply(self._let_pass(event), now)
        match event:
            case AnnounceRoutes(routes):
                return self._announce(routes, now)
            case AnnounceAlike(like, prefixes):
                return self._announce([replace(like, prefix=one) for one in prefixes], now)
            case WithdrawRoutes(_, prefixes):
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

    def _check(self, event: Said) -> None:
        match event:
            case AnnounceRoutes(routes):
                sources = {route.source for route in routes}
            case AnnounceAlike(like):
                sources = {like.source}
            case WithdrawRoutes(source):
                sources = {source}
        if sources - {self.source}:
            source = min(sources - {self.source})
            raise UsageError(f"channel of {self.source!r} cannot take a route of {source!r}")

    def _is_simple(self, event: Said) -> bool:
        """Whether what becomes of a batch can be said at once, and not of each prefix."""
        if not self.is_enabled or self.limit is not None:
            return False
        if type(event) is AnnounceRoutes:
            return self.import_policy is None and not self.tag
        return type(event) is WithdrawRoutes or not asks_prefix(self.import_policy)

    def _let_pass(self, event: Said) -> RibEvent:
        """What the table is told of a batch that is simple."""
        match event:
            case AnnounceRoutes(routes):
                self._let_in(len(routes))
                self._unsay(route.prefix for route in routes)
            case AnnounceAlike():
                return self._let_pass_alike(event)
            case WithdrawRoutes(_, prefixes):
                self._unsay(prefixes)
        return event

    def _announce(self, routes: Sequence[RibRoute], now: int) -> ChangeSet:
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

    def _let_pass_alike(self, event: AnnounceAlike) -> RibEvent:
        """Judge once what is the same for all."""
        like, prefixes = self._marked(event.like), event.prefixes
        if self.import_policy is None and not self._said:
            self._let_in(len(prefixes))
            return event if like is event.like else AnnounceAlike(like, prefixes)
        verdict = self.verdict(like, counts=len(prefixes))
        if verdict.accepted and verdict.route == like:
            self._unsay(prefixes)
        else:
            for prefix in prefixes:
                self._remember(replace(like, prefix=prefix))
        if verdict.accepted:
            self._let_in(len(prefixes))
            return AnnounceAlike(verdict.route, prefixes)
        self.counters.received += len(prefixes)
        self.counters.refused += len(prefixes)
        return WithdrawRoutes(self.source, prefixes)

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
