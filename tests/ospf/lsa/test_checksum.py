"""The checksum of LSAs (RFC 2328 12.1.7, RFC 905 annex B)."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fingerpost.ospf.lsa.checksum import checksum, fletcher, is_right, sealed
from ospf.vectors import captured_lsas, holo_lsas


def slow_fletcher(octets: bytes) -> tuple[int, int]:
    """RFC 905 B.4, step by step."""
    c0 = c1 = 0
    for octet in octets:
        c0 = (c0 + octet) % 255
        c1 = (c1 + c0) % 255
    return c0, c1


@given(st.binary(max_size=300))
def test_sums_are_those_of_the_loop(octets: bytes) -> None:
    assert fletcher(octets) == slow_fletcher(octets)
    assert fletcher(bytearray(octets)) == slow_fletcher(octets)


@given(st.binary(min_size=20, max_size=300), st.integers(0, 3600))
def test_a_sealed_lsa_is_right_at_any_age(lsa: bytes, age: int) -> None:
    whole = sealed(lsa)
    assert is_right(whole)
    assert is_right(age.to_bytes(2, "big") + whole[2:])
    assert checksum(lsa) == checksum(whole) == int.from_bytes(whole[16:18], "big")


@given(st.binary(min_size=20, max_size=100), st.data())
def test_a_changed_byte_is_found(lsa: bytes, data: st.DataObject) -> None:
    whole = sealed(lsa)
    at = data.draw(st.integers(2, len(whole) - 1))
    to = data.draw(st.integers(0, 255).filter(lambda to: (to - whole[at]) % 255))
    assert not is_right(whole[:at] + bytes((to,)) + whole[at + 1 :])


def test_a_checksum_of_zero_is_a_failure() -> None:
    # RFC 2328 12.1.7: it cannot be left out
    assert fletcher(bytes(18)) == (0, 0)
    assert not is_right(bytes(20))
    assert is_right(sealed(bytes(20)))


def test_lsas_of_holo(shared_data: Path) -> None:
    for version in (2, 3):
        lsas = holo_lsas(shared_data, version)
        assert lsas
        for name, data in lsas.items():
            assert is_right(data), name
            assert sealed(data) == data, name


def test_lsas_of_captures(shared_data: Path) -> None:
    rows = captured_lsas(shared_data)
    assert len(rows) == 226
    for row in rows:
        data = bytes.fromhex(row["hex"])
        assert is_right(data) is row["fletcher_valid"]
        if row["fletcher_valid"]:
            assert sealed(data) == data


def test_examples_of_the_shared_data(shared_data: Path) -> None:
    text = (shared_data / "conformance/rfc-examples/checksums.json").read_text()
    examples = json.loads(text)["fletcher16_mod255"]
    assert len(examples) == 3
    for example in examples:
        c0, c1 = fletcher(example["ascii"].encode())
        assert f"{c1:02x}{c0:02x}" == example["sum"]
