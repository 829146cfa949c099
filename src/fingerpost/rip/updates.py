"""What a link is told: split horizon, next hops and policies (RFC 2453 3.4.3, 3.10.2, 4.4)."""

from __future__ import annotations

from operator import itemgetter
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

_by_prefix = itemgetter(0)


def offers_for(link: Link, entries: Iterable[Entry], dialect: Dialect) -> list[Offer]:
    """Give what a link is told of these routes, by prefix."""
    found = [offer for entry in entries if (offer := offer_for(link, entry, dialect)) is not None]
    found.sort(key=_by_prefix)
    return dialect.suited(link, found)


def offer_for(link: Link, entry: Entry, dialect: Dialect) -> Offer | None:
    """Give what a link is told of a route; None for nothing."""
    if entry.is_empty:
        return None
    local = entry.ours if entry.locals else None
    offer = _learned(link, entry, dialect) if local is None else _own(link, entry, local, dialect)
    if offer is None or not link.config.policy_out:
        return offer
    return _allowed(link, offer)


def answer_for(entry: Entry | None, prefix: Prefix) -> Offer:
    """Give what somebody is told who asks for one route: all of it (RFC 2453 3.9.1)."""
    if entry is None:
        return Offer(prefix, INFINITY)
    return Offer(prefix, *entry.told)


def poisoned(prefixes: Iterable[Prefix]) -> list[Offer]:
    """Give what says that these cannot be reached through us any more."""
    return [Offer(prefix, INFINITY) for prefix in sorted(prefixes)]


def _learned(link: Link, entry: Entry, dialect: Dialect) -> Offer | None:
    """A link that has said the route to us hears nothing of it, or poison."""
    metric, horizon = entry.metric, link.config.split_horizon
    for path in entry.paths:
        if path.interface != link.name:
            continue
        if horizon is SplitHorizon.SIMPLE:
            return None
        if horizon is SplitHorizon.POISONED:
            return Offer(entry.prefix, INFINITY, entry.tag)
        if metric < INFINITY and dialect.reaches(link, path.gateway):
            return Offer(entry.prefix, metric, entry.tag, path.gateway)
    return Offer(entry.prefix, metric, entry.tag)


def _own(link: Link, entry: Entry, local: Local, dialect: Dialect) -> Offer | None:
    """The network of a link is known there without us, by whatever interface we stand on it.

    A static route is told to the link that it goes through: nobody there has said it to us.
    """
    if local.origin is Origin.CONNECTED and link.config.split_horizon is not SplitHorizon.NONE:
        hops = [hop for one in entry.locals.values() for hop in one.next_hops]
        if any(hop.interface == link.name for hop in hops):
            return None
    next_hop = _next_hop(local, link, dialect) if local.metric < INFINITY else None
    return Offer(entry.prefix, local.metric, local.tag, next_hop)


def _next_hop(local: Local, link: Link, dialect: Dialect) -> Address | None:
    """Give the router on the link that packets may go to without us (RFC 2453 4.4)."""
    for hop in local.next_hops:
        if hop.interface not in (None, link.name) or not hop.gateway:
            continue
        if dialect.reaches(link, hop.gateway):
            return hop.gateway
    return None


def _allowed(link: Link, offer: Offer) -> Offer | None:
    route = RibRoute(offer.prefix, "rip", 0, offer.metric, (), tag=offer.tag)
    changed = applied(link.config.policy_out, route)
    if changed is None:
        return None
    tag = changed.tag & 0xFFFF
    if offer.metric >= INFINITY or changed.metric >= INFINITY:
        return Offer(offer.prefix, INFINITY, tag)
    return Offer(offer.prefix, changed.metric, tag, offer.next_hop)
