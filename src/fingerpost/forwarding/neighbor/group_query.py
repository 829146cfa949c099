"""The stage that answers queriers: who listens to which group (RFC 3810 6.2, RFC 3376 5.2).

Queries are delivered to whoever is above all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.forwarding.durations import MILLISECOND
from fingerpost.wire import igmp, ipv6_extension
from fingerpost.wire.icmpv6_message import Icmpv6Type, opened6
from fingerpost.wire.ipv6_extension import HopByHop, RouterAlert
from fingerpost.wire.mld import ListenerQuery, ListenerQueryV2, read_query
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.packet import Packet
    from fingerpost.forwarding.walk import Walk

_TENTH_NS = 100 * MILLISECOND
_IGMPV1_TENTHS = 100  # RFC 2236 4: a query of version 1 means ten seconds


def group_query(walk: Walk) -> None:
    """Let a query for the groups of an interface be answered."""
    if walk.interface is None or walk.is_dry:
        return
    packet = walk.packet
    asks = _igmp_query if packet.version == 4 else _mld_query
    try:
        found = asks(packet)
    except DecodeError:
        return
    if found is not None:
        group, within_ns = found
        groups = walk.plane.neighbors.groups
        groups.queried(walk.interface, packet.version, group, within_ns, walk.now)


def _igmp_query(packet: Packet) -> tuple[Address, int] | None:
    if packet.protocol != IpProtocol.IGMP or packet.is_fragment:
        return None
    message = igmp.decode(packet.payload)
    if isinstance(message, igmp.MembershipQueryV3):
        return message.group, message.response_time_ds * _TENTH_NS
    if isinstance(message, igmp.MembershipQuery):
        return message.group, (message.response_time_ds or _IGMPV1_TENTHS) * _TENTH_NS
    return None


def _mld_query(packet: Packet) -> tuple[Address, int] | None:
    """RFC 3810 6.2: from a link-local address, hop limit 1, with a router alert."""
    is_ours = packet.hop_limit == 1 and packet.source.is_link_local
    if packet.protocol != IpProtocol.HOPOPTS or not is_ours:
        return None
    chain = ipv6_extension.walk(packet.protocol, packet.payload)
    options = [o for h in chain.headers if isinstance(h, HopByHop) for o in h.options]
    if chain.upper != IpProtocol.ICMPV6 or not any(isinstance(o, RouterAlert) for o in options):
        return None
    kind, code, reader = opened6(chain.payload, packet.source, packet.destination)
    if kind != Icmpv6Type.LISTENER_QUERY:
        return None
    query = read_query(code, reader)
    if isinstance(query, (ListenerQuery, ListenerQueryV2)):
        return query.group, query.maximum_response_ms * MILLISECOND
    return None
