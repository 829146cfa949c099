"""Which part of the control plane a packet is for: the classes that RFC 6192 limits one by one.

The upper layer's first bytes tell. Of a fragment the protocol alone does, also of a first one that
shows more: all pieces of a packet are of one class, since each is worth nothing without the others.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from fingerpost.wire.icmp import IcmpType
from fingerpost.wire.icmpv6_message import NEIGHBOR_DISCOVERY, Icmpv6Type
from fingerpost.wire.ipv6_extension import upper_layer
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.forwarding.packet import Packet


class TrafficClass(Enum):
    """What is for the router itself, then what needs its slow path in transit."""

    ARP = "arp"
    NEIGHBOR_DISCOVERY = "neighbor_discovery"
    ECHO = "echo"
    ICMP = "icmp"  # any other, MLD too
    OSPF = "ospf"
    BGP = "bgp"
    RIP = "rip"
    BFD = "bfd"
    LOCAL = "local"  # any other packet for us
    OPTIONS = "options"
    GLEAN = "glean"  # begins the search for a neighbour

    def __str__(self) -> str:
        """The name as traces say it."""
        return self.value.replace("_", " ")


_FIXED_HEADER = 40
_ECHO4 = (IcmpType.ECHO_REQUEST, IcmpType.ECHO_REPLY)
_ECHO6 = (Icmpv6Type.ECHO_REQUEST, Icmpv6Type.ECHO_REPLY)
_BGP_PORT = 179  # RFC 4271 8.2.1
_UDP_PORTS = {
    520: TrafficClass.RIP,  # RFC 2453
    521: TrafficClass.RIP,  # RIPng, RFC 2080
    3784: TrafficClass.BFD,  # RFC 5881 4
    3785: TrafficClass.BFD,  # its echo
    4784: TrafficClass.BFD,  # over several hops, RFC 5883
}


def class_of(packet: Packet) -> TrafficClass:
    """The class of a packet that is for us, by what it shows; its end need not be there."""
    protocol, at, is_fragment = packet.protocol, packet.header_length, packet.is_fragment
    if packet.version == 6:
        found = upper_layer(protocol, packet.data[_FIXED_HEADER:])
        if found is None:
            return TrafficClass.LOCAL
        protocol, at, is_fragment = found[0], found[1] + _FIXED_HEADER, found[2]
    if protocol == IpProtocol.OSPF:
        return TrafficClass.OSPF
    start = b"" if is_fragment else packet.data[at : at + 4]
    if protocol == (IpProtocol.ICMP if packet.version == 4 else IpProtocol.ICMPV6):
        return _class_of_icmp(packet.version, start)
    if len(start) < 4:
        return TrafficClass.LOCAL
    source, destination = start[0] << 8 | start[1], start[2] << 8 | start[3]
    if protocol == IpProtocol.TCP and _BGP_PORT in (source, destination):
        return TrafficClass.BGP
    if protocol == IpProtocol.UDP:
        return _UDP_PORTS.get(destination, TrafficClass.LOCAL)
    return TrafficClass.LOCAL


def _class_of_icmp(version: int, start: bytes) -> TrafficClass:
    if not start:
        return TrafficClass.ICMP
    if start[0] in (_ECHO4 if version == 4 else _ECHO6):
        return TrafficClass.ECHO
    if version == 6 and start[0] in NEIGHBOR_DISCOVERY:
        return TrafficClass.NEIGHBOR_DISCOVERY
    return TrafficClass.ICMP
