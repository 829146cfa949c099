"""Decoders are total: any bytes give a value, or a `DecodeError` that says where and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.errors import DecodeError
from wire.decoders import DECODERS
from wire.drawn import read_or_fault


@st.composite
def changed(draw: st.DrawFn, valid: st.SearchStrategy[bytes]) -> bytes:
    """Draw valid bytes and change some, cut some off, put some in."""
    data = bytearray(draw(valid))
    for at in draw(st.lists(st.integers(0, max(0, len(data) - 1)), max_size=3)):
        if data:
            data[at] = draw(st.integers(0, 255))
    if draw(st.booleans()):
        del data[draw(st.integers(0, len(data))) :]
    if draw(st.booleans()):
        at = draw(st.integers(0, len(data)))
        data[at:at] = draw(st.binary(max_size=9))
    return bytes(data)


def check(name: str, data: bytes) -> None:
    found = read_or_fault(DECODERS[name][0], data)
    if not isinstance(found, DecodeError):
        return
    assert found.layer
    assert found.field
    assert found.offset is not None
    assert found.section or found.layer.startswith("pcap")  # those formats have no clauses
    for part in (found.layer, f"offset {found.offset}", found.field, found.section or ""):
        assert part in str(found)


@pytest.mark.parametrize("name", DECODERS)
@given(st.binary(max_size=120))
def test_random_bytes_give_a_value_or_a_fault(name: str, data: bytes) -> None:
    check(name, data)


@pytest.mark.parametrize("name", DECODERS)
@given(data=st.data())
def test_changed_messages_give_a_value_or_a_fault(name: str, data: st.DataObject) -> None:
    check(name, data.draw(changed(DECODERS[name][1])))


@pytest.mark.parametrize("name", DECODERS)
@given(data=st.data())
def test_valid_messages_give_a_value(name: str, data: st.DataObject) -> None:
    decode, valid = DECODERS[name]
    assert not isinstance(decode(data.draw(valid)), DecodeError)
