"""What the policies of an interface make of the offers that come in by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.rib.route import RibRoute
from fingerpost.rip.constants import INFINITY
from fingerpost.rip.faults import Fault
from fingerpost.rip.filtered import FilteredOffer, FilteredOffers, refusal
from fingerpost.rip.filters import applied
from fingerpost.rip.route import Path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.addr import Prefix
    from fingerpost.rip.config import RipConfig
    from fingerpost.rip.dialect import Offer
    from fingerpost.rip.explain import Refusal
    from fingerpost.rip.interface import Link
    from fingerpost.rip.table import RouteTable


class Policing:
    """Lets policies judge, and remembers who was not heard."""

    def __init__(self, table: RouteTable) -> None:
        """Nobody was refused."""
        self.filtered = FilteredOffers()
        self._table = table

    @property
    def _config(self) -> RipConfig:
        return self._table.config

    def allows(self, path: Path, link: Link) -> bool:
        """Let the policies of a link judge an offer and change it."""
        policies = link.config.policy_in
        if not policies or path.metric >= INFINITY:
            return True
        changed = applied(policies, self._judged(path))
        if changed is None:
            return False
        path.metric, path.tag = changed.metric, changed.tag & 0xFFFF
        return True

    def note(self, path: Path, said: Offer, metric: int, fault: Fault | None) -> None:
        """Remember an offer that was not taken, or that it is taken now.

        `metric` is what was said, with the cost added.
        """
        if fault is not None:
            one = FilteredOffer(path.interface, path.neighbor, said, metric, fault, path.heard)
            self.filtered.put(one, self._config.limits.filtered_offers)
        elif self.filtered:
            self.filtered.forget(path.prefix, path.interface, path.neighbor)

    def refusals(self, prefix: Prefix, now: int, links: Mapping[str, Link]) -> list[Refusal]:
        """Who offered a prefix within the timeout and was not heard, and why."""
        since = now - self._config.timers.timeout_ns
        return [self._refusal(one, links) for one in self.filtered.of(prefix, since)]

    def _refusal(self, one: FilteredOffer, links: Mapping[str, Link]) -> Refusal:
        if one.fault is not Fault.FILTERED:
            return one, f"no room: {self._config.limits.routes} routes are learned already"
        link = links.get(one.interface)
        policies = () if link is None else link.config.policy_in
        prefix, _, tag, next_hop = one.said
        gateway = next_hop or one.neighbor
        path = Path(prefix, one.interface, one.neighbor, gateway, one.metric, tag, one.instant)
        return one, refusal(policies, self._judged(path))

    def _judged(self, path: Path) -> RibRoute:
        """An offer as policies see it."""
        return RibRoute(
            path.prefix,
            self._table.source,
            self._config.distance,
            path.metric,
            (),
            tag=path.tag,
            learned_from=path.neighbor,
            since=path.heard,
        )
