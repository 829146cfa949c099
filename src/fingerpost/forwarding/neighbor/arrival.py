"""The stage that takes ND out of what is delivered to us, before anything else looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.forwarding.neighbor.nd_validity import ND_MESSAGES, invalid
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.walk import End
from fingerpost.wire import icmpv6

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk


def neighbour_message(walk: Walk, data: bytes) -> End | None:
    """Take the ICMPv6 message of a packet for us that is of ND; its checksum was checked.

    None where no link brought it, so that it cannot be about neighbours.
    """
    packet = walk.packet
    if walk.interface is None:
        return None
    try:
        message = icmpv6.decode(data, packet.source, packet.destination, verify=False)
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
