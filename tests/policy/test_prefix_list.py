"""Prefix lists: ranges of length as FRR and OpenBGPD mean them, and lines that are hidden."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.policy import Entry, PrefixList


@pytest.mark.parametrize(
    ("ge", "le", "permitted"),
    [
        (None, None, {8}),
        (16, None, set(range(16, 33))),
        (None, 10, {8, 9, 10}),
        (16, 18, {16, 17, 18}),
        (8, 8, {8}),
    ],
)
def test_ge_and_le_bound_the_length(ge: int | None, le: int | None, permitted: set[int]) -> None:
    held = PrefixList("x", [Entry(Prefix("10.0.0.0/8"), ge, le)])
    found = {length for length in range(8, 33) if held.permits(f"10.0.0.0/{length}")}
    assert found == permitted
    assert not held.permits("11.0.0.0/8")
    assert not held.permits("0.0.0.0/0")
    assert not held.permits("2001:db8::/32")


@pytest.mark.parametrize(("ge", "le"), [(7, None), (None, 7), (20, 19), (None, 33)])
def test_a_range_that_means_nothing_is_refused(ge: int | None, le: int | None) -> None:
    with pytest.raises(UsageError, match="must rise and lie in 8 to 32"):
        Entry(Prefix("10.0.0.0/8"), ge, le)


@pytest.mark.parametrize("number", [1, 3])
def test_openbgpds_prefix_sets_answer_as_openbgpd_does(shared_data: Path, number: int) -> None:
    folder = shared_data / "conformance" / "openbgpd-trie"
    lines = (folder / f"rde_trie_test.{number}.in").read_text().split("\n")
    entries = []
    for prefix, least, most in (line.split() for line in lines if line.strip()):
        # OpenBGPD's set may begin a range below the prefix's own length: it begins there then
        entries.append(Entry(Prefix(prefix), max(int(least), Prefix(prefix).length), int(most)))
    held = PrefixList("set", entries)
    answers = (folder / f"rde_trie_test.{number}.out").read_text().split("\n")
    checked = 0
    for prefix, answer in (line.split() for line in answers if line.strip()):
        assert held.permits(prefix) == (answer == "MATCH"), prefix
        checked += 1
    assert checked > 10


def random_entry(rng: Random) -> Entry:
    length = rng.randint(0, 6)
    prefix = Prefix(f"{rng.randrange(64) << 2 & 0xFF00 >> length & 0xFF}.0.0.0/{length}")
    least = rng.choice((None, rng.randint(length, 8)))
    most = rng.choice((None, rng.randint(least or length, 9)))
    return Entry(prefix, least, most, rng.random() < 0.6)


@pytest.mark.parametrize("seed", range(30))
def test_the_first_entry_that_means_a_prefix_decides(seed: int) -> None:
    rng = Random(seed)
    entries = [random_entry(rng) for _ in range(rng.randint(1, 12))]
    held = PrefixList("x", entries)
    asked = [Prefix(f"{n << (8 - k)}.0.0.0/{k}") for k in range(9) for n in range(1 << k)]
    deciding = set()
    for prefix in asked:
        first = next((i for i, entry in enumerate(entries) if entry.means(prefix)), None)
        assert held.find(prefix) == first
        assert held.permits(prefix) == (first is not None and entries[first].permits)
        deciding.add(first)
    for hidden, hiding in held.shadowed():
        assert hiding < hidden
        assert hidden not in deciding


def test_hits_count_by_entry() -> None:
    held = PrefixList("x", [Entry(Prefix("10.0.0.0/8"), le=32), Entry(Prefix("::/0"))])
    for prefix in ("10.0.0.0/24", "10.1.0.0/16", "::/0", "192.0.2.0/24"):
        held.permits(prefix, counts=1)
    assert held.hits == [2, 1]


def test_lists_that_say_the_same_are_equal_and_may_be_asked_as_functions() -> None:
    one, other = (PrefixList("x", [Entry(Prefix("10.0.0.0/8"), le=24)]) for _ in range(2))
    assert one(Prefix("10.1.0.0/16"))
    assert one == other
    assert hash(one) == hash(other)
    assert one.hits == [1]
    assert one != PrefixList("y", other.entries)
    assert one != PrefixList("x", [*other.entries, *other.entries])
    assert one != "x"
