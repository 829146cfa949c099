"""The order of the stages: the whole forwarding algorithm on one page.

A frame: `Forwarder` checks the link header, `parse` the IP header; then the stages below, each of
which lets the packet go on (None) or ends its way with a reason and what the sender is owed.

    received  ->  martians -> reverse path -> options -> for me? -> scope
                     -> longest match -> equal cost -> border -> hop limit -> zone
                     -> options, completed -> size -> neighbour, transmit -> redirect
    our own   ->  source -> to myself? -> way out (named, or longest match -> equal cost)
                     -> a copy of what goes to our groups -> size -> neighbour, transmit

RFC 1812 5.2.1 sets the order for IPv4; RFC 8200 3 and 4 for IPv6 differ only inside the stages. The
hop limit comes after local delivery and after the table (steps 4, 5 and 7 there), so a packet
whose last hop would lead nowhere is answered with that. What may not be forwarded wherever it would
go (step 6) is dropped before the table is asked, which saves telling its sender about routes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.forwarding import filters, icmp_error, local, matching, options, output, transit
from fingerpost.forwarding.redirect import redirect
from fingerpost.forwarding.walk import End

if TYPE_CHECKING:
    from fingerpost.forwarding.fault import Owed
    from fingerpost.forwarding.reason import Reason
    from fingerpost.forwarding.walk import Walk

    Stage: TypeAlias = Callable[[Walk], End | None]

ARRIVAL: tuple[Stage, ...] = (
    filters.martians,
    filters.reverse_path,
    options.examine,
    local.for_me,
    filters.forwardable,
    matching.longest_match,
    matching.equal_cost,
    filters.border,
    transit.hop_limit,
    filters.zone,
    options.fill,
)
DEPARTURE: tuple[Stage, ...] = (
    filters.own_source,
    local.to_myself,
    matching.way_out,
)


def received(walk: Walk) -> End:
    """Take a packet that came in as far as it goes; errors that are owed are sent on the way."""
    for stage in ARRIVAL:
        if (end := stage(walk)) is not None:
            return _finish(walk, end)
    transit.rewrite(walk)
    end = output.size(walk) or output.neighbour(walk)
    if walk.egress is walk.interface and not end.reason.is_loss:
        redirect(walk)
    return _finish(walk, end)


def originated(walk: Walk) -> End:
    """Take a packet of our own to its link, or back to ourselves."""
    walk.data = walk.packet.data
    for stage in DEPARTURE:
        if (end := stage(walk)) is not None:
            return _finish(walk, end)
    if walk.packet.destination.is_multicast:
        local.loop_multicast(walk)
    return _finish(walk, output.size(walk) or output.neighbour(walk))


def refuse(walk: Walk, reason: Reason, owed: Owed) -> End:
    """End the way of a packet that failed after the stages had let it pass."""
    return _finish(walk, End(reason, owed))


def _finish(walk: Walk, end: End) -> End:
    if end.owed is not None:
        icmp_error.tell(walk, end.owed)
    return end
