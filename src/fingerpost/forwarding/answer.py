"""Packets that the plane makes itself because of another one: errors, replies, redirects.

They go the way of all packets of our own, and their trace hangs below that of their cause. Nobody
is told when they fail (RFC 1812 4.3.2.7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.route import NextHop
    from fingerpost.forwarding.walk import Walk
    from fingerpost.wire.icmp import IcmpMessage
    from fingerpost.wire.icmpv6 import Icmpv6Message
    from fingerpost.wire.ipv4_options import Ipv4Option

_ICMP, _ICMPV6 = int(IpProtocol.ICMP), int(IpProtocol.ICMPV6)


def send_icmp(
    walk: Walk,
    source: Address,
    destination: Address,
    message: bytes | IcmpMessage,
    *,
    tos: int,
    ttl: int | None = None,
    dont_fragment: bool = False,
    options: tuple[Ipv4Option, ...] = (),
    hop: NextHop | None = None,
) -> None:
    """Send an ICMP message with a fresh TTL (RFC 1812 4.3.2.2).

    One that must not be cut needs no identification (RFC 6864 4.1).
    """
    plane = walk.plane
    numbered = not (walk.is_dry or dont_fragment)
    packet = Ipv4(
        source,
        destination,
        _ICMP,
        message if isinstance(message, bytes) else message.encode(),
        ttl=plane.policy.default_hop_limit if ttl is None else ttl,
        identification=plane.identifiers.ipv4() if numbered else 0,
        tos=tos,
        dont_fragment=dont_fragment,
        options=options,
    )
    send_answer(walk, packet.encode(), hop=hop)


def send_icmpv6(
    walk: Walk,
    source: Address,
    destination: Address,
    message: bytes | Icmpv6Message,
    *,
    hop_limit: int | None = None,
    traffic_class: int = 0,
    hop: NextHop | None = None,
) -> None:
    """Send an ICMPv6 message; link-local and group destinations leave where the cause came in."""
    packet = Ipv6(
        source,
        destination,
        _ICMPV6,
        message if isinstance(message, bytes) else message.encode(source, destination),
        hop_limit=walk.plane.policy.default_hop_limit if hop_limit is None else hop_limit,
        traffic_class=traffic_class,
    )
    interface = None
    if destination.is_link_local:
        interface = walk.came_in or walk.forced_egress
    send_answer(walk, packet.encode(), interface=interface, hop=hop)


def send_answer(
    walk: Walk, packet: bytes, *, interface: str | None = None, hop: NextHop | None = None
) -> None:
    """Send a packet because of `walk`, on `interface` or by `hop` if they are given."""
    trace = walk.plane.send_answer(walk, packet, interface, hop)
    walk.answers.append(trace)
