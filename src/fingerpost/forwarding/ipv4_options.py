"""IPv4 options on their way through a router (RFC 791 3.1, RFC 1812 5.3.13, RFC 7126).

They are looked at twice. On the way in (`examine`) a malformed list is refused, a source route is
followed or refused, and a router alert may take the packet out for us. On the way out (`fill`),
when the interface is known, our address and the time are written where they are asked for (RFC
1812 4.2.2.2). All other options pass unchanged, and no list changes its length.

Router alert: a packet that carries it goes on like any other, unless its protocol is one of
`policy.alerted_protocols`: then it is delivered here instead (RFC 2113 2.1, RFC 6398 5.1).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.errors import DecodeError
from fingerpost.forwarding.durations import MILLISECOND
from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.local import deliver
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.source import address_for
from fingerpost.forwarding.walk import End
from fingerpost.wire.checksum import checksum
from fingerpost.wire.ipv4_options import (
    Ipv4Option,
    RecordRoute,
    RouterAlert,
    SourceRoute,
    Timestamp,
    decode_options,
    encode_options,
)

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.walk import Walk

_FIRST = 20
_DAY_MS = 24 * 60 * 60 * 1000
_NOT_UT = 0x80000000  # "any time", not milliseconds since midnight UT (RFC 791 3.1)
_MOST_OVERFLOW = 15


def examine(walk: Walk) -> End | None:
    """Refuse what is malformed, follow or refuse a source route, notice a router alert."""
    packet, plane = walk.packet, walk.plane
    try:
        options = decode_options(packet.options)
    except DecodeError as fault:
        return _malformed(walk, fault.offset or _FIRST, str(fault))
    routes = [option for option in options if isinstance(option, SourceRoute)]
    if routes:
        if not plane.policy.source_routes:
            walk.note("options", "a source route, which is refused here", section="RFC 7126 4.3.5")
            return End(Reason.SOURCE_ROUTE)
        if len(routes) > 1:  # RFC 1122 3.2.1.8 c
            at = _offset_of(options, routes[1])
            return _malformed(walk, at, "a second source route")
        if (end := _follow(walk, routes[0])) is not None:
            return end
    walk.options = options
    walk.note("options", "{} understood", len(options), section="RFC 1812 5.2.4")
    alerts = any(isinstance(option, RouterAlert) for option in options)
    if alerts and packet.protocol in plane.policy.alerted_protocols:
        walk.note("options", "router alert for protocol {}", packet.protocol, section="RFC 2113 2")
        return deliver(walk)
    return None


def _malformed(walk: Walk, at: int, said: str) -> End:
    walk.note("options", "{}", said, section="RFC 1812 4.3.3.5")
    return End(Reason.BAD_OPTION, Owed(Fault.PARAMETER, pointer=at))


def _offset_of(options: tuple[Ipv4Option, ...], sought: Ipv4Option) -> int:
    """The offset of an option in the header."""
    at = _FIRST
    for option in options:
        if option is sought:
            break
        at += len(option.encode())
    return at


def _follow(walk: Walk, route: SourceRoute) -> End | None:
    """Take the next address of a source route as destination, if this one is ours (RFC 791 3.1)."""
    if not walk.plane.own.owner(walk.destination, walk.came_in) or route.is_used_up:
        return None
    target = route.next_address
    assert target is not None
    if target.is_multicast or target.is_loopback or target.packed[0] in (0, *range(240, 256)):
        walk.note("options", "{} on a source route is no host", target, section="RFC 1122 3.2.1.8")
        return End(Reason.SOURCE_ROUTE, Owed(Fault.SOURCE_ROUTE_FAILED))
    walk.destination = target
    walk.source_routed = True
    walk.note("options", "the source route goes on to {}", target, section="RFC 791 3.1")
    return None


def strict(walk: Walk) -> End | None:
    """Refuse to send a strictly routed packet anywhere but straight to its next address."""
    if walk.gateway is None or not any(
        isinstance(option, SourceRoute) and option.strict for option in walk.options
    ):
        return None
    walk.note("options", "{} is not next to us", walk.destination, section="RFC 1812 5.2.7.1")
    return End(Reason.SOURCE_ROUTE, Owed(Fault.SOURCE_ROUTE_FAILED))


def fill(walk: Walk) -> End | None:
    """Write into record route, timestamp and source route; gives them back of the same length."""
    assert walk.egress is not None
    near = walk.gateway if walk.gateway is not None and walk.gateway.version == 4 else None
    own = address_for(walk.plane, walk.destination, walk.egress.name, near or walk.destination)
    if own is None:
        return None
    filled: list[Ipv4Option] = []
    for option in walk.options:
        changed = _filled(walk, option, own)
        if changed is None:
            at = _offset_of(walk.options, option) + 3
            return _malformed(walk, at, "the timestamps overflow a sixteenth time")
        filled.append(changed)
    if tuple(filled) != walk.options or walk.source_routed:
        walk.data = _with_options(walk, encode_options(filled))
        walk.note("options", "filled in as {}", own, section="RFC 1812 4.2.2.2")
    return None


def _filled(walk: Walk, option: Ipv4Option, own: Address) -> Ipv4Option | None:
    """One option as it goes out; None where it is in error."""
    plane = walk.plane
    match option:
        case RecordRoute() if plane.policy.records_route:
            return option.recording(own)
        case Timestamp() if plane.policy.records_route:
            return stamped(plane, option, own, walk.now)
        case SourceRoute() if walk.source_routed:
            return option.advanced(own)
    return option


def stamped(plane: Forwarder, option: Timestamp, own: Address, now: int) -> Timestamp | None:
    """A timestamp option with our stamp; None where its overflow has overflown (RFC 791 3.1).

    A prespecified address may be any of ours (RFC 1812 5.3.13.6).
    """
    if option.is_full and option.overflow == _MOST_OVERFLOW:
        return None
    awaited = option.awaited
    if awaited is not None and plane.own.owner(awaited, None):
        own = awaited
    return option.stamping(own, time_of_day(now, plane.policy.midnight))


def time_of_day(now: int, midnight: int | None) -> int:
    """Milliseconds since midnight UT, or with the high bit set since the first instant."""
    if midnight is None:
        return now // MILLISECOND % _DAY_MS | _NOT_UT
    return (now - midnight) // MILLISECOND % _DAY_MS


def _with_options(walk: Walk, options: bytes) -> bytes:
    """The packet with these options, its next destination and a new checksum."""
    data = bytearray(walk.packet.data)
    end = walk.packet.header_length
    data[16:20] = walk.destination.packed
    data[_FIRST:end] = options
    data[10:12] = b"\0\0"
    data[10:12] = checksum(bytes(data[:end])).to_bytes(2, "big")
    return bytes(data)


class WayBack(NamedTuple):
    """A source route turned round: the first stop, and the option with the rest."""

    first: Address
    option: SourceRoute

    @property
    def size(self) -> int:
        """Bytes of the option in the header."""
        return len(encode_options((self.option,)))


def return_route(walk: Walk) -> WayBack | None:
    """The way back of a source-routed packet (RFC 1122 3.2.1.8 b, RFC 1812 4.3.2.6).

    What was recorded before the pointer is turned round; the sender becomes the last stop.
    """
    if not walk.options:
        return None
    route = next((option for option in walk.options if isinstance(option, SourceRoute)), None)
    if route is None:
        return None
    visited = route.addresses[: (route.pointer - 4) // 4]
    if not visited:
        return None
    stops = (*reversed(visited), walk.packet.source)
    return WayBack(stops[0], replace(route, pointer=4, addresses=stops[1:]))
