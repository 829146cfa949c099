"""The stage that takes ND out of what is delivered to us, before anything else looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.forwarding.neighbor.nd_validity import ND_MESSAGES, invalid
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.walk import End
from fingerpost.wire import icmpv6, ipv6_extension
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk

_FIRST, _LAST = 133, 137  # router solicitation to redirect


def neighbour_message(walk: Walk) -> End | None:
    """Take a packet for us that is an ND message; None leaves it to others."""
    packet = walk.packet
    if packet.version != 6 or walk.interface is None:
        return None
    found = _icmpv6(walk)
    if found is None or not found[0] or not _FIRST <= found[0][0] <= _LAST:
        return None
    data, is_fragment = found
    if is_fragment:
        walk.note("neighbour message", "fragmented: ignored", section="RFC 6980 5")
        return End(Reason.BAD_NEIGHBOR_MESSAGE)
    try:
        message = icmpv6.decode(data, packet.source, packet.destination)
    except DecodeError as error:
        walk.note("neighbour message", "{}", error)
        return End(Reason.BAD_NEIGHBOR_MESSAGE)
    assert isinstance(message, ND_MESSAGES)
    if (why := invalid(message, packet, walk.interface)) is not None:
        walk.note("neighbour message", "{}", why)
        return End(Reason.BAD_NEIGHBOR_MESSAGE)
    walk.note("neighbour message", "{}", type(message).__name__, section="RFC 4861 4")
    if walk.is_dry:
        return End(Reason.DELIVERED)
    reason = walk.plane.neighbors.receive_nd(walk.interface, packet, message, walk.now, walk.out)
    return End(reason)


def _icmpv6(walk: Walk) -> tuple[bytes, bool] | None:
    """The ICMPv6 message of a packet, and whether a fragment header stood before it."""
    packet = walk.packet
    if packet.protocol == IpProtocol.ICMPV6:
        return packet.payload, False
    if packet.protocol not in ipv6_extension.EXTENSIONS:
        return None
    try:
        chain = ipv6_extension.walk(packet.protocol, packet.payload)
    except DecodeError:
        return None  # whoever reads extension headers says what is wrong with them
    if chain.upper != IpProtocol.ICMPV6 or (chain.fragment and chain.fragment.offset):
        return None
    return chain.payload, chain.fragment is not None
