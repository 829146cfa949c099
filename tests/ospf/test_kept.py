"""What outlives a planned restart, as the host keeps it (RFC 3623 2.1, RFC 5187 3)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.ospf.authentication import SequenceNumbers
from fingerpost.ospf.kept import Kept

IDS = st.integers(0, 0xFFFFFFFF)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
GOOD = Kept(7, 9, (0, 1), {"eth0": 3}, (5, 6, 7))
SECOND = 1_000_000_000


@given(IDS, st.integers(0), st.lists(IDS), st.dictionaries(st.text(), st.integers(1)))
def test_it_is_the_same_after_json(
    router_id: int, until: int, areas: list[int], numbers: dict[str, int]
) -> None:
    kept = Kept(router_id, until, tuple(areas), numbers, (-1, 0, 0))
    assert Kept.of(json.loads(json.dumps(kept.as_dict()))) == kept


@given(st.sampled_from(sorted(GOOD.as_dict())), JSON)
def test_whatever_else_is_in_the_file_is_no_fault(field: str, value: object) -> None:
    found = Kept.of({**GOOD.as_dict(), field: value})
    assert found is None or isinstance(found, Kept)


@pytest.mark.parametrize("field", sorted(GOOD.as_dict()))
def test_nothing_may_be_missing(field: str) -> None:
    said = GOOD.as_dict()
    del said[field]
    assert Kept.of(said) is None


def test_numbers_of_packets_do_not_go_back_though_the_clock_does() -> None:
    first, second = SequenceNumbers(), SequenceNumbers()
    wide, narrow = first.wide(2000 * SECOND), first.narrow(2000 * SECOND)
    second.go_on(first.last)
    assert second.wide(1000 * SECOND) > wide
    assert second.narrow(1000 * SECOND) >= narrow
