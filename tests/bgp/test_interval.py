"""The least time between UPDATEs to a neighbour (RFC 4271 9.2.1.1)."""

from __future__ import annotations

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
