"""Packets that say which groups we listen to: MLDv2 (RFC 3810 5.2) and IGMPv3 (RFC 3376 4.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.forwarding.events import SendFrame
from fingerpost.wire.ethernet import Ethernet, EtherType
from fingerpost.wire.group_records import GroupRecord, RecordType
from fingerpost.wire.igmp import MembershipReportV3
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv4_options import RouterAlert as RouterAlertIpv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import HopByHop, RouterAlert
from fingerpost.wire.mac import Mac
from fingerpost.wire.mld import ListenerReportV2
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.forwarding.interface import Interface

MLD_ROUTERS = Address("ff02::16")  # RFC 3810 5.2.14
IGMP_ROUTERS = Address("224.0.0.22")  # RFC 3376 4.2.14
_INTERNETWORK_CONTROL = 0xC0  # RFC 3376 4


def report(
    interface: Interface,
    version: int,
    source: Address,
    records: Iterable[tuple[Address, RecordType]],
) -> SendFrame:
    """The frame that reports groups of one family; `source` may be unspecified."""
    held = tuple(GroupRecord(kind, group) for group, kind in records)
    if version == 4:
        packet = Ipv4(
            source,
            IGMP_ROUTERS,
            IpProtocol.IGMP,
            MembershipReportV3(held).encode(),
            ttl=1,
            tos=_INTERNETWORK_CONTROL,
            options=(RouterAlertIpv4(),),
        ).encode()
        return _frame(interface, IGMP_ROUTERS, EtherType.IPV4, packet)
    message = ListenerReportV2(held).encode(source, MLD_ROUTERS)
    options = HopByHop(IpProtocol.ICMPV6, (RouterAlert(0),)).encode()
    packet = Ipv6(source, MLD_ROUTERS, IpProtocol.HOPOPTS, options + message, 1).encode()
    return _frame(interface, MLD_ROUTERS, EtherType.IPV6, packet)


def _frame(interface: Interface, group: Address, ethertype: int, packet: bytes) -> SendFrame:
    frame = Ethernet(Mac(group.multicast_mac), interface.mac, ethertype, packet)
    return SendFrame(interface.name, frame.encode())
