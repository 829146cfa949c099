"""Sessions: who opens, who stays, what is agreed, how they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from bgp.joined import MILLISECOND, Net, Node, config, towards
from bgp.raw import END_OF_RIB, KEEPALIVE, Raw, update
from fingerpost.addr import Address, Interface, Prefix
from fingerpost.bgp.collision import keeps_own
from fingerpost.bgp.config import (
    Aggregate,
    GracefulRestart,
    Neighbor,
    Network,
    PeerFamily,
    Redistribution,
    Role,
    Security,
    Timers,
)
from fingerpost.bgp.constants import CeaseError, ErrorCode, MessageType
from fingerpost.bgp.family import IPV4, IPV6
from fingerpost.bgp.fsm import State
from fingerpost.bgp.listing.neighbor_row import neighbor_row
from fingerpost.bgp.packet import Notification, Open, Refresh, RouteRefresh
from fingerpost.bgp.packet import capabilities as can
from fingerpost.bgp.packet.header import encode_header
from fingerpost.cli.bgp_neighbors import neighbors
from fingerpost.forwarding.durations import SECOND
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.protocol.ao_keys import AoKey
from fingerpost.protocol.events import (
    ConfigurationChanged,
    InterfaceWentDown,
    InterfaceWentUp,
    ListenStream,
    NeighborReachability,
    PacketReceived,
    RoutesChanged,
    SendPacket,
    ShutdownRequested,
    TimePassed,
    UnwatchNeighbor,
    WatchNeighbor,
    WatchTimers,
)
from fingerpost.protocol.instance import RawIp
from fingerpost.protocol.settings import Resumption
from fingerpost.rib.events import Change
from fingerpost.rib.route import RibRoute
from fingerpost.wire.nd import RouterAdvertisement, RouterSolicitation

P, Q = Prefix("192.0.2.0/24"), Prefix("198.51.100.0/24")
A, B = "10.0.0.1", "10.0.0.2"


def pair(
    net: Net, one: Mapping[str, object] | None = None, two: Mapping[str, object] | None = None
) -> tuple[Node, Node]:
    """Two external neighbours; the first has a network."""
    networks = (Network(P, needs_route=False),)
    a = net.add(A, config(65001, 1, towards(65002, B, **(one or {})), networks=networks), 1)
    b = net.add(B, config(65002, 2, towards(65001, A, **(two or {}))), 2)
    net.begin()
    return a, b


def are_up(*nodes: Node) -> bool:
    return all(one.peer().state is State.ESTABLISHED for one in nodes)


# ---- collision and who opens


def test_the_connection_of_the_higher_identifier_stays() -> None:
    """RFC 4271 6.8, RFC 6286 2.3."""
    assert keeps_own((2, 65001), (1, 65009))
    assert not keeps_own((1, 65001), (2, 65000))
    assert keeps_own((1, 65002), (1, 65001))
    net = Net()
    a, b = pair(net)
    net.run(10)
    assert are_up(a, b)
    # both open at once; 10.0.0.2 has the higher identifier
    assert a.peer().first.is_incoming
    assert not b.peer().first.is_incoming
    assert len(a.ends) == len(b.ends) == 1
    assert a.peer().tally.established == b.peer().tally.established == 1


def test_both_ends_keep_the_same_connection_whatever_the_delays() -> None:
    for seed in range(40):
        net = Net(1 + seed * seed * MILLISECOND)
        a = net.add(A, config(65001, 1 + seed % 3, towards(65002, B)), seed)
        b = net.add(B, config(65002, 2, towards(65001, A)), seed + 100)
        a.give(InterfaceWentDown("nothing"))
        net.run(seed * 0.0007)
        b.give(InterfaceWentDown("nothing"))
        net.run(120)
        assert are_up(a, b), seed
        assert len(a.ends) == len(b.ends) == 1
        assert a.peer().tally.established == b.peer().tally.established == 1


def test_a_session_outlives_another_connection_that_is_never_answered() -> None:
    """RFC 4271 6.8; ExaBGP leaves connections open that it does not speak on."""
    net = Net()
    a = net.add(A, config(65001, 1, towards(65066, B)))
    raw = Raw(net, B)
    net.begin()
    net.run(1)
    assert a.peer().state is State.OPEN_SENT
    stream = raw.connect(A)
    net.run(1)
    raw.establish(stream, 65066, 66)
    net.run(60)
    assert are_up(a)
    assert a.peer().tally.established == 1
    assert len(a.ends) == 1


def test_a_passive_end_waits_and_two_of_them_never_meet() -> None:
    net = Net()
    a, b = pair(net, {"is_passive": True})
    net.run(10)
    assert are_up(a, b)
    assert a.peer().first.is_incoming
    net = Net()
    a, b = pair(net, {"is_passive": True}, {"is_passive": True})
    net.run(300)
    assert a.peer().state is b.peer().state is State.ACTIVE


def test_an_open_may_wait_for_the_other() -> None:
    """DelayOpen, RFC 4271 8.2.1.3."""
    net = Net()
    delays = {"timers": Timers(delay_open_ns=20 * SECOND)}
    a, b = pair(net, {"is_passive": True, **delays})
    net.run(10)
    assert are_up(a, b)  # the other did not wait, so its OPEN came while ours did
    net = Net()
    a, b = pair(net, {"is_passive": True, **delays}, delays)
    net.run(15)
    assert not are_up(a, b)
    net.run(15)
    assert are_up(a, b)


def test_who_cannot_be_reached_is_tried_again() -> None:
    net = Net()
    a = net.add(A, config(65001, 1, towards(65002, B)))
    net.begin()
    net.run(200)
    assert a.peer().oscillation.failures == 0
    b = net.add(B, config(65002, 2, towards(65001, A, is_passive=True)), 2)
    b.give(InterfaceWentDown("nothing"))
    net.run(20)
    assert are_up(a, b)


# ---- ends


def test_a_shutdown_says_why_and_lasts() -> None:
    """RFC 9003, RFC 8538."""
    net = Net()
    plain = {"graceful_restart": GracefulRestart(helper=False, notification=False)}
    a, b = pair(net, plain, plain)
    net.run(5)
    a.ask("shut", f"to {B}", "back at eight ☕")
    net.run(1)
    told = b.peer().received_notification
    assert told is not None
    assert told.shutdown_text == "back at eight ☕"
    net.run(500)
    assert a.peer().state is State.IDLE
    assert not are_up(b)
    a.ask("enable", f"to {B}")
    net.run(130)
    assert are_up(a, b)


def test_a_reset_is_followed_by_another_session() -> None:
    net = Net()
    a, b = pair(net)
    net.run(5)
    a.ask("reset", f"to {B}", "new keys")
    net.run(60)
    assert are_up(a, b)
    assert b.peer().tally.established == 2
    told = b.peer().received_notification
    assert told is not None
    assert (told.code, told.subcode) == (ErrorCode.CEASE, CeaseError.ADMINISTRATIVE_RESET)
    assert told.shutdown_text == "new keys"


def test_a_polite_end_leaves_no_route() -> None:
    net = Net()
    a, b = pair(net)
    net.run(5)
    assert P in b.routes
    b.give(ShutdownRequested())
    net.run(1)
    assert b.routes == {}
    assert b.bgp.next_deadline() is None
    assert not are_up(a)


def test_bfd_ends_a_session() -> None:
    """RFC 9384."""
    net = Net()
    a, b = pair(net, {"bfd": WatchTimers()})
    net.run(5)
    (asked,) = [one for one in a.outputs if isinstance(one, WatchNeighbor)]
    assert asked.remote == Address(B)
    a.give(NeighborReachability(asked.interface, asked.remote, False, "time ran out"))
    net.run(0.01)
    told = b.peer().received_notification
    assert told is not None
    assert (told.code, told.subcode) == (ErrorCode.CEASE, CeaseError.BFD_DOWN)
    a.give(NeighborReachability(asked.interface, asked.remote, False, "admin", True))
    a.give(ShutdownRequested())
    assert any(isinstance(one, UnwatchNeighbor) for one in a.outputs)


def test_an_external_neighbour_goes_with_its_link() -> None:
    net = Net()
    a, b = pair(net)
    up = InterfaceWentUp("eth0", (Interface(f"{A}/24"),), index=3)
    a.give(up)
    net.run(5)
    assert are_up(a, b)
    a.give(InterfaceWentDown("eth0"))
    assert not are_up(a)
    a.give(up)
    net.run(30)
    assert are_up(a, b)


# ---- what is agreed


def test_what_only_one_can_is_not_agreed_on() -> None:
    net = Net()
    both = {"families": (PeerFamily(IPV4), PeerFamily(IPV6))}
    a, b = pair(net, both | {"timers": Timers(hold_s=30)})
    net.run(5)
    assert are_up(a, b)
    agreed = a.peer().agreed
    assert agreed is not None
    assert [one.family for one in agreed.families] == [IPV4]
    assert agreed.hold_s == 30
    assert b.peer().first.hold_ns == 30 * SECOND
    assert agreed.longest_out == 65_535


def test_no_family_in_common_is_refused() -> None:
    net = Net()
    a, b = pair(net, {"families": (PeerFamily(IPV6),)})
    net.run(5)
    assert not are_up(a, b)
    told = [a.peer().sent_notification, b.peer().sent_notification]
    assert any(one is not None and (one.code, one.subcode) == (2, 7) for one in told)


def test_roles_have_to_face_each_other() -> None:
    """RFC 9234 4.2."""
    for mine, theirs, fits in (
        (Role.PROVIDER, Role.CUSTOMER, True),
        (Role.PEER, Role.PEER, True),
        (Role.ROUTE_SERVER, Role.ROUTE_SERVER_CLIENT, True),
        (Role.PROVIDER, Role.PROVIDER, False),
        (Role.PEER, Role.CUSTOMER, False),
        (Role.PEER, None, True),
    ):
        net = Net()
        a, b = pair(net, {"role": mine}, {"role": theirs})
        net.run(5)
        assert are_up(a, b) is fits, (mine, theirs)
    net = Net()
    a, b = pair(net, {"role": Role.PEER, "is_role_strict": True})
    net.run(5)
    assert not are_up(a, b)
    told = a.peer().sent_notification
    assert told is not None
    assert (told.code, told.subcode) == (2, 11)


def test_a_neighbour_without_capabilities_speaks_ipv4() -> None:
    """RFC 4760 8, RFC 6793 4.1."""
    net = Net()
    a = net.add(A, config(65001, 1, towards(65066, B, is_passive=True)))
    raw = Raw(net, B)
    net.begin()
    stream = raw.connect(A)
    net.run(1)
    raw.send(stream, Open(65066, 90, 66).encode() + KEEPALIVE)
    net.run(1)
    assert are_up(a)
    agreed = a.peer().agreed
    assert agreed is not None
    assert not agreed.as4
    assert not agreed.refreshes
    assert [one.family for one in agreed.families] == [IPV4]


# ---- refresh


def test_a_refresh_tells_all_again() -> None:
    net = Net()
    a, b = pair(net)
    net.run(5)
    before = b.peer().tally.announced
    b.ask("refresh", f"to {A}")
    net.run(1)
    assert a.peer().tally.refreshes_in == 1
    assert b.peer().tally.announced == before + 1
    assert P in b.routes


def test_what_does_not_come_again_between_the_marks_goes() -> None:
    """RFC 7313 4.2."""
    net = Net()
    a = net.add(A, config(65001, 1, towards(65066, B, is_passive=True)))
    raw = Raw(net, B)
    net.begin()
    stream = raw.connect(A)
    net.run(1)
    raw.establish(stream, 65066, 66, can.RouteRefreshCapability(), can.EnhancedRouteRefresh())
    here = bytes((10, 0, 0, 2))
    first, second = (update(bytes((24, 172, 16, one)), 65066, here) for one in (1, 2))
    raw.send(stream, first + second)
    net.run(1)
    assert len(a.routes) == 2
    begin, end = (RouteRefresh(IPV4, one).encode() for one in (Refresh.BEGIN, Refresh.END))
    raw.send(stream, begin + second + end)
    net.run(1)
    assert list(a.routes) == [Prefix("172.16.2.0/24")]
    other = RouteRefresh(IPV6).encode()  # of a family that is not agreed on: ignored
    raw.send(stream, other)
    net.run(1)
    assert are_up(a)


# ---- graceful restart


def restarting(**more: object) -> dict[str, object]:
    return {"graceful_restart": GracefulRestart(restarts=True, **more)}  # type: ignore[arg-type]


def helped(*more: can.Capability, **graceful: object) -> tuple[Net, Node, Raw, int]:
    """A machine whose neighbour has told a prefix, and would restart."""
    net = Net()
    wanted = GracefulRestart(**graceful)  # type: ignore[arg-type]
    a = net.add(A, config(65001, 1, towards(65066, B, is_passive=True, graceful_restart=wanted)))
    raw = Raw(net, B)
    net.begin()
    stream = raw.connect(A)
    net.run(1)
    raw.establish(stream, 65066, 66, can.GracefulRestart(60, (can.Restarting(IPV4),)), *more)
    raw.send(stream, update(bytes((24, 172, 16, 1)), 65066, bytes((10, 0, 0, 2))))
    net.run(1)
    assert len(a.routes) == 1
    return net, a, raw, stream


def test_routes_stay_while_a_neighbour_restarts() -> None:
    """RFC 4724 4.2."""
    net, a, raw, stream = helped()
    raw.close(stream)
    net.run(30)
    assert not are_up(a)
    assert len(a.routes) == 1
    assert a.bgp.snapshot()["neighbors"][0]["stale"] == {"ipv4": "for now"}
    stream = raw.connect(A)
    net.run(1)
    back = can.GracefulRestart(60, (can.Restarting(IPV4, True),), has_restarted=True)
    raw.establish(stream, 65066, 66, back)
    net.run(1)
    assert are_up(a)
    assert len(a.routes) == 1
    raw.send(stream, update(bytes((24, 172, 16, 2)), 65066, bytes((10, 0, 0, 2))))
    net.run(1)
    assert len(a.routes) == 2
    raw.send(stream, END_OF_RIB)
    net.run(1)
    assert list(a.routes) == [Prefix("172.16.2.0/24")]
    assert a.peer().keeping.stale == {}


def test_routes_go_when_it_is_not_back_in_time_or_has_lost_them() -> None:
    net, a, raw, stream = helped()
    raw.close(stream)
    net.run(59)
    assert len(a.routes) == 1
    net.run(2)
    assert a.routes == {}
    net, a, raw, stream = helped()
    raw.close(stream)
    net.run(10)
    stream = raw.connect(A)
    net.run(1)
    raw.establish(stream, 65066, 66, can.GracefulRestart(60, (can.Restarting(IPV4, False),)))
    net.run(1)
    assert a.routes == {}


def test_a_notification_ends_it_all_unless_both_said_otherwise() -> None:
    """RFC 4724 4, RFC 8538 4."""
    net, a, raw, stream = helped()
    raw.send(stream, Notification(6, 4).encode())
    net.run(1)
    assert a.routes == {}
    able = can.GracefulRestart(60, (can.Restarting(IPV4),), for_notification=True)
    for told, stays in ((Notification(6, 4), 1), (Notification(6, 9, b"\6\2"), 0)):
        net = Net()
        a = net.add(A, config(65001, 1, towards(65066, B, is_passive=True)))
        raw = Raw(net, B)
        net.begin()
        stream = raw.connect(A)
        net.run(1)
        raw.establish(stream, 65066, 66, able)
        raw.send(stream, update(bytes((24, 172, 16, 1)), 65066, bytes((10, 0, 0, 2))))
        net.run(1)
        raw.send(stream, told.encode())
        net.run(1)
        assert len(a.routes) == stays


def test_a_new_connection_takes_the_place_of_one_that_was_lost_unnoticed() -> None:
    """RFC 4724 4.2."""
    net, a, raw, stream = helped()
    net.run(5)
    again = raw.connect(A)
    net.run(1)
    assert stream not in raw.closed  # that could be anybody
    back = can.GracefulRestart(60, (can.Restarting(IPV4, True),), has_restarted=True)
    raw.establish(again, 65066, 66, back)
    net.run(1)
    assert are_up(a)
    assert len(a.routes) == 1


@pytest.mark.parametrize("says_open", [False, True])
def test_a_connection_that_crossed_a_new_session_does_not_end_it(*, says_open: bool) -> None:
    """RFC 4271 6.8; OpenBGPD closes such a one without a word."""
    net, a, raw, stream = helped()
    again = raw.connect(A)
    net.run(0.1)
    if says_open:
        able = can.GracefulRestart(60, (can.Restarting(IPV4, True),))
        raw.establish(again, 65066, 66, able)
    else:
        raw.close(again)
    net.run(1)
    assert are_up(a)
    assert stream not in raw.closed
    assert a.peer().tally.established == 1
    assert again not in raw.ends


def test_stale_routes_are_kept_for_long_where_both_want_it() -> None:
    """RFC 9494 4.2."""
    able = can.LongLivedGracefulRestart((can.LongLived(IPV4, True, 1000),))
    net, a, raw, stream = helped(able, long_lived_s=600)
    raw.close(stream)
    net.run(100)
    assert len(a.routes) == 1
    assert a.bgp.snapshot()["neighbors"][0]["stale"] == {"ipv4": "for long"}
    net.run(600)
    assert a.routes == {}


# ---- dynamic neighbours


def test_whoever_comes_from_a_prefix_is_a_neighbour_up_to_a_number() -> None:
    net = Net()
    anybody = Neighbor(
        "anybody", (65066, 65067), prefix=Prefix("10.0.0.0/24"), is_passive=True, most=3
    )
    a = net.add(A, config(65001, 1, anybody, networks=(Network(P, needs_route=False),)))
    net.begin()
    raws = [Raw(net, f"10.0.0.{one}") for one in range(10, 15)]
    streams = [one.connect(A) for one in raws]
    net.run(1)
    for raw, stream in zip(raws, streams, strict=True):
        raw.establish(stream, 65066, 66 + stream + raw.address.packed[3])
    net.run(1)
    assert [one.state for one in a.bgp.peers.values()] == [State.ESTABLISHED] * 3
    assert a.bgp.dynamic.refused == 2
    raws[0].close(streams[0])
    net.run(1)
    assert len(a.bgp.peers) == 2
    assert a.bgp.dynamic.count("anybody") == 2
    again = raws[4].connect(A)
    net.run(1)
    raws[4].establish(again, 65099, 99)
    net.run(1)
    assert len(a.bgp.peers) == 2  # it is of an AS that is not wanted
    assert Raw(net, "10.0.9.9").connect(A)
    net.run(1)
    assert len(a.bgp.peers) == 2


# ---- what is said


def test_networks_follow_the_routing_table_and_others_are_redistributed() -> None:
    net = Net()
    wanted = (Network(P),)
    rules = {"static": Redistribution(med=7)}
    a = net.add(A, config(65001, 1, towards(65002, B), networks=wanted, redistributes=rules), 1)
    b = net.add(B, config(65002, 2, towards(65001, A)), 2)
    net.begin()
    net.run(5)
    assert b.routes == {}
    hop = (NextHop("eth1"),)
    ours = RibRoute(P, "connected:eth1", 0, 0, hop)
    static = RibRoute(Q, "static", 1, 0, hop)
    other = RibRoute(Prefix("203.0.113.0/24"), "rip", 120, 3, hop)
    learned = [Change(one.prefix, None, one) for one in (ours, static, other)]
    a.give(RoutesChanged(tuple(learned)))
    net.run(1)
    assert set(b.routes) == {P, Q}
    ((_, _, received, *_),) = b.bgp.table.paths(IPV4.code, Q)
    assert b"\x80\x04\x04\0\0\0\x07" in received, "MULTI_EXIT_DISC"
    assert b.routes[Q].metric == 0, "it is not for the routing table to compare"
    a.give(RoutesChanged((Change(P, ours, None), Change(Q, static, None))))
    net.run(1)
    assert b.routes == {}


def test_an_aggregate_is_told_while_somebody_is_inside() -> None:
    """RFC 4271 9.2.2.2."""
    net = Net()
    whole = Prefix("172.16.0.0/16")
    b = net.add(
        B,
        config(
            65002,
            2,
            towards(65066, "10.0.0.66", is_passive=True),
            towards(65001, A),
            aggregates=(Aggregate(whole),),
        ),
        2,
    )
    a = net.add(A, config(65001, 1, towards(65002, B)), 1)
    raw = Raw(net, "10.0.0.66")
    net.begin()
    net.run(5)
    stream = raw.connect(B)
    net.run(1)
    raw.establish(stream, 65066, 66)
    community = bytes((0xC0, 8, 4, 0xFD, 0xE9, 0, 5))
    here = bytes((10, 0, 0, 66))
    raw.send(stream, update(bytes((24, 172, 16, 1)), 65066, here, community))
    net.run(1)
    assert set(a.routes) == {whole, Prefix("172.16.1.0/24")}
    assert b.routes[whole].kind is RouteKind.BLACKHOLE
    (view,) = a.bgp.table.paths(IPV4.code, whole)
    assert bytes((0xFD, 0xE9, 0, 5)) in view[2]
    raw.close(stream)
    net.run(1)
    assert a.routes == {}
    assert whole not in b.routes


# ---- configuration, and who looks


def test_another_configuration_touches_only_who_it_is_about() -> None:
    net = Net()
    a, b = pair(net)
    net.run(5)
    held = a.bgp.config.neighbors[0]
    other = replace(held, description="uplink", families=(PeerFamily(weight=5),))
    more = towards(65003, "10.0.0.3")
    a.give(ConfigurationChanged(replace(a.bgp.config, neighbors=(other, more))))
    net.run(5)
    assert a.peer().tally.established == 1
    assert are_up(a, b)
    assert len(a.bgp.peers) == 2
    a.give(ConfigurationChanged(replace(a.bgp.config, neighbors=(other,))))
    net.run(1)
    assert len(a.bgp.peers) == 1
    slower = replace(other, timers=Timers(hold_s=30))
    a.give(ConfigurationChanged(replace(a.bgp.config, neighbors=(slower,))))
    net.run(60)
    assert are_up(a, b)
    assert b.peer().tally.established == 2
    a.give(ConfigurationChanged(replace(a.bgp.config, neighbors=())))
    net.run(1)
    assert a.bgp.peers == {}
    assert b.routes == {}


def test_keys_and_hop_limits_are_asked_for() -> None:
    """RFC 2385, RFC 5082."""
    net = Net()
    guarded = Security(ttl_hops=1, md5=b"secret")
    a = net.add(A, config(65001, 1, towards(65002, B, security=guarded)))
    net.begin()
    listening = a.listening
    assert isinstance(listening, ListenStream)
    ((prefix, options),) = listening.peers
    assert prefix == Prefix(f"{B}/32")
    assert (options.hop_limit, options.least_hop_limit, options.md5) == (255, 255, b"secret")
    assert "secret" not in repr(listening)


def test_what_signs_a_session_is_shown_and_asked_for() -> None:
    """RFC 5925."""
    keys = (AoKey(1, 2, b"secret"), AoKey(3, 4, b"secret", "aes-128-cmac-96"))
    for security, shown in (
        (Security(), ""),
        (Security(md5=b"secret"), "TCP-MD5"),
        (Security(ao=keys), "TCP-AO, keys 1/2 hmac-sha-1-96, 3/4 aes-128-cmac-96"),
    ):
        net = Net()
        a = net.add(A, config(65001, 1, towards(65002, B, security=security)))
        net.begin()
        listening = a.listening
        assert isinstance(listening, ListenStream)
        assert listening.peers[0][1].ao == security.ao
        assert "secret" not in repr(listening)
        text = neighbors({"now": 0, "neighbors": [neighbor_row(a.bgp, a.peer(), 0)]})
        found = [one for one in text.splitlines() if "signed by" in one]
        assert [one.split("signed by")[1].strip() for one in found] == [shown] * bool(shown)
        assert "secret" not in text


def test_reasons_are_told() -> None:
    net = Net()
    a, b = pair(net)
    net.run(5)
    answer = b.bgp.explain(P).as_dict()
    assert answer["state"] == "valid"
    ways = answer["ways"]
    assert isinstance(ways, list)
    assert ways[0]["neighbor"] == A
    assert ways[0]["message"]["fields"]["as_path"] == "65001"
    told = a.bgp.explain_told(P, None).as_dict()["places"]
    assert isinstance(told, list)
    assert [(one["place"], one["is_told"], one["reason"]) for one in told] == [
        (f"to {B}", True, None)
    ]
    assert told[0]["fields"] == {"as_path": "65001", "next_hop": A}
    back = b.bgp.explain_told(P, None).as_dict()["places"]
    assert isinstance(back, list)
    assert back[0]["reason"] == "it came from there (RFC 4271 9.2)"
    assert b.bgp.explain(Q).as_dict()["state"] == "absent"


def test_neighbours_on_an_unnumbered_link_find_each_other() -> None:
    """RFC 8950: IPv4 prefixes by IPv6 next hops."""
    net = Net()
    families = (PeerFamily(IPV4), PeerFamily(IPV6))
    other = Prefix("2001:db8:1::/48")
    said = (Network(P, needs_route=False), Network(other, needs_route=False))
    there = Neighbor("there", "external", interface="eth0", families=families)
    a = net.add("fe80::1", config(65001, 1, there, networks=said), 1)
    b = net.add("fe80::2", config(65002, 2, there), 2)
    net.begin()
    assert a.bgp.listens == (RawIp(6, 58),)
    net.run(5)
    assert a.peer().state is State.ACTIVE
    a.give(InterfaceWentUp("eth0", (Interface("fe80::1/64"),), index=3))
    b.give(InterfaceWentUp("eth0", (Interface("fe80::2/64"),), index=7))
    net.run(15)
    assert are_up(a, b)
    assert a.peer().address == Address("fe80::2")
    hop = NextHop("eth0", Address("fe80::1"), is_onlink=True)
    assert {prefix: route.next_hops for prefix, route in b.routes.items()} == {
        P: (hop,),
        other: (hop,),
    }
    b.give(InterfaceWentDown("eth0"))
    net.run(1)
    assert b.routes == {}
    b.give(InterfaceWentUp("eth0", (Interface("fe80::2/64"),), index=7))
    net.run(60)
    assert are_up(a, b)
    assert set(b.routes) == {P, other}


def test_only_advertisements_of_the_link_are_heard() -> None:
    net = Net()
    there = Neighbor("there", 65002, interface="eth0")
    a = net.add("fe80::1", config(65001, 1, there), 1)
    a.give(InterfaceWentUp("eth0", (Interface("fe80::1/64"),), index=3))
    source, group = Address("fe80::2"), Address("ff02::1")
    fine = RouterAdvertisement().encode(source, group)
    for heard in (
        PacketReceived("eth0", source, group, 64, fine),
        PacketReceived("eth1", source, group, 255, fine),
        PacketReceived("eth0", source, group, 255, fine[:-1]),
        PacketReceived("eth0", source, group, 255, b""),
        PacketReceived("eth0", Address("2001:db8::2"), group, 255, fine),
        PacketReceived("eth0", source, group, 255, bytes((133,)) + fine[1:]),
    ):
        a.give(heard)
        assert a.peer().address is None
    a.give(PacketReceived("eth0", source, group, 255, fine))
    assert a.peer().address == source


def test_who_is_there_already_is_asked_for() -> None:
    """RFC 4861 6.2.6: it need not wait for the next advertisement of those that come by the way."""
    net = Net()
    there = Neighbor("there", 65002, interface="eth0")
    a = net.add("fe80::1", config(65001, 1, there), 1)
    out = a.bgp.receive(InterfaceWentUp("eth0", (Interface("fe80::1/64"),), index=3), 0)
    (asked,) = [one for one in out if isinstance(one, SendPacket) and one.payload[0] == 133]
    assert (asked.destination, asked.hop_limit) == (Address("ff02::2"), 255)
    other = RouterSolicitation().encode(Address("fe80::2"), Address("ff02::2"))
    heard = PacketReceived("eth0", Address("fe80::2"), Address("ff02::2"), 255, other)
    for second, answers in ((4, 1), (5, 0), (8, 1)):
        out = a.bgp.receive(heard, second * SECOND)
        said = [one.payload[0] for one in out if isinstance(one, SendPacket)]
        assert said == [134] * answers


def test_the_first_words_on_an_unnumbered_link_come_fast_until_somebody_is_found() -> None:
    """RFC 4861 6.2.4, 6.3.7: what is said while the address is tentative goes nowhere."""
    net = Net()
    a = net.add("fe80::1", config(65001, 1, Neighbor("there", 65002, interface="eth0")), 1)
    said: list[tuple[int, int]] = []

    def note(out: Sequence[object], now: int) -> None:
        said.extend((now, one.payload[0]) for one in out if isinstance(one, SendPacket))

    note(a.bgp.receive(InterfaceWentUp("eth0", (Interface("fe80::1/64"),), index=3), 0), 0)
    while said[-1][0] < 60 * SECOND:
        now = a.bgp.next_deadline()
        assert now is not None
        note(a.bgp.receive(TimePassed(), now), now)
    advertised = [now for now, kind in said if kind == 134]
    gaps = [(after - before) / SECOND for before, after in pairwise(advertised)]
    assert all(3 <= gap <= 4 for gap in gaps[:3])
    assert all(gap > 7 for gap in gaps[3:])
    assert len([now for now, kind in said if kind == 133]) == 3
    heard = PacketReceived(
        "eth0",
        Address("fe80::2"),
        Address("ff02::2"),
        255,
        RouterSolicitation().encode(Address("fe80::2"), Address("ff02::2")),
    )
    soon = said[-1][0] + SECOND
    assert not [one for one in a.bgp.receive(heard, soon) if isinstance(one, SendPacket)]
    assert a.bgp.next_deadline() == said[-1][0] + 3 * SECOND  # owed, and not sooner


def test_after_our_restart_nothing_is_told_before_all_have_told() -> None:
    """RFC 4724 4.1."""
    net = Net()
    wanted = GracefulRestart(restarts=True)
    neighbors = (
        towards(65066, B, is_passive=True, graceful_restart=wanted),
        towards(65067, "10.0.0.3", is_passive=True, graceful_restart=wanted),
    )
    began = config(65001, 1, *neighbors)
    a = net.add(A, replace(began, resumption=Resumption()))
    raws = [Raw(net, B), Raw(net, "10.0.0.3")]
    net.begin()
    assert a.bgp.is_restarting
    streams = [raw.connect(A) for raw in raws]
    net.run(1)
    (opened,) = [one for one in raws[0].said(1) if isinstance(one, Open)]
    (told,) = opened.having(can.GracefulRestart)
    assert told.has_restarted
    assert told.families == (can.Restarting(IPV4, True),)
    able = can.GracefulRestart(60, (can.Restarting(IPV4, True),))
    for at, (raw, stream) in enumerate(zip(raws, streams, strict=True)):
        raw.establish(stream, 65066 + at, 66 + at, able)
    here = bytes((10, 0, 0, 2))
    raws[0].send(streams[0], update(bytes((24, 172, 16, 1)), 65066, here) + END_OF_RIB)
    net.run(30)
    assert a.routes == {}
    assert raws[1].updates(streams[1]) == 0
    assert a.bgp.keep() == {"neighbors": [f"to {B}", "to 10.0.0.3"]}
    raws[1].send(streams[1], END_OF_RIB)  # it has no route, and was silent for long
    net.run(1)
    assert list(a.routes) == [Prefix("172.16.1.0/24")]
    assert raws[1].updates(streams[1]) == 2  # the prefix, and the end of all
    assert not a.bgp.is_restarting


def resumed(net: Net) -> tuple[Node, Raw, int]:
    """One of ours after its restart, and a neighbour that has told that it has no more to tell."""
    wanted = GracefulRestart(restarts=True)
    one = towards(65066, B, is_passive=True, graceful_restart=wanted)
    a = net.add(A, replace(config(65001, 1, one), resumption=Resumption()))
    raw = Raw(net, B)
    net.begin()
    stream = raw.connect(A)
    net.run(1)
    raw.establish(stream, 65066, 66, can.GracefulRestart(60, (can.Restarting(IPV4, True),)))
    raw.send(stream, END_OF_RIB)
    return a, raw, stream


def test_after_our_restart_routes_may_come_behind_the_end_of_all() -> None:
    """RFC 4724 4.1; FRR's End-of-RIB comes up to a second before its routes."""
    net = Net()
    a, raw, stream = resumed(net)
    net.run(1)
    assert a.bgp.is_restarting
    raw.send(stream, update(bytes((24, 172, 16, 1)), 65066, bytes((10, 0, 0, 2))))
    net.run(0.5)
    assert not a.bgp.is_restarting
    assert list(a.routes) == [Prefix("172.16.1.0/24")]


def test_after_our_restart_who_has_no_route_is_not_waited_for() -> None:
    net = Net()
    a, _, _ = resumed(net)
    net.run(3)
    assert not a.bgp.is_restarting


def test_after_our_restart_nobody_is_waited_for_forever() -> None:
    net = Net()
    wanted = GracefulRestart(restarts=True, stale_ns=60 * SECOND)
    neighbors = (
        towards(65066, B, is_passive=True),
        towards(65067, "10.0.0.3", is_passive=True, graceful_restart=wanted),
    )
    a = net.add(A, replace(config(65001, 1, *neighbors), resumption=Resumption()))
    raw = Raw(net, B)
    net.begin()
    stream = raw.connect(A)
    net.run(1)
    raw.establish(stream, 65066, 66)
    raw.send(stream, update(bytes((24, 172, 16, 1)), 65066, bytes((10, 0, 0, 2))))
    net.run(55)
    assert a.routes == {}
    net.run(10)
    assert len(a.routes) == 1
    assert not a.bgp.is_restarting


def test_who_lost_is_told_by_which_step_with_both_values() -> None:
    net = Net()
    a = net.add(
        A,
        config(
            65001,
            1,
            *(towards(65066 + one, f"10.0.0.{6 + one}", is_passive=True) for one in range(2)),
        ),
    )
    net.begin()
    for at in range(2):
        raw = Raw(net, f"10.0.0.{6 + at}")
        stream = raw.connect(A)
        net.run(1)
        raw.establish(stream, 65066 + at, 66 + at)
        path = bytes((0x40, 2, 6 + 4 * at, 2, 1 + at)) + (65066 + at).to_bytes(4, "big") * (1 + at)
        attributes = bytes((0x40, 1, 1, 0)) + path + bytes((0x40, 3, 4)) + raw.address.packed
        body = bytes(2) + len(attributes).to_bytes(2, "big") + attributes + bytes((24, 192, 0, 2))
        raw.send(stream, encode_header(MessageType.UPDATE, body))
        net.run(1)
    answer: Any = a.bgp.explain(P).as_dict()
    won, lost = answer["ways"]
    assert (won["wins"], won["neighbor"], won["rule"]) == (True, "10.0.0.6", None)
    assert lost["neighbor"] == "10.0.0.7"
    assert "2" in lost["rule"]
    assert "1" in lost["rule"]
    assert "9.1.2.2" in lost["rule"]
