"""Who takes what apart: tables from the numbers of a format to the dissector of what follows.

The wire formats of this room register here. A protocol of a higher room plugs in its own:

    dissectors = standard()
    dissectors.udp_port[520] = dissect_rip

where a dissector takes a `Span` and gives a `Layer`; a `DecodeError` that it raises becomes the
fault of its layer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fingerpost.wire.dissect.arp import dissect_arp
from fingerpost.wire.dissect.ethernet import dissect_ethernet
from fingerpost.wire.dissect.icmp import dissect_icmp
from fingerpost.wire.dissect.icmpv6 import dissect_icmpv6
from fingerpost.wire.dissect.igmp import dissect_igmp
from fingerpost.wire.dissect.ipv4 import dissect_ipv4
from fingerpost.wire.dissect.ipv6 import dissect_ipv6
from fingerpost.wire.dissect.ipv6_extension import (
    dissect_authentication,
    dissect_destination,
    dissect_fragment,
    dissect_hop_by_hop,
    dissect_routing,
)
from fingerpost.wire.dissect.links import (
    dissect_cooked,
    dissect_cooked_v2,
    dissect_ip,
    dissect_loopback,
    dissect_null,
)
from fingerpost.wire.dissect.tcp import dissect_tcp
from fingerpost.wire.dissect.udp import dissect_udp
from fingerpost.wire.ethernet import EtherType
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.wire.dissect.span import Dissector


@dataclass(slots=True)
class Dissectors:
    """The tables; each may be added to."""

    link: dict[int, Dissector] = field(default_factory=dict)
    ethertype: dict[int, Dissector] = field(default_factory=dict)
    ip_protocol: dict[int, Dissector] = field(default_factory=dict)
    udp_port: dict[int, Dissector] = field(default_factory=dict)
    tcp_port: dict[int, Dissector] = field(default_factory=dict)


def standard() -> Dissectors:
    """Give new tables with the formats of `fingerpost.wire`.

    Link types are those of https://www.tcpdump.org/linktypes.html.
    """
    return Dissectors(
        link={
            0: dissect_null,
            1: dissect_ethernet,
            12: dissect_ip,
            101: dissect_ip,
            108: dissect_loopback,
            113: dissect_cooked,
            228: dissect_ipv4,
            229: dissect_ipv6,
            276: dissect_cooked_v2,
        },
        ethertype={
            EtherType.IPV4: dissect_ipv4,
            EtherType.ARP: dissect_arp,
            EtherType.IPV6: dissect_ipv6,
            EtherType.TRANSPARENT_BRIDGING: dissect_ethernet,
        },
        ip_protocol={
            IpProtocol.ICMP: dissect_icmp,
            IpProtocol.IGMP: dissect_igmp,
            IpProtocol.IPV4: dissect_ipv4,
            IpProtocol.TCP: dissect_tcp,
            IpProtocol.UDP: dissect_udp,
            IpProtocol.IPV6: dissect_ipv6,
            IpProtocol.ICMPV6: dissect_icmpv6,
            IpProtocol.HOPOPTS: dissect_hop_by_hop,
            IpProtocol.DSTOPTS: dissect_destination,
            IpProtocol.ROUTING: dissect_routing,
            IpProtocol.FRAGMENT: dissect_fragment,
            IpProtocol.AH: dissect_authentication,
        },
    )
