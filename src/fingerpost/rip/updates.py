"""What a link is told: split horizon, next hops and policies (RFC 2453 3.4.3, 3.10.2, 4.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.rib.route import RibRoute
from fingerpost.rip.config import SplitHorizon
from fingerpost.rip.constants import INFINITY
from fingerpost.rip.dialect import Dialect, Offer
from fingerpost.rip.filters import applied
from fingerpost.rip.route import Entry, Local, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.addr import Address, Prefix
    from fingerpost.rip.interface import Link


def offers_for(link: Link, entries: Iterable[Entry], dialect: Dialect) -> list[Offer]:
    """Give what a link is told of these routes, by prefix."""
    found = (offer_for(link, entry, dialect) for entry in entries)
    return sorted((o for o in found if o is not None), key=lambda offer: offer.prefix)


def offer_for(link: Link, entry: Entry, dialect: Dialect) -> Offer | None:
    """Give what a link is told of a route; None for nothing."""
    if entry.is_empty:
        return None
    metric, tag = entry.told
    horizon = link.config.split_horizon
    if horizon is not SplitHorizon.NONE and link.name in _links(entry):
        if horizon is SplitHorizon.SIMPLE or _is_of_link(entry):
            return None
        metric = INFINITY
    next_hop = _next_hop(entry, link, dialect) if metric < INFINITY else None
    return _allowed(link, Offer(entry.prefix, metric, tag, next_hop))


def answer_for(entry: Entry | None, prefix: Prefix) -> Offer:
    """Give what somebody is told who asks for one route: all of it (RFC 2453 3.9.1)."""
    if entry is None:
        return Offer(prefix, INFINITY)
    return Offer(prefix, *entry.told)


def poisoned(prefixes: Iterable[Prefix]) -> list[Offer]:
    """Give what says that these cannot be reached through us any more."""
    return [Offer(prefix, INFINITY) for prefix in sorted(prefixes)]


def _local(entry: Entry) -> Local | None:
    return entry.local if entry.is_ours else None


def _is_of_link(entry: Entry) -> bool:
    """Whether all on the link know the prefix without us: it is the link's own."""
    local = _local(entry)
    return local is not None and local.origin is Origin.CONNECTED


def _links(entry: Entry) -> list[str | None]:
    """Give the interfaces that have said the route to us, or on which it stands.

    A static route is told to the link that it goes through: nobody there has said it to us.
    """
    local = _local(entry)
    if local is None:
        return [path.interface for path in entry.paths]
    if local.origin is not Origin.CONNECTED:
        return []
    return [hop.interface for one in entry.locals.values() for hop in one.next_hops]


def _gateways(entry: Entry) -> list[tuple[str | None, Address | None]]:
    local = _local(entry)
    if local is None:
        return [(path.interface, path.gateway) for path in entry.paths]
    return [(hop.interface, hop.gateway) for hop in local.next_hops]


def _next_hop(entry: Entry, link: Link, dialect: Dialect) -> Address | None:
    """Give the router on the link that packets may go to without us (RFC 2453 4.4)."""
    for name, gateway in _gateways(entry):
        if name in (None, link.name) and gateway and dialect.reaches(link, gateway):
            return gateway
    return None


def _allowed(link: Link, offer: Offer) -> Offer | None:
    policies = link.config.policy_out
    if not policies:
        return offer
    route = RibRoute(offer.prefix, "rip", 0, offer.metric, (), tag=offer.tag)
    changed = applied(policies, route)
    if changed is None:
        return None
    metric = INFINITY if offer.metric >= INFINITY else changed.metric
    next_hop = offer.next_hop if metric < INFINITY else None
    return replace(offer, metric=metric, tag=changed.tag & 0xFFFF, next_hop=next_hop)
