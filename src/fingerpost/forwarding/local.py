"""Stages of a packet that is for us: whether it is, and what we do with it (RFC 1812 5.2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.events import DeliverPacket
from fingerpost.forwarding.neighbor.arrival import neighbour_message
from fingerpost.forwarding.own import LIMITED_BROADCAST
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.walk import Cast, End

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk


def for_me(walk: Walk) -> End | None:
    """Decide local delivery before the hop limit is looked at (RFC 1812 5.2.1)."""
    assert walk.interface is not None
    destination, interface = walk.packet.destination, walk.interface
    own = walk.plane.own
    if destination.is_multicast:
        if own.listens(destination, interface.name):
            return _deliver(walk, "a group that we listen to")
        walk.note("for me?", "{} is a group that nobody here listens to", destination)
        return End(Reason.NOT_MEMBER)
    if destination == LIMITED_BROADCAST:
        return _deliver(walk, "everybody on this link")
    if (broadcast_of := own.broadcasts.get(destination)) is not None:
        return _directed_broadcast(walk, broadcast_of)
    if walk.cast is not Cast.UNICAST:
        walk.note(
            "for me?",
            "a {} frame carries a unicast packet",
            walk.cast.value,
            section="RFC 1812 5.3.4",
        )
        return End(Reason.BROADCAST_FRAME)
    if (owner := own.owner(destination, interface.name)) is not None:
        return _deliver(walk, f"our address on {owner}")
    if not (walk.plane.forwards and interface.forwards):
        walk.note("for me?", "not ours, and this is no router", section="RFC 1122 3.3.1")
        return End(Reason.NOT_FORWARDING)
    walk.note("for me?", "no, {} is somebody else's", destination)
    return None


def to_myself(walk: Walk) -> End | None:
    """Keep a packet of our own that is for ourselves."""
    if walk.forced_egress is None and walk.plane.own.owner(walk.packet.destination, None):
        return _deliver(walk, "our own address")
    return None


def _directed_broadcast(walk: Walk, owner: str) -> End | None:
    """RFC 2644: delivered on its own link, passed on to it only where that is allowed."""
    assert walk.interface is not None
    if owner == walk.interface.name:
        return _deliver(walk, "everybody on this link")
    if walk.plane.interfaces[owner].directed_broadcast and walk.cast is Cast.UNICAST:
        walk.note("for me?", "a broadcast for {}, which allows it", owner, section="RFC 2644 2")
        return None
    walk.note("for me?", "a broadcast for {}, which forbids it", owner, section="RFC 2644 2")
    return End(Reason.DIRECTED_BROADCAST)


def _deliver(walk: Walk, why: str) -> End:
    walk.note("for me?", "yes, {} is {}", walk.packet.destination, why, section="RFC 1812 5.2.3")
    return deliver(walk)


def deliver(walk: Walk) -> End:
    """Reassemble, answer what the router itself answers, and hand up the rest."""
    if (end := neighbour_message(walk)) is not None:
        return end
    if not walk.is_dry:
        walk.out.append(DeliverPacket(walk.came_in, walk.packet.data))
    return End(Reason.DELIVERED)
