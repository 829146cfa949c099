"""Segments that no honest peer sends: a virtual host drops or answers them, and goes on."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tcp_pair import ADDRESSES, MS, Pair, Pipe, S

from fingerpost.host.tcp import TcpSockets
from fingerpost.host.tcp_connection import TcpState
from fingerpost.host.tcp_events import Accepted, Reset


@given(st.lists(st.binary(max_size=120), max_size=20))
def test_octets_that_are_no_segment_are_counted_and_unanswered(packets: list[bytes]) -> None:
    host = TcpSockets(Random(1))
    host.listen(179)
    for packet in packets:
        host.packet_received(packet, 0)
    # By chance nobody hits a checksum of TCP and an address that is one of many at once.
    assert host.counters.ignored + len(host.outgoing(0)) <= len(packets)
    assert host.events() == []


@settings(deadline=None)
@given(st.data())
def test_damaged_segments_do_no_harm(data: st.DataObject) -> None:
    pair = Pair(seed=data.draw(st.integers(0, 1 << 32)))
    ours, theirs = pair.established(data.draw(st.sampled_from([4, 6])))
    ours.send(b"abc" * 1000, pair.now)
    theirs.send(b"xyz" * 1000, pair.now)
    pair.run(12 * MS)
    for _ in range(data.draw(st.integers(1, 20))):
        packet = bytearray(data.draw(st.sampled_from([packet for _, packet in pair.sent])))
        where = data.draw(st.integers(0, len(packet) - 1))
        packet[where] ^= data.draw(st.integers(1, 255))
        cut = data.draw(st.integers(0, len(packet)))
        for host in pair.hosts:
            host.packet_received(bytes(packet), pair.now)
            host.packet_received(bytes(packet[:cut]), pair.now)
    pair.run(60 * S)
    assert ours.state is TcpState.ESTABLISHED
    assert ours.receive(pair.now) == b"xyz" * 1000
    assert theirs.receive(pair.now) == b"abc" * 1000


def test_a_flood_of_connection_requests_stays_within_its_bounds() -> None:
    flooded = Pair(limit=20)
    flooded.hosts[1].listen(179, backlog=10)
    flooded.pipe = Pipe(is_cut=True)
    crowd = TcpSockets(Random(9), limit=5000)
    for _ in range(3000):
        crowd.connect(ADDRESSES[4][0], ADDRESSES[4][1], 179, 0)
    syns = [packet for _ in range(5) for packet in crowd.outgoing(0)]
    assert len(syns) == 3000
    for syn in syns:
        flooded.hosts[1].packet_received(syn, 0)
    assert len(flooded.hosts[1].outgoing(0)) == 2990, "the others are reset"
    assert flooded.hosts[1].next_deadline() == 0, "a burst is bounded, more is to come"
    assert len(flooded.hosts[1].outgoing(0)) == 10, "as many are half open"
    flooded.run(400 * S)
    flooded.pipe = replace(flooded.pipe, is_cut=False)
    late = flooded.connect()
    flooded.run(1 * S)
    assert late.state is TcpState.ESTABLISHED
    assert len(flooded.of(1, Accepted)) == 1


def test_a_reset_from_outside_the_window_does_nothing() -> None:  # RFC 5961 3.2
    pair = Pair()
    ours, theirs = pair.established()
    theirs.abort(pair.now)
    (reset,) = pair.hosts[1].outgoing(pair.now)
    early = (int.from_bytes(reset[24:28]) - 1).to_bytes(4)
    check = (int.from_bytes(reset[36:38]) + 1) % 0xFFFF  # one less there is one more here
    pair.hosts[0].packet_received(
        reset[:24] + early + reset[28:36] + check.to_bytes(2) + reset[38:], pair.now
    )
    assert ours.state is TcpState.ESTABLISHED
    pair.hosts[0].packet_received(reset, pair.now)
    assert pair.hosts[0].events() == [Reset(ours)]
