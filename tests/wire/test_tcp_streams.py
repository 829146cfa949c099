"""`TcpStreams`: octets in order, however their segments were captured."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.wire.tcp import Tcp, TcpFlag
from fingerpost.wire.tcp_streams import AHEAD_MOST, TcpStreams

A, B = Address("192.0.2.1"), Address("192.0.2.2")


def segment(at: int, octets: bytes, flags: TcpFlag = TcpFlag.ACK) -> Tcp:
    return Tcp(1025, 179, at % (1 << 32), flags=flags, payload=octets)


@given(
    st.binary(min_size=1, max_size=300),
    st.integers(0, (1 << 32) - 1),
    st.randoms(use_true_random=False),
)
def test_whatever_comes_twice_or_late_the_stream_is_whole(
    octets: bytes, first: int, rng: Random
) -> None:
    streams = TcpStreams()
    assert not list(streams.add(A, B, segment(first, b"", TcpFlag.SYN)))
    cuts = sorted({0, len(octets), *(rng.randrange(len(octets) + 1) for _ in range(6))})
    pieces = [(one, octets[one:other]) for one, other in pairwise(cuts)]
    pieces += [(at, octets[at : at + 40]) for at in (rng.randrange(len(octets)) for _ in range(4))]
    rng.shuffle(pieces)
    found = []
    for at, some in pieces:
        found += list(streams.add(A, B, segment(first + 1 + at, some)))
    assert b"".join(one.octets for one in found) == octets
    assert not any(one.is_gap for one in found)


def test_what_never_came_is_a_gap_and_the_other_way_is_another_stream() -> None:
    streams = TcpStreams()
    assert [one.octets for one in streams.add(A, B, segment(7, b"in the middle"))]
    found = []
    for at in range(AHEAD_MOST + 1):
        found += list(streams.add(A, B, segment(1000 + at, b"x")))
    assert len(found) == AHEAD_MOST + 1
    assert [one.is_gap for one in found[:2]] == [True, False]
    assert [one.octets for one in streams.add(B, A, segment(7, b"back"))] == [b"back"]
