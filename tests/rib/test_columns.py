"""What goes in and comes out in columns is what goes in and comes out one by one."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost import policy
from fingerpost._core import PrefixColumn
from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.fib import Fib
from fingerpost.forwarding.events import InterfaceWentDown, InterfaceWentUp
from fingerpost.forwarding.route import Route
from fingerpost.policy.action import Outcome, Set
from fingerpost.policy.match import Is
from fingerpost.policy.statement import Statement
from fingerpost.rib import (
    AnnounceAlike,
    AnnounceRoutes,
    Change,
    ChangeSet,
    Channel,
    Context,
    Limit,
    OnLimit,
    Rib,
    RibEvent,
    RibRoute,
    Verdict,
    WithdrawRoutes,
    feed,
)
from rib.made import announce, route, withdraw
from rib.random_routes import PREFIXES, random_event, random_route

some_prefixes = st.lists(st.sampled_from(PREFIXES), max_size=8)
seeds = st.integers(0, 1 << 32)


def table(seed: int, events: int = 12) -> Rib:
    rng, rib = Random(seed), Rib()
    for now in range(1, events):
        rib.apply(random_event(rng), now)
    return rib


def routes(rib: Rib) -> list[tuple[RibRoute, int]]:
    """All that a table has, with the instants, which do not make routes differ."""
    held = [one for prefix in sorted(PREFIXES) for one in rib.candidates(prefix)]
    return [(one, one.since) for one in [*held, *rib]]


@given(seeds, some_prefixes)
@settings(deadline=None)
def test_routes_alike_are_as_routes_one_by_one(seed: int, prefixes: list[Prefix]) -> None:
    one, other, like = table(seed), table(seed), random_route(Random(seed))
    apart = AnnounceRoutes(tuple(replace(like, prefix=prefix) for prefix in prefixes))
    assert one.apply(AnnounceAlike(like, PrefixColumn(prefixes)), 99) == other.apply(apart, 99)
    assert routes(one) == routes(other)
    assert one.count(like.source) == sum(1 for _ in one.routes_of(like.source))


@given(seeds, some_prefixes)
@settings(deadline=None)
def test_a_column_is_withdrawn_as_a_tuple_is(seed: int, prefixes: list[Prefix]) -> None:
    one, other = table(seed), table(seed)
    told = one.apply(WithdrawRoutes("rip", PrefixColumn(prefixes)), 99)
    assert told == other.apply(WithdrawRoutes("rip", tuple(prefixes)), 99)
    assert routes(one) == routes(other)


@given(seeds)
@settings(deadline=None)
def test_instants_are_those_of_the_first_that_said_it(seed: int) -> None:
    rng, rib = Random(seed), Rib()
    said: dict[tuple[Prefix, str], RibRoute] = {}
    for now in range(1, 25):
        event = random_event(rng)
        rib.apply(event, now)
        match event:
            case AnnounceRoutes(batch):
                for one in batch:
                    if said.get((one.prefix, one.source)) != one:
                        said[one.prefix, one.source] = replace(one, since=now)
            case WithdrawRoutes(source, prefixes):
                for prefix in prefixes:
                    said.pop((prefix, source), None)
        for (prefix, source), one in said.items():
            held = rib.candidate(prefix, source)
            assert held == one
            assert held.since == one.since
        for used in rib:
            assert used.since == said[used.prefix, used.source].since


@given(seeds)
@settings(deadline=None)
def test_changes_carry_the_instants_of_both_sides(seed: int) -> None:
    rng, rib = Random(seed), Rib()
    for now in range(1, 25):
        before = {one.prefix: one.since for one in rib}
        changes = rib.apply(random_event(rng), now)
        after = {one.prefix: one.since for one in rib}
        for change in changes:
            assert (change.before and change.before.since) == before.get(change.prefix)
            assert (change.after and change.after.since) == after.get(change.prefix)


@given(seeds)
@settings(deadline=None)
def test_groups_of_changes_are_the_changes(seed: int) -> None:
    rib = table(seed)
    changes = rib.apply(random_event(Random(seed + 1)), 99)
    listed = list(changes)
    assert changes == listed
    assert changes == tuple(listed)
    assert listed == changes
    assert [changes[at] for at in range(len(changes))] == listed
    assert changes[1:] == listed[1:]
    assert list(changes.prefixes()) == [one.prefix for one in listed]
    grouped = []
    for group in changes.groups():
        assert len({prefix.version for prefix in group.prefixes}) == 1
        for prefix in group.prefixes:
            before, after = (
                None if path is None else path.at(prefix, 0) for path in (group.before, group.after)
            )
            grouped.append(Change(prefix, before, after))
    assert sorted(grouped, key=lambda one: one.prefix) == sorted(listed, key=lambda one: one.prefix)
    assert sum(count for _, count in changes.counts()) == len(listed)


@given(seeds)
@settings(deadline=None)
def test_everything_is_every_best_route(seed: int) -> None:
    rib = table(seed)
    assert rib.everything() == [Change(one.prefix, None, one) for one in rib]
    assert [one.after and one.after.since for one in rib.everything()] == [one.since for one in rib]


@given(seeds)
@settings(deadline=None)
def test_a_forwarding_table_takes_columns_as_it_takes_changes(seed: int) -> None:
    rng, rib = Random(seed), Rib()
    one, other = Fib[Route](), Fib[Route]()
    for now in range(1, 15):
        changes = rib.apply(random_event(rng), now)
        feed(one, changes)
        feed(other, list(changes))
        assert dict(one.items()) == dict(other.items())
    whole = Fib[Route]()
    feed(whole, rib.everything())
    assert dict(whole.items()) == dict(one.items())


def test_changes_of_two_batches_stand_behind_each_other() -> None:
    rib = Rib()
    one = rib.apply(announce(route("10.0.0.0/8", "rip", "eth0")), 1)
    other = rib.apply(announce(route("11.0.0.0/8", "rip", "eth1")), 2)
    assert one + other == [*one, *other]
    assert (one + ChangeSet()) is one
    assert (ChangeSet() + other) is other
    assert repr(one + other) == "<ChangeSet of 2 changes>"


class Each:
    """A policy that has to be asked about each route."""

    asks_prefix = True

    def __init__(self, inner: policy.Policy) -> None:
        self.inner, self.name = inner, inner.name

    def apply(self, one: RibRoute, context: Context) -> Verdict:
        return self.inner.apply(one, context)


def by_metric() -> policy.Policy:
    statements = (
        Statement("far", (Is("metric", (2,)),), outcome=Outcome.REJECT),
        Statement("near", (Is("metric", (0,)),), (Set("tag", 7),)),
    )
    return policy.Policy("by-metric", statements, otherwise=Outcome.ACCEPT)


def snapshot(channel: Channel) -> object:
    return {**channel.snapshot(), "held": channel.held}


@given(seeds, some_prefixes, st.booleans(), st.integers(0, 300))
@settings(deadline=None)
def test_a_policy_that_looks_at_no_prefix_is_asked_once_and_says_the_same(
    seed: int, prefixes: list[Prefix], tagged: bool, memory: int
) -> None:
    at_once, each = by_metric(), by_metric()
    channels = [
        Channel("rip", table(seed), one, tag=9 * tagged, memory=memory)
        for one in (at_once, Each(each))
    ]
    rng = Random(seed)
    for now in range(20, 24):
        like = replace(random_route(rng), source="rip", distance=120, tag=rng.choice((0, 3)))
        chosen = PrefixColumn(dict.fromkeys(rng.sample(prefixes, len(prefixes))))
        told = [one.receive(AnnounceAlike(like, chosen), now) for one in channels]
        assert set(told[0]) == set(told[1])
    assert routes(channels[0].rib) == routes(channels[1].rib)
    assert snapshot(channels[0]) == snapshot(channels[1])
    assert at_once.snapshot() == each.snapshot()
    changes = [one.set_import_policy(None, 50) for one in channels]
    assert set(changes[0]) == set(changes[1])


@given(seeds)
@settings(deadline=None)
def test_an_export_policy_that_looks_at_no_prefix_is_asked_once_and_says_the_same(
    seed: int,
) -> None:
    rib, at_once, each = table(seed), by_metric(), by_metric()
    channels = [Channel("ospf:1", rib, None, one, tag=7) for one in (at_once, Each(each))]
    for now in range(20, 26):
        changes = rib.apply(random_event(Random(seed + now)), now)
        assert channels[0].export(changes) == channels[1].export(changes)
    assert channels[0].feed() == channels[1].feed()
    assert snapshot(channels[0]) == snapshot(channels[1])
    assert at_once.snapshot() == each.snapshot()
    found = [channel.set_export_policy(None) for channel in channels]
    assert found[0] == found[1]
    since = {one.prefix: one.since for one in rib}
    for change in found[0].changes:
        for side in (change.before, change.after):
            assert side is None or side.since == since[change.prefix]
    told = [channels[0].set_export_policy(at_once), channels[1].set_export_policy(Each(each))]
    assert told[0] == told[1]
    assert at_once.snapshot() == each.snapshot()


def test_many_alike_are_counted_by_the_line_that_refused_them() -> None:
    far = by_metric()
    channel = Channel("rip", Rib(), far)
    like = route("0.0.0.0/0", "rip", "eth0", metric=2)
    assert channel.receive(AnnounceAlike(like, PrefixColumn(PREFIXES)), 1) == []
    assert far.hits == [len(PREFIXES), 0]
    assert (channel.counters.received, channel.counters.refused) == (len(PREFIXES),) * 2
    assert channel.explain_not(PREFIXES[1])


def test_a_limit_counts_routes_alike_one_by_one() -> None:
    channel = Channel("rip", Rib(), limit=Limit(2, OnLimit.BLOCK))
    nets = [Prefix(f"10.{at}.0.0/16") for at in range(5)]
    like = route("0.0.0.0/0", "rip", "eth0")
    assert len(channel.receive(AnnounceAlike(like, PrefixColumn(nets)), 1)) == 2
    told = channel.receive(withdraw("rip", "10.0.0.0/16"), 2)
    assert [(str(one.prefix), one.after is None) for one in told] == [
        ("10.0.0.0/16", True),
        ("10.2.0.0/16", False),
    ]


@pytest.mark.parametrize("since", [-1, 1 << 64])
def test_an_instant_that_no_clock_has_is_refused_before_anything_changes(since: int) -> None:
    rib = Rib()
    events: list[RibEvent] = [
        announce(route("10.0.0.0/8", "rip", "eth0")),
        AnnounceAlike(replace(route("11.0.0.0/8", "rip", "eth0"), since=since), (PREFIXES[0],)),
    ]
    with pytest.raises(UsageError, match=r"since .*, not 0 to 2\*\*64 - 1"):
        rib.apply_all(events, 1)
    assert len(rib) == 0


def test_an_interface_that_goes_moves_many_and_each_is_told_in_order() -> None:
    rib = Rib()
    nets = [Prefix(f"10.{at}.{low}.0/24") for at in range(20) for low in (7, 3, 5)]
    rib.apply(AnnounceAlike(route("0.0.0.0/0", "rip", "eth0"), PrefixColumn(nets)), 1)
    gone = rib.apply(InterfaceWentDown("eth0"), 2)
    assert list(gone.prefixes()) == sorted(nets)
    assert len(gone.kinds) == 1
    assert len(rib.apply(InterfaceWentUp("eth0"), 3)) == len(nets)
    assert [one.since for one in rib] == [1] * len(nets)
    assert len(rib.withdraw_all("rip", 4)) == len(nets)
    assert (rib.store.group_count, len(rib.store.paths), rib.count("rip")) == (0, 0, 0)
