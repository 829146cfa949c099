"""Against tshark: it reads every ICMP, ICMPv6 and IGMP message with our fields, uncomplaining."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.wire import icmp, icmpv6, igmp, mld, nd
from fingerpost.wire.icmp_extension import (
    InterfaceByAddress,
    InterfaceByIndex,
    InterfaceByName,
    InterfaceInformation,
    InterfaceRole,
    MplsLabel,
    MplsLabelStack,
)
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv4_options import RouterAlert
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import HopByHop
from fingerpost.wire.ipv6_extension import RouterAlert as RouterAlert6
from fingerpost.wire.mac import Mac
from fingerpost.wire.pcap import RAW_IP, PcapWriter
from fingerpost.wire.probe import NeighborState
from fingerpost.wire.udp import Udp

if shutil.which("tshark") is None:
    pytest.skip("tshark is not installed", allow_module_level=True)

A4, B4, GROUP4 = map(Address, ("192.0.2.1", "198.51.100.2", "233.252.0.1"))
A6, B6, GROUP6 = map(Address, ("fe80::1", "fe80::2", "ff02::fb"))
ROUTER = Address("2001:db8::1")
MAC = Mac("02:00:00:00:00:01")
WARNING = 0x600000
QUOTE4 = Ipv4(B4, A4, 17, Udp(61_001, 62_001, bytes(24)).encode(B4, A4), ttl=1).encode()
QUOTE6 = Ipv6(B6, A6, 17, Udp(61_001, 62_001, bytes(24)).encode(B6, A6), hop_limit=1).encode()
STACK = MplsLabelStack((MplsLabel(16_001, 3, False, 254), MplsLabel(3, 0, True, 1)))
INCOMING = InterfaceInformation(InterfaceRole.INCOMING, 7, A4, "eth0", 1500)
EXTENSIONS = (INCOMING, STACK)
EXTENSION_FIELDS = {
    "icmp.ext.version": "2",
    "icmp.ext.checksum.status": "1",
    "icmp.ext.class": "2,1",
    "icmp.ext.length": "28,12",
    "icmp.int_info.role": "0",
    "icmp.int_info.index": "7",
    "icmp.int_info.ipv4": "192.0.2.1",
    "icmp.int_info.name": "eth0",
    "icmp.int_info.mtu": "1500",
    "icmp.mpls.label": "16001,3",
    "icmp.mpls.exp": "3,0",
    "icmp.mpls.s": "0,1",
    "icmp.mpls.ttl": "254,1",
}

V4: list[tuple[icmp.IcmpMessage, dict[str, str]]] = [
    (
        icmp.EchoRequest(258, 772, b"ping"),
        {"icmp.type": "8", "icmp.ident": "258", "icmp.seq": "772", "data.data": b"ping".hex()},
    ),
    (icmp.EchoReply(258, 773, b"ping"), {"icmp.type": "0", "icmp.seq": "773"}),
    (
        icmp.DestinationUnreachable(4, QUOTE4, mtu=1400),
        {"icmp.type": "3", "icmp.code": "4", "icmp.mtu": "1400"},
    ),
    (
        icmp.DestinationUnreachable(3, QUOTE4, extensions=EXTENSIONS),
        {"icmp.code": "3", "icmp.length": "32", **EXTENSION_FIELDS},
    ),
    (
        icmp.TimeExceeded(0, QUOTE4, EXTENSIONS),
        {"icmp.type": "11", "icmp.length": "32", **EXTENSION_FIELDS},
    ),
    (icmp.TimeExceeded(0, QUOTE4, (STACK,), is_legacy=True), {"icmp.mpls.label": "16001,3"}),
    (
        icmp.ParameterProblem(0, 20, QUOTE4, EXTENSIONS),
        {"icmp.type": "12", "icmp.pointer": "20", **EXTENSION_FIELDS},
    ),
    (icmp.Redirect(1, ROUTER.to_ipv4() or B4, QUOTE4), {"icmp.redir_gw": "198.51.100.2"}),
    (icmp.SourceQuench(QUOTE4), {"icmp.type": "4"}),
    (
        icmp.Timestamp(1, 2, 1000, 0, 0),
        {"icmp.type": "13", "icmp.originate_timestamp": "1000"},
    ),
    (
        icmp.TimestampReply(1, 2, 1000, 2000, 3000),
        {"icmp.receive_timestamp": "2000", "icmp.transmit_timestamp": "3000"},
    ),
    (icmp.InformationRequest(3, 4), {"icmp.type": "15", "icmp.ident": "3"}),
    (icmp.InformationReply(3, 4), {"icmp.type": "16", "icmp.seq": "4"}),
    (icmp.AddressMaskRequest(5, 6), {"icmp.type": "17", "icmp.address_mask": "0.0.0.0"}),
    (
        icmp.AddressMaskReply(5, 6, Address("255.255.255.0")),
        {"icmp.type": "18", "icmp.address_mask": "255.255.255.0"},
    ),
    (
        icmp.RouterAdvertisement((icmp.RouterAddress(A4, -5), icmp.RouterAddress(B4, 9)), 1800),
        {
            "icmp.num_addrs": "2",
            "icmp.addr_entry_size": "2",
            "icmp.lifetime": "1800",
            "icmp.router_address": "192.0.2.1,198.51.100.2",
            "icmp.pref_level": "-5,9",
        },
    ),
    (icmp.RouterSolicitation(), {"icmp.type": "10"}),
    (
        icmp.ExtendedEchoRequest(7, 8, (InterfaceByName("eth0"),)),
        {"icmp.ext.echo.seq": "8", "icmp.ext.echo.req.local": "1", "icmp.int_ident.name": "eth0"},
    ),
    (
        icmp.ExtendedEchoRequest(7, 9, (InterfaceByIndex(3),), is_local=False),
        {"icmp.ext.echo.req.local": "0", "icmp.int_ident.index": "3"},
    ),
    (
        icmp.ExtendedEchoRequest(7, 10, (InterfaceByAddress(B4),)),
        {"icmp.int_ident.afi": "1", "icmp.int_ident.ipv4": "198.51.100.2"},
    ),
    (
        icmp.ExtendedEchoReply(0, 7, 8, NeighborState.REACHABLE, True, True, False),
        {
            "icmp.ext.echo.rsp.state": "2",
            "icmp.ext.echo.rsp.active": "1",
            "icmp.ext.echo.rsp.ipv4": "1",
            "icmp.ext.echo.rsp.ipv6": "0",
        },
    ),
]

RA_OPTIONS = (
    nd.SourceLinkLayerAddress(MAC),
    nd.Mtu(1480),
    nd.PrefixInformation(Address("2001:db8:1::"), 64, True, False, 900, 800, False),
    nd.RouteInformation(Prefix("2001:db8:2::/48"), nd.Preference.HIGH, 700),
    nd.RecursiveDnsServers((Address("2001:db8::53"), Address("2001:db8::54")), 600),
    nd.DnsSearchList(("example.com", "example.net"), 500),
    nd.Pref64(Prefix("64:ff9b::/96"), 1800),
)
V6: list[tuple[icmpv6.Icmpv6Message, dict[str, str]]] = [
    (
        icmpv6.EchoRequest(258, 772, b"ping"),
        {"icmpv6.type": "128", "icmpv6.echo.identifier": "0x0102", "data.data": b"ping".hex()},
    ),
    (icmpv6.EchoReply(258, 773), {"icmpv6.type": "129", "icmpv6.echo.sequence_number": "773"}),
    (icmpv6.DestinationUnreachable(4, QUOTE6), {"icmpv6.type": "1", "icmpv6.code": "4"}),
    (
        icmpv6.DestinationUnreachable(0, QUOTE6, EXTENSIONS),
        {"icmpv6.length": "16", **EXTENSION_FIELDS},
    ),
    (icmpv6.TimeExceeded(0, QUOTE6, EXTENSIONS), {"icmpv6.type": "3", **EXTENSION_FIELDS}),
    (icmpv6.PacketTooBig(1400, QUOTE6), {"icmpv6.type": "2", "icmpv6.mtu": "1400"}),
    (
        icmpv6.ParameterProblem(1, 42, QUOTE6),
        {"icmpv6.type": "4", "icmpv6.code": "1", "icmpv6.pointer": "42"},
    ),
    (
        icmpv6.ExtendedEchoRequest(7, 8, (InterfaceByName("eth0"),)),
        {"icmpv6.ext.echo.seq": "8", "icmp.int_ident.name": "eth0"},
    ),
    (
        icmpv6.ExtendedEchoReply(0, 7, 8, active=True, ipv6=True),
        {"icmpv6.ext.echo.rsp.active": "1", "icmpv6.ext.echo.rsp.ipv6": "1"},
    ),
    (
        nd.RouterSolicitation((nd.SourceLinkLayerAddress(MAC),)),
        {"icmpv6.type": "133", "icmpv6.opt.src_linkaddr": str(MAC)},
    ),
    (
        nd.RouterAdvertisement(
            64, True, False, nd.Preference.LOW, 1800, 30_000, 1000, RA_OPTIONS, True, True
        ),
        {
            "icmpv6.nd.ra.cur_hop_limit": "64",
            "icmpv6.nd.ra.flag.m": "1",
            "icmpv6.nd.ra.flag.o": "0",
            "icmpv6.nd.ra.flag.h": "1",
            "icmpv6.nd.ra.flag.prf": "3",
            "icmpv6.nd.ra.flag.p": "1",
            "icmpv6.nd.ra.router_lifetime": "1800",
            "icmpv6.nd.ra.reachable_time": "30000",
            "icmpv6.nd.ra.retrans_timer": "1000",
            "icmpv6.opt.type": "1,5,3,24,25,31,38",
            "icmpv6.opt.mtu": "1480",
            "icmpv6.opt.prefix.length": "64,48",
            "icmpv6.opt.prefix.flag.l": "1",
            "icmpv6.opt.prefix.flag.a": "0",
            "icmpv6.opt.prefix.valid_lifetime": "900",
            "icmpv6.opt.prefix.preferred_lifetime": "800",
            "icmpv6.opt.route_info.flag.route_preference": "1",
            "icmpv6.opt.route_lifetime": "700",
            "icmpv6.opt.rdnss.lifetime": "600",
            "icmpv6.opt.rdnss": "2001:db8::53,2001:db8::54",
            "icmpv6.opt.dnssl.lifetime": "500",
            "icmpv6.opt.dnssl": "example.com,example.net",
            "icmpv6.opt.pref64.scaled_lifetime": "225",
            "icmpv6.opt.pref64.plc": "0x0000",
        },
    ),
    (
        nd.NeighborSolicitation(B6, (nd.SourceLinkLayerAddress(MAC), nd.Nonce(b"nonce!"))),
        {
            "icmpv6.nd.ns.target_address": "fe80::2",
            "icmpv6.opt.src_linkaddr": str(MAC),
            "icmpv6.opt.nonce": b"nonce!".hex(),
        },
    ),
    (
        nd.NeighborAdvertisement(A6, True, True, False, (nd.TargetLinkLayerAddress(MAC),)),
        {
            "icmpv6.nd.na.flag.r": "1",
            "icmpv6.nd.na.flag.s": "1",
            "icmpv6.nd.na.flag.o": "0",
            "icmpv6.nd.na.target_address": "fe80::1",
            "icmpv6.opt.target_linkaddr": str(MAC),
        },
    ),
    (
        nd.Redirect(A6, ROUTER, (nd.TargetLinkLayerAddress(MAC), nd.RedirectedHeader(QUOTE6))),
        {
            "icmpv6.nd.rd.target_address": "fe80::1",
            "icmpv6.rd.na.destination_address": "2001:db8::1",
            "icmpv6.opt.type": "2,4",
        },
    ),
]

LISTENERS: list[tuple[icmpv6.Icmpv6Message, dict[str, str]]] = [
    (
        mld.ListenerQuery(GROUP6, 1000),
        {"icmpv6.type": "130", "icmpv6.mld.maximum_response_delay": "1000"},
    ),
    (mld.ListenerReport(GROUP6), {"icmpv6.mld.multicast_address": "ff02::fb"}),
    (mld.ListenerDone(GROUP6), {"icmpv6.type": "132"}),
    (
        mld.ListenerQueryV2(GROUP6, 10_000, 2, 125, True, (A6, B6)),
        {
            "icmpv6.mld.maximum_response_code": "10000",
            "icmpv6.mld.flag.s": "1",
            "icmpv6.mld.flag.qrv": "2",
            "icmpv6.mld.qqi": "125",
            "icmpv6.mld.source_address": "fe80::1,fe80::2",
        },
    ),
    (
        mld.ListenerReportV2((mld.GroupRecord(4, GROUP6), mld.GroupRecord(1, GROUP6, (ROUTER,)))),
        {
            "icmpv6.mldr.nb_mcast_records": "2",
            "icmpv6.mldr.mar.record_type": "4,1",
            "icmpv6.mldr.mar.multicast_address": "ff02::fb,ff02::fb",
            "icmpv6.mldr.mar.source_address": "2001:db8::1",
        },
    ),
]

GROUPS: list[tuple[igmp.IgmpMessage, dict[str, str]]] = [
    (igmp.MembershipQuery(GROUP4, 100), {"igmp.version": "2", "igmp.max_resp": "100"}),
    (igmp.MembershipReportV1(GROUP4), {"igmp.version": "1", "igmp.maddr": "233.252.0.1"}),
    (igmp.MembershipReportV2(GROUP4), {"igmp.type": "0x16", "igmp.maddr": "233.252.0.1"}),
    (igmp.LeaveGroup(GROUP4), {"igmp.type": "0x17"}),
    (
        igmp.MembershipQueryV3(GROUP4, 100, 2, 125, True, (A4, B4)),
        {
            "igmp.version": "3",
            "igmp.s": "1",
            "igmp.qrv": "2",
            "igmp.qqic": "125",
            "igmp.saddr": "192.0.2.1,198.51.100.2",
        },
    ),
    (
        igmp.MembershipReportV3((igmp.GroupRecord(4, GROUP4), igmp.GroupRecord(1, B4, (A4,)))),
        {
            "igmp.num_grp_recs": "2",
            "igmp.record_type": "4,1",
            "igmp.maddr": "233.252.0.1,198.51.100.2",
            "igmp.saddr": "192.0.2.1",
        },
    ),
]

Expected = tuple[object, bytes, dict[str, str]]


def all_packets() -> list[Expected]:
    """Give each message with the packet that carries it and the fields that tshark must see."""
    made: list[Expected] = []
    for one, fields in V4:
        fields = {"icmp.checksum.status": "1", **fields}
        made.append((one, Ipv4(A4, B4, 1, one.encode()).encode(), fields))
    for six, fields in V6:
        fields = {"icmpv6.checksum.status": "1", **fields}
        made.append((six, Ipv6(A6, B6, 58, six.encode(A6, B6), 255).encode(), fields))
    for six, fields in LISTENERS:
        payload = HopByHop(58, (RouterAlert6(0),)).encode() + six.encode(A6, GROUP6)
        fields = {"icmpv6.checksum.status": "1", **fields}
        made.append((six, Ipv6(A6, GROUP6, 0, payload, 1).encode(), fields))
    for group, fields in GROUPS:
        packet = Ipv4(A4, GROUP4, 2, group.encode(), ttl=1, options=(RouterAlert(),))
        made.append((group, packet.encode(), {"igmp.checksum.status": "1", **fields}))
    return made


def test_every_message_is_among_them() -> None:
    kinds = {type(message) for message, _, _ in all_packets()}
    known = {*icmp.MESSAGES.values(), *icmpv6.MESSAGES.values(), *igmp.MESSAGES.values()}
    assert kinds >= known


def tshark(path: Path, *words: str) -> list[str]:
    preferences = ["-o", "ip.check_checksum:TRUE"]
    command = ["tshark", "-n", "-r", str(path), *preferences, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


def test_tshark_reads_every_message_as_it_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "made.pcap"
    packets = all_packets()
    with path.open("wb") as file:
        writer = PcapWriter(file, RAW_IP)
        for instant, (_, packet, _) in enumerate(packets):
            writer.write(instant * 1_000_000_000, packet)
    complaints = f"_ws.malformed || _ws.expert.severity >= {WARNING}"
    assert tshark(path, "-Y", complaints) == []
    names = sorted({name for _, _, fields in packets for name in fields})
    options = [word for name in names for word in ("-e", name)]
    lines = tshark(path, "-T", "fields", "-E", "occurrence=a", *options)
    for (message, _, fields), line in zip(packets, lines, strict=True):
        seen = dict(zip(names, line.split("\t"), strict=True))
        assert {name: seen[name] for name in fields} == fields, message
