"""Values of BGP, drawn."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st

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
