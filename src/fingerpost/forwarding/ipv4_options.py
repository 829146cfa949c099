"""IPv4 options on their way through a router (RFC 791 3.1, RFC 1812 5.3.13, RFC 7126).

They are looked at twice. On the way in (`examine`) a malformed list is refused, a source route is
followed or refused, and a router alert may take the packet out for us. On the way out (`fill`),
when the interface is known, our address and the time are written where they are asked for (RFC
1812 4.2.2.2). All other options pass unchanged, and no list changes its length.

Router alert: a packet that carries it goes on like any other, unless its protocol is one of
`policy.alerted_protocols`: then it is delivered here instead (RFC 2113 2.2, RFC 6398 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.local import deliver
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.source import address_for
from fingerpost.forwarding.source_route import follow
from fingerpost.forwarding.stamping import stamped
from fingerpost.forwarding.walk import Cast, End
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
    from fingerpost.forwarding.walk import Walk

_FIRST = 20


def examine(walk: Walk) -> End | None:
    """Refuse what is malformed, follow or refuse a source route, notice a router alert."""
    packet, plane = walk.packet, walk.plane
    try:
        options = decode_options(packet.options)
    except DecodeError as fault:
        return _malformed(walk, fault.offset or _FIRST, str(fault))
    route = next((option for option in options if isinstance(option, SourceRoute)), None)
    if route is not None and not plane.policy.source_routes:
        walk.note("options", "a source route, which is refused here", section="RFC 7126 4.3.5")
        return End(Reason.SOURCE_ROUTE)
    if (second := _repeated(options)) is not None:
        at = _offset_of(options, second)
        return _malformed(walk, at, "an option that may stand there once stands there twice")
    if route is not None:
        followed = follow(walk, route)
        if isinstance(followed, End):
            return followed
        options = tuple(followed if option is route else option for option in options)
    walk.options = options
    walk.note("options", "{} understood", len(options), section="RFC 1812 5.3.13")
    alerts = any(isinstance(option, RouterAlert) for option in options)
    goes_somewhere = walk.cast is Cast.UNICAST or packet.destination.is_multicast
    if alerts and goes_somewhere and packet.protocol in plane.policy.alerted_protocols:
        walk.note(
            "options", "router alert for protocol {}", packet.protocol, section="RFC 2113 2.2"
        )
        return deliver(walk)
    return None


def _repeated(options: tuple[Ipv4Option, ...]) -> Ipv4Option | None:
    """The second of its kind: each "appears at most once in a datagram" (RFC 791 3.1).

    Loose and strict source routes are one kind here (RFC 1812 5.2.4.1).
    """
    for kind in (RecordRoute, Timestamp, SourceRoute):
        found = [option for option in options if isinstance(option, kind)]
        if len(found) > 1:
            return found[1]
    return None


def _malformed(walk: Walk, at: int, said: str) -> End:
    at = min(at, walk.packet.header_length - 1)  # a byte that is missing would stand behind it
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


def _with_options(walk: Walk, options: bytes) -> bytes:
    """The packet with these options, its next destination and a new checksum."""
    data = bytearray(walk.packet.data)
    end = walk.packet.header_length
    data[16:20] = walk.destination.packed
    data[_FIRST:end] = options
    data[10:12] = b"\0\0"
    data[10:12] = checksum(bytes(data[:end])).to_bytes(2, "big")
    return bytes(data)
