"""Several batches that a source says at once: a table is the same as if they came one by one."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.fib import Fib
from fingerpost.forwarding.route import Route
from fingerpost.rib import AnnounceAlike, AnnounceRoutes, Channel, Limit, OnLimit, Rib
from fingerpost.rib.feed import feed
from fingerpost.rib.intake import Said
from fingerpost.rib.verdict import Filter
from rib.made import announce, route, withdraw
from rib.test_channel import Only, nets

NETS = [one.prefix for one in nets(12)]


class OnlyAlike(Only):
    """Never looks at the prefix."""

    asks_prefix = False


def said(rng: Random) -> Said:
    """One batch of three kinds."""
    some = rng.sample(NETS, rng.randint(1, 5))
    like = route("0.0.0.0/0", "rip", rng.choice(("eth0", "eth1")), metric=rng.randint(0, 8))
    match rng.randrange(3):
        case 0:
            return AnnounceAlike(like, tuple(some))
        case 1:
            return AnnounceRoutes(tuple(replace(like, prefix=one) for one in some))
        case _:
            return withdraw("rip", *map(str, some))


def stood(policy: str, limit: Limit | None, tag: int) -> tuple[Channel, Fib[Route]]:
    """A channel to a table that has a better route and a worse one, and what is forwarded by."""
    rib = Rib()
    rib.apply(announce(route(str(NETS[0]), "static", "eth9")), 1)
    rib.apply(announce(route(str(NETS[1]), "ibgp", "eth9")), 1)
    fib: Fib[Route] = Fib()
    feed(fib, rib.everything())
    policies: dict[str, Filter | None] = {
        "none": None,
        "of prefixes": Only(6),
        "of the rest": OnlyAlike(6),
    }
    return Channel("rip", rib, policies[policy], limit=limit, tag=tag), fib


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("tag", [0, 7])
@pytest.mark.parametrize("limit", [None, Limit(5, OnLimit.BLOCK)], ids=["", "limit"])
@pytest.mark.parametrize("policy", ["none", "of prefixes", "of the rest"])
def test_the_table_is_as_if_they_came_one_by_one(
    policy: str, limit: Limit | None, tag: int, seed: int
) -> None:
    rng = Random(seed)
    at_once, fib = stood(policy, limit, tag)
    by_one, other_fib = stood(policy, limit, tag)
    for now in range(2, 40):
        batches = [said(rng) for _ in range(rng.randint(0, 6))]
        for changes in at_once.receive_all(batches, now):
            feed(fib, changes)
        for one in batches:
            feed(other_fib, by_one.receive(one, now))
        assert list(at_once.rib) == list(by_one.rib)
        assert dict(fib.items()) == dict(other_fib.items())
    assert at_once.snapshot() == by_one.snapshot()
    assert list(at_once.rib.routes_of("rip")) == list(by_one.rib.routes_of("rip"))


def test_each_prefix_is_told_of_once() -> None:
    rib = Rib()
    channel = Channel("rip", rib)
    first, second = (route("0.0.0.0/0", "rip", "eth0", metric=metric) for metric in (1, 2))
    batches: list[Said] = [
        AnnounceAlike(first, tuple(NETS[:6])),
        withdraw("rip", str(NETS[5])),
        AnnounceAlike(second, tuple(NETS[:3])),
    ]
    (changes,) = channel.receive_all(batches, 1)
    told = {change.prefix: change.after.metric for change in changes if change.after is not None}
    assert told == dict.fromkeys(NETS[:3], 2) | dict.fromkeys(NETS[3:5], 1)
    assert len(changes) == 5


def test_one_foreign_batch_spoils_all() -> None:
    channel = Channel("rip", Rib())
    good = AnnounceAlike(route("0.0.0.0/0", "rip", "eth0"), tuple(NETS))
    with pytest.raises(UsageError, match="channel of 'rip' cannot take a route of 'static'"):
        channel.receive_all([good, announce(route("10.0.0.0/8", "static", "eth0"))], 1)
    assert len(channel.rib) == 0
    assert channel.rib.best(Prefix("10.0.0.0/16")) is None
