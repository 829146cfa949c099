"""Strategies that draw frames, packets, their options and extension headers."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from fingerpost.wire import ipv4_options, ipv6_extension, tcp_options
from fingerpost.wire.arp import Arp
from fingerpost.wire.ethernet import FIRST_TYPE, TAG_TYPES, Ethernet, VlanTag
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import EXTENSIONS
from fingerpost.wire.tcp import Tcp, TcpFlag
from fingerpost.wire.tlv import NoOperation
from fingerpost.wire.udp import Udp
from wire.drawn import DATA, IP4, IP6, MACS, U8, U16, U32

BITS = st.booleans()

TAGS = st.builds(
    VlanTag, st.sampled_from(sorted(TAG_TYPES)), st.integers(0, 7), BITS, st.integers(0, 4095)
)
TYPES = st.integers(FIRST_TYPE, 0xFFFF).filter(lambda kind: kind not in TAG_TYPES)
FRAMES = st.builds(
    Ethernet, MACS, MACS, TYPES, DATA, st.lists(TAGS, max_size=3).map(tuple)
) | st.binary(max_size=64).flatmap(
    lambda data: st.builds(Ethernet, MACS, MACS, st.integers(0, len(data)), st.just(data))
)

ARPS = st.builds(Arp, U16, MACS, IP4, MACS, IP4)

ROUTES = st.lists(IP4, max_size=9).map(tuple)
POINTERS = st.integers(1, 63).map(lambda n: n * 4)


@st.composite
def timestamps(draw: st.DrawFn) -> ipv4_options.Timestamp:
    flag = draw(st.sampled_from(ipv4_options.TimestampFlag))
    plain = flag == ipv4_options.TimestampFlag.TIMES
    entry = st.builds(ipv4_options.Stamp, U32, st.none() if plain else IP4)
    entries = draw(st.lists(entry, max_size=9 if plain else 4).map(tuple))
    pointer = 5 + (4 if plain else 8) * draw(st.integers(0, 10))
    return ipv4_options.Timestamp(flag, pointer, draw(st.integers(0, 15)), entries)


IP4_OPTION = st.one_of(
    st.just(NoOperation()),
    st.builds(ipv4_options.RecordRoute, POINTERS, ROUTES),
    st.builds(ipv4_options.SourceRoute, BITS, POINTERS, ROUTES),
    timestamps(),
    st.builds(ipv4_options.RouterAlert, U16),
    st.builds(ipv4_options.Security, U8, st.binary(max_size=9)),
    st.builds(
        ipv4_options.UnknownOption,
        st.sampled_from([2, 25, 30, 67, 82, 134, 136, 158, 255]),
        st.binary(max_size=12),
    ),
)


def fits(options: tuple[ipv4_options.Ipv4Option | tcp_options.TcpOption, ...]) -> bool:
    return sum(len(option.encode()) for option in options) <= 40


IP4_OPTIONS = st.lists(IP4_OPTION, max_size=4).map(tuple).filter(fits)
IP4_PACKETS = st.builds(
    Ipv4,
    *(IP4, IP4, U8, DATA, U8, U16, U8, BITS, BITS, BITS),
    st.just(0) | st.integers(0, 0x1FFF).map(lambda units: units * 8),
    st.just(()) | IP4_OPTIONS,
)

IP6_PACKETS = st.builds(
    Ipv6, IP6, IP6, st.integers(1, 255), DATA, U8, U8, st.integers(0, (1 << 20) - 1)
)

IP6_OPTION = st.one_of(
    st.builds(ipv6_extension.RouterAlert, U16),
    st.builds(ipv6_extension.JumboPayload, st.integers(1 << 16, (1 << 32) - 1)),
    st.builds(ipv6_extension.HomeAddress, IP6),
    st.builds(
        ipv6_extension.UnknownOption,
        st.sampled_from([2, 4, 6, 0x26, 0x63, 0x80, 0xC3, 0xFF]),
        st.binary(max_size=20),
    ),
)
PADDING = st.just(ipv6_extension.Pad1()) | st.builds(ipv6_extension.PadN, st.binary(max_size=9))
# no padding last: what only fills the header is no option
IP6_OPTIONS = st.tuples(st.lists(IP6_OPTION | PADDING, max_size=4), IP6_OPTION).map(
    lambda parts: (*parts[0], parts[1])
) | st.just(())

ADDRESS_LISTS = st.builds(
    ipv6_extension.AddressList, st.lists(IP6, max_size=3).map(tuple), st.just(0) | U32
)
OTHER_ROUTES = st.one_of(
    st.builds(ipv6_extension.HomeRoute, IP6, st.just(0) | U32),
    st.builds(
        ipv6_extension.SegmentList,
        st.lists(IP6, min_size=1, max_size=3).map(tuple),
        *(U8, U16),
        st.sampled_from([b"", bytes(8), bytes(range(16))]),
    ),
    st.builds(
        ipv6_extension.UnknownRoute,
        st.sampled_from([1, 3, 5, 253]),
        st.integers(0, 3).flatmap(lambda n: st.binary(min_size=8 * n + 4, max_size=8 * n + 4)),
    ),
)


def routing_headers(next_header: int) -> st.SearchStrategy[ipv6_extension.RoutingHeader]:
    listed = ADDRESS_LISTS.flatmap(
        lambda route: st.builds(
            ipv6_extension.RoutingHeader,
            *(st.just(next_header), st.integers(0, len(route.addresses)), st.just(route)),
        )
    )
    return listed | st.builds(ipv6_extension.RoutingHeader, st.just(next_header), U8, OTHER_ROUTES)


def extension_header(
    kind: int, following: int
) -> st.SearchStrategy[ipv6_extension.ExtensionHeader]:
    """Draw the header of a kind; a fragment header is that of a first piece."""
    then = st.just(following)
    whole = st.just(0)
    icv = st.integers(0, 6).flatmap(lambda n: st.binary(min_size=4 * n, max_size=4 * n))
    drawn: dict[int, st.SearchStrategy[ipv6_extension.ExtensionHeader]] = {
        0: st.builds(ipv6_extension.HopByHop, then, IP6_OPTIONS),
        60: st.builds(ipv6_extension.DestinationOptions, then, IP6_OPTIONS),
        43: routing_headers(following),
        44: st.builds(ipv6_extension.FragmentHeader, then, whole, BITS, U32, st.integers(0, 1023)),
        51: st.builds(ipv6_extension.AuthenticationHeader, then, U32, U32, icv, U16),
    }
    return drawn[kind]


UPPER = U8.filter(lambda number: number not in EXTENSIONS)


@st.composite
def chains(draw: st.DrawFn) -> tuple[int, ipv6_extension.Chain]:
    """Draw a chain, and the next header value of the packet that it belongs to."""
    kinds = draw(st.lists(st.sampled_from([43, 44, 51, 60]), max_size=4))
    if draw(BITS):
        kinds.insert(0, 0)
    kinds.append(draw(UPPER))
    headers = [draw(extension_header(kind, following)) for kind, following in pairwise(kinds)]
    named_at = 40 + sum(len(header.encode()) for header in headers[:-1]) if headers else 6
    return kinds[0], ipv6_extension.Chain(tuple(headers), kinds[-1], draw(DATA), named_at)


UDPS = st.builds(Udp, U16, U16, DATA)
ANY_UDPS = st.builds(Udp, U16, U16, DATA, BITS)

TCP_OPTION = st.one_of(
    st.just(NoOperation()),
    st.builds(tcp_options.MaximumSegmentSize, U16),
    st.builds(tcp_options.WindowScale, U8),
    st.just(tcp_options.SackPermitted()),
    st.builds(tcp_options.Sack, st.lists(st.tuples(U32, U32), max_size=4).map(tuple)),
    st.builds(tcp_options.Timestamps, U32, U32),
    st.builds(
        tcp_options.UnknownOption, st.sampled_from([6, 19, 28, 34, 254]), st.binary(max_size=12)
    ),
)
TCP_OPTIONS = st.lists(TCP_OPTION, max_size=4).map(tuple).filter(fits)
TCPS = st.builds(
    Tcp,
    *(U16, U16, U32, U32, st.integers(0, 511).map(TcpFlag), U16, U16),
    *(TCP_OPTIONS, DATA, st.integers(0, 7)),
)
