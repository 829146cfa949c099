"""Columns of prefixes: sequences that pack and unpack."""

from __future__ import annotations

import contextlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost import Prefix
from fingerpost.errors import AddressError
from fingerpost.fib import PrefixColumn


def test_every_length_of_both_families_packs_and_unpacks() -> None:
    prefixes = [Prefix((2**32 - 1, length)) for length in range(33)]
    prefixes += [Prefix((2**128 - 1, length)) for length in range(129)]
    column = PrefixColumn(prefixes)
    assert list(column) == prefixes
    assert list(PrefixColumn.from_bytes(column.to_bytes())) == prefixes
    assert pickle.loads(pickle.dumps(column)) == column


@given(st.binary(max_size=64))
def test_any_bytes_unpack_to_what_packs_the_same_or_are_refused(data: bytes) -> None:
    with contextlib.suppress(AddressError):
        column = PrefixColumn.from_bytes(data)
        assert PrefixColumn.from_bytes(column.to_bytes()) == column


def test_a_column_is_a_sequence() -> None:
    column = PrefixColumn(["10.0.0.0/8", ("::", 0)])
    assert (len(column), str(column[0]), str(column[1])) == (2, "10.0.0.0/8", "::/0")
    with pytest.raises(IndexError):
        column[2]
    assert repr(column) == "<PrefixColumn of 2 prefixes>"
    with pytest.raises(AddressError):
        PrefixColumn(["10.0.0.0/8", "nonsense"])
