"""Random packets of both versions for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from fingerpost.ospf.lsa.header import LsaKey
from fingerpost.ospf.packet import (
    Body,
    DatabaseDescription,
    DdFlags,
    Hello,
    LinkStateAcknowledgment,
    LinkStateRequest,
    LinkStateUpdate,
)

u8 = st.integers(0, 0xFF)
u16 = st.integers(0, 0xFFFF)
u24 = st.integers(0, 0xFFFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
headers = st.integers(0, 5).flatmap(lambda n: st.binary(min_size=20 * n, max_size=20 * n))
updates = st.binary(min_size=4, max_size=90)


def hellos(version: int) -> st.SearchStrategy[Hello]:
    """Draw Hellos."""
    neighbors = st.lists(u32, max_size=5).map(tuple)
    if version == 2:
        return st.builds(Hello, u16, u32, u8, u8, u32, u32, neighbors, u32, st.none())
    return st.builds(Hello, u16, u16, u24, u8, u32, u32, neighbors, st.none(), u32)


def bodies(version: int) -> st.SearchStrategy[Body]:
    """Draw the body of a packet."""
    options = u8 if version == 2 else u24
    key = st.builds(LsaKey, u32 if version == 2 else u16, u32, u32)
    number = st.just(version)
    return st.one_of(
        hellos(version),
        st.builds(DatabaseDescription, u16, options, u8.map(DdFlags), u32, headers, number),
        st.builds(LinkStateRequest, st.lists(key, max_size=5).map(tuple)),
        st.builds(LinkStateUpdate, updates, number),
        st.builds(LinkStateAcknowledgment, headers, number),
    )
