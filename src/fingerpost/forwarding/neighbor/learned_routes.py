"""Routes that a host has learned from routers: default, more specific, on link.

RFC 4861 6.3.4 to 6.3.6, RFC 4191 3. An offer is (prefix, interface, router): the default router
list is the offers of ::/0. A prefix that is on link has no router. The table gets, for each prefix,
the next hops of one class: on link before offered; probably reachable routers before others
(6.3.6 1, RFC 4191 3.2), then the highest preference. Several equal ones share the load
(RFC 4311); when no router is known to be reachable all are tried (6.3.6 2).

Deviations from RFC 4191 3.2 and 3.5: a router of whom nothing is known counts as suspect, as 6.3.6
has it; a prefix whose routers are all unreachable is not left for a shorter one; and a better
router that does not answer is not probed: it counts again when it is next heard.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.forwarding.events import InstallRoute, WithdrawRoute
from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.forwarding.route import NextHop, Route
from fingerpost.wire.nd import Preference

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.forwarding.events import Output

ORIGIN = "ra"
_RANKS = {Preference.LOW: 0, Preference.MEDIUM: 1, Preference.HIGH: 2, Preference.RESERVED: 1}


@dataclass(frozen=True, slots=True)
class Offer:
    """Where a prefix can be reached: by `router`, or, where that is None, on the link itself."""

    prefix: Prefix
    interface: str
    router: Address | None


class LearnedRoutes:
    """The prefix list and the default router list of a host, as routes of its table.

    `is_reachable(interface, router)` says whether a router is reachable or probably so. At most
    `limit` offers are held; more are not heeded.
    """

    def __init__(self, is_reachable: Callable[[str, Address], bool], limit: int = 256) -> None:
        """Nothing is known yet."""
        self._is_reachable = is_reachable
        self._limit = limit
        self._offers: dict[Prefix, dict[Offer, Preference]] = {}
        self._count = 0
        self._timers: Timers[Offer] = Timers()
        self._installed: dict[Prefix, Route] = {}

    def offer(
        self, offer: Offer, preference: Preference, until: int | None, out: list[Output]
    ) -> None:
        """Take or renew an offer that holds until an instant, None for ever."""
        held = self._offers.setdefault(offer.prefix, {})
        if offer not in held:
            if self._count >= self._limit:
                if not held:
                    del self._offers[offer.prefix]
                return
            self._count += 1
        held[offer] = preference
        if until is None:
            self._timers.stop(offer)
        else:
            self._timers.start(offer, until)
        self._install(offer.prefix, out)

    def end(self, offer: Offer, out: list[Output]) -> None:
        """Take an offer back; one that is not held is no error."""
        held = self._offers.get(offer.prefix, {})
        if offer not in held:
            return
        del held[offer]
        self._count -= 1
        self._timers.stop(offer)
        if not held:
            del self._offers[offer.prefix]
        self._install(offer.prefix, out)

    def end_router(self, interface: str, router: Address, out: list[Output]) -> None:
        """Take back all that a neighbour offered: it is no router any more (RFC 4861 7.2.5)."""
        mine = [o for held in self._offers.values() for o in held if o.router == router]
        for offer in mine:
            if offer.interface == interface:
                self.end(offer, out)

    def judge(self, interface: str, router: Address, out: list[Output]) -> None:
        """Choose again where a router's reachability has changed."""
        for prefix, held in list(self._offers.items()):
            if any(o.router == router and o.interface == interface for o in held):
                self._install(prefix, out)

    def routers(self) -> list[tuple[str, Address, Preference, int | None]]:
        """The default router list: interface, address, preference, until when."""
        return [
            (offer.interface, offer.router, preference, self._timers.instant(offer))
            for prefix, held in self._offers.items()
            if prefix.length == 0
            for offer, preference in held.items()
            if offer.router is not None
        ]

    def next_deadline(self) -> int | None:
        """When the next offer ends."""
        return self._timers.next_deadline()

    def advance(self, now: int, out: list[Output]) -> None:
        """End what has ended."""
        while (offer := self._timers.take(now)) is not None:
            self.end(offer, out)

    def _install(self, prefix: Prefix, out: list[Output]) -> None:
        held = self._offers.get(prefix, {})
        before = self._installed.get(prefix)
        if not held:
            if before is not None:
                del self._installed[prefix]
                out.append(WithdrawRoute(prefix))
            return
        hops = tuple(NextHop(o.interface, o.router) for o in self._best(held))
        route = Route(hops, origin=ORIGIN)
        if route != before:
            self._installed[prefix] = route
            out.append(InstallRoute(prefix, route))

    def _best(self, held: dict[Offer, Preference]) -> list[Offer]:
        on_link = [offer for offer in held if offer.router is None]
        if on_link:
            return on_link
        reachable = [
            o for o in held if o.router is not None and self._is_reachable(o.interface, o.router)
        ]
        candidates = reachable or list(held)
        best = max(_RANKS[held[offer]] for offer in candidates)
        return [offer for offer in candidates if _RANKS[held[offer]] == best]
