"""ICMP errors: when one is owed, when it must not be, what it says (RFC 1812 4.3, RFC 4443)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.fault import Fault

if TYPE_CHECKING:
    from fingerpost.forwarding.fault import Owed
    from fingerpost.forwarding.walk import Walk
    from fingerpost.wire.icmp import IcmpMessage


def tell(walk: Walk, owed: Owed) -> None:
    """Send the sender of `walk.packet` the error that it is owed, if it may be told."""
    from fingerpost.wire import icmp
    from fingerpost.wire.ipv4 import Ipv4

    packet = walk.packet
    kind = owed.fault.kind(packet.version)
    if kind is None or packet.version == 6:
        return
    quote = packet.data[:548]
    message: IcmpMessage
    if owed.fault is Fault.HOP_LIMIT:
        message = icmp.TimeExceeded(kind[1], quote)
    elif kind[0] == 3:
        message = icmp.DestinationUnreachable(kind[1], quote, owed.mtu)
    else:
        return
    source = walk.plane.source_for(packet.source, walk.came_in)
    if source is None:
        return
    answer = Ipv4(source, packet.source, 1, message.encode(), tos=0xC0)
    walk.answers.append(walk.plane.originate(answer.encode(), walk.now, walk.out))
