"""What a router answers itself: echo and timestamp (RFC 1812 4.3.3.6, 4.3.3.8; RFC 4443 4.2).

The source of an answer is the address that was asked, also that of a far interface; a group or
broadcast is answered from the interface on which the question came in, where the policy answers it
at all. Data, identifier and sequence go back unchanged; the options come along, a source route
turned round. Type of service and precedence are the request's (RFC 1812 4.3.2.5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.answer import send_icmp, send_icmpv6
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.silence import is_broadcast, is_single_host
from fingerpost.forwarding.source import address_for, link_local_of
from fingerpost.forwarding.source_route import return_route
from fingerpost.forwarding.stamping import stamped, time_of_day
from fingerpost.forwarding.walk import Cast, End
from fingerpost.wire.checksum import updated
from fingerpost.wire.icmp import Timestamp, TimestampReply
from fingerpost.wire.ipv4_options import RecordRoute, SourceRoute
from fingerpost.wire.ipv4_options import Timestamp as TimestampOption

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.walk import Walk
    from fingerpost.wire.ipv4_options import Ipv4Option

_ECHO_REQUEST, _ECHO_REPLY = 0x0800, 0x0000
_ECHO_REQUEST6, _ECHO_REPLY6 = 128, 129
_ECHO4, _STAMP, _ECHO6 = "RFC 1812 4.3.3.6", "RFC 1812 4.3.3.8", "RFC 4443 4.2"


def answer_echo4(walk: Walk, message: bytes) -> End:
    """Give the data back with code 0 (RFC 792); the checksum is updated (RFC 1624)."""
    policy = walk.plane.policy
    if not policy.answers_echo:
        return _silent(walk, "nobody gets an answer", _ECHO4)
    source = _replier(walk, policy.answers_broadcast_echo, _ECHO4)
    if isinstance(source, End):
        return source
    check = updated(message[2] << 8 | message[3], _ECHO_REQUEST | message[1], _ECHO_REPLY)
    reply = bytes((0, 0)) + check.to_bytes(2, "big") + message[4:]
    return _reply4(walk, reply, source, _ECHO4)


def answer_timestamp(walk: Walk, request: Timestamp) -> End:
    """Tell when the request came and when the reply leaves, which is the same instant here."""
    if not walk.plane.policy.answers_timestamps:
        return _silent(walk, "timestamps are not answered here", _STAMP)
    source = _replier(walk, False, _STAMP)
    if isinstance(source, End):
        return source
    time = time_of_day(walk.now, walk.plane.policy.midnight)
    reply = TimestampReply(request.identifier, request.sequence, request.originate, time, time)
    return _reply4(walk, reply.encode(), source, _STAMP)


def answer_echo6(walk: Walk, message: bytes) -> End:
    """Give the data back with the checksum of the way back."""
    policy = walk.plane.policy
    if not policy.answers_echo:
        return _silent(walk, "nobody gets an answer", _ECHO6)
    source = _replier(walk, policy.answers_multicast_echo, _ECHO6)
    if isinstance(source, End):
        return source
    packet = walk.packet
    asked = _ECHO_REQUEST6 << 8 | message[1]
    check = updated(message[2] << 8 | message[3], asked, _ECHO_REPLY6 << 8)
    if source != packet.destination:
        for old, new in zip(_words(packet.destination), _words(source), strict=True):
            check = updated(check, old, new)
    reply = bytes((_ECHO_REPLY6, 0)) + check.to_bytes(2, "big") + message[4:]
    walk.note("ICMP", "echo request, answered from {}", source, section=_ECHO6)
    send_icmpv6(walk, source, packet.source, reply, traffic_class=packet.traffic_class)
    return End(Reason.ANSWERED)


def _words(address: Address) -> list[int]:
    packed = address.packed
    return [packed[at] << 8 | packed[at + 1] for at in range(0, len(packed), 2)]


def _replier(walk: Walk, answers_all: bool, section: str) -> Address | End:
    """The address that an answer comes from, or the end of a request that gets none."""
    packet, plane = walk.packet, walk.plane
    if not is_single_host(walk, packet.source):
        return _silent(walk, f"{packet.source} is no single host", section)
    if (
        (walk.cast is not Cast.UNICAST and not plane.policy.delivers_group_frames)
        or packet.destination.is_multicast
        or (packet.version == 4 and is_broadcast(walk, packet.destination))
    ):
        if not answers_all:
            return _silent(walk, "who asks everybody gets no answer", section)
    elif packet.destination not in plane.own.anycasts:
        return packet.destination
    own = _own_there(walk)
    return _silent(walk, "no address to answer from", section) if own is None else own


def _own_there(walk: Walk) -> Address | None:
    """The address that everybody means there: one of the interface on which the question came in.

    The specific destination of RFC 1812 4.2.2.11, and RFC 4443 4.2. Where the interface has none
    that reaches the asker, another one of ours.
    """
    source, plane = walk.packet.source, walk.plane
    if source.version == 6 and source.is_link_local:
        return link_local_of(plane, walk.came_in)
    return address_for(plane, source, walk.came_in, source)


def _silent(walk: Walk, said: str, section: str) -> End:
    walk.note("ICMP", "{}", said, section=section)
    return End(Reason.NOT_ANSWERED)


def _reply4(walk: Walk, reply: bytes, source: Address, section: str) -> End:
    packet = walk.packet
    back = return_route(walk)
    walk.note("ICMP", "a request, answered from {}", source, section=section)
    send_icmp(
        walk,
        source,
        packet.source if back is None else back.first,
        reply,
        tos=packet.traffic_class,
        options=_options_back(walk, source),
    )
    return End(Reason.ANSWERED)


def _options_back(walk: Walk, source: Address) -> tuple[Ipv4Option, ...]:
    """Record route and timestamp with us in them, a source route turned round."""
    if not walk.options:
        return ()
    back = return_route(walk)
    options: list[Ipv4Option] = []
    for option in walk.options:
        match option:
            case RecordRoute():
                options.append(option.recording(source))
            case TimestampOption():
                options.append(stamped(walk.plane, option, source, walk.now) or option)
            case SourceRoute() if back is not None:
                options.append(back.option)
    return tuple(options)
