"""Strategies that draw fields and messages for the tests of the wire formats."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import strategies as st

from fingerpost.addr import Address, Prefix
from fingerpost.errors import DecodeError
from fingerpost.wire import icmp, icmpv6, igmp, mld, nd
from fingerpost.wire.icmp_extension import (
    ExtensionObject,
    InterfaceByAddress,
    InterfaceByIndex,
    InterfaceByName,
    InterfaceInformation,
    InterfaceRole,
    MplsLabel,
    MplsLabelStack,
    UnknownObject,
)
from fingerpost.wire.mac import Mac
from fingerpost.wire.probe import NeighborState

T = TypeVar("T")


def read_or_fault(decode: Callable[[bytes], T], octets: bytes) -> T | DecodeError:
    """Give what a decoder makes of bytes; any other exception goes through and fails the test."""
    try:
        return decode(octets)
    except DecodeError as error:
        return error


U8 = st.integers(0, 0xFF)
U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFF_FFFF)
DATA = st.binary(max_size=64)
QUOTES = st.binary(max_size=300)
IP4 = st.binary(min_size=4, max_size=4).map(Address)
IP6 = st.binary(min_size=16, max_size=16).map(Address)
MACS = st.binary(min_size=6, max_size=6).map(Mac)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=15)

LABELS = st.builds(MplsLabel, st.integers(0, (1 << 20) - 1), st.integers(0, 7), st.booleans(), U8)
IDENTIFICATIONS: st.SearchStrategy[ExtensionObject] = st.one_of(
    st.builds(InterfaceByName, NAMES),
    st.builds(InterfaceByIndex, U32),
    st.builds(InterfaceByAddress, st.one_of(IP4, IP6, MACS)),
)
OBJECTS: st.SearchStrategy[ExtensionObject] = st.one_of(
    st.builds(MplsLabelStack, st.lists(LABELS, min_size=1, max_size=4).map(tuple)),
    st.builds(
        InterfaceInformation,
        st.sampled_from(InterfaceRole),
        st.none() | U32,
        st.none() | IP4 | IP6,
        st.none() | NAMES,
        st.none() | U32,
    ),
    IDENTIFICATIONS,
    st.builds(UnknownObject, st.integers(4, 255), U8, DATA),
)
EXTENSIONS = st.just(()) | st.lists(OBJECTS, max_size=3).map(tuple)
SOME_EXTENSIONS = st.lists(OBJECTS, min_size=1, max_size=3).map(tuple)
LEGACY_QUOTES = st.binary(max_size=128)

PROBE_REQUEST = (U16, U8, IDENTIFICATIONS.map(lambda one: (one,)), st.booleans())
PROBE_REPLY = (U8, U16, U8, st.sampled_from(NeighborState), *[st.booleans()] * 3, DATA)
NUMBERS = (U16, U16)

ICMP: dict[type[icmp.IcmpMessage], st.SearchStrategy[icmp.IcmpMessage]] = {
    icmp.EchoRequest: st.builds(icmp.EchoRequest, *NUMBERS, DATA, U8),
    icmp.EchoReply: st.builds(icmp.EchoReply, *NUMBERS, DATA, U8),
    icmp.DestinationUnreachable: st.one_of(
        st.builds(icmp.DestinationUnreachable, U8, QUOTES, U16, EXTENSIONS),
        st.builds(
            icmp.DestinationUnreachable, U8, LEGACY_QUOTES, U16, SOME_EXTENSIONS, st.just(True)
        ),
    ),
    icmp.TimeExceeded: st.one_of(
        st.builds(icmp.TimeExceeded, U8, QUOTES, EXTENSIONS),
        st.builds(icmp.TimeExceeded, U8, LEGACY_QUOTES, SOME_EXTENSIONS, st.just(True)),
    ),
    icmp.ParameterProblem: st.builds(icmp.ParameterProblem, U8, U8, QUOTES, EXTENSIONS),
    icmp.Redirect: st.builds(icmp.Redirect, U8, IP4, QUOTES),
    icmp.SourceQuench: st.builds(icmp.SourceQuench, QUOTES),
    icmp.Timestamp: st.builds(icmp.Timestamp, *NUMBERS, U32, U32, U32, U8),
    icmp.TimestampReply: st.builds(icmp.TimestampReply, *NUMBERS, U32, U32, U32, U8),
    icmp.InformationRequest: st.builds(icmp.InformationRequest, *NUMBERS),
    icmp.InformationReply: st.builds(icmp.InformationReply, *NUMBERS),
    icmp.AddressMaskRequest: st.builds(icmp.AddressMaskRequest, *NUMBERS, IP4),
    icmp.AddressMaskReply: st.builds(icmp.AddressMaskReply, *NUMBERS, IP4),
    icmp.RouterAdvertisement: st.builds(
        icmp.RouterAdvertisement,
        st.lists(
            st.builds(icmp.RouterAddress, IP4, st.integers(-(1 << 31), (1 << 31) - 1)),
            min_size=1,
            max_size=4,
        ).map(tuple),
        U16,
    ),
    icmp.RouterSolicitation: st.just(icmp.RouterSolicitation()),
    icmp.ExtendedEchoRequest: st.builds(icmp.ExtendedEchoRequest, *PROBE_REQUEST),
    icmp.ExtendedEchoReply: st.builds(icmp.ExtendedEchoReply, *PROBE_REPLY),
    icmp.UnknownIcmp: st.builds(icmp.UnknownIcmp, st.integers(44, 255), U8, DATA),
}

UNICAST6 = IP6.filter(lambda address: not address.is_multicast)
SERVERS = UNICAST6.filter(lambda address: not address.is_unspecified)
LINK_LOCAL = st.binary(min_size=8, max_size=8).map(lambda b: Address(b"\xfe\x80" + bytes(6) + b))
LIFETIMES = U32
PREFERENCES = st.sampled_from(nd.Preference)
PREFIXES6 = st.builds(Prefix, IP6, st.integers(0, 128))
DOMAINS = st.lists(
    st.text(
        st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='."$();@\\'),
        min_size=1,
        max_size=63,
    ),
    min_size=1,
    max_size=3,
).map(".".join)

ND_OPTIONS: dict[type[nd.NdOption], st.SearchStrategy[nd.NdOption]] = {
    nd.SourceLinkLayerAddress: st.builds(nd.SourceLinkLayerAddress, MACS),
    nd.TargetLinkLayerAddress: st.builds(nd.TargetLinkLayerAddress, MACS),
    nd.PrefixInformation: st.builds(
        nd.PrefixInformation, IP6, st.integers(0, 128), st.booleans(), st.booleans(),
        LIFETIMES, LIFETIMES, st.booleans(),
    ),
    nd.RedirectedHeader: st.builds(nd.RedirectedHeader, QUOTES),
    nd.Mtu: st.builds(nd.Mtu, U32),
    nd.Nonce: st.integers(1, 4).flatmap(
        lambda n: st.builds(nd.Nonce, st.binary(min_size=8 * n - 2, max_size=8 * n - 2))
    ),
    nd.RouteInformation: st.one_of(
        st.builds(nd.RouteInformation, PREFIXES6, PREFERENCES, LIFETIMES),
        st.builds(
            nd.RouteInformation, st.builds(Prefix, IP6, st.integers(0, 64)), PREFERENCES,
            LIFETIMES, st.just(16),
        ),
    ),
    nd.RecursiveDnsServers: st.builds(
        nd.RecursiveDnsServers, st.lists(SERVERS, min_size=1, max_size=3).map(tuple), LIFETIMES
    ),
    nd.DnsSearchList: st.builds(
        nd.DnsSearchList, st.lists(DOMAINS, min_size=1, max_size=3).map(tuple), LIFETIMES
    ),
    nd.Pref64: st.builds(
        nd.Pref64, st.builds(Prefix, IP6, st.sampled_from([32, 40, 48, 56, 64, 96])),
        st.integers(0, 8191).map(lambda units: 8 * units),
    ),
    nd.UnknownOption: st.builds(
        nd.UnknownOption, st.integers(39, 255), st.integers(1, 3).flatmap(
            lambda n: st.binary(min_size=8 * n - 2, max_size=8 * n - 2)
        ),
    ),
}  # fmt: skip
OPTIONS = st.lists(st.one_of(*ND_OPTIONS.values()), max_size=3).map(tuple)

RECORDS6 = st.lists(
    st.builds(
        mld.GroupRecord, st.integers(1, 6), IP6, st.lists(IP6, max_size=3).map(tuple),
        st.integers(0, 2).flatmap(lambda n: st.binary(min_size=4 * n, max_size=4 * n)),
    ),
    max_size=3,
).map(tuple)  # fmt: skip
RECORDS4 = st.lists(
    st.builds(
        igmp.GroupRecord, st.integers(1, 6), IP4, st.lists(IP4, max_size=3).map(tuple),
        st.integers(0, 2).flatmap(lambda n: st.binary(min_size=4 * n, max_size=4 * n)),
    ),
    max_size=3,
).map(tuple)  # fmt: skip
QUERY_REST = (st.integers(0, 7), U8, st.booleans())

ICMPV6: dict[type[icmpv6.Icmpv6Message], st.SearchStrategy[icmpv6.Icmpv6Message]] = {
    icmpv6.DestinationUnreachable: st.builds(
        icmpv6.DestinationUnreachable, U8, QUOTES, EXTENSIONS
    ),
    icmpv6.PacketTooBig: st.builds(icmpv6.PacketTooBig, U32, QUOTES),
    icmpv6.TimeExceeded: st.builds(icmpv6.TimeExceeded, U8, QUOTES, EXTENSIONS),
    icmpv6.ParameterProblem: st.builds(icmpv6.ParameterProblem, U8, U32, QUOTES),
    icmpv6.EchoRequest: st.builds(icmpv6.EchoRequest, *NUMBERS, DATA, U8),
    icmpv6.EchoReply: st.builds(icmpv6.EchoReply, *NUMBERS, DATA, U8),
    mld.ListenerQuery: st.builds(mld.ListenerQuery, IP6, U16),
    mld.ListenerReport: st.builds(mld.ListenerReport, IP6, U16),
    mld.ListenerDone: st.builds(mld.ListenerDone, IP6, U16),
    mld.ListenerQueryV2: st.builds(
        mld.ListenerQueryV2, IP6, U16, *QUERY_REST, st.lists(IP6, max_size=3).map(tuple)
    ),
    mld.ListenerReportV2: st.builds(mld.ListenerReportV2, RECORDS6),
    nd.RouterSolicitation: st.builds(nd.RouterSolicitation, OPTIONS),
    nd.RouterAdvertisement: st.builds(
        nd.RouterAdvertisement, U8, st.booleans(), st.booleans(), PREFERENCES, U16, U32, U32,
        OPTIONS, st.booleans(), st.booleans(),
    ),
    nd.NeighborSolicitation: st.builds(nd.NeighborSolicitation, UNICAST6, OPTIONS),
    nd.NeighborAdvertisement: st.builds(
        nd.NeighborAdvertisement, UNICAST6, *[st.booleans()] * 3, OPTIONS
    ),
    nd.Redirect: st.one_of(
        st.builds(nd.Redirect, LINK_LOCAL, UNICAST6, OPTIONS),
        st.builds(lambda one, options: nd.Redirect(one, one, options), UNICAST6, OPTIONS),
    ),
    icmpv6.ExtendedEchoRequest: st.builds(icmpv6.ExtendedEchoRequest, *PROBE_REQUEST),
    icmpv6.ExtendedEchoReply: st.builds(icmpv6.ExtendedEchoReply, *PROBE_REPLY),
    icmpv6.UnknownIcmpv6: st.builds(icmpv6.UnknownIcmpv6, st.integers(162, 255), U8, DATA),
}  # fmt: skip

IGMP: dict[type[igmp.IgmpMessage], st.SearchStrategy[igmp.IgmpMessage]] = {
    igmp.MembershipQuery: st.builds(igmp.MembershipQuery, IP4, U8),
    igmp.MembershipReportV1: st.builds(igmp.MembershipReportV1, IP4, U8),
    igmp.MembershipReportV2: st.builds(igmp.MembershipReportV2, IP4, U8),
    igmp.LeaveGroup: st.builds(igmp.LeaveGroup, IP4, U8),
    igmp.MembershipQueryV3: st.builds(
        igmp.MembershipQueryV3, IP4, U8, *QUERY_REST, st.lists(IP4, max_size=3).map(tuple)
    ),
    igmp.MembershipReportV3: st.builds(igmp.MembershipReportV3, RECORDS4),
    igmp.UnknownIgmp: st.builds(igmp.UnknownIgmp, st.integers(0x40, 255), U8, DATA),
}
