"""The last stages: the MTU, the neighbour, the frame. Our own packets go this way too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.control_plane import police
from fingerpost.forwarding.events import SendFrame
from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.neighbor import Waiting
from fingerpost.forwarding.own import LIMITED_BROADCAST
from fingerpost.forwarding.path_mtu import LEAST_IPV6
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.size import pieces_of
from fingerpost.forwarding.traffic_class import TrafficClass
from fingerpost.forwarding.walk import End
from fingerpost.wire.mac import BROADCAST, Mac

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk


def size(walk: Walk) -> End | None:
    """Let pass what fits the link, cut what may be cut (RFC 791 3.2), refuse the rest."""
    assert walk.egress is not None
    mtu = walk.plane.neighbors.mtu(walk.egress, walk.packet.version)
    if walk.is_ours and (known := walk.plane.path_mtus.of(walk.packet.destination, walk.now)):
        mtu = min(mtu, known)  # our own packets heed what their path has said (RFC 1191 3)
    length = len(walk.data)
    if length <= mtu:
        walk.pieces = (walk.data,)
        walk.note("size", "{} bytes fit {}", length, mtu)
        return None
    pieces = pieces_of(walk, mtu)
    if pieces is None:
        section = "RFC 1191 4" if walk.packet.version == 4 else "RFC 4443 3.2"
        walk.note("size", "{} bytes do not fit {}", length, mtu, section=section)
        return End(Reason.TOO_BIG, _too_big(walk, mtu))
    walk.pieces = pieces
    walk.note("size", "{} bytes go as {} fragments", length, len(pieces), section="RFC 1812 5.2.6")
    return None


def _too_big(walk: Walk, mtu: int) -> Owed | None:
    """What the sender is owed; nothing where it did allow the cut and the link is too narrow."""
    if walk.packet.version == 6:
        return Owed(Fault.TOO_BIG, mtu=max(mtu, LEAST_IPV6))
    return Owed(Fault.TOO_BIG, mtu=mtu) if walk.packet.dont_fragment else None


def neighbour(walk: Walk) -> End:
    """Find the station that the frame goes to, or wait for it, then transmit."""
    assert walk.egress is not None
    target = walk.gateway if walk.gateway is not None else walk.destination
    egress = walk.egress
    neighbors = walk.plane.neighbors
    station = _without_asking(walk) or neighbors.settled(egress.name, target)
    begins_search = station is None and neighbors.is_new(egress.name, target)
    if begins_search and (end := police(walk, TrafficClass.GLEAN)) is not None:
        return end
    if station is None and walk.is_dry:
        station = neighbors.cached(egress.name, target)
    elif station is None:
        waiting = Waiting(walk.packet.ethertype, walk.pieces, walk.packet, walk.came_in)
        station = neighbors.resolve(egress, target, waiting, walk.now, walk.out)
    if station is None and neighbors.has_failed(egress.name, target):
        walk.note("neighbour", "{} on {} did not answer", target, egress.name)
        return End(Reason.NEIGHBOR_FAILED, Owed(Fault.HOST))
    if station is None:
        walk.note("neighbour", "{} on {} must be asked first", target, egress.name)
        return End(Reason.QUEUED)
    walk.note("neighbour", "{} is at {}", target, station)
    ethertype = walk.packet.ethertype.to_bytes(2, "big")
    for piece in walk.pieces:
        walk.out.append(SendFrame(egress.name, station + egress.mac + ethertype + piece))
    walk.note("transmit", "out on {}, {} frame(s)", egress.name, len(walk.pieces))
    return End(Reason.FORWARDED)


def _without_asking(walk: Walk) -> Mac | None:
    """Stations that follow from the address: groups (RFC 1112 6.4, RFC 2464 7) and broadcasts."""
    destination = walk.destination
    if destination.is_multicast:
        return Mac(destination.multicast_mac)
    assert walk.egress is not None
    if destination == LIMITED_BROADCAST:
        return BROADCAST
    if walk.plane.own.broadcasts.get(destination) == walk.egress.name:
        return BROADCAST
    return None
