"""ICMP errors: what one says, from which address, how much it quotes (RFC 1812 4.3.2, RFC 4443).

owed  ->  may it be told? (silence.py)  ->  source (source.py)  ->  rate (rate_limit.py)
      ->  message with quote and extensions  ->  sent as a packet of our own (answer.py)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.answer import send_icmp, send_icmpv6
from fingerpost.forwarding.fault import Fault
from fingerpost.forwarding.identification import room_for_quote, who_was_it
from fingerpost.forwarding.silence import why_silent
from fingerpost.forwarding.source import Sender, choose_sender
from fingerpost.forwarding.source_route import return_route
from fingerpost.wire import icmp, icmpv6

if TYPE_CHECKING:
    from fingerpost.forwarding.fault import Owed
    from fingerpost.forwarding.walk import Walk
    from fingerpost.wire.icmp import IcmpMessage
    from fingerpost.wire.icmp_extension import ExtensionObject
    from fingerpost.wire.icmpv6 import Icmpv6Message

MOST_ICMP = 576  # of a whole error (RFC 1812 4.3.2.3)
MOST_ICMPV6 = 1280  # the least MTU of IPv6 (RFC 4443 2.4 c)
INTERNETWORK_CONTROL = 0xC0  # precedence 6 (RFC 1812 4.3.2.5)
TOS_BITS = 0x1C  # those of the provoking packet, without what is now ECN (RFC 3168 5)
_ICMP_HEADERS, _ICMPV6_HEADERS = 28, 48


def tell(walk: Walk, owed: Owed) -> None:
    """Send the sender of `walk.packet` the error that it is owed, if it may be told."""
    packet, plane = walk.packet, walk.plane
    if owed.fault.kind(packet.version) is None:
        return
    if (silence := why_silent(walk, owed)) is not None:
        walk.note("ICMP error", "nobody is told: {}", silence[0], section=silence[1])
        return
    sender = _sender(walk)
    if sender is None:
        walk.note("ICMP error", "no address to send it from", section="RFC 1812 2.2.7")
        return
    counters = plane.counters.get(walk.came_in or "")
    if _is_limited(walk, owed.fault):
        if counters is not None:
            counters.errors_limited += 1
        return
    walk.note("ICMP error", "{} is told: {}", packet.source, owed.fault.value)
    if packet.version == 4:
        _tell4(walk, owed, sender)
    else:
        _tell6(walk, owed, sender)
    if counters is not None and not walk.is_dry and not walk.answers[-1].end.is_loss:
        counters.errors_sent += 1


def _is_limited(walk: Walk, fault: Fault) -> bool:
    """Whether this peer or everybody was told enough; what we tell ourselves crosses no link."""
    packet = walk.packet
    if walk.is_ours or walk.is_dry:
        return False
    if walk.plane.error_limits.allows(fault, packet.source, walk.now):
        return False
    section = "RFC 1812 4.3.2.8" if packet.version == 4 else "RFC 4443 2.4 f"
    walk.note("ICMP error", "{}: enough were told", fault.value, section=section)
    return True


def _sender(walk: Walk) -> Sender | None:
    """RFC 4443 2.2 a: the address that was addressed; else what `choose_sender` finds."""
    packet, plane = walk.packet, walk.plane
    if walk.is_ours:
        delivered = packet.destination.is_loopback or plane.own.owner(packet.destination, None)
        return Sender(packet.destination if delivered else packet.source)
    if packet.version == 6 or plane.policy.errors_from_destination:
        addressed = packet.destination
        if plane.own.owner(addressed, walk.came_in) and addressed not in plane.own.anycasts:
            return Sender(addressed)
    return choose_sender(plane, packet.source, walk.came_in)


def _tell4(walk: Walk, owed: Owed, sender: Sender) -> None:
    packet = walk.packet
    about_route = owed.fault is Fault.PARAMETER  # RFC 1812 4.3.2.6
    back = None if about_route else return_route(walk)
    options = () if back is None else (back.option,)
    destination = packet.source if back is None else back.first
    spent = 0 if back is None else back.size
    extensions = who_was_it(walk) if walk.plane.policy.errors_identify_interface else ()
    room = room_for_quote(MOST_ICMP - _ICMP_HEADERS - spent, extensions, 4)
    message = _message4(owed, packet.data[:room], extensions)
    tos = INTERNETWORK_CONTROL | packet.traffic_class & TOS_BITS
    send_icmp(walk, sender.address, destination, message, tos=tos, options=options, hop=sender.hop)


def _message4(owed: Owed, quote: bytes, extensions: tuple[ExtensionObject, ...]) -> IcmpMessage:
    kind = owed.fault.icmp
    assert kind is not None
    if kind[0] == icmp.IcmpType.TIME_EXCEEDED:
        return icmp.TimeExceeded(kind[1], quote, extensions)
    if kind[0] == icmp.IcmpType.PARAMETER_PROBLEM:
        return icmp.ParameterProblem(kind[1], owed.pointer, quote, extensions)
    return icmp.DestinationUnreachable(kind[1], quote, owed.mtu, extensions)


def _tell6(walk: Walk, owed: Owed, sender: Sender) -> None:
    packet, fault = walk.packet, owed.fault
    kind = fault.icmpv6
    assert kind is not None
    message: Icmpv6Message
    extends = kind[0] in (1, 3)  # the others have no length field (RFC 4884 4)
    extensions = who_was_it(walk) if extends and walk.plane.policy.errors_identify_interface else ()
    room = room_for_quote(MOST_ICMPV6 - _ICMPV6_HEADERS, extensions, 8)
    quote = packet.data[:room]
    if kind[0] == 1:
        message = icmpv6.DestinationUnreachable(kind[1], quote, extensions)
    elif fault is Fault.TOO_BIG:
        message = icmpv6.PacketTooBig(owed.mtu, quote)
    elif kind[0] == 3:
        message = icmpv6.TimeExceeded(kind[1], quote, extensions)
    else:
        message = icmpv6.ParameterProblem(kind[1], owed.pointer, quote)
    send_icmpv6(walk, sender.address, packet.source, message, hop=sender.hop)
