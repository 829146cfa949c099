"""What each interface is told of a prefix, and why so: the question to the other end of RIP.

`updates.offer_for` says what is told. What it is because of is found by asking it again with one
thing made otherwise: without split horizon, without the policy. Nothing is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fingerpost.rib.route import RibRoute
from fingerpost.rip.config import SplitHorizon
from fingerpost.rip.constants import INFINITY
from fingerpost.rip.filtered import refusal
from fingerpost.rip.filters import uncounted
from fingerpost.rip.redistribution import rule_for
from fingerpost.rip.updates import offer_for

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.rip.dialect import Offer
    from fingerpost.rip.interface import Link
    from fingerpost.rip.machine import Rip
    from fingerpost.rip.route import Entry


@dataclass(frozen=True, slots=True)
class LinkTold:
    """One interface: what it is told, None for nothing, and why that is not the plain route."""

    interface: str
    offer: Offer | None
    reason: str | None = None

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        offer = self.offer
        said: dict[str, object] = {}
        if offer is not None:
            next_hop = None if offer.next_hop is None else str(offer.next_hop)
            said = {"metric": offer.metric, "tag": offer.tag, "next_hop": next_hop}
        return {
            "place": self.interface,
            "is_told": offer is not None and offer.metric < INFINITY,
            "fields": said,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class RipTold:
    """The answer for one prefix. `reason` says why no interface is told anything of it."""

    prefix: Prefix
    links: tuple[LinkTold, ...] = ()
    reason: str | None = None
    protocol: str = "rip"

    def as_dict(self) -> dict[str, object]:
        """As plain data; the keys are those of `protocol.instance.Instance.explain_told`."""
        return {
            "protocol": self.protocol,
            "prefix": str(self.prefix),
            "reason": self.reason,
            "places": [one.as_dict() for one in self.links],
        }


def told(rip: Rip, prefix: Prefix, offered: RibRoute | None) -> RipTold:
    """Give the reasons as they stand; `offered` is the route of the table that we may tell."""
    name, family = rip.dialect.name, rip.dialect.family
    if rip.is_stopped:
        return RipTold(prefix, reason="it is stopped", protocol=name)
    if prefix.version != family:
        return RipTold(prefix, reason=f"it tells IPv{family} routes only", protocol=name)
    entry = rip.table.entries.get(prefix)
    if entry is None or entry.is_empty:
        return RipTold(prefix, reason=_unknown(rip, offered), protocol=name)
    links = (rip.links[name] for name in sorted(rip.links))
    places = tuple(_link_told(rip, link, entry) for link in links)
    return RipTold(prefix, places, protocol=name)


def _unknown(rip: Rip, offered: RibRoute | None) -> str:
    """Why we have nothing to tell of a prefix."""
    if offered is None:
        return "no neighbor has offered it, and the table gives us nothing to tell"
    rule = rule_for(rip.config, offered.source)
    if rule is None:
        return f"routes of {offered.source} are not redistributed"
    if rule.policy:
        return f"the policy that redistributes {offered.source} refuses {offered}"
    return f"{offered} waits: {rip.config.limits.routes} routes are redistributed already"


def _link_told(rip: Rip, link: Link, entry: Entry) -> LinkTold:
    if (silence := _silence(link)) is not None:
        return LinkTold(link.name, None, silence)
    link = _with(link, policy_out=tuple(map(uncounted, link.config.policy_out)))
    offer = offer_for(link, entry, rip.dialect)
    if offer is not None and (suited := rip.dialect.suited(link, [offer])) != [offer]:
        misread = "routers of version 1 would misread it (RFC 2453 4.3)"
        if suited:
            misread += f": {suited[0].prefix} stands for it"
        return LinkTold(link.name, None, misread)
    return LinkTold(link.name, offer, _reason(rip, link, entry, offer))


def _silence(link: Link) -> str | None:
    """Why an interface is told nothing at all."""
    if not link.is_up:
        return "the interface is down"
    if link.has_no_link:
        return "the interface is a loopback"
    if link.config.is_loopback:
        return "its networks are announced elsewhere, nobody speaks RIP here (announce-only)"
    if not link.has_source:
        return "the interface has no address to speak from"
    if not link.updates:
        return "the interface is passive"
    return None


def _reason(rip: Rip, link: Link, entry: Entry, offer: Offer | None) -> str | None:
    """What makes the offer other than it were without split horizon and policy."""
    without_policy = offer_for(_with(link, policy_out=()), entry, rip.dialect)
    if offer != without_policy:
        if offer is None and without_policy is not None:
            route = RibRoute(
                entry.prefix, "rip", 0, without_policy.metric, (), tag=without_policy.tag
            )
            return refusal(link.config.policy_out, route)
        return "changed by the policies of the interface"
    plain = offer_for(
        _with(link, policy_out=(), split_horizon=SplitHorizon.NONE), entry, rip.dialect
    )
    if offer != plain:
        horizon = link.config.split_horizon.value
        what = "the network of this link" if entry.ours else "learned from this link"
        return f"split horizon ({horizon}): it is {what}"
    if offer is not None and offer.metric >= INFINITY:
        return "it cannot be reached any more"
    return None


def _with(link: Link, **fields: object) -> Link:
    """The same link, configured otherwise."""
    return replace(link, config=replace(link.config, **fields))  # type: ignore[arg-type]
