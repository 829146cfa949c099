"""Redirects that we send: a neighbour is told of a better first hop, its packet forwarded as ever.

IPv4 (RFC 1812 5.2.7.2): the packet leaves where it came in, its source is in the same subnet as the
next hop, and it has no source route; host redirects only. IPv6 (RFC 4861 8.2): the source is a
neighbour, the target a link-local address of a better router, or the destination itself if that is
a neighbour. Neither is sent where no error may be sent, and both are rate limited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.answer import send_icmp, send_icmpv6
from fingerpost.forwarding.fault import Fault
from fingerpost.forwarding.icmp_error import INTERNETWORK_CONTROL, MOST_ICMP, TOS_BITS
from fingerpost.forwarding.silence import why_silent4
from fingerpost.forwarding.source import link_local_of
from fingerpost.wire import icmp
from fingerpost.wire.icmp import RedirectCode
from fingerpost.wire.nd import NdOption, Redirect, RedirectedHeader, TargetLinkLayerAddress

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.walk import Walk

_MOST_ICMPV6 = 1280
_ICMP_HEADERS = 28
_REDIRECT_HEADERS = 40 + 40  # IPv6, and type to destination address
_REDIRECTED_HEADER = 8
_FULL_HOP_LIMIT = 255


def redirect(walk: Walk) -> None:
    """Tell the sender of a packet that leaves where it came in, if it may use the other way."""
    egress = walk.egress
    if egress is not walk.interface or egress is None or not egress.sends_redirects:
        return
    if walk.packet.version == 4:
        _redirect4(walk)
    else:
        _redirect6(walk)


def _redirect4(walk: Walk) -> None:
    packet, egress = walk.packet, walk.egress
    assert egress is not None
    target = walk.gateway if walk.gateway is not None else walk.destination
    if target.version != 4 or walk.source_routed or why_silent4(walk) is not None:
        return
    # the source of the redirect is in the subnet of who gets it, too (RFC 1812 5.2.7.2)
    ours = next(
        (
            own.address
            for own in egress.addresses
            if own.version == 4
            and own.prefix.contains(packet.source)
            and own.prefix.contains(target)
        ),
        None,
    )
    if ours is None or any(option.kind in (131, 137) for option in walk.options):
        return
    if not _may_tell(walk, target, "RFC 1812 5.2.7.2"):
        return
    message = icmp.Redirect(RedirectCode.HOST, target, packet.data[: MOST_ICMP - _ICMP_HEADERS])
    tos = INTERNETWORK_CONTROL | packet.traffic_class & TOS_BITS
    send_icmp(walk, ours, packet.source, message, tos=tos)


def _redirect6(walk: Walk) -> None:
    packet, egress = walk.packet, walk.egress
    assert egress is not None
    target = walk.gateway if walk.gateway is not None else packet.destination
    if walk.gateway is not None and not target.is_link_local:
        return  # a router is known to its neighbours by its link-local address (RFC 4861 8.2)
    is_near = packet.source.is_link_local or any(
        own.version == 6 and own.prefix.contains(packet.source) for own in egress.addresses
    )
    ours = link_local_of(walk.plane, egress.name)
    # about errors too: a redirect is none (RFC 4861 8.2 excludes multicast destinations alone)
    if not is_near or ours is None or packet.destination.is_multicast:
        return
    if not _may_tell(walk, target, "RFC 4861 8.2"):
        return
    options: list[NdOption] = []
    if (station := walk.plane.neighbors.cached(egress.name, target)) is not None:
        options.append(TargetLinkLayerAddress(station))
    room = _MOST_ICMPV6 - _REDIRECT_HEADERS - 8 * len(options) - _REDIRECTED_HEADER
    # whole blocks of 8; the option could not tell filling from packet
    quote = packet.data[: min(room, len(packet.data)) // 8 * 8]
    options.append(RedirectedHeader(quote))
    message = Redirect(target, packet.destination, tuple(options))
    send_icmpv6(walk, ours, packet.source, message, hop_limit=_FULL_HOP_LIMIT)


def _may_tell(walk: Walk, target: Address, section: str) -> bool:
    """Take a token for the sender, and say what happens."""
    plane, source = walk.plane, walk.packet.source
    counters = plane.counters.get(walk.came_in or "")
    if not walk.is_dry:
        if not plane.error_limits.allows(Fault.REDIRECT, source, walk.now):
            if counters is not None:
                counters.errors_limited += 1
            walk.note("redirect", "{} was told often enough", source, section=section)
            return False
        if counters is not None:
            counters.errors_sent += 1
    walk.note("redirect", "{} is told of {}, a better first hop", source, target, section=section)
    return True
