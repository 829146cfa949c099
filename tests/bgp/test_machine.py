"""Sessions and routes between machines, in virtual time."""

from __future__ import annotations

from dataclasses import replace

from bgp.joined import Net, Node, config, towards
from fingerpost.addr import Address, Prefix
from fingerpost.bgp.config import Network
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.fsm import State
from fingerpost.protocol.events import ConfigurationChanged

P = Prefix("192.0.2.0/24")


def two(net: Net) -> tuple[Node, Node]:
    networks = (Network(P, needs_route=False),)
    a = net.add("10.0.0.1", config(65001, 1, towards(65002, "10.0.0.2"), networks=networks), 1)
    b = net.add("10.0.0.2", config(65002, 2, towards(65001, "10.0.0.1")), 2)
    net.begin()
    return a, b


def test_two_machines_exchange_a_network() -> None:
    net = Net()
    a, b = two(net)
    net.run(5)
    assert a.peer().state is State.ESTABLISHED
    assert b.peer().state is State.ESTABLISHED
    assert len(a.peer().sessions) == len(b.peer().sessions) == 1
    route = b.routes[P]
    assert route.distance == 20
    assert route.next_hops[0].gateway == Address("10.0.0.1")
    assert route.learned_from == Address("10.0.0.1")


def test_a_network_is_withdrawn() -> None:
    net = Net()
    a, b = two(net)
    net.run(5)
    a.give(ConfigurationChanged(replace(a.bgp.config, networks=())))
    net.run(1)
    assert b.routes == {}
    assert b.bgp.table.counts(IPV4.code)[1] == 0


def test_what_a_session_told_is_gone_with_it() -> None:
    net = Net()
    a, b = two(net)
    net.run(5)
    assert P in b.routes
    a.ask("shut", "to 10.0.0.2", "maintenance tonight")
    net.run(1)
    assert b.routes == {}
    told = b.peer().received_notification
    assert told is not None
    assert told.is_hard_reset  # both could keep routes, and it is meant (RFC 8538 5)
    assert told.inner is not None
    assert told.inner.shutdown_text == "maintenance tonight"
    assert a.peer().state is State.IDLE


def test_sessions_live_on_keepalives() -> None:
    net = Net()
    a, b = two(net)
    net.run(3600)
    assert a.peer().state is b.peer().state is State.ESTABLISHED
    assert a.peer().tally.established == 1
    assert b.peer().tally.keepalives_in >= 3600 // 30 - 2


def test_a_silent_peer_is_given_up_after_the_hold_time() -> None:
    net = Net()
    a, b = two(net)
    net.run(5)
    net.is_cut = lambda _a, _b: True
    net.run(80)
    assert P in b.routes
    net.run(60)
    assert b.routes == {}
    ended = b.peer().ended
    assert ended is not None
    assert ended.reason == "HoldTimer_Expires"
    net.is_cut = lambda _a, _b: False
    net.run(300)
    assert a.peer().state is b.peer().state is State.ESTABLISHED
    assert P in b.routes
