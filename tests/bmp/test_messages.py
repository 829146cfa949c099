"""Messages of BMP: what is written reads back, tshark agrees, and any octets end well."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.bmp import (
    Counted,
    DownReason,
    Initiation,
    Message,
    MirrorCode,
    PeerDown,
    PeerFlags,
    PeerHeader,
    PeerType,
    PeerUp,
    Receiver,
    RouteMirroring,
    RouteMonitoring,
    Statistics,
    Termination,
    UnknownMessage,
    decode_message,
)
from fingerpost.errors import DecodeError

CALM = settings(deadline=None, max_examples=80)
U16, U32 = st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF)
IPV4 = st.binary(min_size=4, max_size=4).map(Address)
IPV6 = st.binary(min_size=16, max_size=16).map(Address)
TLVS = st.lists(st.tuples(U16, st.binary(max_size=20)), max_size=4).map(tuple)
TABLES = (PeerFlags(0), PeerFlags.POST_POLICY, PeerFlags.ADJ_RIB_OUT, PeerFlags.AS2)


@st.composite
def headers(draw: st.DrawFn) -> PeerHeader:
    """Per-peer headers of both families."""
    is_v6 = draw(st.booleans())
    flags = draw(st.sampled_from(TABLES)) | (PeerFlags.IPV6 if is_v6 else PeerFlags(0))
    instant = draw(U32) * 1_000_000_000 + draw(st.integers(0, 999_999)) * 1_000
    address = draw(IPV6 if is_v6 else IPV4)
    kind = draw(st.sampled_from((PeerType.GLOBAL, PeerType.DISTINGUISHED, PeerType.LOCAL)))
    return PeerHeader(address, draw(U32), draw(U32), instant, kind, flags, draw(U32))


BGP = st.binary(max_size=50).map(
    lambda b: b"\xff" * 16 + (19 + len(b)).to_bytes(2, "big") + b"\2" + b
)
COUNTED = st.builds(Counted, st.sampled_from((0, 3, 7, 8, 14)), U32) | st.builds(
    Counted, st.sampled_from((9, 10, 16, 17)), U32, st.sampled_from(((1, 1), (2, 1)))
)
MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.builds(Initiation, TLVS),
    st.builds(Termination, TLVS),
    headers().flatmap(
        lambda peer: st.builds(
            PeerUp,
            st.just(peer),
            IPV6 if peer.flags & PeerFlags.IPV6 else IPV4,
            U16,
            U16,
            BGP,
            BGP,
            TLVS,
        )
    ),
    st.builds(PeerDown, headers(), st.sampled_from(DownReason), st.binary(max_size=30)),
    st.builds(RouteMonitoring, headers(), BGP),
    st.builds(Statistics, headers(), st.lists(COUNTED, max_size=4).map(tuple)),
    st.builds(RouteMirroring, headers(), TLVS),
)


@CALM
@given(st.lists(MESSAGES, max_size=4), st.integers(1, 40))
def test_messages_read_back_however_they_are_cut(messages: list[Message], piece: int) -> None:
    octets = b"".join(one.encode() for one in messages)
    receiver = Receiver()
    found: list[Message | UnknownMessage] = []
    for at in range(0, len(octets), piece):
        found += receiver.receive(octets[at : at + piece])
    assert found == messages
    assert b"".join(one.encode() for one in messages) == octets


@CALM
@given(st.integers(0, 8), st.binary(max_size=120))
def test_any_body_gives_a_message_or_a_decode_error(kind: int, body: bytes) -> None:
    data = b"\3" + (6 + len(body)).to_bytes(4, "big") + bytes((kind,)) + body
    try:
        found = decode_message(data)
    except DecodeError as error:
        assert "BMP" in str(error)  # noqa: PT017 - both ways are right
    else:
        assert isinstance(found, UnknownMessage) == (kind > 6)


@pytest.mark.parametrize("octets", [b"\1\0\0\0\6\4", b"\3\0\0\0\5\4", b"\3\xff\xff\xff\xff\4"])
def test_what_is_no_bmp_ends_the_stream(octets: bytes) -> None:
    with pytest.raises(DecodeError, match="RFC 7854"):
        list(Receiver().receive(octets))


def test_the_receiver_knows_who_is_up() -> None:
    receiver = Receiver()
    peer = PeerHeader(Address("192.0.2.1"), 65001, 1)
    opens = b"\xff" * 16 + b"\0\x13\1"
    up = PeerUp(peer, Address("192.0.2.2"), 179, 40000, opens, opens)
    list(receiver.receive(up.encode()))
    post = replace(peer, flags=PeerFlags.POST_POLICY)
    assert receiver.opens_of(post) == up
    list(receiver.receive(PeerDown(peer, DownReason.REMOTE).encode()))
    assert receiver.opens_of(peer) is None


def test_views_have_names() -> None:
    peer = PeerHeader()
    assert peer.view == "pre-policy"
    assert replace(peer, flags=PeerFlags.POST_POLICY).view == "post-policy"
    both = PeerFlags.ADJ_RIB_OUT | PeerFlags.POST_POLICY
    assert replace(peer, flags=both).view == "out"
    assert replace(peer, type=PeerType.LOC_RIB).view == "loc-rib"


def test_mirrored_faults_carry_their_message() -> None:
    found = RouteMirroring(PeerHeader(), ((1, bytes((0, MirrorCode.ERRORED))), (0, b"octets")))
    assert found.messages == (b"octets",)
