"""Offers that were not taken though they were sound: refused by a policy, or no room was left.

They are kept for those who ask why a prefix is not there, up to a bound; the oldest make room.
Which policy it is is found by asking the policies again, so that the answer is about those that
count now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.rib.verdict import Context
from fingerpost.rip.faults import Fault
from fingerpost.rip.filters import policy_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Address, Prefix
    from fingerpost.rib.route import RibRoute
    from fingerpost.rip.config import RoutePolicy
    from fingerpost.rip.dialect import Offer

_ONLY_LOOKS = Context(counts=0)


@dataclass(frozen=True, slots=True)
class FilteredOffer:
    """What a neighbour said, with the cost added to the metric, and why it was not taken."""

    interface: str
    neighbor: Address
    said: Offer
    metric: int
    fault: Fault
    instant: int


class FilteredOffers:
    """The last of them by prefix and neighbour."""

    def __init__(self) -> None:
        """Nothing was refused."""
        self._held: dict[tuple[Prefix, str, Address], FilteredOffer] = {}
        self._by_prefix: dict[Prefix, dict[tuple[Prefix, str, Address], None]] = {}

    def __len__(self) -> int:
        """Count the offers that are kept."""
        return len(self._held)

    def put(self, one: FilteredOffer, limit: int) -> None:
        """Keep an offer in the place of the one before, at most `limit` of all."""
        key = (one.said.prefix, one.interface, one.neighbor)
        self._drop(key)
        while self._held and len(self._held) >= limit:
            self._drop(next(iter(self._held)))
        if limit > 0:
            self._held[key] = one
            self._by_prefix.setdefault(one.said.prefix, {})[key] = None

    def forget(self, prefix: Prefix, interface: str, neighbor: Address) -> None:
        """It was taken this time."""
        self._drop((prefix, interface, neighbor))

    def of(self, prefix: Prefix, since: int) -> Iterator[FilteredOffer]:
        """Those of a prefix that were heard at `since` or later."""
        for key in self._by_prefix.get(prefix, ()):
            if self._held[key].instant >= since:
                yield self._held[key]

    def _drop(self, key: tuple[Prefix, str, Address]) -> None:
        if self._held.pop(key, None) is not None:
            left = self._by_prefix[key[0]]
            del left[key]
            if not left:
                del self._by_prefix[key[0]]


def refusal(policies: tuple[RoutePolicy, ...], route: RibRoute) -> str:
    """Which of the policies refuses a route, with its line if it is one of lines."""
    for policy in policies:
        judge = policy_of(policy)
        if judge is not None:
            verdict = judge.apply(route, _ONLY_LOOKS)
            if not verdict.accepted:
                return f"refused on the interface by {verdict.trace[-1]}"
            route = verdict.route
            continue
        changed = policy(route)
        if changed is None:
            return f"refused on the interface by {getattr(policy, '__name__', policy)}"
        route = changed
    return "refused on the interface by a policy that was in use then"
