"""Who asks for a session, what it is then like, and what is told of it (RFC 5882)."""

from __future__ import annotations

from random import Random

import pytest

from bfd.pair import DELAY, MS, NAMES, Pair, S, address, watching
from bfd.single import NEIGHBOR, Single
from fingerpost.addr import Address, Interface
from fingerpost.bfd import Bfd, BfdConfig, BfdInterface, BfdLimits, BfdPeer, BfdTimers, State
from fingerpost.protocol import events as ev
from fingerpost.protocol.instance import UdpPort

NOBODY = BfdConfig()


def watch(
    key: str = "",
    interface: str | None = "eth0",
    remote: Address = NEIGHBOR,
    **timers: int,
) -> ev.WatchNeighbor:
    return ev.WatchNeighbor(key, interface, None, remote, ev.WatchTimers(**timers))


def told(outputs: list[ev.Output]) -> list[tuple[str, bool, bool]]:
    """Who was told what: up, and whether it is administrative."""
    return [
        (one.client, one.event.is_up, one.event.is_administrative)
        for one in outputs
        if isinstance(one, ev.TellClient)
    ]


def asking() -> Single:
    """Nobody asks but clients."""
    return Single(config=NOBODY)


def test_nothing_is_heard_or_said_while_nobody_asks() -> None:
    single = asking()
    assert (single.told, single.sent, single.bfd.next_deadline()) == ([], [], None)


def test_who_asks_is_told_when_the_neighbour_is_reached_and_when_it_is_not() -> None:
    single = asking()
    single.give(ev.NeighborWatched("ospf", watch()))
    assert told(single.told) == []  # what was never up is not down
    single.rise()
    assert told(single.told) == [("ospf", True, False)]
    single.give(ev.TimePassed(), after=single.session.detection_ns)
    assert told(single.told) == [("ospf", True, False), ("ospf", False, False)]
    last = single.told[-1]
    assert isinstance(last, ev.TellClient)
    assert last.event.reason == "nothing heard for 3000 ms, the Detection Time"
    assert (last.event.interface, last.event.address) == ("eth0", NEIGHBOR)


def test_a_session_is_shared_and_who_asks_later_is_told_at_once() -> None:
    single = asking()
    single.give(ev.NeighborWatched("ospf", watch()))
    single.rise()
    single.give(ev.NeighborWatched("bgp", watch()))
    single.give(ev.NeighborWatched("ospf", watch("another area")))
    assert told(single.told) == [("ospf", True, False), ("bgp", True, False), ("ospf", True, False)]
    assert len(single.bfd.sessions) == 1
    single.hear(single.packet(State.DOWN))
    assert told(single.told)[3:] == [
        ("ospf", False, False),
        ("bgp", False, False),
        ("ospf", False, False),
    ]


def test_a_session_is_as_fast_as_the_fastest_wants_it() -> None:
    single = asking()
    single.give(ev.NeighborWatched("slow", watch(min_transmit_ns=S, multiplier=5)))
    assert single.session.settings.timers == BfdTimers(S, 300 * MS, 5)
    single.give(ev.NeighborWatched("fast", watch(min_receive_ns=50 * MS)))
    assert single.session.settings.timers == BfdTimers(300 * MS, 50 * MS, 3)
    single.give(ev.NeighborUnwatched("fast", ev.UnwatchNeighbor("", "eth0", NEIGHBOR)))
    assert single.session.settings.timers == BfdTimers(S, 300 * MS, 5)
    single.give(ev.NeighborWatched("slow", watch()))
    assert single.session.settings.timers == BfdTimers()
    single.give(ev.NeighborWatched("wrong", watch(multiplier=0)))
    assert single.session.settings.timers == BfdTimers()


def test_what_an_operator_says_of_a_peer_holds_whoever_asks() -> None:
    peer = BfdPeer(NEIGHBOR, timers=BfdTimers(S, S, 9))
    single = Single(config=BfdConfig((BfdInterface("eth0", is_passive=True),), (peer,)))
    single.give(ev.NeighborWatched("fast", watch(min_receive_ns=50 * MS)))
    assert single.session.settings.timers == BfdTimers(S, S, 9)
    assert single.session.settings.is_passive
    assert len(single.bfd.sessions) == 1


def test_a_session_that_nobody_asks_for_says_so_for_a_detection_time_and_goes() -> None:
    single = asking()
    single.give(ev.NeighborWatched("ospf", watch()))
    single.rise()
    (last,) = single.give(ev.NeighborUnwatched("ospf", ev.UnwatchNeighbor("", "eth0", NEIGHBOR)))
    assert last.state is State.ADMIN_DOWN
    start = len(single.sent)
    end = single.now + 3 * S
    while (deadline := single.bfd.next_deadline()) is not None:
        single.give(ev.TimePassed(), after=deadline - single.now)
    assert single.now == end
    said = single.sent[start:]
    assert 3 <= len(said) <= 4
    assert {one.state for one in said} == {State.ADMIN_DOWN}
    assert len(single.bfd.sessions) == 0
    stops = [one for one in single.told if isinstance(one, ev.StopListening)]
    assert len(stops) == 1


def test_a_session_that_is_asked_for_again_while_it_goes_stays() -> None:
    one = Pair()
    one.run(5 * S)
    asked = ev.WatchNeighbor("", "eth0", None, address("b"))
    one.give("a", ev.ConfigurationChanged(BfdConfig()))
    one.run(500 * MS)
    assert one.states() == "AdminDown Down"
    one.give("a", ev.NeighborWatched("ospf", asked))
    one.run(5 * S)
    assert one.are_up()
    one.run(20 * S)
    assert one.are_up()


@pytest.mark.parametrize("who", NAMES)
def test_to_switch_a_session_off_is_no_failure(who: str) -> None:
    """RFC 5882 3.2: with either end in AdminDown, who has another way to know goes on."""
    one = Pair()
    for name in NAMES:
        peer = address(NAMES[1 - NAMES.index(name)])
        one.give(name, ev.NeighborWatched("ospf", ev.WatchNeighbor("", "eth0", None, peer)))
    one.run(5 * S)
    (held,) = watching(who).peers
    shut = BfdConfig((), (BfdPeer(held.address, is_shut_down=True),))
    one.give(who, ev.ConfigurationChanged(shut))
    one.run(5 * S)
    falls = [(name, told([out])) for _, name, out in one.told if told([out])][2:]
    assert sorted(falls) == [(name, [("ospf", False, True)]) for name in NAMES]
    assert one.states() == ("AdminDown Down" if who == "a" else "Down AdminDown")
    other = NAMES[1 - NAMES.index(who)]
    assert one.model(who)["reason"] == "shut down by configuration"
    assert one.model(other)["reason"] == "the neighbor has shut the session down (AdminDown)"
    one.give(who, ev.ConfigurationChanged(watching(who)))
    one.run(5 * S)
    assert one.are_up()


def test_a_polite_end_is_told_to_the_neighbour_and_to_clients() -> None:
    one = Pair()
    one.give("b", ev.NeighborWatched("ospf", ev.WatchNeighbor("", None, None, address("a"))))
    one.run(5 * S)
    one.give("a", ev.ShutdownRequested())
    assert one.machines["a"].next_deadline() is None
    one.run(2 * DELAY)
    (session,) = one.machines["b"].sessions
    assert session.state is State.DOWN
    assert told([out for _, _, out in one.told])[-1] == ("ospf", False, True)
    assert one.give("a", ev.TimePassed()) == []


def test_an_end_whose_forwarding_goes_on_says_so_too_and_its_clients_go_on() -> None:
    """RFC 5882 3.2: silence would be a failure to neighbours, AdminDown is none."""
    one = Pair()
    for name in NAMES:
        peer = address(NAMES[1 - NAMES.index(name)])
        one.give(name, ev.NeighborWatched("ospf", ev.WatchNeighbor("", "eth0", None, peer)))
    one.run(5 * S)
    (last,) = one.give("a", ev.ShutdownRequested(is_polite=False))
    assert isinstance(last, ev.SendDatagram)
    one.run(2 * DELAY)
    assert told([out for _, who, out in one.told if who == "a"]) == [("ospf", True, False)]
    assert told([out for _, who, out in one.told if who == "b"])[-1] == ("ospf", False, True)


# ---- interfaces


def test_an_address_without_interface_is_found_by_the_smallest_network() -> None:
    bfd = Bfd(BfdConfig((), (BfdPeer(Address("10.0.5.9")),)), Random(1))
    assert bfd.snapshot()["waiting"][0]["reason"] == "no network of ours has 10.0.5.9"
    bfd.receive(ev.InterfaceWentUp("wide", (Interface("10.0.0.1/16"),)), 0)
    assert [one.key.interface for one in bfd.sessions] == ["wide"]
    bfd.receive(ev.InterfaceWentUp("near", (Interface("10.0.5.1/24"),)), 1)
    assert [one.key.interface for one in bfd.sessions] == ["near"]
    bfd.receive(ev.InterfaceWentDown("near"), 2)
    assert [one.key.interface for one in bfd.sessions] == ["wide"]
    bfd.receive(ev.AddressesChanged("wide", ()), 3)
    assert [one.key.interface for one in bfd.sessions] == []
    assert len(bfd.snapshot()["waiting"]) == 1


def test_who_asked_is_told_when_no_network_has_the_address_any_more() -> None:
    single = asking()
    single.give(ev.NeighborWatched("static", watch(interface=None)))
    single.rise()
    single.give(ev.AddressesChanged("eth0", (Interface("192.0.2.1/24"),)))
    assert told(single.told) == [("static", True, False), ("static", False, False)]


def test_a_link_that_fails_ends_a_session_at_once_and_one_that_comes_begins_it_anew() -> None:
    one = Pair()
    one.run(5 * S)
    one.give("a", ev.InterfaceWentDown("eth0"))
    assert one.model("a")["status"] == "Down"
    assert one.model("a")["diagnostic"] == "Path Down"
    assert one.model("a")["reason"] == "interface eth0 is down"
    assert one.machines["a"].next_deadline() is None
    one.run(5 * S)
    assert one.states() == "Down Down"
    one.give("a", ev.InterfaceWentUp("eth0", (Interface("10.0.0.1/24"),)))
    one.run_until(one.are_up)


def test_the_port_is_heard_where_sessions_are_and_nowhere_else() -> None:
    single = asking()
    single.give(ev.InterfaceWentUp("eth1", (Interface("10.1.0.1/24"),)))
    single.give(ev.NeighborWatched("x", watch()))
    single.give(ev.NeighborWatched("y", watch(remote=Address("fe80::2"))))
    heard = [one for one in single.told if isinstance(one, ev.ListenOn)]
    assert [(one.interface, one.listening.family) for one in heard] == [("eth0", 4), ("eth0", 6)]
    single.give(ev.InterfaceWentDown("eth0"))
    single.give(ev.InterfaceWentUp("eth0", (Interface("10.0.0.1/24"), Interface("fe80::1/64"))))
    heard = [one for one in single.told if isinstance(one, ev.ListenOn)]
    assert len(heard) == 4


def test_a_session_without_an_address_to_speak_from_says_so() -> None:
    single = asking()
    single.give(ev.InterfaceWentUp("eth1", (Interface("10.1.0.1/24"),)))
    single.give(ev.NeighborWatched("x", watch(interface="eth1", remote=Address("fe80::2"))))
    (model,) = single.bfd.snapshot()["sessions"]
    assert model["reason"] == "interface eth1 has no address to speak from"
    assert single.sent == []
    single.give(ev.AddressesChanged("eth1", (Interface("10.1.0.1/24"), Interface("fe80::9/64"))))
    assert len(single.sent) == 1


def test_a_link_without_addresses_speaks_from_another_ones() -> None:
    """An unnumbered link, as OSPF may have: neighbours are known by their loopbacks."""
    single = asking()
    single.give(ev.InterfaceWentUp("tun0", ()))
    far, own = Address("10.255.0.2"), Address("10.255.0.1")
    asked = ev.WatchNeighbor("", "tun0", own, far)
    single.give(ev.NeighborWatched("ospf", asked))
    (model,) = single.bfd.snapshot()["sessions"]
    assert model["reason"] == "no interface that is up has 10.255.0.1"
    single.give(ev.InterfaceWentUp("lo", (Interface("10.255.0.1/32"),), is_loopback=True))
    (sent,) = single.datagrams
    assert (sent.interface, sent.source, sent.destination) == ("tun0", own, far)


def test_sessions_are_bounded_and_what_makes_them_differ_is_unique() -> None:
    single = Single(config=BfdConfig(limits=BfdLimits(sessions=50)))
    for at in range(2, 62):
        single.give(ev.NeighborWatched("x", watch(remote=Address(f"10.0.0.{at}"))))
    assert len(single.bfd.sessions) == 50
    assert len({one.discriminator for one in single.bfd.sessions}) == 50
    assert len({one.source_port for one in single.bfd.sessions}) == 50
    refused = [one for one in single.told if isinstance(one, ev.Happened)]
    assert [one.kind for one in refused] == ["session refused"] * 10
    waiting = single.bfd.snapshot()["waiting"]
    assert [one["peer"] for one in waiting] == [f"10.0.0.{at}" for at in range(52, 62)]
    assert waiting[0]["reason"] == "50 sessions are the limit"
    gone = ev.UnwatchNeighbor("", "eth0", Address("10.0.0.2"))
    single.give(ev.NeighborUnwatched("x", gone))
    assert len(single.bfd.sessions) == 50
    assert single.bfd.snapshot()["waiting"][0]["peer"] == "10.0.0.53"


def test_a_multihop_session_speaks_to_port_4784_and_counts_hops() -> None:
    """RFC 5883: between two addresses, by any interface."""
    far, own = Address("192.0.2.9"), Address("10.0.0.1")
    single = asking()
    asked = ev.WatchNeighbor("", None, own, far, hops=4)
    (first,) = single.give(ev.NeighborWatched("bgp", asked))
    assert first.state is State.DOWN
    (sent,) = single.datagrams
    assert (sent.interface, sent.source, sent.destination_port) == (None, own, 4784)
    packet = single.packet(your_discriminator=0)
    single.hear(packet, source=far, hop_limit=251)
    assert single.is_in(State.DOWN)
    single.hear(packet, source=far, hop_limit=252, interface="eth9")
    assert single.is_in(State.INIT)
    single.give(ev.InterfaceWentUp("eth9", (Interface("10.9.0.1/24"),)))
    ports = [(one.interface, one.listening) for one in single.told if isinstance(one, ev.ListenOn)]
    assert ports == [("eth0", UdpPort(4, 4784)), ("eth9", UdpPort(4, 4784))]
    single.give(ev.InterfaceWentDown("eth0"))
    (model,) = single.bfd.snapshot()["sessions"]
    assert model["reason"] == "no interface that is up has 10.0.0.1"
