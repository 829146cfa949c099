"""Which ND messages count: RFC 4861 6.1, 7.1 and 8.1, RFC 6980 5; all others are dropped silently.

Codes, lengths, options of length zero and multicast targets are refused by the decoders of
`wire.nd`; here stand the checks that take the IPv6 header, and what no station can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.neighbor.nd_frame import HOP_LIMIT
from fingerpost.wire.nd import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)

if TYPE_CHECKING:
    from typing import TypeAlias

    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.packet import Packet

    NdMessage: TypeAlias = (
        NeighborSolicitation
        | NeighborAdvertisement
        | RouterSolicitation
        | RouterAdvertisement
        | Redirect
    )

ND_MESSAGES = (
    NeighborSolicitation,
    NeighborAdvertisement,
    RouterSolicitation,
    RouterAdvertisement,
    Redirect,
)
# whose station a message may name; any other option that says so is ignored, as 6.1 and 7.1 have it
_OF_TARGET = (NeighborAdvertisement, Redirect)


def invalid(message: NdMessage, packet: Packet, interface: Interface) -> str | None:
    """Why a message does not count, with its section; None if it does."""
    if packet.hop_limit != HOP_LIMIT:
        return f"hop limit {packet.hop_limit}, not 255: it may come from afar (RFC 4861 7.1)"
    named = TargetLinkLayerAddress if isinstance(message, _OF_TARGET) else SourceLinkLayerAddress
    for option in message.options:
        if isinstance(option, named) and _is_nobodys(option.mac, interface):
            return f"no other station has the address {option.mac} (RFC 1812 3.3.2)"
    is_from_nobody = packet.source.is_unspecified
    match message:
        case NeighborSolicitation():
            if is_from_nobody and not _is_solicited_node(packet):
                return "from ::, and not to a solicited-node group (RFC 4861 7.1.1)"
        case NeighborAdvertisement():
            if message.solicited and packet.destination.is_multicast:
                return "solicited, and to a group (RFC 4861 7.1.2)"
        case RouterAdvertisement() | Redirect():
            if not packet.source.is_link_local:
                return f"from {packet.source}, which is not link-local (RFC 4861 6.1.2, 8.1)"
    if is_from_nobody and any(isinstance(o, SourceLinkLayerAddress) for o in message.options):
        return "from ::, with a source link-layer address (RFC 4861 6.1.1, 7.1.1)"
    return None


def _is_nobodys(mac: bytes, interface: Interface) -> bool:
    return bool(mac[0] & 1) or not any(mac) or mac == interface.mac


def _is_solicited_node(packet: Packet) -> bool:
    destination = packet.destination
    return destination.is_multicast and destination == destination.solicited_node
