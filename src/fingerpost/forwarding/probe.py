"""Extended echo: how an interface of ours is, for who asks another one (PROBE, RFC 8335 4).

Off unless the policy turns it on. Only our own interfaces are told of: questions about neighbours,
with the L bit clear, are off by default too (RFC 8335 8), and here always.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fingerpost.forwarding.answer import send_icmp, send_icmpv6
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.silence import is_broadcast, is_single_host
from fingerpost.forwarding.walk import Cast, End
from fingerpost.wire import icmp
from fingerpost.wire.icmp import ExtendedEchoCode
from fingerpost.wire.icmp_extension import InterfaceByAddress, InterfaceByIndex, InterfaceByName
from fingerpost.wire.icmpv6.extended_echo import ExtendedEchoReply as ExtendedEchoReply6
from fingerpost.wire.probe import NeighborState

if TYPE_CHECKING:
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.walk import Walk
    from fingerpost.wire.probe import ProbeRequest

    Verdict: TypeAlias = tuple[int, int, int, NeighborState, bool, bool, bool]

_FULL_TTL = 255


def answer4(walk: Walk, request: ProbeRequest) -> End:
    """Answer a question that came by ICMP."""
    if not _is_allowed(walk, request):
        return End(Reason.NOT_ANSWERED)
    packet = walk.packet
    reply = icmp.ExtendedEchoReply(*_verdict(walk, request))
    send_icmp(
        walk, packet.destination, packet.source, reply, tos=0, ttl=_FULL_TTL, dont_fragment=True
    )
    return End(Reason.ANSWERED)


def answer6(walk: Walk, request: ProbeRequest) -> End:
    """Answer a question that came by ICMPv6."""
    if not _is_allowed(walk, request):
        return End(Reason.NOT_ANSWERED)
    packet = walk.packet
    reply = ExtendedEchoReply6(*_verdict(walk, request))
    send_icmpv6(walk, packet.destination, packet.source, reply, hop_limit=_FULL_TTL)
    return End(Reason.ANSWERED)


def _is_allowed(walk: Walk, request: ProbeRequest) -> bool:
    """RFC 8335 4: what is not enabled is dropped silently, and so is what no single host asks."""
    packet = walk.packet
    allowed = (
        walk.plane.policy.answers_probes
        and request.is_local
        and walk.cast is Cast.UNICAST
        and not packet.destination.is_multicast
        and not (packet.version == 4 and is_broadcast(walk, packet.destination))
        and packet.destination not in walk.plane.own.anycasts
        and is_single_host(walk, packet.source)
    )
    said = "extended echo, answered" if allowed else "extended echo, which nobody allowed"
    walk.note("ICMP", said, section="RFC 8335 4")
    return allowed


def _verdict(walk: Walk, request: ProbeRequest) -> Verdict:
    """Code, numbers, no neighbour state, and whether the interface is active and what it speaks."""
    code, found = ExtendedEchoCode.NO_ERROR, _asked_about(walk, request)
    if request.query is None:
        code = ExtendedEchoCode.MALFORMED_QUERY
    elif not found:
        code = ExtendedEchoCode.NO_SUCH_INTERFACE
    elif len(found) > 1:
        code = ExtendedEchoCode.MULTIPLE_INTERFACES
    numbers = (int(code), request.identifier, request.sequence, NeighborState.NONE)
    if code or not found[0].is_up:
        return (*numbers, False, False, False)
    speaks = [found[0].address_of(version) is not None for version in (4, 6)]
    return (*numbers, True, speaks[0], speaks[1])


def _asked_about(walk: Walk, request: ProbeRequest) -> list[Interface]:
    interfaces = walk.plane.interfaces.values()
    match request.query:
        case InterfaceByName(name):
            return [interface for interface in interfaces if interface.name == name]
        case InterfaceByIndex(index):
            return [interface for interface in interfaces if interface.index == index]
        case InterfaceByAddress(address):
            return [
                interface
                for interface in interfaces
                if interface.mac == address
                or any(own.address == address for own in interface.addresses)
            ]
    return []
