"""Neighbour discovery (RFC 4861) as ICMPv6 messages, with its options.

The messages are read by `wire.icmpv6.decode`, or each by its own class. Refused is what RFC 4861
6.1, 7.1 and 8.1 call invalid inside the message: a code other than 0, a short message, an option of
length 0 or beyond the end, a multicast target. What takes the IPv6 header to see - the hop limit of
255, and rules about source and destination - is the forwarding room's business.

Options: those of RFC 4861, route information (RFC 4191), recursive DNS servers and search lists
(RFC 8106), PREF64 (RFC 8781) and the nonce (RFC 3971, for RFC 7527). An option of another type, or
one whose content its RFC says to ignore, is an `UnknownOption` with its bytes (RFC 4861 9).
"""

from __future__ import annotations

from fingerpost.wire.nd.advertisement import NeighborAdvertisement
from fingerpost.wire.nd.options import (
    DnsSearchList,
    Mtu,
    NdOption,
    Nonce,
    OptionType,
    Pref64,
    Preference,
    PrefixInformation,
    RecursiveDnsServers,
    RedirectedHeader,
    RouteInformation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    UnknownOption,
)
from fingerpost.wire.nd.redirect import Redirect
from fingerpost.wire.nd.router_advertisement import RouterAdvertisement
from fingerpost.wire.nd.router_solicitation import RouterSolicitation
from fingerpost.wire.nd.solicitation import NeighborSolicitation

__all__ = [
    "DnsSearchList",
    "Mtu",
    "NdOption",
    "NeighborAdvertisement",
    "NeighborSolicitation",
    "Nonce",
    "OptionType",
    "Pref64",
    "Preference",
    "PrefixInformation",
    "RecursiveDnsServers",
    "Redirect",
    "RedirectedHeader",
    "RouteInformation",
    "RouterAdvertisement",
    "RouterSolicitation",
    "SourceLinkLayerAddress",
    "TargetLinkLayerAddress",
    "UnknownOption",
]
