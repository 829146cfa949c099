"""The least time between UPDATEs to a neighbour (RFC 4271 9.2.1.1)."""

from __future__ import annotations

from itertools import pairwise

from bgp.joined import Net, config, towards
from fingerpost.addr import Prefix
from fingerpost.bgp.config import Network, Timers
from fingerpost.bgp.constants import MessageType
from fingerpost.forwarding.durations import SECOND

P, Q, R = (Prefix(f"192.0.{at}.0/24") for at in (2, 3, 4))
A, B = "10.0.0.1", "10.0.0.2"


def networks(*prefixes: Prefix) -> tuple[Network, ...]:
    return tuple(Network(one, needs_route=False) for one in prefixes)


def test_what_changes_within_the_interval_is_told_once_when_it_is_over() -> None:
    net = Net()
    timers = Timers(advertisement_ns=10 * SECOND)
    a = net.add(A, config(65001, 1, towards(65002, B, timers=timers), networks=networks(P)), 1)
    b = net.add(B, config(65002, 2, towards(65001, A)), 2)
    net.begin()
    net.run(2)
    assert set(b.routes) == {P}
    session = b.peer().established
    assert session is not None
    before = session.received[MessageType.UPDATE]
    for _ in range(3):  # it comes and goes, and comes
        a.give_networks(networks(P, Q))
        net.run(0.5)
        a.give_networks(networks(P, R))
        net.run(0.5)
    assert set(b.routes) == {P}, "the interval is at least three quarters of what is configured"
    assert session.received[MessageType.UPDATE] == before
    net.run(10)
    assert set(b.routes) == {P, R}
    assert session.received[MessageType.UPDATE] == before + 1
    net.run(20)
    a.give_networks(networks(P))  # nothing was told for long: it goes at once
    net.run(0.1)
    assert set(b.routes) == {P}


def told_at(seed: int) -> list[float]:
    """The seconds between what a neighbour is told, while something changes all the time."""
    net = Net()
    timers = Timers(advertisement_ns=10 * SECOND)
    neighbor = towards(65002, B, timers=timers)
    a = net.add(A, config(65001, 1, neighbor, networks=networks(P)), seed)
    b = net.add(B, config(65002, 2, towards(65001, A)), 2)
    net.begin()
    net.run(2)
    session = b.peer().established
    assert session is not None
    counts = []
    for turn in range(800):
        a.give_networks(networks(P, (Q, R)[turn % 2]))
        net.run(0.1)
        counts.append(session.received[MessageType.UPDATE])
    news = [at for at, count in enumerate(counts) if at and count > counts[at - 1]]
    return [(later - first) / 10 for first, later in pairwise(news)]


def test_the_interval_is_jittered_and_the_same_by_the_same_seed() -> None:
    """RFC 4271 10."""
    found = told_at(1)
    assert len(found) >= 6
    assert all(7.4 <= one <= 10.2 for one in found)
    assert len(set(found)) > 2
    assert max(found) - min(found) > 0.5
    assert found == told_at(1)
    assert found != told_at(2)


def test_a_session_that_ends_takes_its_interval_with_it() -> None:
    net = Net()
    timers = Timers(advertisement_ns=1000 * SECOND)
    a = net.add(A, config(65001, 1, towards(65002, B, timers=timers), networks=networks(P)), 1)
    b = net.add(B, config(65002, 2, towards(65001, A)), 2)
    net.begin()
    net.run(2)
    a.give_networks(networks(P, Q))
    net.run(1)
    assert set(b.routes) == {P}
    a.ask("reset", a.peer().name)
    net.run(60)
    assert set(b.routes) == {P, Q}
