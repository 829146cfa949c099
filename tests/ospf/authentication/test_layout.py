"""Fields at the edge of a packet, and LLS blocks at theirs (RFC 5613 2.1, 2.2; RFC 7166 2.1)."""

from __future__ import annotations

import pytest

from fingerpost.ospf.authentication import layout

ALL_SET = b"\xff" * 40


def packet(version: int, kind: int) -> bytes:
    return bytes((version, kind)) + ALL_SET


@pytest.mark.parametrize(("kind", "at"), [(1, 30), (2, 26), (4, None)])
def test_options_of_version_2_count_if_they_are_in_the_packet(kind: int, at: int | None) -> None:
    found = [length for length in range(41) if layout.v2_has_lls(packet(2, kind), length)]
    assert found == ([] if at is None else list(range(at + 1, 41)))


@pytest.mark.parametrize(("kind", "at"), [(1, 22), (2, 18), (4, None)])
def test_options_of_version_3_count_if_they_are_in_the_packet(kind: int, at: int | None) -> None:
    data = packet(3, kind)
    lls = [length for length in range(41) if layout.v3_has_lls(data, length)]
    said = [layout.v3_has_trailer(data, length) for length in range(41)]
    there = [] if at is None else list(range(at + 1, 41))
    assert lls == there
    assert said == [True if length in there else None for length in range(41)]
    clear = bytes((3, kind)) + bytes(40)
    assert layout.v3_has_trailer(clear, 40) is (None if at is None else False)
    for length in range(2, 41):
        marked = layout.with_trailer_bit(clear[:length])
        assert [n for n in range(length) if marked[n]] == [0, 1, *([at] if length in there else [])]
        assert len(marked) == length


@pytest.mark.parametrize("header", [layout.V2_HEADER, layout.V3_HEADER])
def test_a_packet_is_as_long_as_it_says_if_it_is_all_there(header: int) -> None:
    for said in range(70):
        data = b"\0\0" + said.to_bytes(2, "big") + bytes(60)
        assert layout.packet_length(data, header) == (said if header <= said <= 64 else None)
    assert layout.packet_length(b"", header) is None


def test_an_lls_block_counts_words_its_own_first_among_them() -> None:
    for words in range(300):
        block = b"\xab\xcd" + words.to_bytes(2, "big") + bytes(1100)
        assert layout.lls_length(block) == (words * 4 if 1 <= words <= 276 else None)
    assert layout.lls_length(b"\0\0\0\1") == 4
    assert layout.lls_length(b"\0\0\0") is None
