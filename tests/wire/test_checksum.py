"""The Internet checksum: RFC 1071, its update after RFC 1624, the pseudo-headers, golden model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.wire.checksum import checksum, ones_sum, pseudo_sum, updated

WORD = st.integers(0, 0xFFFF)


def golden_sum(data: bytes, initial: int = 0) -> int:
    """Add word by word, carrying around (RFC 1071 4.1)."""
    total = initial
    for at in range(0, len(data), 2):
        total += (data[at] << 8) + (data[at + 1] if at + 1 < len(data) else 0)
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


@given(st.binary(max_size=80), st.integers(0, 0x3FFFF))
@example(b"\xff\xff", 0)
@example(b"\xff\xff" * 3, 0)
@example(bytes(20), 0)
@example(bytes(20), 0xFFFF)
@example(b"\x80", 0x7FFF)
def test_the_sum_is_that_of_the_golden_model(data: bytes, initial: int) -> None:
    assert ones_sum(data, initial) == golden_sum(data, initial)
    assert checksum(data, initial) == golden_sum(data, initial) ^ 0xFFFF
    assert ones_sum(memoryview(data), initial) == ones_sum(bytearray(data), initial)
    assert ones_sum(data, initial) == golden_sum(data, initial)


def test_a_jumbo_of_ones_sums_to_ones() -> None:
    assert ones_sum(b"\xff" * 65_535) == golden_sum(b"\xff" * 65_535)


def test_the_sum_can_be_made_in_parts_of_even_length() -> None:
    data = bytes(range(100))
    assert ones_sum(data[40:], ones_sum(data[:40])) == ones_sum(data)


@given(st.lists(WORD, min_size=1, max_size=12), st.data())
def test_an_update_gives_the_sum_made_anew_rfc_1624_eqn_3(
    words: list[int], data: st.DataObject
) -> None:
    words = [0x4500, *words]  # as in every IP header, one word is not zero
    at = data.draw(st.integers(1, len(words) - 1))
    new = data.draw(WORD | st.sampled_from([0, 0xFFFF]))
    before = checksum(b"".join(word.to_bytes(2, "big") for word in words))
    after = updated(before, words[at], new)
    words[at] = new
    assert after == checksum(b"".join(word.to_bytes(2, "big") for word in words))


@pytest.mark.parametrize("corner", [0x0000, 0x0001, 0xFEFF, 0xFF00, 0xFFFE, 0xFFFF])
def test_a_ttl_less_by_one_is_right_at_the_corners_of_the_checksum(corner: int) -> None:
    rest = (corner ^ 0xFFFF) - 0x4001  # what the other words must sum to
    other = rest if rest > 0 else rest + 0xFFFF
    header = other.to_bytes(2, "big") + b"\x40\x01"
    check = checksum(header)
    assert check == (corner if corner != 0xFFFF else 0)  # ones' complement has no other zero here
    lowered = other.to_bytes(2, "big") + b"\x3f\x01"
    assert updated(check, 0x4001, 0x3F01) == checksum(lowered) != 0xFFFF


def test_shared_vectors(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "conformance/rfc-examples/checksums.json").read_text())
    first, header = vectors["internet"]
    data = bytes.fromhex(first["hex"])
    assert ones_sum(data) == int(first["ones_complement_sum"], 16)
    assert checksum(data) == int(first["checksum"], 16)
    octets = bytes.fromhex(header["hex"])
    assert checksum(octets) == 0
    assert checksum(octets[:10] + bytes(2) + octets[12:]) == 0xB861
    for row in vectors["incremental"]:
        old, m, new_m = (int(row[key], 16) for key in ("old_checksum", "old_field", "new_field"))
        assert updated(old, m, new_m) == int(row["new_checksum"], 16), row["source"]


def test_the_rfc_1624_section_4_example() -> None:
    assert updated(0xDD2F, 0x5555, 0x3285) == 0x0000


@given(st.sampled_from([4, 16]), st.data(), st.integers(0, 255), st.integers(0, 0x1FFFF))
def test_the_pseudo_header_is_summed_as_the_rfcs_lay_it_out(
    size: int, data: st.DataObject, protocol: int, length: int
) -> None:
    ends = [data.draw(st.binary(min_size=size, max_size=size)) for _ in range(2)]
    if size == 4:
        length &= 0xFFFF
        tail = bytes([0, protocol]) + length.to_bytes(2, "big")  # RFC 768
    else:
        tail = length.to_bytes(4, "big") + bytes([0, 0, 0, protocol])  # RFC 8200 8.1
    source, destination = map(Address, ends)
    expected = golden_sum(b"".join(ends) + tail)
    assert pseudo_sum(source, destination, protocol, length) == expected
