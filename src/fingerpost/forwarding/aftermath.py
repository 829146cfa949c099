"""What is owed for packets that failed after the stages had let them pass.

- Nobody above took it: a closed port or an unknown protocol (RFC 1122 3.2.2.1, RFC 1812 4.3.3.1;
  RFC 4443 3.1 and 3.4, where the pointer names the field that says the protocol).
- Its next hop never answered (RFC 1812 4.3.3.1, RFC 4861 7.2.2): every packet that waited is told.
- Its other fragments never came (RFC 792, RFC 8200 4.5): who sent the first one is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.forwarding import pipeline
from fingerpost.forwarding.extension import NEXT_HEADER_AT, Upper, upper_of
from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.packet import parse
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.walk import Cast, Walk
from fingerpost.wire.ipv4_options import decode_options

if TYPE_CHECKING:
    from fingerpost.forwarding.events import Output, PacketRefused
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface


def refused(
    plane: Forwarder,
    event: PacketRefused,
    arrived: Interface | None,
    now: int,
    out: list[Output],
) -> None:
    """Tell the sender of a packet that was delivered and that nobody took."""
    parsed = parse(event.packet)
    if isinstance(parsed, Reason):
        return
    cast = Cast.MULTICAST if event.to_group else Cast.UNICAST
    walk = Walk(plane, parsed, now, out, arrived, cast)
    reason = Reason.NO_PORT if event.is_port else Reason.NO_PROTOCOL
    pipeline.refuse(walk, reason, _refusal(walk, event.is_port))
    plane.end_of(walk.trace(reason))


def _refusal(walk: Walk, is_port: bool) -> Owed:
    """The error; the options are read once more, for the way back of a source route."""
    if walk.packet.version == 4:
        try:
            walk.options = decode_options(walk.packet.options)
        except DecodeError:
            walk.options = ()  # it was not delivered by this plane
        return Owed(Fault.PORT if is_port else Fault.PROTOCOL)
    if is_port:
        return Owed(Fault.PORT)
    found = upper_of(walk, walk.packet)
    pointer = found.named_at if isinstance(found, Upper) else NEXT_HEADER_AT
    return Owed(Fault.UNKNOWN_NEXT_HEADER, pointer=pointer)


def lost(plane: Forwarder, now: int, out: list[Output]) -> None:
    """Tell the senders of packets that waited for their neighbour in vain."""
    while waited := plane.neighbors.take_lost():
        for waiting, reason in waited:
            arrived = plane.interfaces.get(waiting.came_in or "")
            walk = Walk(plane, waiting.packet, now, out, arrived)
            walk.note("neighbour", reason.value, section=reason.section)
            if reason is Reason.NEIGHBOR_FAILED:
                pipeline.refuse(walk, reason, Owed(Fault.HOST))
            plane.end_of(walk.trace(reason))


def given_up(plane: Forwarder, now: int, out: list[Output]) -> None:
    """Tell the senders of first fragments whose others did not come in time."""
    reason = Reason.REASSEMBLY_TIMEOUT
    for entry in plane.reassembly.advance(now):
        arrived = plane.interfaces.get(entry.interface or "")
        if entry.first is not None:
            walk = Walk(plane, entry.first, now, out, arrived)
            walk.note("fragments", "the others did not come", section="RFC 1122 3.3.2")
            pipeline.refuse(walk, reason, Owed(Fault.REASSEMBLY))
            plane.end_of(walk.trace(reason))
        elif arrived is not None and not entry.is_refused:
            plane.counters[arrived.name].ends[reason] += 1
