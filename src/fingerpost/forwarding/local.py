"""Stages of a packet that is for us: whether it is, and what we do with it (RFC 1812 5.2.3).

for me?  ->  within its rate?  ->  fragments put together  ->  IPv6 headers in order  ->  ICMP
     ->  handed up
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding import extension, fragment, icmp_in
from fingerpost.forwarding.control_plane import police
from fingerpost.forwarding.events import DeliverPacket
from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.neighbor.group_query import group_query
from fingerpost.forwarding.own import LIMITED_BROADCAST
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.traffic_class import class_of
from fingerpost.forwarding.walk import Cast, End
from fingerpost.wire.icmpv6_message import NEIGHBOR_DISCOVERY
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk

_ICMP, _ICMPV6 = int(IpProtocol.ICMP), int(IpProtocol.ICMPV6)
_FRAGMENT, _NOTHING = int(IpProtocol.FRAGMENT), int(IpProtocol.NO_NEXT)


def for_me(walk: Walk) -> End | None:
    """Decide local delivery before the hop limit is looked at (RFC 1812 5.2.1)."""
    assert walk.interface is not None
    destination, interface = walk.destination, walk.interface
    own = walk.plane.own
    if destination.is_multicast:
        return _group(walk)
    if destination == LIMITED_BROADCAST:  # never forwarded (RFC 1812 5.3.5.1)
        return _deliver(walk, "everybody on this link")
    if (broadcast_of := own.broadcasts.get(destination)) is not None:
        return _directed_broadcast(walk, broadcast_of)
    owner = own.owner(destination, interface.name)
    takes = owner is not None and walk.plane.policy.delivers_group_frames
    if walk.cast is not Cast.UNICAST and not takes:
        walk.note(
            "for me?",
            "a {} frame carries a unicast packet",
            walk.cast.value,
            section="RFC 1812 5.3.4",
        )
        return End(Reason.BROADCAST_FRAME)
    if owner is not None:
        return _deliver(walk, f"our address on {owner}")
    if destination in own.unusable:
        walk.note("for me?", "{} is not ours yet", destination, section="RFC 4862 5.4")
        return End(Reason.UNUSABLE_ADDRESS)
    if not (walk.plane.forwards and interface.forwards):
        walk.note("for me?", "not ours, and this is no router", section="RFC 1122 3.2.1.3")
        owed = Owed(Fault.SOURCE_ROUTE_FAILED) if walk.source_routed else None  # RFC 1122 3.3.5
        return End(Reason.NOT_FORWARDING, owed)
    if destination in own.zero_hosts and walk.plane.policy.refuses_zero_hosts:
        walk.note("for me?", "{} is nobody: host number 0", destination, section="RFC 1812 4.2.3.1")
        return End(Reason.ZERO_HOST)
    walk.note("for me?", "no, {} is somebody else's", destination)
    return None


def _group(walk: Walk) -> End:
    """Deliver what we listen to; nothing is routed to other links here (RFC 1812 5.2.1.3)."""
    assert walk.interface is not None
    destination = walk.destination
    if walk.plane.own.listens(destination, walk.interface.name):
        return _deliver(walk, "a group that we listen to")
    walk.note("for me?", "{} is a group that nobody here listens to", destination)
    return End(Reason.MULTICAST if walk.plane.forwards else Reason.NOT_MEMBER)


def to_myself(walk: Walk) -> End | None:
    """Keep a packet of our own that is for ourselves (RFC 1122 3.2.1.3 g, RFC 4291 2.5.3)."""
    destination = walk.destination
    if destination.is_loopback or walk.plane.own.owner(destination, walk.forced_egress):
        return _deliver(walk, "our own address")
    return None


def loop_multicast(walk: Walk) -> None:
    """Give a copy of what we send to a group to ourselves, if we listen there (RFC 1112 6.1).

    Neighbour discovery is not for its sender: its question would look like a duplicate address.
    """
    packet, plane, egress = walk.packet, walk.plane, walk.egress
    if not packet.destination.is_multicast or egress is None or not plane.policy.loops_multicast:
        return
    if packet.protocol == _ICMPV6 and packet.data[40:41] and packet.data[40] in NEIGHBOR_DISCOVERY:
        return
    if plane.own.listens(packet.destination, egress.name):
        walk.note("to myself?", "a copy: we listen to {}", packet.destination)
        if not walk.is_dry:
            walk.out.append(DeliverPacket(None, packet.data))


def _directed_broadcast(walk: Walk, owner: str) -> End | None:
    """RFC 2644: delivered on its own link, passed on to it only where that is allowed.

    What is passed on is for us as well (RFC 1812 5.2.3), since we are on that link.
    """
    assert walk.interface is not None
    forwards = walk.plane.forwards and walk.interface.forwards
    is_allowed = walk.plane.interfaces[owner].directed_broadcast and walk.cast is Cast.UNICAST
    if forwards and is_allowed:
        walk.note("for me?", "a broadcast for {}, which allows it", owner, section="RFC 2644 3")
        _deliver_copy(walk, f"everybody on {owner}")
        return None
    if owner == walk.interface.name:
        return _deliver(walk, "everybody on this link")
    if not forwards:
        walk.note("for me?", "a broadcast elsewhere, and this is no router")
        return End(Reason.NOT_FORWARDING)
    walk.note("for me?", "a broadcast for {}, which forbids it", owner, section="RFC 2644 3")
    return End(Reason.DIRECTED_BROADCAST)


def _deliver_copy(walk: Walk, why: str) -> None:
    """Deliver a packet that goes on as well, as it came in."""
    packet = walk.packet
    _deliver(walk, why)
    walk.packet = packet


def _deliver(walk: Walk, why: str) -> End:
    walk.note("for me?", "yes, {} is {}", walk.destination, why, section="RFC 1812 5.2.3")
    return deliver(walk)


def deliver(walk: Walk) -> End:
    """Reassemble, answer what the router itself answers, and hand up the rest."""
    end = police(walk, class_of(walk.packet)) or _read(walk)
    if end is not None:
        return end
    group_query(walk)
    if not walk.is_dry:
        to_group = walk.cast is not Cast.UNICAST
        walk.out.append(DeliverPacket(walk.came_in, walk.packet.data, to_group))
    return End(Reason.DELIVERED)


def _read(walk: Walk) -> End | None:
    return _deliver4(walk) if walk.packet.version == 4 else _deliver6(walk)


def _deliver4(walk: Walk) -> End | None:
    if walk.packet.is_fragment:
        whole = fragment.gather4(walk)
        if isinstance(whole, End):
            return whole
        walk.packet = whole
    return icmp_in.heard4(walk) if walk.packet.protocol == _ICMP else None


def _deliver6(walk: Walk) -> End | None:
    found: extension.Upper | End = extension.Upper(walk.packet.protocol, 40, 6)
    if walk.packet.protocol in extension.READ:
        found = extension.upper_of(walk, walk.packet)
        found = _reassembled(walk, found)
    if isinstance(found, End):
        return found
    if found.protocol == _ICMPV6:
        return icmp_in.heard6(walk, found.at)
    if found.protocol == _NOTHING:
        walk.note("extensions", "nothing follows", section="RFC 8200 4.7")
        return End(Reason.NOT_ANSWERED)
    return None


def _reassembled(walk: Walk, found: extension.Upper | End) -> extension.Upper | End:
    """The upper layer of the whole, once all fragments are there; the headers go on after it.

    What was put together may be a fragment in its turn (RFC 8200 4.1: any number of times).
    """
    for _ in range(extension.MOST_HEADERS):
        if isinstance(found, End) or found.protocol != _FRAGMENT:
            return found
        whole = fragment.gather6(walk, found)
        if isinstance(whole, End):
            return whole
        walk.packet, walk.was_fragment = whole, True
        resumed = extension.Upper(whole.data[found.named_at], found.at, found.named_at)
        found = extension.upper_of(walk, whole, resumed)
    walk.note("extensions", "fragments in fragments without end", section="RFC 8504 5.3")
    return End(Reason.BAD_HEADER_CHAIN)
