"""Buckets of equal-cost next hops: fair shares, and as little disruption as there can be."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.forwarding.buckets import FEWEST, MOST, Buckets
from fingerpost.forwarding.route import NextHop


def hop(number: int, weight: int = 1) -> NextHop:
    return NextHop(f"eth{number}", Address(0x0A000001 + number), weight)


def shares(buckets: Buckets) -> dict[NextHop, float]:
    owners = buckets.owners
    return {member: owners.count(member) / len(owners) for member in buckets.members}


def assert_fair(buckets: Buckets) -> None:
    whole = sum(member.weight for member in buckets.members)
    for member, share in shares(buckets).items():
        fair = member.weight / whole
        assert share == pytest.approx(fair, rel=0.01), (member, share, fair)


def moved(before: Buckets | list[NextHop], after: list[NextHop]) -> set[int]:
    """The buckets that have another owner; where there are more now, each half is compared."""
    old = before if isinstance(before, list) else before.owners
    return {at for at, owner in enumerate(after) if key(old[at % len(old)]) != key(owner)}


def key(member: NextHop) -> tuple[object, object]:
    return member.interface, member.gateway


@given(st.lists(st.integers(1, 20), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_every_member_has_what_its_weight_asks_for(weights: list[int]) -> None:
    buckets = Buckets(tuple(hop(i, weight) for i, weight in enumerate(weights)))
    assert_fair(buckets)
    assert FEWEST <= len(buckets) <= MOST
    assert len(buckets).bit_count() == 1


def test_there_are_no_more_buckets_than_needed() -> None:
    assert len(Buckets((hop(0), hop(1), hop(2)))) == 256
    uneven = Buckets((hop(0), hop(1, 100)))
    assert_fair(uneven)
    assert len(uneven) > 256
    assert len(Buckets((hop(0), hop(1, 10**6)))) == MOST


@pytest.mark.parametrize("count", range(2, 20))
def test_survivors_keep_every_bucket_when_a_member_goes(count: int) -> None:
    members = tuple(hop(i, 1 + i % 3) for i in range(count))
    for gone in range(count):
        buckets = Buckets(members)
        before = buckets.owners
        buckets.change(members[:gone] + members[gone + 1 :])
        after = buckets.owners
        assert all(before[at % len(before)] == members[gone] for at in moved(before, after))
        assert members[gone] not in after
        assert_fair(buckets)


@pytest.mark.parametrize("count", range(1, 20))
def test_a_new_member_takes_only_its_share(count: int) -> None:
    members = tuple(hop(i) for i in range(count))
    buckets = Buckets(members)
    before = buckets.owners
    newcomer = hop(99)
    buckets.change((*members, newcomer))
    after = buckets.owners
    changed = moved(before, after)
    assert all(after[at] == newcomer for at in changed)
    assert len(changed) == after.count(newcomer)
    assert len(changed) / len(after) == pytest.approx(1 / (count + 1), rel=0.01)
    assert_fair(buckets)


def test_a_member_that_comes_back_leaves_the_others_their_flows() -> None:
    members = tuple(hop(i) for i in range(8))
    buckets = Buckets(members)
    buckets.change(members[1:])
    before = buckets.owners
    buckets.change(members)
    assert all(
        owner == members[0]
        for owner in map(buckets.owners.__getitem__, moved(before, buckets.owners))
    )


def test_another_weight_moves_only_the_difference() -> None:
    buckets = Buckets((hop(0), hop(1), hop(2), hop(3)))
    before = buckets.owners
    buckets.change((hop(0, 2), hop(1), hop(2), hop(3)))
    changed = moved(before, buckets.owners)
    assert_fair(buckets)
    assert len(changed) / len(buckets) == pytest.approx(2 / 5 - 1 / 4, abs=0.01)


@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_the_same_history_gives_the_same_buckets_and_stays_fair(seed: int) -> None:
    def live() -> Buckets:
        rng = random.Random(seed)
        buckets = Buckets((hop(0), hop(1)))
        for _ in range(12):
            members = sorted(rng.sample(range(10), rng.randint(1, 8)))
            buckets.change(tuple(hop(i, rng.randint(1, 4)) for i in members))
            assert_fair(buckets)
        return buckets

    assert live().owners == live().owners


def test_a_way_given_twice_has_both_weights() -> None:
    buckets = Buckets((hop(0), hop(1), hop(0)))
    assert buckets.owners.count(hop(0)) / len(buckets) == pytest.approx(2 / 3, rel=0.01)


def test_flows_are_spread_over_members_by_weight() -> None:
    rng = random.Random(5)
    members = tuple(hop(i, 1 + i) for i in range(5))
    buckets = Buckets(members)
    flows = 30_000
    chosen = [buckets.choose(rng.getrandbits(64)) for _ in range(flows)]
    expected = [flows * member.weight / 15 for member in members]
    counts = [chosen.count(member) for member in members]
    chi = sum((n - e) ** 2 / e for n, e in zip(counts, expected, strict=True))
    assert chi < 23.5  # 4 degrees of freedom, one in ten thousand
