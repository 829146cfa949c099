"""ICMP messages that are for us (RFC 1122 3.2.2, RFC 1812 4.3.3, RFC 4443 2.4, 4).

Requests that the plane answers itself end here. Errors and replies go up to whom they concern, and
those about packet sizes and routes are taken note of on the way. Messages of a type that nobody
knows are dropped silently, but for unknown errors of ICMPv6, which go up (RFC 4443 2.4 a).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.forwarding import echo, path_mtu, probe, redirect_in
from fingerpost.forwarding.events import DeliverPacket
from fingerpost.forwarding.neighbor.arrival import neighbour_message
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.walk import Cast, End
from fingerpost.wire import icmp, icmpv6
from fingerpost.wire.checksum import ones_sum, pseudo_sum
from fingerpost.wire.icmp import IcmpType
from fingerpost.wire.icmpv6_message import NEIGHBOR_DISCOVERY, Icmpv6Type
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk

_ICMPV6 = int(IpProtocol.ICMPV6)
_BAD = Reason.BAD_NEIGHBOR_MESSAGE
# who asks for routers and who is one concerns protocols, too: BGP finds neighbours by them
_OF_ROUTERS = (Icmpv6Type.ROUTER_SOLICITATION, Icmpv6Type.ROUTER_ADVERTISEMENT)
# obsolete questions (RFC 6918 2, RFC 1812 4.3.3.7), and a message to be ignored (RFC 6633 4)
_OBSOLETE = frozenset(
    (
        IcmpType.SOURCE_QUENCH,
        IcmpType.INFORMATION_REQUEST,
        IcmpType.INFORMATION_REPLY,
        IcmpType.ADDRESS_MASK_REQUEST,
        IcmpType.ADDRESS_MASK_REPLY,
    )
)


def heard4(walk: Walk) -> End | None:
    """Take an ICMP message; None where it goes up."""
    message = walk.packet.payload
    if len(message) < 8 or ones_sum(message) != 0xFFFF:
        return _bad(walk, "ICMP is cut or its checksum is wrong")
    kind = message[0]
    if kind == IcmpType.ECHO_REQUEST:
        return echo.answer_echo4(walk, message)
    if kind == IcmpType.ECHO_REPLY:
        return None
    try:
        decoded = icmp.decode(message, verify=False)
    except DecodeError as fault:
        return _bad(walk, str(fault))
    match decoded:
        case icmp.Timestamp():
            return echo.answer_timestamp(walk, decoded)
        case icmp.ExtendedEchoRequest():
            return probe.answer4(walk, decoded)
        case icmp.DestinationUnreachable():
            path_mtu.heed4(walk, decoded)
        case icmp.Redirect():
            return redirect_in.heed4(walk, decoded)
        case icmp.UnknownIcmp():
            return _ignored(walk, f"ICMP type {kind} is unknown", "RFC 1122 3.2.2")
    if kind in _OBSOLETE:
        return _ignored(walk, f"{IcmpType(kind).name} is obsolete", "RFC 6918 2")
    return None


def heard6(walk: Walk, at: int) -> End | None:
    """Take the ICMPv6 message at `at` of the packet; None where it goes up."""
    packet = walk.packet
    message = packet.data[at:]
    initial = pseudo_sum(packet.source, packet.destination, _ICMPV6, len(message))
    if len(message) < 4 or ones_sum(message, initial) != 0xFFFF:
        return _bad(walk, "ICMPv6 is cut or its checksum is wrong")
    kind = message[0]
    if kind == Icmpv6Type.ECHO_REQUEST and len(message) >= 8:
        return echo.answer_echo6(walk, message)
    if kind in NEIGHBOR_DISCOVERY:
        return _neighbor_message(walk, kind, message)
    if kind == Icmpv6Type.PACKET_TOO_BIG or kind == Icmpv6Type.EXTENDED_ECHO_REQUEST:
        try:
            decoded = icmpv6.decode(message, packet.source, packet.destination, verify=False)
        except DecodeError as fault:
            return _bad(walk, str(fault))
        if isinstance(decoded, icmpv6.PacketTooBig):
            path_mtu.heed6(walk, decoded)
        elif isinstance(decoded, icmpv6.ExtendedEchoRequest):
            return probe.answer6(walk, decoded)
        return None
    if kind >= 128 and kind not in icmpv6.MESSAGES:
        return _ignored(walk, f"ICMPv6 type {kind} is unknown", "RFC 4443 2.4 b")
    return None


def _neighbor_message(walk: Walk, kind: int, message: bytes) -> End | None:
    if walk.was_fragment:
        walk.note("ICMP", "neighbour discovery in fragments", section="RFC 6980 5")
        return End(_BAD)
    if kind != Icmpv6Type.REDIRECT:
        end = neighbour_message(walk, message)
        if kind in _OF_ROUTERS and end is not None and end.reason is not _BAD and not walk.is_dry:
            walk.out.append(
                DeliverPacket(walk.came_in, walk.packet.data, walk.cast is not Cast.UNICAST)
            )
        return end
    if walk.packet.hop_limit != 255:
        walk.note("ICMP", "a redirect from beyond the link", section="RFC 4861 8.1")
        return End(_BAD)
    return redirect_in.heed6(walk, message)


def _bad(walk: Walk, said: str) -> End:
    section = "RFC 792" if walk.packet.version == 4 else "RFC 4443 2.3"
    walk.note("ICMP", "{}", said, section=section)
    return End(Reason.BAD_TRANSPORT)


def _ignored(walk: Walk, said: str, section: str) -> End:
    walk.note("ICMP", "{}", said, section=section)
    return End(Reason.NOT_ANSWERED)
