"""Times to the nanosecond (RFC 2453 3.8, 3.10.1; RFC 2080 2.3, 2.5.1)."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from fingerpost.protocol import events as ev
from fingerpost.rip import Rip, RipConfig, RipInterface, RipTimers
from rip.single import (
    EXACT,
    LINKS,
    S,
    announced,
    heard,
    machine,
    rte,
    said,
    sent,
    withdrawn,
)

ROUTE = [rte("10.9.0.0/16", 3)]
MS = S // 1000


def due(rip: Rip) -> int:
    instant = rip.next_deadline()
    assert instant is not None
    return instant


def test_updates_come_every_30_seconds_give_or_take_5() -> None:
    config = RipConfig((RipInterface("eth0"), RipInterface("eth1")))
    rip = Rip(config, random.Random(3))
    rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 0)
    instants: list[int] = []
    while len(instants) < 200:
        now = due(rip)
        rip.receive(ev.TimePassed(), now)
        instants.append(now)
    gaps = [b - a for a, b in pairwise(instants)]
    assert all(25 * S <= gap <= 35 * S for gap in gaps)
    assert max(gaps) - min(gaps) > 9 * S
    assert instants[0] <= S


def test_the_same_seed_gives_the_same_instants() -> None:
    def deadlines(seed: int) -> list[int]:
        rip = Rip(RipConfig((RipInterface("eth0"),)), random.Random(seed))
        rip.receive(ev.InterfaceWentUp("eth0", LINKS["eth0"]), 0)
        found = []
        for _ in range(20):
            found.append(due(rip))
            rip.receive(ev.TimePassed(), found[-1])
        return found

    assert deadlines(1) == deadlines(1) != deadlines(2)


def test_a_route_ends_after_180_seconds_and_is_told_for_120_more() -> None:
    rip = machine()
    rip.receive(heard(ROUTE), 7 * S)
    assert not withdrawn(rip.receive(ev.TimePassed(), 187 * S - 1))
    assert due(rip) == 187 * S
    out = rip.receive(ev.TimePassed(), 187 * S)
    assert withdrawn(out) == ["10.9.0.0/16"]
    assert said(out, "eth1")["10.9.0.0/16"] == 16
    last = rip.receive(ev.TimePassed(), 307 * S - 1)
    assert said(last, "eth1")["10.9.0.0/16"] == 16
    assert rip.explain("10.9.0.0/16").state == "deleted"
    rip.receive(ev.TimePassed(), 307 * S)
    assert rip.explain("10.9.0.0/16").state == "-"
    assert "10.9.0.0/16" not in said(rip.receive(ev.TimePassed(), 337 * S), "eth1")
    assert rip.table.learned.count == 0


def test_each_response_starts_the_timeout_again() -> None:
    rip = machine()
    for second in (1, 100, 200, 379):
        assert not withdrawn(rip.receive(heard(ROUTE), second * S))
    assert not withdrawn(rip.receive(ev.TimePassed(), 559 * S - 1))
    assert withdrawn(rip.receive(ev.TimePassed(), 559 * S))


def test_metric_16_from_its_router_ends_a_route_at_once() -> None:
    rip = machine()
    rip.receive(heard(ROUTE), S)
    out = rip.receive(heard([rte("10.9.0.0/16", 16)]), 20 * S)
    assert withdrawn(out) == ["10.9.0.0/16"]
    # said again, it does not start the garbage time again (RFC 2453 3.9.2)
    rip.receive(heard([rte("10.9.0.0/16", 16)]), 100 * S)
    rip.receive(ev.TimePassed(), 140 * S)
    assert rip.explain("10.9.0.0/16").state == "-"


def test_metric_15_becomes_16_which_is_never_added() -> None:
    rip = machine()
    assert announced(rip.receive(heard([rte("10.9.0.0/16", 15)]), S)) == {}
    assert rip.table.entries.keys() == {*rip.table.own.said("connected eth0"),
                                        *rip.table.own.said("connected eth1")}  # fmt: skip


def test_a_new_route_ends_the_deletion_of_the_old() -> None:
    rip = machine()
    rip.receive(heard(ROUTE), S)
    rip.receive(heard([rte("10.9.0.0/16", 16)]), 2 * S)
    out = rip.receive(heard([rte("10.9.0.0/16", 9)], source="10.0.0.3"), 3 * S)
    assert announced(out) == {"10.9.0.0/16": 10}
    assert not withdrawn(rip.receive(ev.TimePassed(), 122 * S))


def test_triggered_updates_come_at_once_and_then_wait() -> None:
    rip = machine()
    rip.receive(ev.TimePassed(), 0)
    first = rip.receive(heard([rte("10.1.0.0/16")]), 5 * S)
    assert said(first, "eth1") == {"10.1.0.0/16": 2}
    for at, number in ((5 * S + 1, 2), (6 * S, 3), (7 * S - 1, 4)):
        assert not sent(rip.receive(heard([rte(f"10.{number}.0.0/16")]), at))
    assert due(rip) == 7 * S
    later = rip.receive(ev.TimePassed(), 7 * S)
    # one update for all, and only of what changed (RFC 2453 3.10.1)
    assert said(later, "eth1") == dict.fromkeys(("10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16"), 2)
    assert len(sent(later, "eth1")) == 1


def test_the_wait_between_triggered_updates_is_1_to_5_seconds() -> None:
    timers = RipTimers(jitter_ns=0, first_most_ns=0)
    rip = machine(config=RipConfig((RipInterface("eth0"), RipInterface("eth1")), timers=timers))
    now, waits = 0, []
    for number in range(100):
        rip.receive(heard([rte(f"10.{number}.1.0/24")]), now)
        rip.receive(heard([rte(f"10.{number}.2.0/24")]), now + 1)
        held = rip.links["eth1"].held_until
        waits.append(held - now)
        now = held + S
    assert all(S <= wait <= 5 * S for wait in waits)
    assert max(waits) - min(waits) > 3 * S


def test_an_update_in_time_takes_the_place_of_a_triggered_one() -> None:
    rip = machine()
    rip.receive(ev.TimePassed(), 0)
    rip.receive(heard([rte("10.1.0.0/16")]), 29 * S)
    rip.receive(heard([rte("10.2.0.0/16")]), 29 * S + 1)
    out = rip.receive(ev.TimePassed(), 30 * S)
    assert {"10.1.0.0/16", "10.2.0.0/16"} <= said(out, "eth1").keys()
    assert due(rip) == 60 * S


def test_an_equal_router_takes_over_when_half_the_timeout_is_gone() -> None:
    config = RipConfig((RipInterface("eth0"),), maximum_paths=1, timers=EXACT)
    rip = machine(config=config)
    rip.receive(heard(ROUTE), 0)
    other = heard(ROUTE, source="10.0.0.3")
    assert not announced(rip.receive(other, 90 * S - 1))
    assert announced(rip.receive(other, 90 * S)) == {"10.9.0.0/16": 4}


def test_who_says_a_route_is_told_though_it_leads_to_the_same_gateway() -> None:
    """Found by the fuzzer: the routing table went on to name the router that was left."""
    config = RipConfig((RipInterface("eth0"),), maximum_paths=1, timers=EXACT)
    rip = machine(config=config)
    route = [rte("10.9.0.0/16", 3, via="10.0.0.9")]
    rip.receive(heard(route), 0)
    out = rip.receive(heard(route, source="10.0.0.3"), 90 * S)
    (batch,) = [one for one in out if isinstance(one, ev.AnnounceRoutes)]
    assert [str(one.learned_from) for one in batch.routes] == ["10.0.0.3"]


@pytest.mark.parametrize("late", [0, MS, 50 * S, 4000 * S])
def test_a_host_that_sleeps_loses_nothing_but_time(late: int) -> None:
    rip = machine()
    rip.receive(heard(ROUTE), 0)
    out = rip.receive(ev.TimePassed(), 180 * S + late)
    assert withdrawn(out) == ["10.9.0.0/16"]
    assert said(out, "eth1")["10.9.0.0/16"] == 16  # the garbage time begins when it is told
    assert due(rip) > 180 * S + late
    assert rip.table.next_deadline() == 300 * S + late
