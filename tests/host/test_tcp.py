"""TCP between two virtual hosts: open, transfer, close, and everything that goes wrong."""

from __future__ import annotations

import struct
from itertools import pairwise
from random import Random

import pytest
from tcp_pair import ADDRESSES, MS, Pair, Pipe, S, Transfer

from fingerpost.errors import UsageError
from fingerpost.host.tcp import TcpSockets
from fingerpost.host.tcp_connection import TcpState
from fingerpost.host.tcp_events import (
    Accepted,
    Closed,
    Connected,
    DataArrived,
    Ended,
    Refused,
    Reset,
    SpaceFreed,
    TimedOut,
)
from fingerpost.host.tcp_options import NEIGHBOR_ONLY, TcpOptions

VERSIONS = pytest.mark.parametrize("version", [4, 6])


def flags(packet: bytes) -> int:
    return packet[20 + 13] if packet[0] >> 4 == 4 else packet[40 + 13]


@VERSIONS
def test_a_handshake_of_three_segments_establishes_both_ends(version: int) -> None:
    pair = Pair()
    ours, theirs = pair.established(version)
    assert [flags(packet) for _, packet in pair.sent] == [0x02, 0x12, 0x10]
    assert (ours.state, theirs.state) == (TcpState.ESTABLISHED, TcpState.ESTABLISHED)
    assert pair.happened[0] == [Connected(ours)]
    assert (ours.local, ours.remote) == (theirs.remote, theirs.local)
    assert str(ours.remote.address) == ADDRESSES[version][1]
    assert ours.remote.port == 179
    assert ours.local.port >= 49152


@VERSIONS
def test_a_megabyte_arrives_as_it_was_sent(version: int) -> None:
    data = Random(version).randbytes(1_000_000)
    pair = Pair()
    ours, theirs = pair.established(version)
    transfer = Transfer(pair, ours, data)
    pair.run(60 * S)
    assert transfer.arrived == data
    assert max(len(packet) for _, packet in pair.sent) == 1500
    assert ours.is_over
    assert theirs.is_over


@VERSIONS
@pytest.mark.parametrize(
    "pipe",
    [
        Pipe(loss=0.2),
        Pipe(jitter=20 * MS),
        Pipe(loss=0.05, duplication=0.1, jitter=10 * MS),
    ],
    ids=["a fifth is lost", "packets overtake", "all of it"],
)
def test_data_survives_a_bad_pipe(version: int, pipe: Pipe) -> None:
    data = Random(3).randbytes(200_000)
    pair = Pair(seed=7)
    ours, theirs = pair.established(version, options=TcpOptions(timeout_ns=None))
    pair.pipe = pipe
    transfer = Transfer(pair, ours, data)
    pair.run(3600 * S)
    assert transfer.arrived == data
    assert ours.is_over
    assert theirs.is_over


def test_a_lost_handshake_is_repeated() -> None:
    for seed in range(20):
        pair = Pair(seed=seed, pipe=Pipe(loss=0.4, duplication=0.3, jitter=30 * MS))
        pair.hosts[1].listen(179)
        ours = pair.connect()
        pair.run(250 * S)
        assert ours.state is TcpState.ESTABLISHED, seed
        assert len(pair.of(1, Accepted)) == 1, seed


@pytest.mark.parametrize("first", [0, 1])
def test_either_side_may_close_first_and_the_other_may_still_send(first: int) -> None:
    pair = Pair()
    ends = pair.established()
    one, other = ends[first], ends[1 - first]
    one.close(pair.now)
    pair.run(1 * S)
    assert (one.state, other.state) == (TcpState.FIN_WAIT_2, TcpState.CLOSE_WAIT)
    assert pair.of(1 - first, Ended) == [Ended(other)]
    assert other.send(b"one more thing", pair.now) == 14
    pair.run(1 * S)
    assert one.receive(pair.now) == b"one more thing"
    other.close(pair.now)
    pair.run(1 * S)
    assert (one.state, other.state) == (TcpState.TIME_WAIT, TcpState.CLOSED)
    assert pair.of(1 - first, Closed) == [Closed(other)]
    pair.run(60 * S)
    assert pair.of(first, Closed) == [Closed(one)]
    assert pair.hosts[first].next_deadline() is None


def test_both_sides_may_open_at_once() -> None:  # RFC 9293 3.5, figure 7
    pair = Pair()
    ours = pair.connect(port=179, local_port=179)
    local, remote = ADDRESSES[4]
    theirs = pair.hosts[1].connect(remote, local, 179, pair.now, local_port=179)
    pair.run(10 * S)
    assert (ours.state, theirs.state) == (TcpState.ESTABLISHED, TcpState.ESTABLISHED)
    ours.send(b"hello", pair.now)
    pair.run(1 * S)
    assert theirs.receive(pair.now) == b"hello"


def test_a_connection_that_opens_takes_its_segments_from_a_listener_of_the_port() -> None:
    pair = Pair()
    for host in pair.hosts:
        host.listen(179)
    ours = pair.connect(port=179, local_port=179)
    local, remote = ADDRESSES[4]
    theirs = pair.hosts[1].connect(remote, local, 179, pair.now, local_port=179)
    pair.run(10 * S)
    assert (ours.state, theirs.state) == (TcpState.ESTABLISHED, TcpState.ESTABLISHED)
    assert not pair.of(0, Accepted)
    assert not pair.of(1, Accepted)


def test_both_sides_may_close_at_once() -> None:  # RFC 9293 3.6, figure 13
    pair = Pair()
    ours, theirs = pair.established()
    ours.close(pair.now)
    theirs.close(pair.now)
    pair.run(6 * MS)
    assert {ours.state, theirs.state} <= {TcpState.CLOSING, TcpState.TIME_WAIT}
    pair.run(60 * S)
    assert ours.is_over
    assert theirs.is_over
    assert pair.of(0, Closed) == [Closed(ours)]
    assert pair.of(1, Closed) == [Closed(theirs)]


@VERSIONS
def test_a_port_without_listener_refuses(version: int) -> None:
    pair = Pair()
    ours = pair.connect(version)
    pair.run(1 * S)
    assert pair.happened[0] == [Refused(ours)]
    assert ours.state is TcpState.CLOSED
    assert flags(pair.sent[-1][1]) == 0x14
    assert pair.hosts[0].connections == ()


def test_an_abort_resets_the_peer_and_is_told_to_nobody_else() -> None:
    pair = Pair()
    ours, theirs = pair.established()
    ours.send(b"unheard", pair.now)
    ours.abort(pair.now)
    pair.run(1 * S)
    assert pair.of(1, Reset) == [Reset(theirs)]
    assert pair.happened[0] == [Connected(ours)]
    assert (ours.state, theirs.state) == (TcpState.CLOSED, TcpState.CLOSED)
    assert [flags(packet) & 4 for _, packet in pair.sent[-1:]] == [4]
    with pytest.raises(UsageError):
        ours.send(b"more", pair.now)


def test_a_connection_given_up_before_the_answer_sends_nothing() -> None:  # RFC 9293 3.10.4
    for end in ("close", "abort"):
        pair = Pair(pipe=Pipe(is_cut=True))
        ours = pair.connect()
        pair.run(100 * MS)
        getattr(ours, end)(pair.now)
        pair.run(100 * S)
        assert [flags(packet) for _, packet in pair.sent] == [0x02]
        assert pair.happened[0] == ([Closed(ours)] if end == "close" else [])


def test_nobody_home_times_out_after_repeated_syns() -> None:
    pair = Pair(pipe=Pipe(is_cut=True))
    ours = pair.connect(options=TcpOptions(timeout_ns=180 * S))
    pair.run(180 * S - 1)
    assert ours.state is TcpState.SYN_SENT
    pair.run(1)
    assert pair.happened[0] == [TimedOut(ours)]
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(pair.sent)]
    assert gaps[0] >= 1 * S  # RFC 6298 2.1
    assert all(later >= earlier for earlier, later in pairwise(gaps))  # 5.5


def test_a_peer_that_falls_silent_times_out_with_data_on_the_way() -> None:
    pair = Pair()
    ours, theirs = pair.established(options=TcpOptions(timeout_ns=100 * S))
    pair.run(1000 * S)
    assert ours.state is TcpState.ESTABLISHED, "idle connections live for ever"
    pair.pipe.is_cut = True
    ours.send(b"anybody there?", pair.now)
    begun = pair.now
    pair.run(500 * S)
    assert pair.of(0, TimedOut) == [TimedOut(ours)]
    assert pair.of(1, TimedOut) == [], "the receiver owes nothing"
    assert pair.sent[-1][0] < begun + 100 * S
    theirs.abort(pair.now)


def test_keep_alive_finds_out_that_an_idle_peer_is_gone() -> None:  # RFC 9293 3.8.4
    pair = Pair()
    options = TcpOptions(keep_alive_ns=10 * S, timeout_ns=35 * S)
    ours, _ = pair.established(options=options)
    pair.run(200 * S)
    assert ours.state is TcpState.ESTABLISHED
    assert len(pair.sent) > 2 * 200 // 10 - 5
    pair.pipe.is_cut = True
    pair.run(60 * S)
    assert pair.of(0, TimedOut) == [TimedOut(ours)]


def test_a_late_finish_has_its_own_time() -> None:
    pair = Pair()
    ours, theirs = pair.established(options=TcpOptions(timeout_ns=10 * S))
    pair.run(500 * S)
    ours.close(pair.now)
    pair.run(1 * S)
    assert (ours.state, theirs.state) == (TcpState.FIN_WAIT_2, TcpState.CLOSE_WAIT)


def test_a_reader_that_does_not_read_stops_the_sender_but_not_the_connection() -> None:
    pair = Pair()  # zero window and its probes: RFC 9293 3.8.6.1
    ours, theirs = pair.established(options=TcpOptions(timeout_ns=100 * S))
    data = Random(1).randbytes(300_000)
    sent = ours.send(data, pair.now)
    pair.run(10 * S)
    sent += ours.send(data[sent:], pair.now)
    pair.run(3600 * S)
    assert ours.state is TcpState.ESTABLISHED
    assert sent - ours.unacknowledged <= 65_535
    arrived = b""
    while piece := theirs.receive(pair.now):
        arrived += piece
        pair.run(10 * S)
    assert pair.of(0, SpaceFreed)
    assert arrived == data[:sent]


def test_what_does_not_fit_is_not_taken_and_room_is_told() -> None:
    pair = Pair()
    ours, _ = pair.established(options=TcpOptions(send_buffer=1000))
    assert ours.send(b"x" * 700, pair.now) == 700
    assert ours.send(b"x" * 700, pair.now) == 300
    assert ours.send(b"x" * 700, pair.now) == 0
    assert ours.unacknowledged == 1000
    pair.run(1 * S)
    assert pair.of(0, SpaceFreed) == [SpaceFreed(ours)]
    assert ours.unacknowledged == 0


def test_data_that_came_before_a_reset_can_be_received_after_it() -> None:
    pair = Pair()
    ours, theirs = pair.established()
    ours.send(b"goodbye", pair.now)
    pair.run(1 * S)
    ours.abort(pair.now)
    pair.run(1 * S)
    assert theirs.is_over
    assert pair.of(1, DataArrived) == [DataArrived(theirs)]
    assert theirs.receive(pair.now, 4) == b"good"
    assert theirs.receive(pair.now) == b"bye"
    assert theirs.receive(pair.now) == b""


def test_several_hundred_connections_live_side_by_side() -> None:
    pair = Pair()
    pair.hosts[1].listen(179, backlog=50)
    ours = [pair.connect(4 if number % 2 else 6) for number in range(400)]
    echoes: list[bytes] = []

    def react(side: int, event: object) -> None:
        if side == 1 and isinstance(event, DataArrived):
            event.connection.send(event.connection.receive(pair.now)[::-1], pair.now)
        if side == 0 and isinstance(event, Connected):
            event.connection.send(str(event.connection.local.port).encode(), pair.now)
        if side == 0 and isinstance(event, DataArrived):
            assert (
                event.connection.receive(pair.now)
                == str(event.connection.local.port)[::-1].encode()
            )
            echoes.append(b"")
        if isinstance(event, Refused):  # more at once than half open: try again, as BGP does
            ours.append(pair.connect(4))

    pair.react = react
    pair.run(30 * S)
    assert len(echoes) == 400
    assert len({connection.local for connection in pair.hosts[0].connections}) == 400


def test_room_for_connections_is_limited_and_freed_again() -> None:
    pair = Pair(limit=3)
    listener = pair.hosts[1].listen(179, backlog=2)
    for round_number in range(5):
        one = pair.connect()
        pair.run(1 * S)
        assert one.state is TcpState.ESTABLISHED, round_number
        one.abort(pair.now)
        pair.run(1 * S)
    assert pair.hosts[1].connections == ()
    listener.close(pair.now)
    refused = pair.connect()
    pair.run(1 * S)
    assert refused.is_over
    assert pair.hosts[1].listeners == ()


def test_half_open_connections_are_given_up() -> None:
    pair = Pair()
    pair.hosts[1].listen(179, backlog=1)
    ghost = pair.connect(local_port=5000)
    (syn,) = pair.hosts[0].outgoing(pair.now)
    pair.hosts[1].packet_received(syn, pair.now)
    ghost.abort(pair.now)
    pair.pipe.is_cut = True
    pair.run(200 * S)
    pair.pipe.is_cut = False
    later = pair.connect()
    pair.run(1 * S)
    assert later.state is TcpState.ESTABLISHED


def test_hop_limits_keep_strangers_away() -> None:  # RFC 5082 3
    pair = Pair()
    pair.hosts[1].listen(179, options=NEIGHBOR_ONLY)
    far = pair.connect(options=TcpOptions(hop_limit=254, timeout_ns=60 * S))
    near = pair.connect(6, options=NEIGHBOR_ONLY)
    pair.run(100 * S)
    assert pair.of(0, TimedOut) == [TimedOut(far)]
    assert near.state is TcpState.ESTABLISHED
    assert pair.hosts[1].counters.hop_limit > 0
    assert {packet[7] for _, packet in pair.sent if packet[0] >> 4 == 6} == {255}


@VERSIONS
def test_every_segment_of_a_connection_has_its_hop_limit(version: int) -> None:
    pair = Pair(seed=3)
    ours, _ = pair.established(version, NEIGHBOR_ONLY)
    pair.pipe = Pipe(loss=0.1, jitter=20 * MS)  # so that there are immediate acknowledgements too
    transfer = Transfer(pair, ours, bytes(100_000))
    pair.run(300 * S)
    assert len(transfer.arrived) == 100_000
    assert {packet[8 if version == 4 else 7] for _, packet in pair.sent} == {255}
    assert [host.counters.hop_limit for host in pair.hosts] == [0, 0]


def test_no_packet_is_longer_than_the_path_carries() -> None:
    data = Random(5).randbytes(100_000)
    pair = Pair()
    ours, _ = pair.established()
    transfer = Transfer(pair, ours, data)
    pair.run(12 * MS)
    for host in pair.hosts:
        host.set_mtu(576)
    before = len(pair.sent)
    pair.run(60 * S)
    assert transfer.arrived == data
    assert max(len(packet) for _, packet in pair.sent[:before]) == 1500
    assert max(len(packet) for _, packet in pair.sent[before:]) == 576


def test_nagle_holds_small_segments_back_only_when_asked() -> None:  # RFC 9293 3.7.4
    sizes = {}
    for nagle in (True, False):
        pair = Pair()
        ours, _ = pair.established(options=TcpOptions(nagle=nagle))
        for _ in range(5):
            ours.send(b"x", pair.now)
            pair.run(1 * MS)
        pair.run(1 * S)
        sizes[nagle] = [len(packet) - 40 for _, packet in pair.sent if len(packet) > 40][2:]
    assert sizes[True] == [1, 4]
    assert sizes[False] == [1, 1, 1, 1, 1]


def test_extension_headers_before_a_segment_are_skipped() -> None:  # RFC 8200 4
    pair = Pair()
    pair.hosts[1].listen(179)
    pair.connect(6)
    (syn,) = pair.hosts[0].outgoing(0)
    options = struct.pack("!BB6x", 6, 0)  # destination options, all Pad1
    size = struct.pack("!H", len(syn) - 40 + 8)
    pair.hosts[1].packet_received(syn[:4] + size + b"\x3c" + syn[7:40] + options + syn[40:], 0)
    (answer,) = pair.hosts[1].outgoing(0)
    assert flags(answer) == 0x12


def test_segments_of_one_seed_are_the_same_to_the_last_bit() -> None:
    def conversation(seed: int) -> list[tuple[int, bytes]]:
        pair = Pair(seed=seed, pipe=Pipe(loss=0.1, jitter=10 * MS, duplication=0.1))
        pair.hosts[1].listen(179)
        ours = pair.connect(6)
        pair.run(30 * S)
        Transfer(pair, ours, Random(1).randbytes(100_000))
        pair.run(600 * S)
        return pair.sent

    assert conversation(5) == conversation(5)
    assert conversation(5) != conversation(6)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda host: host.connect("192.0.2.1", "2001:db8::1", 179, 0),
        lambda host: host.connect("192.0.2.1", "224.0.0.1", 179, 0),
        lambda host: host.connect("192.0.2.1", "192.0.2.2", 0, 0),
        lambda host: host.connect("192.0.2.1", "192.0.2.2", 65536, 0),
        lambda host: host.connect("192.0.2.1", "192.0.2.2", 9, 0, local_port=-1),
        lambda host: host.connect("192.0.2.1", "192.0.2.2", 1, 0, local_port=7),
        lambda host: host.listen(22),
        lambda host: host.listen(22, "192.0.2.1"),
        lambda host: host.listen(0),
        lambda host: host.listen(23, backlog=0),
        lambda host: host.listen(23, "::"),
        lambda host: host.set_mtu(67),
    ],
)
def test_calls_that_cannot_be_are_refused(wrong: object) -> None:
    host = TcpSockets(Random(1))
    host.listen(22)
    host.connect("192.0.2.1", "192.0.2.2", 1, 0, local_port=7)
    with pytest.raises(UsageError):
        wrong(host)  # type: ignore[operator]
    assert len(host.listeners) == len(host.connections) == 1


def test_a_full_host_says_so() -> None:
    host = TcpSockets(Random(1), limit=2)
    host.connect("192.0.2.1", "192.0.2.2", 1, 0)
    host.connect("192.0.2.1", "192.0.2.2", 1, 0)
    with pytest.raises(UsageError, match="2 sockets"):
        host.connect("192.0.2.1", "192.0.2.2", 1, 0)


@pytest.mark.parametrize(
    "values",
    [
        {"hop_limit": 0},
        {"hop_limit": 256},
        {"receive_buffer": 65_536},
        {"send_buffer": 0},
        {"keep_alive_ns": 0},
        {"timeout_ns": -1},
        {"keep_alive_ns": 5 * S, "timeout_ns": 5 * S},
        {"hop_limit": None},
    ],
)
def test_options_out_of_range_are_refused(values: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=next(iter(values))):
        TcpOptions(**values)  # type: ignore[arg-type]
