"""Headers, and messages out of a stream (RFC 4271 4.1, 6.1)."""

from __future__ import annotations

import pytest

from fingerpost.bgp.constants import LONGEST_EXTENDED, MARKER, MessageType
from fingerpost.bgp.packet import Header, Keepalive, MessageError, decode_header, first_message
from fingerpost.bgp.packet.message import decode_message
from fingerpost.errors import DecodeError


def header(length: int, kind: int, marker: bytes = MARKER) -> bytes:
    """A header that may be wrong."""
    return marker + length.to_bytes(2, "big") + bytes((kind,))


def fault(data: bytes, longest: int = 4096) -> tuple[int, int, bytes]:
    """Code, subcode and data of the NOTIFICATION."""
    with pytest.raises(MessageError) as caught:
        decode_header(data, longest)
    assert isinstance(caught.value, DecodeError)
    assert caught.value.section is not None
    return caught.value.code, caught.value.subcode, caught.value.data


def test_a_marker_that_is_not_all_ones_is_not_synchronized() -> None:
    assert fault(header(19, 4, b"\xff" * 15 + b"\xfe")) == (1, 1, b"")


@pytest.mark.parametrize(
    ("kind", "length"),
    [(1, 28), (1, 4097), (2, 22), (2, 4097), (3, 20), (4, 18), (4, 20), (5, 18), (9, 4097)],
)
def test_a_length_that_the_type_cannot_have_is_told_back(kind: int, length: int) -> None:
    assert fault(header(length, kind)) == (1, 2, length.to_bytes(2, "big"))


@pytest.mark.parametrize("kind", [0, 6, 255])
def test_a_type_that_nobody_knows_is_told_back(kind: int) -> None:
    assert fault(header(30, kind)) == (1, 3, bytes((kind,)))


def test_open_and_keepalive_are_never_extended() -> None:
    # RFC 8654 4
    assert decode_header(header(4097, 2), LONGEST_EXTENDED) == Header(4097, MessageType.UPDATE)
    assert decode_header(header(65535, 3), LONGEST_EXTENDED).length == 65535
    assert fault(header(4097, 1), LONGEST_EXTENDED) == (1, 2, b"\x10\x01")
    assert fault(header(4097, 4), LONGEST_EXTENDED) == (1, 2, b"\x10\x01")


def test_messages_come_out_of_a_stream_when_they_are_whole() -> None:
    stream = Keepalive().encode() + header(21, 3) + b"\6\2" + MARKER
    found = []
    while (one := first_message(stream)) is not None:
        found.append(one)
        stream = stream[len(one) :]
    assert [len(one) for one in found] == [19, 21]
    assert stream == MARKER
    assert all(first_message(found[1][:end]) is None for end in range(21))


def test_a_stream_that_cannot_become_a_message_is_refused_at_once() -> None:
    with pytest.raises(MessageError) as caught:
        first_message(b"GET / HTTP/1.1")
    assert (caught.value.code, caught.value.subcode) == (1, 1)
    with pytest.raises(MessageError):
        first_message(header(65535, 2))


def test_a_message_has_the_length_that_it_says() -> None:
    with pytest.raises(MessageError) as caught:
        decode_message(Keepalive().encode() + b"\0")
    assert (caught.value.code, caught.value.subcode, caught.value.data) == (1, 2, b"\0\x13")
