"""Stages that drop what should not be on its way at all: martians, scopes, borders, spoofs.

Martians (RFC 1812 4.2.2.11, 5.3.7, RFC 4291 2.5.2, 2.5.3, 2.7) go before anything else, whoever
they are for. So do packets that say they are ours: no RFC lists them, but they are forged or loop.
What only a router must not pass on (`forwardable`, `border`) is asked in transit alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.interface import ReversePath, Role
from fingerpost.forwarding.own import LIMITED_BROADCAST
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.walk import End

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import Walk

UNSPECIFIED_IPV4 = Address("0.0.0.0")
UNSPECIFIED_IPV6 = Address("::")
_INTERFACE_LOCAL = 1  # and the reserved scope 0


def martians(walk: Walk) -> End | None:
    """Drop packets whose addresses no packet on a link may carry; no ICMP (RFC 1812 5.3.7)."""
    packet = walk.packet
    section = "RFC 1812 5.3.7" if packet.version == 4 else "RFC 4291 2.5"
    said = _martian_source(walk)
    if said is not None:
        walk.note("martians", "source {} is {}", packet.source, said, section=section)
        return End(Reason.MARTIAN_SOURCE)
    said = _martian_destination(walk)
    if said is not None:
        walk.note("martians", "destination {} is {}", packet.destination, said, section=section)
        return End(Reason.MARTIAN_DESTINATION)
    walk.note("martians", "{} and {} may be on a link", packet.source, packet.destination)
    return None


def _martian_source(walk: Walk) -> str | None:
    packet = walk.packet
    source = packet.source
    strict = walk.plane.policy.knows_all_martians
    if packet.version == 6:
        if strict and (owner := walk.plane.own.owner(source, walk.came_in)) is not None:
            return f"our own address on {owner}"
        if packet.data[8] == 0xFF:
            return "multicast (RFC 4291 2.7)"
        return "loopback (RFC 4291 2.5.3)" if source.is_loopback else None
    if (owner := walk.plane.own.owner(source, walk.came_in)) is not None:
        return f"our own address on {owner}"
    first = packet.data[12]
    if first == 0 and (strict or source == UNSPECIFIED_IPV4):
        # a host that has no address yet asks everybody on its link (RFC 1122 3.2.1.3 a)
        asks = source == UNSPECIFIED_IPV4 and (
            packet.destination == LIMITED_BROADCAST or packet.destination.is_multicast
        )
        return None if asks else "in 0.0.0.0/8"
    if first == 127:
        return "loopback"
    if 224 <= first < 240:
        return "multicast"
    if first >= 240 and (strict or source == LIMITED_BROADCAST):
        return "in class E"
    if strict and (source in walk.plane.own.broadcasts or _is_zero_host(walk, source)):
        return "a broadcast address of ours"
    return None


def _is_zero_host(walk: Walk, address: Address) -> bool:
    return address in walk.plane.own.zero_hosts and walk.plane.policy.refuses_zero_hosts


def _martian_destination(walk: Walk) -> str | None:
    packet = walk.packet
    if packet.version == 6:
        if packet.destination == UNSPECIFIED_IPV6:
            return "unspecified (RFC 4291 2.5.2)"
        if packet.data[24] == 0xFF and packet.data[25] & 0x0F <= _INTERFACE_LOCAL:
            return "a group that is on no link (RFC 4291 2.7)"
        return "loopback (RFC 4291 2.5.3)" if packet.destination.is_loopback else None
    first = packet.data[16]
    strict = walk.plane.policy.knows_all_martians
    if first == 0 and (strict or packet.destination == UNSPECIFIED_IPV4):
        return "in 0.0.0.0/8"
    if first == 127:
        return "loopback"
    if first >= 240 and packet.destination != LIMITED_BROADCAST and strict:
        return "in class E"
    return None


def own_source(walk: Walk) -> End | None:
    """Send only what carries an address of ours (RFC 1122 3.2.1.3, 3.2.1.7; RFC 4291 2.5)."""
    packet, plane = walk.packet, walk.plane
    if packet.hop_limit == 0 and not walk.destination.is_loopback:
        walk.note("source", "nothing is sent with a hop limit of 0", section="RFC 1122 3.2.1.7")
        return End(Reason.HOP_LIMIT)
    if walk.is_answer or plane.policy.sends_foreign_sources:
        return None
    source = packet.source
    if source.is_loopback:
        stays = packet.destination.is_loopback or plane.own.owner(packet.destination, None)
        is_right = bool(stays)
    elif source.is_unspecified:  # who has no address yet speaks to its link
        is_right = walk.forced_egress is not None or packet.destination == LIMITED_BROADCAST
    else:
        owner = plane.own.owner(source, walk.forced_egress)
        is_right = owner is not None or source == plane.router_id
    if is_right:
        return None
    walk.note("source", "{} is no address of ours", source, section="RFC 1122 3.2.1.3")
    return End(Reason.FOREIGN_SOURCE)


def forwardable(walk: Walk) -> End | None:
    """Drop what must stay on its link or in its place (RFC 4291 2.5.6, RFC 3927 7, RFC 6890)."""
    packet = walk.packet
    source, destination = packet.source, walk.destination
    if packet.version == 6:
        if source == UNSPECIFIED_IPV6:
            walk.note("scope", "nobody's packet goes further", section="RFC 4291 2.5.2")
            return End(Reason.MARTIAN_SOURCE)
    elif walk.plane.policy.knows_all_martians and (
        source.is_link_local or destination.is_link_local
    ):
        walk.note("scope", "169.254.0.0/16 stays on its link", section="RFC 3927 7")
        return End(Reason.BEYOND_SCOPE)
    if not walk.plane.policy.obeys_registries:
        return None
    for what, address in (("source", source), ("destination", destination)):
        if packet.version == 6 and address.is_link_local:
            continue  # it may go back to its link: see `zone`
        verdict = walk.plane.forwardable(address)
        if not verdict and not (
            walk.plane.policy.forwards_documentation and address.is_documentation
        ):
            walk.note("scope", "{} {}: {}", what, address, verdict.reason, section="RFC 6890 2.2.1")
            return End(Reason.NOT_FORWARDABLE)
    walk.note("scope", "both addresses may be forwarded", section="RFC 6890 2.2.1")
    return None


def zone(walk: Walk) -> End | None:
    """Let no packet leave the link that its source is of (RFC 4007 9, RFC 4291 2.5.6).

    A destination of a link never does: `longest_match` looks for it on that link alone.
    """
    packet = walk.packet
    if packet.version == 4 or not packet.source.is_link_local or walk.egress is walk.interface:
        return None
    walk.note("scope", "link-local stays on its link", section="RFC 4007 9")
    return End(Reason.BEYOND_SCOPE, Owed(Fault.BEYOND_SCOPE))


def border(walk: Walk) -> End | None:
    """Drop private addresses that would cross a border interface (RFC 1918 3, RFC 4193 4.3)."""
    for interface in (walk.interface, walk.egress):
        if interface is None or interface.role is not Role.BORDER:
            continue
        for what, address in (
            ("source", walk.packet.source),
            ("destination", walk.destination),
        ):
            if address.is_private or address.is_unique_local or address.is_shared:
                walk.note(
                    "border", "{} {} is private, {} is a border", what, address, interface.name
                )
                owed = Owed(Fault.PROHIBITED) if what == "destination" else None
                return End(Reason.BORDER, owed)
    return None


def reverse_path(walk: Walk) -> End | None:
    """Ask the table whether the source could have come this way (RFC 3704 2.2, 2.4); no ICMP."""
    interface, source = walk.interface, walk.packet.source
    if interface is None or interface.reverse_path is ReversePath.OFF:
        return None
    if source.is_link_local or source in (UNSPECIFIED_IPV4, UNSPECIFIED_IPV6):
        return None  # these have no route and never cross a router
    mode = interface.reverse_path.value
    found = walk.plane.fib.match(source)
    if found is None:
        walk.note("reverse path", "{}: no route back to {}", mode, source, section="RFC 3704 2")
        return End(Reason.REVERSE_PATH)
    prefix, route = found
    ways = [hop.interface for hop in walk.plane.resolved(route)]
    if not ways or (interface.reverse_path is ReversePath.STRICT and interface.name not in ways):
        walk.note(
            "reverse path",
            "{}: {} leads back by {}, not by {}",
            mode,
            prefix,
            ", ".join(str(way) for way in ways) or route,
            interface.name,
            section="RFC 3704 2.2",
        )
        return End(Reason.REVERSE_PATH)
    walk.note("reverse path", "{}: {} leads back", mode, prefix, section="RFC 3704 2")
    return None
