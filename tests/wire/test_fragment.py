"""Fragments of both versions described alike (RFC 791 3.2, RFC 8200 4.5)."""

from __future__ import annotations

import pytest

from fingerpost.addr import Address
from fingerpost.errors import DecodeError
from fingerpost.wire.fragment import Fragment, fragment_of_ipv4, fragment_of_ipv6
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import DestinationOptions, FragmentHeader, HopByHop

A4, B4 = Address("192.0.2.1"), Address("198.51.100.2")
A6, B6 = Address("2001:db8::1"), Address("2001:db8::2")


def test_a_whole_packet_is_no_fragment() -> None:
    assert fragment_of_ipv4(Ipv4(A4, B4, 17, b"x", dont_fragment=True)) is None
    assert fragment_of_ipv6(Ipv6(A6, B6, 17, b"x")) is None


def test_pieces_of_ipv4_say_which_bytes_they_are() -> None:
    first = Ipv4(A4, B4, 17, bytes(16), identification=7, more_fragments=True)
    last = Ipv4(A4, B4, 17, b"end", identification=7, fragment_offset=16)
    one, two = fragment_of_ipv4(first), fragment_of_ipv4(last)
    assert one is not None
    assert two is not None
    assert (one.is_first, one.is_last, one.offset, one.end) == (True, False, 0, 16)
    assert (two.is_first, two.is_last, two.offset, two.end) == (False, True, 16, 19)
    assert one.key == two.key == (A4, B4, 7, 17)
    assert str(one) == "fragment 0x7: bytes 0 to 15, more follow"
    assert str(two) == "fragment 0x7: bytes 16 to 18, the last"


def test_pieces_of_ipv6_say_which_bytes_they_are() -> None:
    inner = DestinationOptions(17).encode() + b"datagram"
    head = HopByHop(44).encode()
    first = Ipv6(A6, B6, 0, head + FragmentHeader(60, 0, True, 9).encode() + inner)
    later = Ipv6(A6, B6, 0, head + FragmentHeader(17, 16, False, 9).encode() + b"end")
    one, two = fragment_of_ipv6(first), fragment_of_ipv6(later)
    assert one == Fragment(A6, B6, 60, 9, 0, True, inner)
    assert two == Fragment(A6, B6, 17, 9, 16, False, b"end")
    assert one.key == two.key  # another next header is the same packet, RFC 8200 4.5


def test_an_atomic_fragment_is_given_as_first_and_last() -> None:
    packet = Ipv6(A6, B6, 44, FragmentHeader(17, 0, False, 9).encode() + b"data")
    piece = fragment_of_ipv6(packet)
    assert piece is not None
    assert piece.is_first
    assert piece.is_last


def test_a_first_piece_with_a_chain_that_is_cut_is_refused_rfc_7112() -> None:
    packet = Ipv6(A6, B6, 44, FragmentHeader(60, 0, True, 9).encode() + b"\x11\x09")
    with pytest.raises(DecodeError, match="header length is 9"):
        fragment_of_ipv6(packet)


@pytest.mark.parametrize(
    ("length", "more", "aligned"), [(8, True, True), (9, True, False), (9, False, True)]
)
def test_all_but_the_last_piece_are_multiples_of_8(length: int, more: bool, aligned: bool) -> None:
    piece = Fragment(A4, B4, 17, 1, 0, more, bytes(length))
    assert piece.is_aligned == aligned


def test_an_empty_piece_says_so() -> None:
    assert str(Fragment(A4, B4, 17, 1, 8, False, b"")) == (
        "fragment 0x1: bytes 8 and none, the last"
    )
