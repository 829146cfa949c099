"""Which instance is newer (RFC 2328 13.1)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.ospf.lsa.compare import Step, compare, is_newer
from fingerpost.ospf.lsa.header import LsaHeader

HEADER = LsaHeader(10, 2, 1, 1, 1, -0x7FFFFFFF, 0x1234, 36)
sequences = st.sampled_from((-0x7FFFFFFF, -1, 0, 0x7FFFFFFF))
checksums = st.sampled_from((1, 0x7FFF, 0x8000, 0xFFFF))
ages = st.sampled_from((0, 1, 900, 901, 1800, 2699, 2700, 3599, 3600, 3601, 0x8000, 0x8384, 0x8E10))
headers = st.builds(
    LsaHeader, ages, st.just(2), st.just(1), st.just(1), st.just(1), sequences, checksums,
    st.just(36),
)  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "step"),
    [
        ({"sequence": 0}, {"sequence": -1, "checksum": 0xFFFF, "age": 3600}, Step.SEQUENCE),
        ({"sequence": 0x7FFFFFFF}, {"sequence": -0x7FFFFFFF}, Step.SEQUENCE),
        ({"checksum": 0xFFFF}, {"checksum": 0x7FFF, "age": 3600}, Step.CHECKSUM),
        ({"age": 3600}, {"age": 0}, Step.MAX_AGE),
        ({"age": 3600}, {"age": 3599}, Step.MAX_AGE),
        ({"age": 0x8000 | 3600}, {"age": 3599}, Step.MAX_AGE),  # RFC 1793 2.2
        ({"age": 1}, {"age": 902}, Step.AGE),
        ({"age": 0x8001}, {"age": 902}, Step.AGE),
    ],
)
def test_the_first_is_newer(first: dict[str, int], second: dict[str, int], step: Step) -> None:
    one, other = replace(HEADER, **first), replace(HEADER, **second)
    found = compare(one, other)
    assert (found.order, found.step) == (1, step)
    assert is_newer(one, other)
    assert not is_newer(other, one)
    assert f"13.1 step {step.value}" in str(found)


@pytest.mark.parametrize(("one", "other"), [(1, 901), (3600, 3601), (0x8000, 900), (5, 5)])
def test_the_same_instance(one: int, other: int) -> None:
    found = compare(replace(HEADER, age=one), replace(HEADER, age=other))
    assert (found.order, found.step) == (0, Step.SAME)
    assert "the same instance" in str(found)


def test_the_trace_names_the_values() -> None:
    found = compare(replace(HEADER, sequence=-0x7FFFFFFE), HEADER)
    assert str(found) == (
        "the first is newer (RFC 2328 13.1 step 1): sequence number 0x80000002 against 0x80000001"
    )


@given(headers, headers)
def test_it_does_not_depend_on_who_is_first(one: LsaHeader, other: LsaHeader) -> None:
    there, back = compare(one, other), compare(other, one)
    assert there.order == -back.order
    assert there.step is back.step
    assert there.values == back.values[::-1]


@given(headers, headers, headers)
def test_sequence_and_checksum_are_a_total_order(a: LsaHeader, b: LsaHeader, c: LsaHeader) -> None:
    by = {Step.SEQUENCE, Step.CHECKSUM}
    first, second = compare(a, b), compare(b, c)
    if first.step in by and second.step in by and first.order == second.order:
        assert compare(a, c).order == first.order
