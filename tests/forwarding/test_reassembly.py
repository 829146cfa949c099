"""Putting fragments together (RFC 791 3.2, RFC 815, RFC 8200 4.5, RFC 5722, RFC 6946)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.forwarding import STRICT, Reason, TimePassed
from fingerpost.wire import icmp, icmpv6
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv4_options import RecordRoute
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import DestinationOptions, FragmentHeader
from fingerpost.wire.nd import NeighborSolicitation
from forwarding.bench import HERE, HERE6, HOST, HOST6, SECOND, Bench, bench

DATA = bytes(n * 7 & 0xFF for n in range(400))
UDP = b"\0\x09\0\x09\x01\x90\0\0"


def piece4(start: int, end: int, *, last: bool = False, **fields: object) -> bytes:
    whole = Ipv4(HOST, HERE, 17, DATA[start:end], identification=5, fragment_offset=start)
    return replace(whole, more_fragments=not last, **fields).encode()  # type: ignore[arg-type]


def piece6(
    start: int, end: int, *, last: bool = False, data: bytes = UDP + DATA, upper: int = 17
) -> bytes:
    header = FragmentHeader(upper, start, not last, 5).encode()
    return Ipv6(HOST6, HERE6, 44, header + data[start:end]).encode()


def take(b: Bench, pieces: Sequence[bytes]) -> list[bytes]:
    """All that is delivered of pieces that come in one after the other."""
    found = []
    for piece in pieces:
        b.take(piece)
        found += b.delivered
    return found


CUTS = [0, 80, 160, 320, 400]
PIECES4 = [piece4(start, end, last=end == 400) for start, end in pairwise(CUTS)]
PIECES6 = [piece6(start, end) for start, end in pairwise(CUTS[:-1])]
PIECES6.append(piece6(320, 408, last=True))


@given(st.permutations(range(4)))
def test_rfc_791_3_2_fragments_make_the_packet_in_any_order(order: list[int]) -> None:
    b = bench()
    (packet,) = take(b, [PIECES4[n] for n in order])
    whole = Ipv4.decode(packet)
    assert whole.payload == DATA
    assert not whole.is_fragment
    assert (len(b.plane.reassembly), b.plane.reassembly.held) == (0, 0)
    assert b.plane.next_deadline() is None


@given(st.permutations(range(4)))
def test_rfc_8200_4_5_fragments_make_the_packet_in_any_order(order: list[int]) -> None:
    b = bench()
    (packet,) = take(b, [PIECES6[n] for n in order])
    whole = Ipv6.decode(packet)
    assert (whole.next_header, whole.payload) == (17, UDP + DATA)
    assert b.plane.reassembly.held == 0


@given(st.lists(st.integers(0, 3), max_size=30), st.permutations(range(4)))
def test_rfc_8200_4_5_exact_repetitions_do_no_harm(extra: list[int], order: list[int]) -> None:
    for pieces, whole in ((PIECES4, DATA), (PIECES6, UDP + DATA)):
        b = bench()
        found = take(b, [pieces[n] for n in [*extra[:15], *order, *extra[15:]]])
        assert found
        assert {packet[-len(whole) :] for packet in found} == {whole}


def test_rfc_791_3_2_the_header_is_that_of_the_first_fragment() -> None:
    options = (RecordRoute.empty(2),)
    first = piece4(0, 80, options=options, ttl=7)
    (packet,) = take(bench(), [*PIECES4[1:], first])
    whole = Ipv4.decode(packet)
    assert (whole.options, whole.ttl) == (options, 7)


@pytest.mark.parametrize(
    "other",
    [(72, 160), (80, 168), (88, 96), (0, 160), (80, 88), (152, 240)],
)
def test_rfc_5722_4_an_overlap_costs_the_whole_packet_silently(other: tuple[int, int]) -> None:
    b = bench()
    assert take(b, [PIECES4[0], PIECES4[1], piece4(*other)]) == []
    assert (b.end(), b.out) == (Reason.REASSEMBLY_FAILED, [])
    assert take(b, PIECES4) == []  # and all that comes for it until it is forgotten
    b.now = 60 * SECOND
    assert b.receive(TimePassed()) == []
    assert len(take(b, PIECES4)) == 1
    b = bench()
    assert take(b, [PIECES6[0], PIECES6[1], piece6(*other)]) == []
    assert (b.end(), b.out) == (Reason.REASSEMBLY_FAILED, [])
    assert take(b, PIECES6) == []


def test_rfc_5722_4_the_same_place_with_other_data_or_another_end_contradicts() -> None:
    altered = piece4(80, 160)[:-1] + b"\xff"
    for liar in (altered, piece4(160, 240, last=True), piece4(80, 160, last=True)):
        b = bench()
        assert take(b, [*PIECES4[:3], liar, PIECES4[3]]) == []


def test_packets_of_other_addresses_protocols_and_numbers_do_not_mix() -> None:
    b = bench()
    others = [
        replace(Ipv4.decode(PIECES4[1]), source=Address("10.0.0.8")).encode(),
        replace(Ipv4.decode(PIECES4[1]), protocol=6).encode(),
        replace(Ipv4.decode(PIECES4[1]), identification=6).encode(),
        replace(Ipv4.decode(PIECES4[1]), destination=Address("10.0.1.1")).encode(),
    ]
    assert take(b, [PIECES4[0], *others, *PIECES4[2:]]) == []
    assert len(b.plane.reassembly) == 5
    assert len(take(b, [PIECES4[1]])) == 1


def test_a_link_local_sender_is_another_one_on_another_link() -> None:
    b = bench()
    near = [replace(Ipv6.decode(p), source=Address("fe80::9")).encode() for p in PIECES6]
    for number, piece in enumerate(near):
        b.take(piece, "eth0" if number else "eth1")
    assert len(b.plane.reassembly) == 2


def test_rfc_6946_4_an_atomic_fragment_is_whole_whatever_else_waits() -> None:
    b = bench()
    atomic = piece6(0, 408, last=True)
    (packet,) = take(b, [PIECES6[1], atomic])
    assert Ipv6.decode(packet).payload == UDP + DATA
    assert Ipv6.decode(packet).next_header == 17
    assert len(b.plane.reassembly) == 1


def test_options_before_and_after_the_fragment_header_are_read() -> None:
    b = bench()
    echo = icmpv6.EchoRequest(1, 2, bytes(104)).encode(HOST6, HERE6)
    cut = DestinationOptions(58).encode() + echo
    before = DestinationOptions(44).encode()
    for start, last in ((0, False), (64, True)):
        header = FragmentHeader(60, start, not last, 9).encode()
        part = cut[start : start + 64] if not last else cut[start:]
        b.take(Ipv6(HOST6, HERE6, 60, before + header + part).encode())
    assert b.end() is Reason.ANSWERED
    assert b.error6()[1] == icmpv6.EchoReply(1, 2, bytes(104))


# -- faults ------------------------------------------------------------------------------------


def problem(b: Bench) -> tuple[int, int]:
    message = b.error6()[1]
    assert isinstance(message, icmpv6.ParameterProblem)
    return message.code, message.pointer


def test_rfc_8200_4_5_a_length_that_is_no_multiple_of_8_points_at_the_payload_length() -> None:
    b = bench()
    b.take(piece6(8, 21))
    assert problem(b) == (0, 4)
    b.take(piece4(8, 21))
    assert (b.end(), b.out) == (Reason.REASSEMBLY_FAILED, [])


def test_rfc_8200_4_5_an_end_beyond_65535_points_at_the_fragment_offset() -> None:
    b = bench()
    far = FragmentHeader(17, 65528, False, 5).encode() + bytes(16)
    b.take(Ipv6(HOST6, HERE6, 44, far).encode())
    assert problem(b) == (0, 42)
    b.take(Ipv4(HOST, HERE, 17, bytes(16), fragment_offset=65528).encode())
    assert (b.end(), b.out) == (Reason.REASSEMBLY_FAILED, [])


def test_rfc_7112_5_a_first_fragment_without_the_upper_header_is_told() -> None:
    b = bench()
    b.take(Ipv6(HOST6, HERE6, 44, FragmentHeader(6, 0, True, 5).encode() + bytes(16)).encode())
    assert problem(b) == (3, 0)
    cut = FragmentHeader(60, 0, True, 5).encode() + DestinationOptions(17).encode()
    b.take(Ipv6(HOST6, HERE6, 44, cut).encode())
    assert problem(b) == (3, 0)
    b.take(Ipv6(HOST6, HERE6, 44, FragmentHeader(60, 0, True, 5).encode() + b"\x11").encode())
    assert problem(b) == (3, 0)


def test_an_empty_fragment_and_a_cut_header_are_refused() -> None:
    b = bench()
    b.take(piece6(8, 8))
    assert b.end() is Reason.REASSEMBLY_FAILED
    b.take(piece4(8, 8))
    assert b.end() is Reason.REASSEMBLY_FAILED
    b.take(Ipv6(HOST6, HERE6, 44, b"\x11\0\0").encode())
    assert b.end() is Reason.BAD_HEADER_CHAIN


def test_rfc_6980_5_neighbour_discovery_in_fragments_is_ignored() -> None:
    b = bench()
    ask = NeighborSolicitation(HERE6).encode(HOST6, HERE6)
    header = FragmentHeader(58, 0, False, 5).encode()
    b.take(Ipv6(HOST6, HERE6, 44, header + ask, hop_limit=255).encode())
    assert (b.end(), b.out) == (Reason.BAD_NEIGHBOR_MESSAGE, [])


@pytest.mark.parametrize(
    ("marks", "expected"),
    [([2, 2], 2), ([2, 3], 3), ([1, 3], 3), ([3, 3], 3), ([0, 0], 0), ([0, 3], None), ([1, 2], 1)],
)
def test_rfc_3168_5_3_congestion_that_one_fragment_met_is_not_lost(
    marks: list[int], expected: int | None
) -> None:
    b = bench()
    found = take(b, [piece4(0, 80, tos=marks[0]), piece4(80, 400, last=True, tos=marks[1])])
    assert [Ipv4.decode(packet).tos for packet in found] == ([] if expected is None else [expected])
    b = bench()
    parts = [piece6(0, 80), piece6(80, 408, last=True)]
    marked = [
        replace(Ipv6.decode(part), traffic_class=mark).encode()
        for part, mark in zip(parts, marks, strict=True)
    ]
    found = take(b, marked)
    assert [Ipv6.decode(packet).traffic_class for packet in found] == (
        [] if expected is None else [expected]
    )


# -- bounds and time ---------------------------------------------------------------------------


def test_rfc_792_time_exceeded_goes_to_who_sent_the_first_fragment() -> None:
    b = bench()
    b.now = SECOND
    take(b, [PIECES4[0], PIECES4[2]])
    assert b.plane.next_deadline() == 61 * SECOND
    b.now = 61 * SECOND - 1
    assert b.receive(TimePassed()) == []
    b.now += 1
    b.receive(TimePassed())
    message = b.error()[1]
    assert isinstance(message, icmp.TimeExceeded)
    assert (message.code, message.quote) == (1, PIECES4[0])
    assert b.end() is Reason.REASSEMBLY_TIMEOUT
    assert b.plane.counters["eth0"].ends[Reason.REASSEMBLY_TIMEOUT] == 1
    assert b.plane.reassembly.held == 0


def test_rfc_8200_4_5_time_exceeded_goes_to_who_sent_the_first_fragment() -> None:
    b = bench()
    take(b, [PIECES6[0], PIECES6[2]])
    b.now = 60 * SECOND
    b.receive(TimePassed())
    message = b.error6()[1]
    assert isinstance(message, icmpv6.TimeExceeded)
    assert (message.code, message.quote) == (1, PIECES6[0])


@pytest.mark.parametrize("pieces", [PIECES4, PIECES6])
def test_rfc_792_without_the_first_fragment_nobody_is_told(pieces: list[bytes]) -> None:
    b = bench()
    take(b, pieces[1:])
    b.now = 60 * SECOND
    assert b.receive(TimePassed()) == []
    assert b.plane.counters["eth0"].ends[Reason.REASSEMBLY_TIMEOUT] == 1
    assert len(b.plane.reassembly) == 0


def test_rfc_6274_packets_that_wait_are_bounded_and_the_oldest_goes() -> None:
    b = bench(replace(STRICT, reassembly_packets=3))
    for number in range(5):
        b.take(piece4(0, 80, identification=number))
    assert len(b.plane.reassembly) == 3
    assert b.plane.counters["eth0"].ends[Reason.REASSEMBLY_FULL] == 2
    assert take(b, [piece4(80, 400, last=True, identification=0)]) == []
    assert len(take(b, [piece4(80, 400, last=True, identification=4)])) == 1


def test_bytes_that_wait_are_bounded_and_tiny_fragments_cost_what_they_take() -> None:
    b = bench(replace(STRICT, reassembly_bytes=20_000, reassembly_packets=10_000))
    for number in range(500):
        b.take(piece4(8, 16, identification=number))
        assert b.plane.reassembly.held <= 20_000
    assert len(b.plane.reassembly) < 200


def test_fragments_that_pass_through_are_not_put_together() -> None:
    b = bench()
    for piece in PIECES4:
        b.take(replace(Ipv4.decode(piece), destination=Address("10.9.0.1")).encode())
        assert b.end() is Reason.FORWARDED
    assert len(b.plane.reassembly) == 0


def test_rfc_8200_4_1_fragments_in_fragments_are_put_together_as_well() -> None:
    inner = [
        FragmentHeader(17, 0, True, 6).encode() + UDP,
        FragmentHeader(17, 8, False, 6).encode(),
    ]
    b = bench()
    for number, data in enumerate((inner[0], inner[1] + DATA)):
        for start, end in ((0, 16), (16, len(data))):
            if start < end:
                last = end == len(data)
                header = FragmentHeader(44, start, not last, number).encode()
                b.take(Ipv6(HOST6, HERE6, 44, header + data[start:end]).encode())
    (packet,) = b.delivered
    assert Ipv6.decode(packet).payload == UDP + DATA
    assert b.plane.reassembly.held == 0


def test_fragments_in_fragments_have_an_end() -> None:
    atomic = FragmentHeader(44, 0, False, 5).encode()
    b = bench()
    b.take(
        Ipv6(
            HOST6, HERE6, 44, atomic * 100 + FragmentHeader(17, 0, False, 5).encode() + UDP
        ).encode()
    )
    assert b.end() is Reason.BAD_HEADER_CHAIN
    assert b.delivered == []
