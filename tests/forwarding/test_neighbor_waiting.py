"""Packets that wait for a neighbour: fragments together, bounded in packets and in bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fingerpost.addr import Address
from fingerpost.forwarding import STRICT, FrameReceived, PacketOriginated, Reason
from fingerpost.forwarding.neighbor import NeighborSettings, Waiting
from fingerpost.forwarding.neighbor.waiting import PIECE_COST, WaitingQueue
from fingerpost.forwarding.packet import Packet, parse
from fingerpost.lab.network import Network
from fingerpost.lab.topology import loads
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_headers import FragmentHeader
from forwarding.link import SECOND, Segment, mac, packet, station

CHAIN = """
topology:
  nodes: {a: {kind: host}, r1: , r2: , b: {kind: host}}
  links: [{endpoints: [a, r1]}, {endpoints: [r1, r2]}, {endpoints: [r2, b]}]
"""


ONE, TWO, NINE = Address("10.0.0.1"), Address("10.0.0.2"), Address("10.0.0.9")


def waiting(data: bytes) -> Waiting:
    found = parse(data)
    assert isinstance(found, Packet)
    return Waiting(found.ethertype, (data,), found, "eth0")


def fragments(number: int, pieces: int, size: int = 8, protocol: int = 17) -> list[bytes]:
    """An IPv4 packet in pieces."""
    whole = Ipv4(ONE, TWO, protocol, bytes(size), identification=number)
    return [
        replace(whole, fragment_offset=at * size, more_fragments=at < pieces - 1).encode()
        for at in range(pieces)
    ]


def fragments6(number: int, pieces: int) -> list[bytes]:
    """An IPv6 packet in pieces."""
    return [
        Ipv6(
            Address("fd00::1"),
            Address("fd00::2"),
            44,
            FragmentHeader(17, at * 8, at < pieces - 1, number).encode() + bytes(8),
        ).encode()
        for at in range(pieces)
    ]


@pytest.mark.parametrize("family", ["4", "6"])
def test_rfc_4861_7_2_2_the_first_packet_of_the_largest_size_waits_whole(family: str) -> None:
    network = Network(loads(CHAIN))
    result = network.node("a").ping(
        "b", size=65_507 if family == "4" else 65_487, count=1, family=int(family)
    )
    assert result.received == 1


def test_rfc_1122_2_3_2_2_fragments_in_transit_wait_together() -> None:
    a = station(1, "10.0.0.1/24", policy=STRICT)
    b = station(2, "10.0.0.2/24")
    segment = Segment([a, b], drops=True)
    sent = fragments(7, 60)
    for data in sent:
        a.receive(FrameReceived("eth0", mac(1) + mac(3) + b"\x08\x00" + foreign(data)), 0)
    segment.drops = False
    segment.run(2 * SECOND)
    assert a.plane.counters["eth0"].ends[Reason.NEIGHBOR_QUEUE_FULL] == 0
    assert a.plane.counters["eth0"].ends[Reason.QUEUED] == len(sent)


def foreign(data: bytes) -> bytes:
    """The same from a station that is not the one which forwards it."""
    return replace(Ipv4.decode(data), source=NINE).encode()


def test_a_packet_given_up_goes_with_all_its_fragments_and_each_is_counted() -> None:
    queue = WaitingQueue()
    first = [waiting(data) for data in fragments(1, 5)]
    for one in first:
        assert queue.add(one, 2, 10_000) == []
    second = [waiting(data) for data in fragments6(1, 5)]
    for one in second:
        assert queue.add(one, 2, 10_000) == []
    assert len(queue) == 2
    assert queue.add(waiting(packet("10.0.0.1", "10.0.0.2")), 2, 10_000) == first
    assert queue.take_all()[:5] == second
    assert len(queue) == 0


def test_packets_that_differ_only_in_protocol_or_number_wait_apart() -> None:
    queue = WaitingQueue()
    for data in fragments(1, 2) + fragments(2, 2) + fragments(1, 2, protocol=6) + fragments6(1, 2):
        queue.add(waiting(data), 16, 10_000)
    assert len(queue) == 4


def test_what_is_given_up_for_its_bytes_is_counted_by_the_router() -> None:
    few = NeighborSettings(queue_bytes=2_000)
    a = station(1, "10.0.0.1/24", policy=replace(STRICT, neighbors=few))
    ends: list[Reason] = []
    a.plane.tracer = lambda trace: ends.append(trace.end)
    for number in range(4):
        a.receive(PacketOriginated(packet("10.0.0.1", "10.0.0.2", bytes([number]) * 800)), 0)
    assert ends.count(Reason.NEIGHBOR_QUEUE_FULL) == 2


steps = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 40), st.sampled_from([8, 80, 800])), max_size=30
)


@example([(2, 4, 8), (0, 1, 8), (2, 2, 8)], 2, 468)  # the newest is of the oldest packet
@given(steps, st.integers(0, 5), st.integers(0, 3_000))
def test_the_bounds_hold_and_nothing_is_lost_untold(
    packets: list[tuple[int, int, int]], most: int, most_bytes: int
) -> None:
    queue = WaitingQueue()
    added: list[Waiting] = []
    dropped: list[Waiting] = []
    for number, pieces, size in packets:
        for data in fragments(number, pieces, size):
            added.append(waiting(data))
            dropped += queue.add(added[-1], most, most_bytes)
            assert len(queue) <= max(most, 1)
    left = queue.take_all()
    held = sum(len(one.payloads[0]) + PIECE_COST for one in left)
    assert held <= most_bytes or len(left) == 1
    assert not added or any(one is added[-1] for one in left)
    assert sorted(map(id, dropped + left)) == sorted(map(id, added))
