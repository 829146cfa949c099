"""Loose and strict source routes (RFC 791 3.1, RFC 1122 3.2.1.8 c, RFC 1812 4.2.2.1 c).

Followed only where the policy says so; the default refuses them (RFC 7126 4.3.5, 4.4.5).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.walk import End
from fingerpost.wire.ipv4_options import SourceRoute, encode_options

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.walk import Walk

_DESTINATION_AT = 16  # where the header names the destination


def follow(walk: Walk, route: SourceRoute) -> SourceRoute | End:
    """Take the next address of a source route as destination, if this one is ours (RFC 791 3.1).

    Gives the route with the stops that are ours passed; the last step waits for the way out.
    """
    own = walk.plane.own
    if route.strict and not own.owner(walk.destination, walk.came_in):
        walk.note("options", "a strict route that is not ours to follow", section="RFC 1812 5.2.2")
        return End(Reason.SOURCE_ROUTE, Owed(Fault.PARAMETER, pointer=_DESTINATION_AT))
    while own.owner(walk.destination, walk.came_in):
        if walk.source_routed:
            route, walk.source_routed = route.advanced(walk.destination), False
        target = route.next_address
        if target is None:
            break
        if target.is_multicast or target.is_loopback or target.packed[0] in (0, *range(240, 256)):
            walk.note("options", "{} on a route is no host", target, section="RFC 1122 3.3.5")
            return End(Reason.SOURCE_ROUTE, Owed(Fault.SOURCE_ROUTE_FAILED))
        walk.note("options", "the source route goes on to {}", target, section="RFC 791 3.1")
        walk.destination, walk.source_routed = target, True
    return route


def strict(walk: Walk) -> End | None:
    """Refuse to send a strictly routed packet anywhere but straight to its next address."""
    if walk.gateway is None or not any(
        isinstance(option, SourceRoute) and option.strict for option in walk.options
    ):
        return None
    walk.note("options", "{} is not next to us", walk.destination, section="RFC 1812 5.2.4.3")
    return End(Reason.SOURCE_ROUTE, Owed(Fault.SOURCE_ROUTE_FAILED))


class WayBack(NamedTuple):
    """A source route turned round: the first stop, and the option with the rest."""

    first: Address
    option: SourceRoute

    @property
    def size(self) -> int:
        """Bytes of the option in the header."""
        return len(encode_options((self.option,)))


def return_route(walk: Walk) -> WayBack | None:
    """The way back of a source-routed packet (RFC 1122 3.2.1.8 c, RFC 1812 4.3.2.6).

    What was recorded before the pointer is turned round; the sender becomes the last stop, once
    also where it stands first in its own route. None where nothing lies between.
    """
    if not walk.options:
        return None
    route = next((option for option in walk.options if isinstance(option, SourceRoute)), None)
    if route is None:
        return None
    visited = route.addresses[: (route.pointer - 4) // 4]
    if visited and visited[0] == walk.packet.source:
        visited = visited[1:]
    if not visited:
        return None
    stops = (*reversed(visited), walk.packet.source)
    return WayBack(stops[0], replace(route, pointer=4, addresses=stops[1:]))
