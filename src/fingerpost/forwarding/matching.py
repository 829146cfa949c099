"""Stages that choose the way: longest match, recursive next hops, equal cost.

RFC 1812 5.2.4.3 (longest match), RFC 4271 5.1.3 (recursion), RFC 2992 (equal cost).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.ecmp import flow_hash
from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.route import RouteKind
from fingerpost.forwarding.trace import Candidate
from fingerpost.forwarding.walk import End

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk

_ZONES = "RFC 4007 9"
_ENDS = {
    RouteKind.BLACKHOLE: End(Reason.BLACKHOLE),
    RouteKind.UNREACHABLE: End(Reason.UNREACHABLE, Owed(Fault.REJECT)),
    RouteKind.PROHIBIT: End(Reason.PROHIBITED, Owed(Fault.PROHIBITED)),
}


def longest_match(walk: Walk) -> End | None:
    """Find the entry with the most bits in common (RFC 1812 5.2.4.3)."""
    destination = walk.destination
    if walk.interface is not None and destination.version == 6 and destination.is_link_local:
        walk.egress = walk.interface
        walk.note("longest match", "{} is on the link it came from", destination, section=_ZONES)
        return None
    found = walk.plane.fib.match(destination)
    if walk.keeps_losers:
        walk.candidates = _candidates(walk)
    if found is None:
        walk.note("longest match", "no entry matches {}", destination, section="RFC 1812 5.2.7.1")
        # where a source route has led here, that has failed (RFC 1812 5.2.4.3)
        fault = Fault.SOURCE_ROUTE_FAILED if walk.source_routed else Fault.NO_ROUTE
        return End(Reason.NO_ROUTE, Owed(fault))
    walk.prefix, walk.route = found
    walk.note(
        "longest match",
        "{} wins with {} bits: {}",
        walk.prefix,
        walk.prefix.length,
        walk.route,
        section="RFC 1812 5.2.4.3",
    )
    if walk.route.kind is not RouteKind.UNICAST:
        return _ENDS[walk.route.kind]
    return None


def _candidates(walk: Walk) -> list[Candidate]:
    answer = walk.plane.fib.explain(walk.destination)
    if answer.winner is None:
        return []
    losers = [Candidate(lost.prefix, lost.value, lost.reason) for lost in answer.losers]
    return [Candidate(answer.winner.prefix, answer.winner.value), *losers]


def equal_cost(walk: Walk) -> End | None:
    """Follow recursive next hops to interfaces, then let the flow choose one (RFC 2992 2)."""
    if walk.egress is not None:
        return None
    assert walk.route is not None
    assert walk.prefix is not None
    hops = walk.plane.resolved(walk.route, walk)
    usable = [hop for hop in hops if walk.plane.is_usable(hop)]
    if not usable:
        walk.note("equal cost", "no next hop of {} leads out of a live interface", walk.prefix)
        # a dead network of ours: the host; a dead way further: the network (RFC 1812 4.3.3.1)
        is_ours = any(hop.interface and hop.gateway is None for hop in walk.route.next_hops)
        return End(Reason.UNRESOLVED, Owed(Fault.HOST if is_ours else Fault.NO_ROUTE))
    chosen = usable[0]
    if len(usable) > 1:
        buckets = walk.plane.buckets(walk.prefix, tuple(usable))
        value = flow_hash(walk.packet, walk.plane.seed)
        chosen = buckets.choose(value)
        walk.note(
            "equal cost",
            "flow {:016x} of {} next hops takes {}",
            value,
            len(usable),
            chosen,
            section="RFC 2992 2",
        )
    assert chosen.interface is not None
    walk.egress = walk.plane.interfaces[chosen.interface]
    walk.gateway = chosen.gateway
    return None


def way_out(walk: Walk) -> End | None:
    """The way of a packet of our own: the interface that it names, or what the table says."""
    if walk.forced_egress is None:
        if (end := longest_match(walk)) is not None:
            return end
        return None if _takes_pinned(walk) else equal_cost(walk)
    egress = walk.plane.interfaces.get(walk.forced_egress)
    if egress is None or not egress.is_up:
        walk.note("way out", "{} is not there or down", walk.forced_egress)
        return End(Reason.NOT_RUNNING)
    walk.egress = egress
    walk.note("way out", "{} was asked for", egress.name)
    return None


def _takes_pinned(walk: Walk) -> bool:
    """Whether an answer leaves by the next hop whose interface gave it its source address."""
    hop = walk.pinned
    if hop is None or hop.interface is None or not walk.plane.is_usable(hop):
        return False
    walk.egress, walk.gateway = walk.plane.interfaces[hop.interface], hop.gateway
    walk.note("equal cost", "{}, whose address it carries", hop, section="RFC 1812 4.3.2.4")
    return True
