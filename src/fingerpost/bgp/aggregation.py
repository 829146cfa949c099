"""Aggregates: one prefix told for those inside it (RFC 4271 9.2.2.2, RFC 9774).

An aggregate is said while a best path leads to a prefix inside it. Its path begins here, with
ATOMIC_AGGREGATE and AGGREGATOR; with `keeps_path` the AS numbers of its contributors are an AS_SET
behind that, with `keeps_communities` it has all of theirs. Packets to it that no prefix inside has
a way for are dropped, so the routing table is told of a blackhole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.contributions import Contribution, contribution_of, united
from fingerpost.bgp.origination import Source, family_of
from fingerpost.bgp.own_paths import after_policy
from fingerpost.forwarding.route import RouteKind
from fingerpost.rib.events import AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.route import RibRoute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.addr import Prefix
    from fingerpost.bgp.config import Aggregate
    from fingerpost.bgp.machine import Bgp

CONTRIBUTORS_MOST = 10_000
"""Beyond so many the attributes of an aggregate do not grow any more."""


class Aggregation:
    """Keeps for each aggregate who is inside it."""

    def __init__(self, bgp: Bgp) -> None:
        """There are none."""
        self._bgp = bgp
        self._inside: dict[Prefix, dict[Prefix, None]] = {}
        self._config: dict[Prefix, Aggregate] = {}
        self._said: dict[Prefix, bytes] = {}
        self._changed: dict[Prefix, None] = {}
        self._summaries: list[Prefix] = []  # beside which nothing inside is told

    def configure(self, wanted: Iterable[Aggregate]) -> None:
        """Have these, and no others."""
        self._config = {one.prefix: one for one in wanted}
        for prefix in [one for one in self._inside if one not in self._config]:
            del self._inside[prefix]
            self._unsay(prefix)
        for prefix in self._config:
            self._inside.setdefault(prefix, {})
            self._changed[prefix] = None

    def changed(self, prefixes: Iterable[Prefix], *, reached: bool) -> None:
        """Best paths came, changed, or are gone."""
        if not self._config:
            return
        for prefix in prefixes:
            if not reached and prefix in self._said:  # the way to it by others is gone, ours is not
                self._announce(prefix)
            for aggregate, inside in self._inside.items():
                if prefix == aggregate or prefix not in aggregate:
                    continue
                self._changed[aggregate] = None
                if reached or self._has_path(prefix):
                    inside[prefix] = None
                else:
                    inside.pop(prefix, None)

    def settle(self) -> bool:
        """Say what changed; True: something was said anew."""
        changed, self._changed = self._changed, {}
        said = [self._say(one) for one in changed if one in self._config]
        self._summarize()
        return any(said)

    def _summarize(self) -> None:
        """Have what is inside of some aggregates told no more, or again."""
        wanted = [one for one, held in self._config.items() if held.summary_only]
        summaries = sorted(one for one in wanted if one in self._said)
        if summaries != self._summaries:
            self._summaries = summaries
            self._bgp.table.set_summaries(summaries)

    def contributors(self, prefix: Prefix) -> list[Prefix]:
        """Who is inside an aggregate."""
        return sorted(self._inside.get(prefix, ()))

    def _has_path(self, prefix: Prefix) -> bool:
        """Whether there is a best path, also one of our own, which is no route."""
        return any(one[-1] for one in self._bgp.table.paths(family_of(prefix).code, prefix))

    def _say(self, prefix: Prefix) -> bool:
        inside, config = self._inside[prefix], self._config[prefix]
        if not inside:
            return self._unsay(prefix)
        begun = united(self._contributions(inside), config, self._bgp.config)
        like = RibRoute(prefix, self._bgp.config.source, 0, 0, (), RouteKind.BLACKHOLE)
        attributes = after_policy(config.policy, like, begun, self._bgp.config)
        if attributes is None:
            return self._unsay(prefix)
        if self._said.get(prefix) == attributes:
            return False
        if prefix not in self._said:
            self._announce(prefix)
        self._said[prefix] = attributes
        self._bgp.originate(family_of(prefix), (prefix,), attributes, Source.AGGREGATE)
        return True

    def _announce(self, prefix: Prefix) -> None:
        config = self._bgp.config
        distance = config.distances["local"]
        route = RibRoute(prefix, config.source, distance, 0, (), RouteKind.BLACKHOLE)
        self._bgp.put(AnnounceRoutes((route,)))

    def _contributions(self, inside: Iterable[Prefix]) -> Iterable[Contribution]:
        for count, prefix in enumerate(inside):
            if count >= CONTRIBUTORS_MOST:
                return
            for one in self._bgp.table.paths(family_of(prefix).code, prefix):
                if one[-1] and one[3] is not None:
                    yield contribution_of(one[3])

    def _unsay(self, prefix: Prefix) -> bool:
        if self._said.pop(prefix, None) is None:
            return False
        self._bgp.retract(family_of(prefix), (prefix,), Source.AGGREGATE)
        self._bgp.put(WithdrawRoutes(self._bgp.config.source, (prefix,)))
        return True
