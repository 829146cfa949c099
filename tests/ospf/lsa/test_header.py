"""The header of an LSA (RFC 2328 A.4.1, RFC 5340 A.4.2)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.errors import DecodeError, UsageError
from fingerpost.ospf.lsa.header import LsaHeader, LsaKey, decode_headers, sequence_text
from fingerpost.ospf.lsa.options import OptionsV2, OptionsV3, option_names
from fingerpost.ospf.text import dotted
from ospf.vectors import captured_lsas

u8 = st.integers(0, 0xFF)
u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
signed = st.integers(-(1 << 31), (1 << 31) - 1)


@given(st.tuples(u16, u8, u8, u32, u32, signed, u16, u16))
def test_round_trip_of_version_2(fields: tuple[int, ...]) -> None:
    header = LsaHeader(*fields)
    assert list(decode_headers(header.encode(2), 2)) == [header]


@given(u16, st.tuples(u16, u32, u32, signed, u16, u16))
def test_round_trip_of_version_3(age: int, fields: tuple[int, ...]) -> None:
    header = LsaHeader(age, 0, *fields)
    assert list(decode_headers(header.encode(3), 3)) == [header]


def test_headers_of_captures(shared_data: Path) -> None:
    for row in captured_lsas(shared_data):
        (header,) = decode_headers(bytes.fromhex(row["hex"])[:20], row["version"])
        assert header.type == row["type"]
        assert header.age == row["age"]
        assert dotted(header.id) == row["lsid"]
        assert dotted(header.router) == row["adv"]
        assert sequence_text(header.sequence) == f"0x{row['seq']}"
        assert f"{header.checksum:04x}" == row["checksum"]
        assert header.length == row["length"]


@pytest.mark.parametrize("version", [2, 3])
def test_a_part_of_a_header_is_refused(version: int) -> None:
    with pytest.raises(DecodeError, match="39 bytes long, expected a multiple of 20"):
        decode_headers(bytes(39), version)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ((1 << 16, 0, 1, 0, 0, 0, 0, 0), "age"),
        ((0, 256, 1, 0, 0, 0, 0, 0), "options"),
        ((0, 0, 1 << 16, 0, 0, 0, 0, 0), "type"),
        ((0, 0, 1, -1, 0, 0, 0, 0), "lsa id"),
        ((0, 0, 1, 0, 1 << 32, 0, 0, 0), "router"),
        ((0, 0, 1, 0, 0, 1 << 31, 0, 0), "signed number of 32 bits"),
        ((0, 0, 1, 0, 0, 0, 1 << 16, 0), "checksum"),
        ((0, 0, 1, 0, 0, 0, 0, 1 << 16), "length"),
    ],
)
def test_what_does_not_fit_is_the_callers_fault(fields: tuple[int, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        LsaHeader(*fields).encode(2)
    if "options" not in said:
        with pytest.raises(UsageError, match=said):
            LsaHeader(*fields).encode(3)


def test_keys_in_words() -> None:
    assert str(LsaKey(5, 0x0A000000, 0x01010101)) == "5 10.0.0.0 of 1.1.1.1"
    assert str(LsaKey(0x2001, 0, 1)) == "0x2001 0.0.0.0 of 0.0.0.1"


def test_options_in_words() -> None:
    assert option_names(0x42, 2) == "O|E"
    assert option_names(0xFF, 2) == "DN|O|DC|L|NP|MC|E|MT"
    assert option_names(0, 2) == option_names(0, 3) == "-"
    assert option_names(0x13, 3) == "R|E|V6"
    assert option_names(0x800013, 3) == "R|E|V6|0x800000"
    assert option_names(OptionsV2.NP, 2) == "NP"
    assert option_names(OptionsV3.AT, 3) == "AT"
