"""When nobody is told of a fault, whatever it is: RFC 1812 4.3.2.7, RFC 1122 3.2.2, RFC 4443 2.4 e.

These rules stand above every rule that asks for an error. RFC 792 said so for errors and later
fragments; the others keep one packet from making a storm of answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.fault import Fault
from fingerpost.forwarding.own import LIMITED_BROADCAST
from fingerpost.forwarding.walk import Cast
from fingerpost.wire.icmp.types import is_error_type
from fingerpost.wire.icmpv6 import types as icmpv6_types
from fingerpost.wire.ipv6_extension import EXTENSIONS
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.fault import Owed
    from fingerpost.forwarding.packet import Packet
    from fingerpost.forwarding.walk import Walk

_ICMP, _ICMPV6 = int(IpProtocol.ICMP), int(IpProtocol.ICMPV6)
# answers that waited in vain for their neighbour: nobody here sent them (see `Walk.is_answer`)
_REPLIES = (b"\x00", b"\x0e", b"\x2b")
_REPLIES6 = (b"\x81", b"\xa1")
_PROHIBITIONS = frozenset((Fault.PROHIBITED, Fault.HOST_PROHIBITED, Fault.SOURCE_POLICY))


def why_silent(walk: Walk, owed: Owed) -> tuple[str, str] | None:
    """Say why the sender must not be told, and the section; None when it may be."""
    if walk.is_answer:
        return "the packet is an answer of ours", "RFC 1812 4.3.2.7"
    if owed.fault in _PROHIBITIONS and not walk.plane.policy.tells_prohibited:
        return "the policy does not tell what is prohibited", "RFC 1812 5.2.7.1"
    if walk.packet.version == 4:
        said = why_silent4(walk)
        return (said, "RFC 1812 4.3.2.7") if said else None
    said = why_silent6(walk, owed.fault is Fault.TOO_BIG or owed.even_multicast)
    return (said, "RFC 4443 2.4 e") if said else None


def why_silent4(walk: Walk) -> str | None:
    """The rules of IPv4."""
    packet = walk.packet
    if packet.fragment_offset:
        return "it is not the first fragment"
    if walk.cast is not Cast.UNICAST:
        return f"the frame was a {walk.cast.value}"
    if packet.destination.is_multicast:
        return "it was for a group"
    if is_broadcast(walk, packet.destination):
        return "it was for everybody"
    if not is_single_host(walk, packet.source):
        return f"{packet.source} is no single host"
    if packet.protocol == _ICMP and _is_error4(packet):
        return "it is an ICMP error"
    if walk.is_ours and packet.protocol == _ICMP and packet.payload[:1] in _REPLIES:
        return "it is an answer of ours"
    return None


def why_silent6(walk: Walk, even_multicast: bool) -> str | None:
    """The rules of IPv6, which have two exceptions for groups (RFC 4443 2.4 e.3)."""
    packet = walk.packet
    if not even_multicast:
        if walk.cast is not Cast.UNICAST:
            return f"the frame was a {walk.cast.value}"
        if packet.destination.is_multicast:
            return "it was for a group"
    if not is_single_host(walk, packet.source):
        return f"{packet.source} is no single host"
    if _is_error6(packet):
        return "it is an ICMPv6 error or a redirect"
    if walk.is_ours and packet.protocol == _ICMPV6 and packet.payload[:1] in _REPLIES6:
        return "it is an answer of ours"
    return None


def is_broadcast(walk: Walk, destination: Address) -> bool:
    """Whether an IPv4 destination is everybody on some link of ours."""
    own = walk.plane.own
    return (
        destination == LIMITED_BROADCAST
        or destination in own.broadcasts
        or (destination in own.zero_hosts and walk.plane.policy.refuses_zero_hosts)
    )


def is_single_host(walk: Walk, source: Address) -> bool:
    """Whether an address can be that of one sender (RFC 1122 3.2.2, RFC 4443 2.4 e.6)."""
    if source.is_multicast or source.is_unspecified:
        return False
    if source.is_loopback:
        return walk.is_ours
    if source.version == 6:
        return True
    first = source.packed[0]
    return first != 0 and first < 224 and not is_broadcast(walk, source)


def _is_error4(packet: Packet) -> bool:
    """Whether it is an ICMP error, or may be: one that is too short to tell counts as one."""
    data, at = packet.data, packet.header_length
    return at >= len(data) or is_error_type(data[at])


def _is_error6(packet: Packet) -> bool:
    """Whether it is an ICMPv6 error or redirect; a later fragment does not tell, and is none."""
    kind, data, at = packet.protocol, packet.data, 40
    while kind in EXTENSIONS:
        if at + 8 > len(data):
            return False
        if kind == IpProtocol.FRAGMENT and (data[at + 2] << 8 | data[at + 3]) & 0xFFF8:
            return False
        step = _length_of(kind, data[at + 1])
        kind, at = data[at], at + step
    if kind != _ICMPV6:
        return False
    return at >= len(data) or icmpv6_types.is_error_type(data[at])


def _length_of(kind: int, octet: int) -> int:
    """Bytes of an extension header whose length field holds `octet`."""
    if kind == IpProtocol.FRAGMENT:
        return 8
    return (octet + 2) * 4 if kind == IpProtocol.AH else (octet + 1) * 8
