"""Origin validation (RFC 6811 2): the core, its readable twin, and queries with known answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost._core import PrefixColumn, VrpTable
from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.rpki import Validity, Vrp, validate, verdict

# few addresses and lengths, so that prefixes lie in one another
NETWORKS = ("10.0.0.0", "10.1.0.0", "10.1.128.0", "11.0.0.0", "2001:db8::", "2001:db8:1::")
LENGTHS = (0, 6, 7, 8, 15, 16, 17, 24, 32)
prefixes = st.builds(
    lambda network, length: Prefix(f"{network}/{length}"),
    st.sampled_from(NETWORKS),
    st.sampled_from(LENGTHS),
)
origins = st.integers(0, 3)
vrps = st.builds(
    lambda prefix, more, asn: Vrp(prefix, min(prefix.length + more, 32), asn),
    prefixes,
    st.sampled_from((0, 1, 8)),
    origins,
)


@settings(max_examples=150, derandomize=True)
@given(st.lists(vrps, max_size=20), st.lists(st.tuples(prefixes, origins), max_size=10))
def test_the_core_judges_as_the_readable_form_does(
    held: list[Vrp], asked: list[tuple[Prefix, int]]
) -> None:
    table = VrpTable(held)
    assert len(table) == len(set(held))
    states = table.states(PrefixColumn([prefix for prefix, _ in asked]), [asn for _, asn in asked])
    for (prefix, origin), state in zip(asked, states, strict=True):
        wanted, covering = validate(held, prefix, origin)
        assert Validity(state) is wanted
        assert table.validate(prefix, origin) == state
        assert table.covering(prefix) == covering


@settings(max_examples=100, derandomize=True)
@given(
    st.lists(vrps, max_size=15),
    st.lists(vrps, max_size=15),
    st.lists(st.tuples(st.none() | prefixes, st.none() | origins), max_size=3),
)
def test_tables_are_put_together_compared_and_filtered(
    one: list[Vrp], other: list[Vrp], filters: list[tuple[Prefix | None, int | None]]
) -> None:
    first, second = VrpTable(one), VrpTable(other)
    assert first.union(second) == VrpTable(one + other)
    assert first.differing(second) == VrpTable(set(one) ^ set(other))
    assert (first == second) == (set(one) == set(other))
    left = {
        held
        for held in one
        if not any(
            (prefix is None or held.prefix in prefix) and (asn is None or asn == held.asn)
            for prefix, asn in filters
        )
    }
    assert first.without(filters) == VrpTable(left)
    rows = first.rows()
    assert {Vrp(*row) for row in rows} == set(one)
    assert first.rows(1, 2) == rows[1:3]


def test_queries_with_known_answers(shared_data: Path) -> None:
    folder = shared_data / "conformance" / "openbgpd-trie"
    held = []
    for line in (folder / "rde_trie_test.5.in").read_text().splitlines():
        words = line.split()
        prefix = Prefix(words[1])
        held.append((prefix, int(words[5]) if "maxlen" in words else prefix.length, int(words[3])))
    table = VrpTable(held)
    states = {"VALID": Validity.VALID, "invalid": Validity.INVALID, "found": Validity.NOT_FOUND}
    answers = (folder / "rde_trie_test.5.out").read_text().splitlines()
    assert len(answers) == 37
    for line in answers:
        asked_prefix, _, origin, *_, answer = line.split()
        assert Validity(table.validate(asked_prefix, int(origin))) is states[answer], line


def test_what_covers_says_what_it_has_against_a_route() -> None:
    prefix = Prefix("10.0.0.0/24")
    covering = [Vrp(Prefix("10.0.0.0/8"), 16, 1), Vrp(Prefix("10.0.0.0/8"), 24, 2)]
    nobody = Vrp(prefix, 24, 0)
    assert [verdict(one, prefix, 1) for one in [*covering, nobody]] == [
        "/24 is longer than /16",
        "AS2 may, not AS1",
        "nobody may originate it",
    ]
    assert verdict(covering[1], prefix, 2) == "fits"
    assert verdict(covering[1], prefix, 0) == "the path has no single origin"
    assert str(covering[0]) == "10.0.0.0/8-16 AS1"
    assert str(nobody) == "10.0.0.0/24 AS0"
    assert str(Validity.NOT_FOUND) == "not-found"


@pytest.mark.parametrize("longest", [7, 33])
def test_a_longest_length_that_cannot_be_is_refused(longest: int) -> None:
    with pytest.raises(UsageError, match=f"longest length {longest} of 10.0.0.0/8"):
        VrpTable([("10.0.0.0/8", longest, 1)])
