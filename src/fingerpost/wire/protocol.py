"""The protocol numbers of IPv4 and next header values of IPv6 (IANA "Protocol Numbers")."""

from __future__ import annotations

from enum import IntEnum


class IpProtocol(IntEnum):
    """What an IP payload holds; decoders give plain numbers, which compare equal to these."""

    HOPOPTS = 0
    ICMP = 1
    IGMP = 2
    IPV4 = 4
    TCP = 6
    EGP = 8
    UDP = 17
    DCCP = 33
    IPV6 = 41
    ROUTING = 43
    FRAGMENT = 44
    RSVP = 46
    GRE = 47
    ESP = 50
    AH = 51
    ICMPV6 = 58
    NO_NEXT = 59
    DSTOPTS = 60
    EIGRP = 88
    OSPF = 89
    ETHERIP = 97
    PIM = 103
    VRRP = 112
    L2TP = 115
    SCTP = 132
    MOBILITY = 135
    UDPLITE = 136
    MPLS = 137
    HIP = 139
    SHIM6 = 140
    EXPERIMENT_1 = 253
    EXPERIMENT_2 = 254
    RAW = 255


_NAMES = {int(member): member.name for member in IpProtocol}


def protocol_name(number: int) -> str:
    """Give the name of a protocol number, or the number as text."""
    return _NAMES.get(number, str(number))
