"""Designated Router election (RFC 2328 9.4)."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from fingerpost.ospf.election import Candidate, Election, elect


def candidate(number: int, priority: int = 1, dr: int = 0, backup: int = 0) -> Candidate:
    """A router whose address is its router id plus 100; `dr` and `backup` are numbers too."""
    return Candidate(
        priority, number, number + 100, dr + 100 if dr else 0, backup + 100 if backup else 0
    )


def outcome(ours: Candidate, *others: Candidate) -> tuple[int, int]:
    """Numbers of Designated Router and Backup, 0 for none."""
    found = elect(ours, others)
    return max(found.designated - 100, 0), max(found.backup - 100, 0)


def test_alone_a_router_becomes_designated_router_without_backup() -> None:
    assert outcome(candidate(1)) == (1, 0)


def test_of_routers_that_begin_together_the_greatest_is_designated_router() -> None:
    # the first to look sees nobody declare anything: the greatest is both until it says which
    assert outcome(candidate(1), candidate(2), candidate(3)) == (3, 3)
    assert outcome(candidate(3), candidate(1), candidate(2)) == (3, 2)
    # the others learn of both by their Hellos
    third = candidate(3, dr=3, backup=2)
    assert outcome(candidate(2), candidate(1), third) == (3, 2)
    assert outcome(candidate(1), candidate(2, dr=3, backup=2), third) == (3, 2)


def test_who_is_there_first_stays() -> None:
    first = candidate(1, dr=1, backup=2)
    second = candidate(2, dr=1, backup=2)
    assert outcome(candidate(9, priority=200), first, second) == (1, 2)


def test_a_backup_takes_the_place_of_a_designated_router_that_is_gone() -> None:
    assert outcome(candidate(2, dr=1, backup=2), candidate(3, dr=1, backup=2)) == (2, 3)
    seen_by_third = outcome(candidate(3, dr=1, backup=2), candidate(2, dr=2))
    assert seen_by_third == (2, 3)


def test_priority_comes_before_router_id() -> None:
    assert outcome(candidate(2, priority=10), candidate(9, priority=5), candidate(8)) == (2, 9)


def test_a_router_of_priority_0_is_never_elected() -> None:
    assert outcome(candidate(9, priority=0), candidate(1, dr=1)) == (1, 0)
    assert outcome(candidate(9, priority=0)) == (0, 0)


def test_of_two_that_declare_themselves_the_greater_stays() -> None:
    # two halves of a network have found each other
    assert outcome(candidate(1, dr=1, backup=2), candidate(5, dr=5, backup=4))[0] == 5


def test_the_steps_say_why() -> None:
    steps = elect(candidate(1), [candidate(2, dr=2)]).steps
    assert steps[0] == "1: 2 may be elected: 0.0.0.1, 0.0.0.2"
    assert steps[1].startswith("2: Backup is 0.0.0.1 (priority 1)")
    assert steps[2].startswith("3: Designated Router is 0.0.0.2")
    assert steps[3].startswith("4: our own part has changed")


CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.integers(1, 6),
        st.integers(0, 3),
        st.integers(0, 6),
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda one: one.router_id,
)


@given(CANDIDATES)
def test_the_order_of_arrival_means_nothing(found: list[Candidate]) -> None:
    ours, *others = found
    assert len({_result(ours, order) for order in permutations(others)}) == 1


def _result(ours: Candidate, others: tuple[Candidate, ...]) -> tuple[int, int]:
    found: Election = elect(ours, others)
    return found.designated, found.backup


@given(CANDIDATES)
def test_who_is_elected_may_be_and_is_not_both(found: list[Candidate]) -> None:
    ours, *others = found
    result = elect(ours, others)
    eligible = {one.designation for one in found if one.priority > 0}
    assert {result.designated, result.backup} <= eligible | {0}
    assert (result.designated == 0) == (not eligible)
    if ours.designation in (result.designated, result.backup):
        assert result.designated != result.backup


@given(CANDIDATES)
def test_routers_that_tell_each_other_agree_soon(found: list[Candidate]) -> None:
    said = {one.router_id: one for one in found}
    for _ in range(4):
        for number in said:
            others = [one for other, one in said.items() if other != number]
            result = elect(said[number], others)
            said[number] = said[number]._replace(designated=result.designated, backup=result.backup)
    views = {(one.designated, one.backup) for one in said.values()}
    assert len(views) == 1
