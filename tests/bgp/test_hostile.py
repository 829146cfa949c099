"""Peers that mean no good harm nobody else, cost little and are shown."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from bgp.joined import Net, Node, config, towards
from bgp.raw import KEEPALIVE, Raw, update, withdrawal
from fingerpost.addr import Address, Prefix
from fingerpost.bgp import reception
from fingerpost.bgp.config import (
    BeyondLimit,
    Neighbor,
    Network,
    PeerFamily,
    PrefixLimit,
    Timers,
)
from fingerpost.bgp.constants import CeaseError, ErrorCode
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.fsm import State
from fingerpost.bgp.packet import Notification, RouteRefresh
from fingerpost.bgp.packet.capabilities import RouteRefreshCapability
from fingerpost.bgp.sending import MOST
from fingerpost.forwarding.durations import SECOND

P = Prefix("192.0.2.0/24")
GOOD, BAD = "10.0.0.2", "10.0.0.66"


def world(**more: object) -> tuple[Net, Node, Node, Raw]:
    """A machine with a good neighbour and one that is not."""
    net = Net()
    bad = Neighbor("bad", 65066, Address(BAD), is_passive=True, **more)  # type: ignore[arg-type]
    a = net.add("10.0.0.1", config(65001, 1, towards(65002, GOOD), bad), 1)
    networks = (Network(P, needs_route=False),)
    good = net.add(GOOD, config(65002, 2, towards(65001, "10.0.0.1"), networks=networks), 2)
    raw = Raw(net, BAD)
    net.begin()
    net.run(5)
    assert a.peer(1).state is State.ESTABLISHED
    return net, a, good, raw


def unharmed(a: Node, good: Node) -> None:
    """The good neighbour has had one session all the while."""
    assert a.peer(1).tally.established == 1
    assert a.peer(1).state is State.ESTABLISHED
    assert good.peer().tally.established == 1
    assert a.routes[P].learned_from == Address(GOOD)


def notifications(raw: Raw, stream: int) -> list[tuple[int, int]]:
    return [(one.code, one.subcode) for one in raw.said(stream) if isinstance(one, Notification)]


def test_an_octet_a_second_does_not_keep_a_session_open() -> None:
    net, a, good, raw = world()
    stream = raw.connect("10.0.0.1")
    net.run(1)
    for octet in raw.open(65066, 66) * 10:
        raw.send(stream, bytes((octet,)))
        net.run(1)
    # it has said its OPEN, and then never a whole KEEPALIVE in the hold time
    assert a.peer(2).state is not State.ESTABLISHED
    assert notifications(raw, stream) == [(ErrorCode.HOLD_TIMER_EXPIRED, 0)]
    assert stream in raw.closed
    unharmed(a, good)


def test_who_connects_and_says_nothing_is_dropped_after_four_minutes() -> None:
    net, a, good, raw = world()
    stream = raw.connect("10.0.0.1")
    net.run(239)
    assert stream in raw.ends
    net.run(5)
    assert notifications(raw, stream) == [(ErrorCode.HOLD_TIMER_EXPIRED, 0)]
    assert stream in raw.closed
    unharmed(a, good)


def test_who_stops_reading_costs_a_window_and_is_given_up() -> None:
    """RFC 9687."""
    net, a, good, raw = world(timers=Timers(send_hold_ns=300 * SECOND))
    stream = raw.connect("10.0.0.1")
    net.run(1)
    raw.establish(stream, 65066, 66)
    net.run(1)
    assert a.peer(2).state is State.ESTABLISHED
    raw.ends[stream].reads = False
    begun = net.now
    prefixes = tuple(
        Network(Prefix(f"10.{i // 250}.{i % 250}.0/24"), needs_route=False) for i in range(5000)
    )
    good.give_networks(prefixes)
    while net.now < begun + 290 * SECOND:
        net.run(10)
        raw.send(stream, KEEPALIVE)
        assert a.peer(2).first.unsent <= MOST + 10_000
    assert a.peer(2).state is State.ESTABLISHED
    net.run(30)
    assert a.peer(2).state is not State.ESTABLISHED
    ended = a.peer(2).ended
    assert ended is not None
    assert ended.reason == "SendHoldTimer_Expires"
    assert len(a.routes) == 5000
    a.routes[P] = next(iter(a.routes.values()))
    unharmed(a, good)


def test_a_flood_of_withdrawals_delays_nobody() -> None:
    net, a, good, raw = world()
    stream = raw.connect("10.0.0.1")
    net.run(1)
    raw.establish(stream, 65066, 66)
    net.run(1)
    junk = withdrawal(b"".join(struct.pack(">BBBB", 24, 172, 16, one % 256) for one in range(200)))
    for _ in range(60):
        raw.send(stream, junk * 40)
        net.run(1)
    assert a.peer(2).state is State.ESTABLISHED
    assert a.bgp.snapshot()["neighbors"][1]["updates_in"] == 60 * 40
    unharmed(a, good)


def test_a_flood_of_refreshes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "BEHIND_MOST", 256 << 10)
    net, a, good, raw = world()
    stream = raw.connect("10.0.0.1")
    net.run(1)
    raw.establish(stream, 65066, 66, RouteRefreshCapability())
    net.run(1)
    flood = RouteRefresh(IPV4).encode() * 2_000
    for _ in range(3):
        raw.send(stream, flood)
    net.run(5)
    assert a.peer(2).tally.refreshes_in == 6_000
    assert a.peer(2).state is State.ESTABLISHED
    for _ in range(20):  # more at once than anybody has to take
        raw.send(stream, flood)
    net.run(5)
    assert notifications(raw, stream) == [(ErrorCode.CEASE, CeaseError.OUT_OF_RESOURCES)]
    unharmed(a, good)


def test_a_thousand_connections_of_a_neighbour_leave_one() -> None:
    net, a, good, raw = world()
    streams = [raw.connect("10.0.0.1") for _ in range(1000)]
    net.run(2)
    assert len(raw.ends) <= 2
    assert len(a.bgp.streams) <= 3
    assert sum(one in raw.closed for one in streams) >= 998
    unharmed(a, good)


def test_a_thousand_connections_of_strangers_are_refused_and_shown() -> None:
    net, a, good, raw = world()
    stranger = Raw(net, "10.9.9.9")
    streams = [stranger.connect("10.0.0.1") for _ in range(1000)]
    net.run(2)
    assert not stranger.ends
    assert notifications(stranger, streams[0]) == [
        (ErrorCode.CEASE, CeaseError.CONNECTION_REJECTED)
    ]
    shown = a.bgp.snapshot()
    assert shown["rejected"] == 1000
    assert shown["strangers"][0]["address"] == "10.9.9.9"
    assert shown["strangers"][0]["connections"] == 1000
    assert not raw.ends
    unharmed(a, good)


def test_damaged_updates_cost_their_prefixes_and_are_kept_with_their_octets() -> None:
    net, a, good, raw = world()
    stream = raw.connect("10.0.0.1")
    net.run(1)
    raw.establish(stream, 65066, 66)
    net.run(1)
    fine = update(bytes((24, 172, 16, 1)), 65066, bytes((10, 0, 0, 66)))
    bad_med = update(bytes((24, 172, 16, 2)), 65066, bytes((10, 0, 0, 66)), bytes((0x80, 4, 1, 9)))
    raw.send(stream, fine + bad_med * 150)
    net.run(1)
    assert Prefix("172.16.1.0/24") in a.routes
    assert Prefix("172.16.2.0/24") not in a.routes
    shown: dict[str, Any] = a.bgp.snapshot()["neighbors"][1]
    assert shown["fault_count"] == 150
    assert len(shown["faults"]) <= 100
    assert shown["faults"][0]["octets"]
    assert a.peer(2).state is State.ESTABLISHED
    unharmed(a, good)


def test_too_many_prefixes_end_the_session_until_its_time() -> None:
    """RFC 4486 4: subcode 1, with family and bound."""
    limit = PrefixLimit(10, restart_ns=60 * SECOND)
    net, a, good, raw = world(families=(PeerFamily(limit=limit),))
    stream = raw.connect("10.0.0.1")
    net.run(1)
    raw.establish(stream, 65066, 66)
    net.run(1)
    told = [update(bytes((24, 172, 16, one)), 65066, bytes((10, 0, 0, 66))) for one in range(20)]
    raw.send(stream, b"".join(told[:8]))
    net.run(1)
    assert any(getattr(one, "kind", "") == "prefix limit near" for one in a.outputs)
    assert a.peer(2).state is State.ESTABLISHED
    raw.send(stream, b"".join(told))
    net.run(1)
    last = [one for one in raw.said(stream) if isinstance(one, Notification)][-1]
    assert (last.code, last.subcode) == (ErrorCode.CEASE, CeaseError.MAXIMUM_PREFIXES)
    assert last.data == bytes((0, 1, 1, 0, 0, 0, 10))
    assert len(a.routes) == 1
    again = raw.connect("10.0.0.1")
    net.run(1)
    assert again in raw.closed
    net.run(60)
    again = raw.connect("10.0.0.1")
    net.run(1)
    raw.establish(again, 65066, 66)
    net.run(1)
    assert a.peer(2).state is State.ESTABLISHED
    unharmed(a, good)


def test_garbage_is_answered_by_its_notification() -> None:
    net, a, good, raw = world()
    for junk, expected in (
        (b"GET / HTTP/1.1\r\n\r\n\r\n", (1, 1)),
        (b"\xff" * 16 + b"\x00\x05\x01", (1, 2)),
        (b"\xff" * 16 + b"\x00\x13\x09", (1, 3)),
        (raw.open(65077, 66), (2, 2)),
        (raw.open(65066, 66)[:19] + b"\x03" + raw.open(65066, 66)[20:], (2, 1)),
        (KEEPALIVE, (5, 1)),  # RFC 6608: unexpected in OpenSent
        (raw.open(65066, 66) + update(b"\0", 65066, bytes(4)), (5, 2)),
        (raw.open(65066, 66) + KEEPALIVE + raw.open(65066, 66), (5, 3)),
    ):
        a.bgp.peers[2].oscillation.forgive()
        stream = raw.connect("10.0.0.1")
        net.run(1)
        raw.send(stream, junk)
        net.run(1)
        assert notifications(raw, stream) == [expected], junk
        assert stream in raw.closed
        net.run(70)
    unharmed(a, good)


def test_who_fails_again_and_again_rests_longer_each_time() -> None:
    net, a, good, raw = world()
    rests = []
    for _ in range(6):
        stream = raw.connect("10.0.0.1")
        net.run(0.1)
        raw.send(stream, b"nonsense" * 4)
        net.run(0.1)
        until: Any = a.bgp.snapshot()["neighbors"][1]["resting_until"]
        rests.append((until - net.now) / SECOND)
        net.run(65)
    assert rests[1] < rests[2] < rests[3]
    assert max(rests) <= 60
    unharmed(a, good)


def test_octets_that_wait_are_held_in_pieces_however_they_come() -> None:
    waits = reception._Waiting.of(bytes(3 * reception.PIECE + 1))
    assert [len(one) for one in waits.chunks] == [reception.PIECE] * 3 + [1]
    for octet in range(1000):
        waits.put(bytes((octet % 256,)))
    assert len(waits.chunks) == 4
    taken = [waits.take() for _ in range(4)]
    assert taken[-1] == bytes(1) + bytes(octet % 256 for octet in range(1000))
    assert (waits.octets, waits.has_any) == (0, False)


def test_prefixes_above_a_limit_that_blocks_are_shown() -> None:
    net, a, good, raw = world(families=(PeerFamily(limit=PrefixLimit(5, BeyondLimit.BLOCKS)),))
    stream = raw.connect("10.0.0.1")
    net.run(1)
    raw.establish(stream, 65066, 66)
    net.run(1)
    for number in range(50):
        raw.send(stream, update(bytes((24, 172, 16, number)), 65066, bytes((10, 0, 0, 66))))
    net.run(2)
    neighbor: Any = a.bgp.snapshot()["neighbors"][1]
    shown = neighbor["families"][0]
    assert (shown["received"], shown["blocked"]) == (5, 45)
    unharmed(a, good)
