"""The stages that read what a router must read besides the header (RFC 1812 5.3.13, RFC 8200 4.3).

Nearly no packet carries anything of the kind: then both stages cost a comparison.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding import hop_by_hop, ipv4_options, source_route
from fingerpost.forwarding.control_plane import police
from fingerpost.forwarding.traffic_class import TrafficClass

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import End, Walk


def examine(walk: Walk) -> End | None:
    """Obey or refuse IPv4 options and the IPv6 hop-by-hop header, where they concern us.

    They do on a router, and wherever the packet is for us; what a group or another host gets is
    none of a host's business.
    """
    packet = walk.packet
    if packet.version == 4:
        if packet.header_length == 20 or not (_passes_on(walk) or _is_for_us(walk)):
            return None
        return _policed(walk) or ipv4_options.examine(walk) or _policed_on_its_way(walk)
    if packet.protocol != 0:
        return None
    policy = walk.plane.policy
    if _is_for_us(walk) or (_passes_on(walk) and policy.reads_hop_by_hop):
        return _policed(walk) or hop_by_hop.examine(walk)
    if policy.alerted_protocols and walk.plane.forwards and packet.destination.is_multicast:
        return hop_by_hop.alert_alone(walk)
    return None


def fill(walk: Walk) -> End | None:
    """Complete the IPv4 options that wait for the interface on which the packet leaves."""
    if not walk.options:
        return None
    return source_route.strict(walk) or ipv4_options.fill(walk)


def _policed(walk: Walk) -> End | None:
    """Drop what is beyond the rate; packets for us have a class of their own, of delivery."""
    return None if _is_for_us(walk) else police(walk, TrafficClass.OPTIONS)


def _policed_on_its_way(walk: Walk) -> End | None:
    """Drop what came to us and goes on by its source route, if it is beyond the rate."""
    if walk.destination == walk.packet.destination:
        return None
    return police(walk, TrafficClass.OPTIONS)


def _passes_on(walk: Walk) -> bool:
    assert walk.interface is not None
    if walk.packet.version == 6 and walk.packet.destination.is_multicast:
        return False  # nobody routes groups here, so only members look
    return walk.plane.forwards and walk.interface.forwards


def _is_for_us(walk: Walk) -> bool:
    assert walk.interface is not None
    own, destination, name = walk.plane.own, walk.packet.destination, walk.interface.name
    if destination.is_multicast:
        return own.listens(destination, name)
    return destination in own.broadcasts or own.owner(destination, name) is not None
