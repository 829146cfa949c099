"""Channels: policies both ways, limits, and no route back to where it came from."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.rib import Channel, Limit, OnLimit, Rib, RibRoute, RoutesChanged
from fingerpost.rib.verdict import Context, Line, Verdict
from rib.made import announce, route, withdraw


class Only:
    """Lets metrics up to a bound through and adds one."""

    name = "only"

    def __init__(self, most: int) -> None:
        self.most = most
        self.asked = 0

    def apply(self, route: RibRoute, context: Context) -> Verdict:
        self.asked += context.counts
        line = Line(self.name, "1", f"bound {self.most}")
        if route.metric > self.most:
            return Verdict(accepted=False, route=route, trace=(line,))
        return Verdict(accepted=True, route=replace(route, metric=route.metric + 1), trace=(line,))


def nets(count: int, first: int = 0) -> list[RibRoute]:
    return [route(f"10.{at}.0.0/16", "rip", "eth0") for at in range(first, first + count)]


def test_the_import_policy_changes_refuses_and_is_named_in_the_explanation() -> None:
    rib = Rib()
    channel = Channel("rip", rib, Only(5))
    near = route("10.0.0.0/8", "rip", "eth0", metric=3)
    far = route("11.0.0.0/8", "rip", "eth0", metric=6)
    assert len(channel.receive(announce(near, far), 1)) == 1
    best = rib.best("10.0.0.0/8")
    assert best is not None
    assert best.metric == 4
    assert "policy only line 1: bound 5" in str(rib.explain("10.0.0.0/8"))
    assert channel.explain_not(Prefix("11.0.0.0/8"))[1:] == ("policy only line 1: bound 5",)
    assert (channel.counters.imported, channel.counters.refused, channel.held) == (1, 1, 1)


def test_a_route_that_the_policy_refuses_from_now_on_leaves_the_table() -> None:
    rib = Rib()
    channel = Channel("rip", rib, Only(5))
    channel.receive(announce(route("10.0.0.0/8", "rip", "eth0", metric=3)), 1)
    (change,) = channel.receive(announce(route("10.0.0.0/8", "rip", "eth0", metric=9)), 2)
    assert change.after is None
    assert (channel.held, len(rib)) == (0, 0)


def test_another_import_policy_is_applied_to_what_was_said_not_to_what_was_made_of_it() -> None:
    rib = Rib()
    channel = Channel("rip", rib, Only(5))
    said = [route(f"10.{at}.0.0/16", "rip", "eth0", metric=at) for at in range(10)]
    channel.receive(announce(*said), 1)
    changes = channel.set_import_policy(Only(7), 2)
    assert [str(change.prefix) for change in changes] == ["10.6.0.0/16", "10.7.0.0/16"]
    assert [one.metric for one in rib] == [1, 2, 3, 4, 5, 6, 7, 8]
    channel.set_import_policy(None, 3)
    assert [one.metric for one in rib] == list(range(10))


def test_a_limit_blocks_and_lets_in_when_there_is_room() -> None:
    rib = Rib()
    channel = Channel("rip", rib, limit=Limit(3))
    channel.receive(announce(*nets(5)), 1)
    assert (len(rib), channel.held, channel.counters.limited) == (3, 3, 2)
    assert "limit of 3 prefixes is reached" in channel.explain_not(Prefix("10.4.0.0/16"))[0]
    channel.receive(announce(route("10.0.0.0/16", "rip", "eth1")), 2)  # no new prefix
    assert channel.counters.limited == 2
    channel.receive(withdraw("rip", "10.0.0.0/16", "10.1.0.0/16"), 3)
    assert [str(one.prefix) for one in rib] == ["10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16"]


def test_a_limit_that_warns_counts() -> None:
    rib = Rib()
    channel = Channel("rip", rib, limit=Limit(3, OnLimit.WARN))
    channel.receive(announce(*nets(5)), 1)
    assert (len(rib), channel.counters.limited) == (5, 2)


def test_a_limit_that_disables_takes_everything_out_until_enabled() -> None:
    rib = Rib()
    channel = Channel("rip", rib, limit=Limit(3, OnLimit.DISABLE))
    channel.receive(announce(*nets(3)), 1)
    changes = channel.receive(announce(*nets(1, first=9)), 2)
    assert [change.after for change in changes] == [None] * 3
    assert channel.receive(announce(*nets(1)), 3) == []
    assert channel.explain_not(Prefix("10.0.0.0/16")) == (
        "the channel of rip was ended by its limit of 3 prefixes",
    )
    channel.enable()
    assert len(channel.receive(announce(*nets(2)), 4)) == 2
    assert channel.held == 2


def test_memory_of_refused_routes_is_bounded_and_counted() -> None:
    channel = Channel("rip", Rib(), Only(-1), memory=2)
    channel.receive(announce(*nets(5)), 1)
    assert (channel.counters.refused, channel.counters.forgotten) == (5, 3)


def test_what_a_protocol_announced_never_comes_back_to_it() -> None:
    rib = Rib()
    rip, ospf = Channel("rip", rib, tag=120), Channel("ospf:1", rib, tag=110)
    changes = rip.receive(announce(*nets(1)), 1)
    assert rip.export(changes) == RoutesChanged(())
    (told,) = ospf.export(changes).changes
    assert told.after is not None
    assert told.after.tag == 120
    # OSPF carries it to another router, whose OSPF hears it with its tag; its RIP never will
    there = Rib()
    rip, ospf = Channel("rip", there, tag=120), Channel("ospf:1", there, tag=110)
    heard = ospf.receive(announce(route("10.0.0.0/16", "ospf:1", "eth1", tag=120)), 1)
    assert rip.export(heard) == RoutesChanged(())
    assert rip.counters.returned == 1


def test_export_tells_what_changed_behind_the_policy_only() -> None:
    rib = Rib()
    policy = Only(5)
    ospf = Channel("ospf", rib, export_policy=policy)
    first = rib.apply(announce(route("10.0.0.0/8", "rip", "eth0", metric=3)), 1)
    (told,) = ospf.export(first).changes
    assert told.before is None
    assert told.after is not None
    assert told.after.metric == 4
    second = rib.apply(announce(route("10.0.0.0/8", "rip", "eth0", metric=9)), 2)
    (told,) = ospf.export(second).changes
    assert told.after is None
    assert told.before is not None
    assert policy.asked == 2  # looking back at what was told before counts nothing
    third = rib.apply(announce(route("10.0.0.0/8", "rip", "eth0", metric=10)), 3)
    assert ospf.export(third).changes == ()


def test_another_export_policy_gives_the_difference() -> None:
    rib = Rib()
    ospf = Channel("ospf", rib, export_policy=Only(5))
    said = [route(f"10.{at}.0.0/16", "rip", "eth0", metric=at) for at in range(8)]
    rib.apply(announce(*said), 1)
    assert len(ospf.feed().changes) == 6
    told = ospf.set_export_policy(Only(6))
    assert [str(change.prefix) for change in told.changes] == ["10.6.0.0/16"]
    assert len(ospf.set_export_policy(None).changes) == 8


def test_a_closed_channel_leaves_nothing_behind() -> None:
    rib = Rib()
    channel = Channel("rip", rib)
    channel.receive(announce(*nets(4)), 1)
    rib.apply(announce(route("10.0.0.0/16", "static", "eth1")), 1)
    assert len(channel.close(2)) == 3
    assert [one.source for one in rib] == ["static"]


def test_a_channel_takes_routes_of_its_own_source_only() -> None:
    with pytest.raises(UsageError, match="channel of 'rip' cannot take a route of 'ospf'"):
        Channel("rip", Rib()).receive(announce(route("10.0.0.0/8", "ospf", "eth0")), 1)


@pytest.mark.parametrize("seed", range(15))
def test_after_anything_the_count_and_the_table_are_what_was_said_and_let_through(
    seed: int,
) -> None:
    rng = Random(seed)
    rib = Rib()
    channel = Channel("rip", rib, Only(4))
    said: dict[Prefix, RibRoute] = {}
    for now in range(1, 80):
        dice = rng.random()
        batch = [rng.choice(nets(12)) for _ in range(rng.randint(1, 5))]
        if dice < 0.6:
            batch = [replace(one, metric=rng.randint(0, 8)) for one in batch]
            said |= {one.prefix: one for one in batch}
            channel.receive(announce(*batch), now)
        elif dice < 0.9:
            for one in batch:
                said.pop(one.prefix, None)
            channel.receive(withdraw("rip", *(str(one.prefix) for one in batch)), now)
        else:
            channel.set_import_policy(Only(rng.randint(0, 8)), now)
        verdicts = [channel.verdict(one) for one in said.values()]
        expected = {one.route.prefix: one.route.metric for one in verdicts if one.accepted}
        assert {one.prefix: one.metric for one in rib} == expected
        assert channel.held == len(expected)


@pytest.mark.parametrize("action", list(OnLimit))
@pytest.mark.parametrize("seed", range(5))
def test_no_sequence_gets_past_a_limit(seed: int, action: OnLimit) -> None:
    rng = Random(seed)
    rib = Rib()
    channel = Channel("rip", rib, Only(5), limit=Limit(4, action))
    for now in range(1, 60):
        batch = [replace(rng.choice(nets(12)), metric=rng.randint(0, 7)) for _ in range(3)]
        if rng.random() < 0.6:
            channel.receive(announce(*batch), now)
        else:
            channel.receive(withdraw("rip", *(str(one.prefix) for one in batch)), now)
        if not channel.is_enabled:
            assert len(rib) == channel.held == 0
            channel.enable()
        assert channel.held == len(list(rib.routes_of("rip")))
        assert action is OnLimit.WARN or channel.held <= 4
