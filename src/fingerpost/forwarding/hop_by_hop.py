"""The hop-by-hop header (RFC 8200 4.3), the only extension that a router looks at in transit.

Router alert (RFC 2711): a packet goes on like any other, unless its upper layer is one of
`policy.alerted_protocols`: then it is delivered here instead (RFC 6398 5). Jumbograms do not fit
our links, but one that says so wrongly is told (RFC 2675 3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.forwarding.extension import malformed, unknown_option
from fingerpost.forwarding.local import deliver
from fingerpost.forwarding.walk import Cast
from fingerpost.wire.ipv6_extension import upper_layer
from fingerpost.wire.ipv6_options import (
    HomeAddress,
    JumboPayload,
    RouterAlert,
    UnknownOption,
    located_options,
)

if TYPE_CHECKING:
    from fingerpost.forwarding.walk import End, Walk

_AT = 40
_PAYLOAD_LENGTH_AT = 4


def alert_alone(walk: Walk) -> End | None:
    """Look for a router alert in a packet for a group that nobody here listens to.

    Reports of listeners go to the group that they are about (RFC 2710 4). What is wrong with other
    options of such a packet is none of our business.
    """
    data = walk.packet.data
    end = _AT + (data[_AT + 1] + 1) * 8 if len(data) > _AT + 1 else 0
    try:
        options = located_options(data[_AT + 2 : end], _AT + 2) if 0 < end <= len(data) else []
    except DecodeError:
        return None
    return _alert(walk) if any(isinstance(option, RouterAlert) for _, option in options) else None


def examine(walk: Walk) -> End | None:
    """Go through the options in order (RFC 8200 4.2); the first that is refused ends the way."""
    data = walk.packet.data
    if len(data) < _AT + 8:
        return malformed(walk, _PAYLOAD_LENGTH_AT, "no room for the hop-by-hop header")
    end = _AT + (data[_AT + 1] + 1) * 8
    if end > len(data):
        return malformed(walk, _AT + 1, "the hop-by-hop header passes the end of the packet")
    try:
        options = located_options(data[_AT + 2 : end], _AT + 2)
    except DecodeError as fault:
        return malformed(walk, fault.offset or _AT, str(fault))
    alerted = False
    for at, option in options:
        match option:
            case RouterAlert():
                alerted = True
            case JumboPayload():
                # no packet here is longer than its payload length can say (RFC 2675 3)
                return malformed(walk, at, "a jumbo payload option beside a payload length")
            case UnknownOption() | HomeAddress():
                if (refused := unknown_option(walk, at, option.kind)) is not None:
                    return refused
    walk.note("options", "{} hop-by-hop understood", len(options), section="RFC 8200 4.3")
    return _alert(walk) if alerted else None


def _alert(walk: Walk) -> End | None:
    upper = upper_layer(walk.packet.protocol, walk.packet.data[_AT:])
    if upper is None or upper[0] not in walk.plane.policy.alerted_protocols:
        return None
    if walk.cast is not Cast.UNICAST and not walk.packet.destination.is_multicast:
        return None  # it goes nowhere (RFC 1812 5.3.4)
    walk.note("options", "router alert for protocol {}", upper[0], section="RFC 2711 2")
    return deliver(walk)
