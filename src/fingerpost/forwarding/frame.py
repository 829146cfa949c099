"""The link header of a frame that came in, and which way its content goes (RFC 894, RFC 2464)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding import filters, pipeline
from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.packet import Packet, parse4, parse6, truncated
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.trace import Step, Trace
from fingerpost.forwarding.traffic_class import TrafficClass
from fingerpost.forwarding.walk import Cast, Walk
from fingerpost.wire.ethernet import EtherType

if TYPE_CHECKING:
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface

_BROADCAST = b"\xff" * 6
_TOTAL_LENGTH_AT = 2
_VLANS = (EtherType.VLAN, 0x88A8)


def receive_frame(
    plane: Forwarder, interface: Interface, frame: bytes, now: int, out: list[Output]
) -> None:
    """Check the link header and hand the content on; every end is counted."""
    counters = plane.counters[interface.name]
    counters.packets_in += 1
    counters.bytes_in += max(len(frame) - 14, 0)
    cast = _cast(frame, interface)
    if isinstance(cast, Reason):
        plane.end_of(_ended(plane, interface, now, cast))
        return
    ethertype = frame[12] << 8 | frame[13]
    if ethertype == EtherType.VLAN and _is_priority_tagged(frame):
        frame = frame[:12] + frame[16:]
        ethertype = frame[12] << 8 | frame[13]
    if ethertype == EtherType.ARP:
        plane.end_of(_heard_arp(plane, interface, frame[14:], now, out))
        return
    packet = _packet(frame, ethertype)
    if isinstance(packet, Reason):
        tells = plane.forwards and plane.policy.tells_truncated and ethertype == EtherType.IPV4
        lost = truncated(frame[14:]) if tells and packet is Reason.BAD_LENGTH else None
        if lost is not None:
            walk = Walk(plane, lost, now, out, interface, cast)
            plane.end_of(_tell_of_loss(walk, packet))
        else:
            plane.end_of(_ended(plane, interface, now, packet))
        return
    walk = Walk(plane, packet, now, out, interface, cast)
    walk.keeps_losers = plane.tracer is not None
    walk.note("validate", "{} bytes, header and lengths are right", len(packet.data))
    end = pipeline.received(walk)
    plane.end_of(walk.trace(end.reason))


def _heard_arp(
    plane: Forwarder, interface: Interface, packet: bytes, now: int, out: list[Output]
) -> Trace:
    if plane.control_plane.admits(TrafficClass.ARP, now):
        reason = plane.neighbors.receive_arp(interface, packet, now, out)
        return _ended(plane, interface, now, reason)
    said = plane.control_plane.refusal(TrafficClass.ARP)
    step = Step("control plane", "{}", (said,), Reason.POLICED.section)
    return Trace(now, plane.name, interface.name, None, (step,), Reason.POLICED)


def _cast(frame: bytes, interface: Interface) -> Cast | Reason:
    if not interface.is_up:
        return Reason.NOT_RUNNING
    if len(frame) < 14:
        return Reason.SHORT_FRAME
    target = frame[:6]
    if target == interface.mac:
        return Cast.UNICAST
    if target == _BROADCAST:
        return Cast.BROADCAST
    return Cast.MULTICAST if target[0] & 1 else Reason.OTHER_HOST


def _is_priority_tagged(frame: bytes) -> bool:
    """Whether the tag gives a priority and no VLAN: then the frame counts as untagged (802.1Q)."""
    return len(frame) >= 18 and (frame[14] << 8 | frame[15]) & 0x0FFF == 0


def _packet(frame: bytes, ethertype: int) -> Packet | Reason:
    if ethertype == EtherType.IPV4:
        return parse4(frame[14:])
    if ethertype == EtherType.IPV6:
        return parse6(frame[14:])
    return Reason.VLAN_UNKNOWN if ethertype in _VLANS else Reason.UNKNOWN_PROTOCOL


def _tell_of_loss(walk: Walk, reason: Reason) -> Trace:
    """Who sent a packet that lost its end is told that its length is wrong (RFC 1812 5.2.2)."""
    walk.note("validate", reason.value, section=reason.section)
    if filters.martians(walk) is None:
        pipeline.refuse(walk, reason, Owed(Fault.PARAMETER, pointer=_TOTAL_LENGTH_AT))
    return walk.trace(reason)


def _ended(plane: Forwarder, interface: Interface, now: int, reason: Reason) -> Trace:
    step = Step("receive", reason.value, (), reason.section)
    return Trace(now, plane.name, interface.name, None, (step,), reason)
