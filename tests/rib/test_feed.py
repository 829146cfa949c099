"""A forwarding table fed with changes is the one that the routing table describes."""

from __future__ import annotations

from random import Random

import pytest

from fingerpost.addr import Prefix
from fingerpost.fib import Fib
from fingerpost.forwarding.route import NextHop, Route
from fingerpost.rib import Change, Rib
from fingerpost.rib.feed import feed
from rib.made import announce, route
from rib.random_routes import random_event


@pytest.mark.parametrize("seed", range(10))
def test_deltas_add_up_to_the_table(seed: int) -> None:
    rng = Random(seed)
    rib, fib, late = Rib(), Fib[Route](), Fib[Route]()
    kept: list[Change] = []
    for now in range(1, 40):
        changes = rib.apply(random_event(rng), now)
        feed(fib, changes)
        kept += changes
        assert dict(fib.items()) == {one.prefix: one.forwarding() for one in rib}
    feed(late, kept)  # all at once: of several changes of one prefix the last counts
    assert dict(late.items()) == dict(fib.items())


def test_prefixes_that_say_the_same_share_their_route_and_others_are_left_alone() -> None:
    own = Route((NextHop("lo"),), origin="kernel")
    fib = Fib[Route]({Prefix("127.0.0.0/8"): own})
    feed(fib, Rib().apply(announce(*(route(f"10.{n}.0.0/16", "rip", "eth0") for n in (1, 2))), 1))
    assert fib["10.1.0.0/16"] is fib["10.2.0.0/16"]
    assert fib["127.0.0.0/8"] is own
