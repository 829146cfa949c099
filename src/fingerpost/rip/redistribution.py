"""Routes of other sources that RIP tells: what the routing table exports to us.

A route of our own source never comes back in, and a route tells the tag that its configuration
says, else the tag that it has (RFC 2453 4.2), so that border routers can know it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.rib.distance import kind_of
from fingerpost.rip.constants import INFINITY
from fingerpost.rip.filters import applied
from fingerpost.rip.route import Local, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.addr import Prefix
    from fingerpost.rib.events import Change
    from fingerpost.rib.route import RibRoute
    from fingerpost.rip.config import Redistribution, RipConfig
    from fingerpost.rip.table import RouteTable

KEY = "redistributed"
FALLBACK_METRIC = 1
LAST_TAG = 0xFFFF


class Redistributor:
    """Keeps the routes that are told for others, at most as many as the table may learn."""

    def __init__(self, table: RouteTable, family: int) -> None:
        """Nothing is told."""
        self._table = table
        self._family = family
        self._routes: dict[Prefix, RibRoute] = {}

    def apply(self, changes: Iterable[Change], now: int) -> int:
        """Take changes in; gives how many routes there was no room for."""
        refused = 0
        if not self._table.config.redistributes and not self._routes:
            return 0  # a set of changes that nobody looks into costs nothing
        for change in changes:
            prefix, after = change.prefix, change.after
            if prefix.version != self._family:
                continue
            local = None if after is None else self._local(after)
            if after is None or local is None:
                self._drop(prefix, now)
            elif prefix not in self._routes and self._is_full():
                refused += 1
            else:
                self._routes[prefix] = after
                self._table.own.say(prefix, KEY, local)
        return refused

    def configure(self, now: int) -> None:
        """Judge what is told anew.

        Sources that were not told before come with the next changes: the channel feeds them again.
        """
        for prefix, route in list(self._routes.items()):
            local = self._local(route)
            if local is None:
                self._drop(prefix, now)
            else:
                self._table.own.say(prefix, KEY, local)

    def _is_full(self) -> bool:
        return len(self._routes) >= self._table.config.limits.routes

    def _drop(self, prefix: Prefix, now: int) -> None:
        if self._routes.pop(prefix, None) is not None:
            self._table.own.unsay(prefix, KEY, now)

    def _local(self, route: RibRoute) -> Local | None:
        """How a route is told; None if it is not."""
        rule = rule_for(self._table.config, route.source)
        if rule is None or route.source == self._table.source:
            return None
        changed = applied(rule.policy, route) if rule.policy else route
        if changed is None:
            return None
        metric = rule.metric
        if metric is None:
            fits = 1 <= changed.metric < INFINITY
            metric = changed.metric if fits else FALLBACK_METRIC
        tag = changed.tag if rule.tag is None else rule.tag
        return Local(
            Origin.REDISTRIBUTED,
            metric,
            tag if tag <= LAST_TAG else 0,
            route.source,
            changed.next_hops,
            yields=route.distance > self._table.config.distance,
        )


def rule_for(config: RipConfig, source: str) -> Redistribution | None:
    """How routes of a source are told; None if they are not."""
    kind = kind_of(source)  # "connected" means every "connected:eth0"
    return config.redistributes.get(source, config.redistributes.get(kind))
