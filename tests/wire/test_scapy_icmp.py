"""Against scapy: it builds the same ICMP, ICMPv6, ND, MLD and IGMP bytes from the same fields.

Equal bytes are both directions at once: our encoder against its builder, and our decoder, which
gives the value back that the fields came from.
"""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.wire import icmp, icmpv6, igmp, mld, nd
from wire.drawn import DATA, ICMP, ICMPV6, IGMP, IP4, ND_OPTIONS, QUOTES, U8, U16

with warnings.catch_warnings():
    # scapy imports ciphers that the cryptography package has deprecated: not our warning
    warnings.simplefilter("ignore")
    inet: Any = pytest.importorskip("scapy.layers.inet", reason="scapy is not installed")
    inet6: Any = pytest.importorskip("scapy.layers.inet6")
    igmp1: Any = pytest.importorskip("scapy.contrib.igmp")
    igmp3: Any = pytest.importorskip("scapy.contrib.igmpv3")
    raw: Any = pytest.importorskip("scapy.packet").Raw

A4, B4 = Address("192.0.2.1"), Address("198.51.100.2")
A6, B6 = Address("2001:db8::1"), Address("2001:db8::2")
SOME = settings(max_examples=60)


def texts(addresses: tuple[Address, ...]) -> list[str]:
    return [str(address) for address in addresses]


def built4(made: Any) -> bytes:  # noqa: ANN401 - scapy has no types
    return bytes(inet.IP(src=str(A4), dst=str(B4), proto=1) / made)[20:]


def built6(made: Any) -> bytes:  # noqa: ANN401
    return bytes(inet6.IPv6(src=str(A6), dst=str(B6), nh=58) / made)[40:]


def agrees4(message: icmp.IcmpMessage, made: Any) -> None:  # noqa: ANN401
    assert built4(made) == message.encode()
    assert icmp.decode(built4(made)) == message


def agrees6(message: icmpv6.Icmpv6Message, made: Any) -> None:  # noqa: ANN401
    assert built6(made) == message.encode(A6, B6)
    assert icmpv6.decode(built6(made), A6, B6) == message


@SOME
@given(ICMP[icmp.EchoRequest] | ICMP[icmp.EchoReply])
def test_echo(message: icmp.EchoRequest | icmp.EchoReply) -> None:
    kind = 8 if isinstance(message, icmp.EchoRequest) else 0
    made = inet.ICMP(
        type=kind, code=message.code, id=message.identifier, seq=message.sequence
    ) / raw(message.data)
    agrees4(message, made)


@SOME
@given(ICMP[icmp.Timestamp] | ICMP[icmp.TimestampReply])
def test_timestamps(message: icmp.Timestamp | icmp.TimestampReply) -> None:
    kind = 13 if isinstance(message, icmp.Timestamp) else 14
    times = {"ts_ori": message.originate, "ts_rx": message.receive, "ts_tx": message.transmit}
    numbers = {"code": message.code, "id": message.identifier, "seq": message.sequence}
    agrees4(message, inet.ICMP(type=kind, **numbers, **times))


@SOME
@given(ICMP[icmp.AddressMaskReply])
def test_address_masks(message: icmp.AddressMaskReply) -> None:
    numbers = {"id": message.identifier, "seq": message.sequence}
    agrees4(message, inet.ICMP(type=18, addr_mask=str(message.mask), **numbers))


@SOME
@given(U8, U16, U8, IP4, QUOTES)
def test_errors_with_their_quotes(
    code: int, mtu: int, pointer: int, gateway: Address, quote: bytes
) -> None:
    behind = raw(quote)
    agrees4(
        icmp.DestinationUnreachable(code, quote, mtu),
        inet.ICMP(type=3, code=code, nexthopmtu=mtu, length=0) / behind,
    )
    agrees4(icmp.TimeExceeded(code, quote), inet.ICMP(type=11, code=code, length=0) / behind)
    agrees4(
        icmp.ParameterProblem(code, pointer, quote),
        inet.ICMP(type=12, code=code, ptr=pointer, length=0) / behind,
    )
    agrees4(
        icmp.Redirect(code, gateway, quote),
        inet.ICMP(type=5, code=code, gw=str(gateway)) / behind,
    )
    agrees6(
        icmpv6.DestinationUnreachable(code, quote),
        inet6.ICMPv6DestUnreach(code=code, length=0) / behind,
    )
    agrees6(
        icmpv6.TimeExceeded(code, quote), inet6.ICMPv6TimeExceeded(code=code, length=0) / behind
    )
    agrees6(icmpv6.PacketTooBig(mtu, quote), inet6.ICMPv6PacketTooBig(mtu=mtu) / behind)
    agrees6(
        icmpv6.ParameterProblem(code, pointer, quote),
        inet6.ICMPv6ParamProblem(code=code, ptr=pointer) / behind,
    )


@SOME
@given(U16, U16, DATA)
def test_echo_of_icmpv6(identifier: int, sequence: int, data: bytes) -> None:
    fields = {"id": identifier, "seq": sequence, "data": data}
    agrees6(icmpv6.EchoRequest(identifier, sequence, data), inet6.ICMPv6EchoRequest(**fields))
    agrees6(icmpv6.EchoReply(identifier, sequence, data), inet6.ICMPv6EchoReply(**fields))


def option(one: nd.NdOption) -> Any:  # noqa: ANN401
    match one:
        case nd.SourceLinkLayerAddress(mac):
            return inet6.ICMPv6NDOptSrcLLAddr(lladdr=str(mac))
        case nd.TargetLinkLayerAddress(mac):
            return inet6.ICMPv6NDOptDstLLAddr(lladdr=str(mac))
        case nd.Mtu(mtu):
            return inet6.ICMPv6NDOptMTU(mtu=mtu)
        case nd.PrefixInformation():
            return inet6.ICMPv6NDOptPrefixInfo(
                prefix=str(one.address),
                prefixlen=one.length,
                L=one.on_link,
                A=one.autonomous,
                R=one.router_address,
                validlifetime=one.valid_s,
                preferredlifetime=one.preferred_s,
            )
        case nd.RouteInformation(prefix, preference, lifetime):
            return inet6.ICMPv6NDOptRouteInfo(
                prefix=str(prefix.network),
                plen=prefix.length,
                prf=int(preference),
                rtlifetime=lifetime,
                len=one.encode()[1],  # by itself scapy takes more room than it needs
            )
        case nd.RecursiveDnsServers(addresses, lifetime):
            return inet6.ICMPv6NDOptRDNSS(dns=texts(addresses), lifetime=lifetime)
        case nd.DnsSearchList(domains, lifetime):
            return inet6.ICMPv6NDOptDNSSL(searchlist=list(domains), lifetime=lifetime)
        case nd.Pref64(prefix, lifetime):
            codes = [96, 64, 56, 48, 40, 32]
            return inet6.ICMPv6NDOptPREF64(
                scaledlifetime=lifetime // 8,
                plc=codes.index(prefix.length),
                prefix=str(prefix.network),
            )
        case nd.UnknownOption(kind, data):
            return inet6.ICMPv6NDOptUnknown(type=kind, len=len(data) // 8 + 1, data=data)
        case _:
            return raw(one.encode())  # scapy has no nonce, and quotes values only, not bytes


OPTIONS = st.one_of(*ND_OPTIONS.values())


@SOME
@given(st.lists(OPTIONS, max_size=3).map(tuple), ICMPV6[nd.RouterAdvertisement])
def test_router_advertisements_and_options(
    options: tuple[nd.NdOption, ...], drawn: nd.RouterAdvertisement
) -> None:
    message = nd.RouterAdvertisement(
        drawn.hop_limit,
        drawn.managed,
        drawn.other,
        drawn.preference,
        drawn.lifetime_s,
        drawn.reachable_time_ms,
        drawn.retransmit_timer_ms,
        options,
        drawn.home_agent,
        drawn.proxy,
    )
    made = inet6.ICMPv6ND_RA(
        chlim=message.hop_limit,
        M=message.managed,
        O=message.other,
        H=message.home_agent,
        prf=int(message.preference),
        P=message.proxy,
        routerlifetime=message.lifetime_s,
        reachabletime=message.reachable_time_ms,
        retranstimer=message.retransmit_timer_ms,
    )
    for one in options:
        made /= option(one)
    agrees6(message, made)


@SOME
@given(ND_OPTIONS[nd.SourceLinkLayerAddress], ICMPV6[nd.NeighborAdvertisement])
def test_solicitations_and_advertisements(
    link: nd.NdOption, drawn: nd.NeighborAdvertisement
) -> None:
    target = drawn.target
    agrees6(
        nd.NeighborSolicitation(target, (link,)), inet6.ICMPv6ND_NS(tgt=str(target)) / option(link)
    )
    agrees6(nd.RouterSolicitation((link,)), inet6.ICMPv6ND_RS() / option(link))
    flags = {"R": drawn.router, "S": drawn.solicited, "O": drawn.override}
    advertisement = nd.NeighborAdvertisement(target, drawn.router, drawn.solicited, drawn.override)
    agrees6(advertisement, inet6.ICMPv6ND_NA(tgt=str(target), **flags))


@SOME
@given(ICMPV6[nd.Redirect])
def test_redirects(drawn: nd.Redirect) -> None:
    message = nd.Redirect(drawn.target, drawn.destination)
    made = inet6.ICMPv6ND_Redirect(tgt=str(message.target), dst=str(message.destination))
    agrees6(message, made)


@SOME
@given(ICMPV6[mld.ListenerQuery] | ICMPV6[mld.ListenerReport] | ICMPV6[mld.ListenerDone])
def test_mldv1(message: mld.ListenerQuery | mld.ListenerReport | mld.ListenerDone) -> None:
    kinds = {130: inet6.ICMPv6MLQuery, 131: inet6.ICMPv6MLReport, 132: inet6.ICMPv6MLDone}
    made = kinds[int(message.TYPE)](mladdr=str(message.group), mrd=message.maximum_response_ms)
    agrees6(message, made)


@SOME
@given(ICMPV6[mld.ListenerQueryV2])
def test_mldv2_queries(message: mld.ListenerQueryV2) -> None:
    made = inet6.ICMPv6MLQuery2(
        mrd=message.response_code,
        mladdr=str(message.group),
        S=message.suppress,
        QRV=message.robustness,
        QQIC=message.interval_code,
        sources=texts(message.sources),
    )
    agrees6(message, made)


@SOME
@given(ICMPV6[mld.ListenerReportV2])
def test_mldv2_reports(message: mld.ListenerReportV2) -> None:
    records = [
        inet6.ICMPv6MLDMultAddrRec(
            rtype=one.kind,
            dst=str(one.group),
            sources=texts(one.sources),
            auxdata=one.auxiliary,
            auxdata_len=len(one.auxiliary) // 4,
        )
        for one in message.records
    ]
    agrees6(message, inet6.ICMPv6MLReport2(records=records))


@SOME
@given(IGMP[igmp.MembershipQuery] | IGMP[igmp.MembershipReportV2] | IGMP[igmp.LeaveGroup])
def test_igmp(message: igmp.MembershipQuery | igmp.MembershipReportV2 | igmp.LeaveGroup) -> None:
    made = bytes(
        igmp1.IGMP(
            type=int(message.TYPE), mrcode=message.response_time_ds, gaddr=str(message.group)
        )
    )
    assert made == message.encode()
    assert igmp.decode(made) == message


@SOME
@given(IGMP[igmp.MembershipReportV3])
def test_igmpv3_reports(message: igmp.MembershipReportV3) -> None:
    records = tuple(
        igmp.GroupRecord(one.kind, one.group, one.sources) for one in message.records
    )  # scapy's records have no auxiliary data
    groups = [
        igmp3.IGMPv3gr(rtype=one.kind, maddr=str(one.group), srcaddrs=texts(one.sources))
        for one in records
    ]
    made = bytes(igmp3.IGMPv3(type=0x22, records=groups))
    assert made == igmp.MembershipReportV3(records).encode()
    assert igmp.decode(made) == igmp.MembershipReportV3(records)
