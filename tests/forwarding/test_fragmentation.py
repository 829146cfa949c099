"""Cutting packets (RFC 791 3.2, RFC 1812 4.2.2.7 and 5.2.6, RFC 6864, RFC 8200 4.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.forwarding import PacketOriginated, Reason
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv4_options import (
    Ipv4Option,
    NoOperation,
    RecordRoute,
    RouterAlert,
    UnknownOption,
)
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import (
    AddressList,
    DestinationOptions,
    FragmentHeader,
    HopByHop,
    RoutingHeader,
)
from forwarding.bench import FAR, FAR6, HERE, HERE6, HOST, bench, interface, udp4

COPIED = UnknownOption(0x9E, b"copy")
FIRST_ONLY = UnknownOption(0x5E, b"once")


def cut(packet: bytes, mtu: int) -> list[Ipv4]:
    """The pieces as they leave on a link with this MTU."""
    b = bench(interfaces=(interface(0, mtu=65535), interface(1, mtu=mtu)))
    b.take(packet)
    assert b.end() is Reason.FORWARDED
    assert all(len(piece) <= mtu for piece in b.sent)
    return [Ipv4.decode(piece) for piece in b.sent]


def test_rfc_791_3_2_all_but_the_last_piece_carry_a_multiple_of_8() -> None:
    payload = bytes(range(256)) * 6
    pieces = cut(udp4(payload=payload, identification=77, tos=0x2A, reserved=True), 576)
    assert [len(piece.payload) for piece in pieces] == [552, 552, 432]
    assert [piece.fragment_offset for piece in pieces] == [0, 552, 1104]
    assert [piece.more_fragments for piece in pieces] == [True, True, False]
    assert b"".join(piece.payload for piece in pieces) == payload
    assert {(p.identification, p.tos, p.reserved, p.ttl) for p in pieces} == {(77, 0x2A, True, 63)}


def test_a_last_piece_may_fill_the_link() -> None:
    pieces = cut(udp4(payload=bytes(552 + 556)), 576)
    assert [len(piece.payload) for piece in pieces] == [552, 556]


def test_rfc_791_3_2_a_piece_may_be_cut_again() -> None:
    middle = udp4(payload=bytes(1104), fragment_offset=2000, more_fragments=True)
    pieces = cut(middle, 576)
    assert [piece.fragment_offset for piece in pieces] == [2000, 2552]
    assert all(piece.more_fragments for piece in pieces)
    last = udp4(payload=bytes(1104), fragment_offset=2000)
    assert [piece.more_fragments for piece in cut(last, 576)] == [True, False]


def test_rfc_791_3_1_only_the_copied_options_are_in_later_pieces() -> None:
    options = (COPIED, FIRST_ONLY, RouterAlert(), RecordRoute.empty(2))
    first, *later = cut(udp4(payload=bytes(1200), options=options), 576)
    assert [option.kind for option in first.options] == [0x9E, 0x5E, 0x94, 0x07]
    assert len(later) == 2
    for piece in later:
        assert [o for o in piece.options if o.kind > 1] == [COPIED, RouterAlert()]


def test_rfc_1812_4_2_2_2_what_was_recorded_is_in_the_first_piece() -> None:
    first, *_ = cut(udp4(payload=bytes(1200), options=(RecordRoute.empty(2),)), 576)
    (option,) = first.options
    assert isinstance(option, RecordRoute)
    assert option.recorded == (Address("10.0.1.1"),)


def test_a_link_with_room_for_one_block_gets_one_block_a_piece() -> None:
    pieces = cut(udp4(payload=bytes(range(20))), 28)
    assert [len(piece.payload) for piece in pieces] == [8, 8, 4]


@pytest.mark.parametrize(("mtu", "options"), [(27, ()), (67, (NoOperation(),) * 40)])
def test_a_link_without_room_for_a_block_gets_nothing_and_nobody_is_told(
    mtu: int, options: tuple[Ipv4Option, ...]
) -> None:
    b = bench(interfaces=(interface(0), interface(1, mtu=mtu)))
    b.take(udp4(payload=bytes(40), options=options))
    assert (b.end(), b.out) == (Reason.TOO_BIG, [])


@given(
    payload=st.integers(1, 3000),
    mtu=st.integers(68, 1500),
    offset=st.integers(0, 1000),
    more=st.booleans(),
    options=st.lists(st.sampled_from([COPIED, FIRST_ONLY, NoOperation()]), max_size=6),
)
def test_the_pieces_are_the_packet(
    payload: int, mtu: int, offset: int, more: bool, options: list[Ipv4Option]
) -> None:
    data = bytes(n & 0xFF for n in range(payload // 8 * 8 if more and payload > 7 else payload))
    packet = udp4(
        payload=data,
        fragment_offset=offset * 8,
        more_fragments=more,
        options=tuple(options),
        identification=5,
    )
    pieces = cut(packet, mtu)
    at = offset * 8
    for number, piece in enumerate(pieces):
        assert piece.fragment_offset == at
        is_last = number == len(pieces) - 1
        assert piece.more_fragments is (more or not is_last)
        assert is_last or len(piece.payload) % 8 == 0
        at += len(piece.payload)
    assert b"".join(piece.payload for piece in pieces) == data


def test_rfc_6864_the_identification_is_never_touched_in_transit() -> None:
    for identification in (0, 1, 0xFFFF):
        (piece,) = cut(udp4(identification=identification, dont_fragment=True), 576)
        assert piece.identification == identification


# -- our own -----------------------------------------------------------------------------------


def own6(payload: bytes, next_header: int = 17) -> list[bytes]:
    b = bench(interfaces=(interface(0), interface(1, mtu=1280)))
    b.receive(PacketOriginated(Ipv6(HERE6, FAR6, next_header, payload, flow_label=9).encode()))
    assert all(len(packet) <= 1280 for packet in b.sent)
    return b.sent


def test_rfc_8200_4_5_our_own_packets_are_cut_with_a_fragment_header() -> None:
    payload = bytes(range(250)) * 12
    pieces = [Ipv6.decode(packet) for packet in own6(payload)]
    headers = [FragmentHeader.decode(piece.payload[:8]) for piece in pieces]
    assert [header.offset for header in headers] == [0, 1232, 2464]
    assert [header.more for header in headers] == [True, True, False]
    assert {header.next_header for header in headers} == {17}
    assert len({header.identification for header in headers}) == 1
    assert b"".join(piece.payload[8:] for piece in pieces) == payload
    assert {(piece.next_header, piece.flow_label) for piece in pieces} == {(44, 9)}


def test_rfc_8200_4_5_two_packets_have_two_identifications() -> None:
    b = bench(interfaces=(interface(0), interface(1, mtu=1280)))
    seen = set()
    for _ in range(50):
        b.receive(PacketOriginated(Ipv6(HERE6, FAR6, 17, bytes(1300)).encode()))
        seen.add(FragmentHeader.decode(Ipv6.decode(b.sent[0]).payload[:8]).identification)
    assert len(seen) == 50


def test_rfc_8200_4_5_headers_up_to_the_routing_header_are_in_every_piece() -> None:
    hop, route = HopByHop(60).encode(), RoutingHeader(60, 1, AddressList((FAR6,))).encode()
    before, after = DestinationOptions(43).encode(), DestinationOptions(17).encode()
    pieces = [Ipv6.decode(p) for p in own6(hop + before + route + after + bytes(2000), 0)]
    assert len(pieces) == 2
    unfragmentable = hop + before + b"\x2c" + route[1:]  # its next header is the fragment's now
    for piece in pieces:
        assert piece.next_header == 0
        assert piece.payload.startswith(unfragmentable)
        assert piece.payload[len(unfragmentable)] == 60
    assert pieces[0].payload[len(unfragmentable) + 8 :].startswith(after)


def test_rfc_8200_4_5_destination_options_without_a_route_are_cut_like_data() -> None:
    options = DestinationOptions(17).encode()
    pieces = [Ipv6.decode(p) for p in own6(options + bytes(2000), 60)]
    assert [piece.next_header for piece in pieces] == [44, 44]
    assert FragmentHeader.decode(pieces[0].payload[:8]).next_header == 60


def test_rfc_8200_4_5_a_router_never_cuts_the_packets_of_others() -> None:
    b = bench()
    b.take(Ipv6(Address("fd00::9"), Address("fd00:2::9"), 17, bytes(1300)).encode())
    assert b.end() is Reason.TOO_BIG


def test_our_own_ipv4_packets_are_cut_or_refused() -> None:
    b = bench(interfaces=(interface(0), interface(1, mtu=576)))
    b.receive(PacketOriginated(udp4(HERE, FAR, payload=bytes(1000))))
    pieces = [Ipv4.decode(packet) for packet in b.sent]
    assert len(pieces) == 2
    assert pieces[0].identification == pieces[1].identification != 0
    b.receive(PacketOriginated(udp4(HERE, HOST, payload=bytes(1500), dont_fragment=True)))
    assert b.sent == []
