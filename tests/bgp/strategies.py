"""Values of BGP, drawn."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st

from fingerpost.bgp import attributes as attr
from fingerpost.bgp.attributes import AsPath, Segment, SegmentKind
from fingerpost.bgp.family import IPV4, IPV6, Family
from fingerpost.bgp.packet import Open
from fingerpost.bgp.packet import capabilities as of

T = TypeVar("T")

u8 = st.integers(0, 0xFF)
u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFF_FFFF)
families = st.sampled_from((IPV4, IPV6)) | st.builds(Family, u16, u8)


def few(one: st.SearchStrategy[T], most: int = 3) -> st.SearchStrategy[tuple[T, ...]]:
    """Some of them."""
    return st.lists(one, max_size=most).map(tuple)


def capabilities() -> st.SearchStrategy[of.Capability]:
    """Any capability."""
    restarting = st.builds(of.Restarting, families, st.booleans())
    long_lived = st.builds(of.LongLived, families, st.booleans(), st.integers(0, 0xFFFFFF))
    return st.one_of(
        st.builds(of.Multiprotocol, families),
        st.builds(of.RouteRefreshCapability),
        st.builds(of.EnhancedRouteRefresh),
        st.builds(of.ExtendedMessage),
        st.builds(of.ExtendedNextHop, few(st.builds(of.NextHopFamily, families, u16))),
        st.builds(of.AddPath, few(st.builds(of.AddPathFamily, families, u8))),
        st.builds(
            of.GracefulRestart,
            st.integers(0, 4095),
            few(restarting),
            st.booleans(),
            st.booleans(),
        ),
        st.builds(of.LongLivedGracefulRestart, few(long_lived)),
        st.builds(of.Fqdn, st.binary(max_size=20), st.binary(max_size=20)),
        st.builds(of.SoftwareVersion, st.binary(max_size=64)),
        st.builds(of.As4, st.integers(1, 0xFFFF_FFFF)),
        st.just(of.RoleCapability(3)),
        st.builds(of.UnknownCapability, st.integers(128, 255), st.binary(max_size=20)),
    )


def opens() -> st.SearchStrategy[Open]:
    """OPENs as they come: any grouping, both forms."""
    hold = st.just(0) | st.integers(3, 0xFFFF)
    some = few(few(capabilities(), 4), 2)
    number = st.integers(1, 0xFFFF)
    router_id = st.integers(1, 0xFFFF_FFFF)
    short = few(few(st.builds(of.As4, st.integers(1, 9)), 3), 3)
    return st.builds(Open, number, hold, router_id, short, st.booleans()) | st.builds(
        Open, number, hold, router_id, some, st.just(True)
    )


asns = st.integers(1, 0xFFFF_FFFF) | st.integers(1, 0xFFFF)


def segments() -> st.SearchStrategy[Segment]:
    """Segments of a path."""
    numbers = st.lists(asns, min_size=1, max_size=5).map(tuple)
    return st.builds(Segment, st.sampled_from(SegmentKind), numbers)


def paths() -> st.SearchStrategy[AsPath]:
    """AS paths."""
    return few(segments(), 4).map(AsPath)


def attributes() -> st.SearchStrategy[attr.Attribute]:
    """Any attribute of a set."""
    octets = st.binary(max_size=20)
    large = st.tuples(u32, u32, u32)
    partial = st.booleans()
    next_hops = [st.binary(min_size=n, max_size=n) for n in (0, 4, 16, 20, 32, 36)]
    unknown = st.integers(41, 127) | st.sampled_from((22, 23, 40, 128))
    flags = st.sampled_from((0xC0, 0xE0))
    return st.one_of(
        st.builds(attr.Weight, u32),
        st.builds(attr.Origin, st.sampled_from(attr.OriginCode)),
        paths(),
        st.builds(attr.NextHop, st.one_of(next_hops)),
        st.builds(attr.MultiExitDisc, u32),
        st.builds(attr.LocalPref, u32),
        st.builds(attr.AtomicAggregate),
        st.builds(attr.Aggregator, asns, u32, partial),
        st.builds(attr.Communities, st.lists(u32, min_size=1, max_size=80).map(tuple), partial),
        st.builds(attr.OriginatorId, u32),
        st.builds(attr.ClusterList, st.lists(u32, min_size=1, max_size=80).map(tuple)),
        st.builds(
            attr.ExtendedCommunities,
            st.lists(st.integers(0, (1 << 64) - 1), min_size=1, max_size=80).map(tuple),
            partial,
        ),
        st.builds(
            attr.Ipv6ExtendedCommunities,
            st.lists(st.integers(0, (1 << 160) - 1), min_size=1, max_size=80).map(tuple),
            partial,
        ),
        st.builds(
            attr.LargeCommunities, st.lists(large, min_size=1, max_size=80).map(tuple), partial
        ),
        st.integers(0, (1 << 64) - 1).map(attr.Aigp.of),
        st.builds(attr.OnlyToCustomer, u32, partial),
        st.builds(attr.UnknownAttribute, flags, unknown, octets),
    )


def attribute_sets() -> st.SearchStrategy[attr.AttributeSet]:
    """Sets of attributes."""
    return st.lists(attributes(), max_size=8).map(lambda some: attr.AttributeSet.of(*some))
