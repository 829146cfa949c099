"""Whole resolutions between two routers, ARP and ND alike, at exact instants."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fingerpost.addr import Address
from fingerpost.forwarding import (
    STRICT,
    FrameReceived,
    Happened,
    InterfaceWentDown,
    NextHop,
    Reason,
    Route,
)
from fingerpost.forwarding.neighbor import NeighborSettings, State
from fingerpost.router import Router
from fingerpost.wire import icmp
from fingerpost.wire.arp import Arp, ArpOperation
from fingerpost.wire.ethernet import Ethernet
from forwarding.link import SECOND, Segment, mac, packet, station

V4 = ("10.0.0.1", "10.0.0.2", "10.0.0.9")
V6 = ("fd00::1", "fd00::2", "fd00::9")
BOTH = pytest.mark.parametrize(("ours", "theirs", "nobody"), [V4, V6], ids=["ARP", "ND"])


def pair() -> tuple[Segment, Router, Router]:
    a = station(1, "10.0.0.1/24", "fd00::1/64", "fe80::1/64")
    b = station(2, "10.0.0.2/24", "fd00::2/64", "fe80::2/64")
    return Segment([a, b]), a, b


def states(member: Router) -> dict[str, State]:
    return {str(n.address): n.state for n in member.plane.neighbors.snapshot()}


@BOTH
def test_rfc_4861_7_2_2_the_packet_that_asked_goes_out_when_the_answer_comes(
    ours: str, theirs: str, nobody: str
) -> None:
    segment, a, b = pair()
    first, second = packet(ours, theirs, b"first..."), packet(ours, theirs, b"second..")
    segment.drops = True
    segment.send(a, first)
    segment.send(a, second)
    assert len(segment.frames(a)) == 1  # the question, once
    assert states(a) == {theirs: State.INCOMPLETE}
    segment.drops = False
    segment.run(SECOND + 1)
    assert segment.delivered(b) == [first, second]
    assert states(a)[theirs] is State.REACHABLE
    assert states(b)[ours] is State.STALE  # b has only heard of a
    assert nobody not in states(a)


@BOTH
def test_rfc_4861_7_2_2_silence_after_three_questions_a_second_apart_is_reported(
    ours: str, theirs: str, nobody: str
) -> None:
    segment, a, _ = pair()
    for _ in range(2):
        segment.send(a, packet(ours, nobody))
    segment.run(3 * SECOND)
    assert [at for at, _ in segment.frames(a)] == [0, SECOND, 2 * SECOND]
    assert not segment.delivered(a)
    segment.run(3 * SECOND + 1)
    assert states(a)[nobody] is State.FAILED
    traced: list[Reason] = []
    a.plane.tracer = lambda trace: traced.append(trace.end)
    segment.send(a, packet(ours, nobody))  # not kept: nobody answered just before
    assert traced[-1] is Reason.NEIGHBOR_FAILED
    segment.run(4 * SECOND + 1)
    assert nobody not in states(a)
    assert theirs not in states(a)


@BOTH
def test_rfc_4861_7_3_3_an_unused_neighbour_grows_stale_and_is_probed_when_used_again(
    ours: str, theirs: str, nobody: str
) -> None:
    segment, a, _ = pair()
    segment.send(a, packet(ours, theirs))
    segment.run(15 * SECOND - 1)
    assert states(a)[theirs] is State.REACHABLE  # at least half of 30 s
    segment.run(45 * SECOND + 1)
    assert states(a)[theirs] is State.STALE  # at most one and a half
    assert nobody not in states(a)
    before = len(segment.frames(a))
    segment.send(a, packet(ours, theirs))
    assert states(a)[theirs] is State.DELAY
    assert len(segment.frames(a)) == before + 1  # the packet goes out all the same
    segment.run(50 * SECOND + 2)
    probe = segment.frames(a)[-1]
    assert probe[0] == 50 * SECOND + 1
    assert probe[1][:6] == mac(2)  # to the neighbour alone (RFC 1122 2.3.2.1, RFC 4861 7.3.3)
    assert states(a)[theirs] is State.REACHABLE


@BOTH
def test_rfc_4861_7_3_3_a_neighbour_that_went_away_is_forgotten_after_three_probes(
    ours: str, theirs: str, nobody: str
) -> None:
    segment, a, _ = pair()
    segment.send(a, packet(ours, theirs))
    segment.run(60 * SECOND)
    segment.drops = True
    segment.send(a, packet(ours, theirs))
    segment.run(90 * SECOND)
    assert [at // SECOND for at, _ in segment.frames(a)[-3:]] == [65, 66, 67]
    assert theirs not in states(a)
    assert nobody not in states(a)
    kinds = [o.kind for name, o in segment.said if name == "r1" and isinstance(o, Happened)]
    assert kinds == ["neighbour lost"]


def test_rfc_1812_5_2_7_1_each_packet_in_transit_that_waited_in_vain_is_told_of() -> None:
    segment, a, _ = pair()
    frame = mac(1) + mac(2) + b"\x08\x00" + packet("10.0.0.2", "10.0.0.9")
    a.receive(FrameReceived("eth0", frame), 0)
    six = mac(1) + mac(2) + b"\x86\xdd" + packet("fd00::2", "fd00::9")
    a.receive(FrameReceived("eth0", six), 0)
    segment.run(4 * SECOND)
    four = [d for d in segment.delivered(segment.members[1]) if d[0] >> 4 == 4]
    assert [icmp.DestinationUnreachable.decode(d[20:]).code for d in four] == [1]
    assert a.plane.counters["eth0"].ends[Reason.NEIGHBOR_FAILED] == 2


def test_rfc_4861_7_2_2_a_full_queue_drops_the_oldest_and_counts_it() -> None:
    settings = NeighborSettings(queue=3)
    a = station(1, "10.0.0.1/24", policy=replace(STRICT, neighbors=settings))
    b = station(2, "10.0.0.2/24")
    segment = Segment([a, b], drops=True)
    sent = [packet("10.0.0.1", "10.0.0.2", bytes([n]) * 8) for n in range(5)]
    traced: list[Reason] = []
    a.plane.tracer = lambda trace: traced.append(trace.end)
    for data in sent:
        segment.send(a, data)
    segment.drops = False
    segment.run(2 * SECOND)
    assert segment.delivered(b) == sent[2:]
    assert traced.count(Reason.NEIGHBOR_QUEUE_FULL) == 2


def test_rfc_8950_an_ipv4_packet_goes_to_the_station_of_an_ipv6_next_hop() -> None:
    segment, a, b = pair()
    interface = a.interfaces["eth0"]
    a.install("192.0.2.0/24", Route((NextHop("eth0", Address("fe80::2")),)))
    segment.send(a, packet("10.0.0.1", "192.0.2.1"))
    sent = Ethernet.decode(segment.frames(a)[-1][1])
    assert (sent.destination, sent.source, sent.ethertype) == (mac(2), interface.mac, 0x0800)
    assert states(a) == {"fe80::2": State.REACHABLE}
    assert b.plane.counters["eth0"].packets_in


def test_an_interface_that_goes_down_forgets_its_neighbours_and_what_waited() -> None:
    segment, a, _ = pair()
    segment.send(a, packet("10.0.0.1", "10.0.0.2"))
    segment.send(a, packet("10.0.0.1", "10.0.0.9"))
    a.plane.neighbors.add_static("eth0", Address("10.0.0.7"), mac(7), 0, [])
    segment.tell(a, InterfaceWentDown("eth0"))
    assert states(a) == {"10.0.0.7": State.PERMANENT}
    assert a.next_deadline() is None


def test_a_static_entry_is_used_and_changed_by_nothing_on_the_link() -> None:
    segment, a, _ = pair()
    a.plane.neighbors.add_static("eth0", Address("10.0.0.9"), mac(9), 0, [])
    segment.send(a, packet("10.0.0.1", "10.0.0.9"))
    assert segment.frames(a)[-1][1][:6] == mac(9)
    lie = Arp(ArpOperation.REPLY, mac(6), Address("10.0.0.9"), mac(1), Address("10.0.0.1"))
    segment.put(Ethernet(mac(1), mac(6), 0x0806, lie.encode()).encode())
    assert a.plane.neighbors.cached("eth0", Address("10.0.0.9")) == mac(9)
    assert a.plane.neighbors.remove("eth0", Address("10.0.0.9"))
    assert not a.plane.neighbors.remove("eth0", Address("10.0.0.9"))


def test_a_static_entry_sends_what_waited_for_an_answer() -> None:
    segment, a, _ = pair()
    segment.send(a, packet("10.0.0.1", "10.0.0.9"))
    out: list[object] = []
    a.plane.neighbors.add_static("eth0", Address("10.0.0.9"), mac(9), 0, out)  # type: ignore[arg-type]
    assert len(out) == 1
    assert a.next_deadline() is None


def test_the_snapshot_is_plain_data_in_the_words_of_ip_neigh() -> None:
    segment, a, _ = pair()
    segment.send(a, packet("fd00::1", "fd00::2"))
    segment.send(a, packet("10.0.0.1", "10.0.0.9"))
    segment.run(2 * SECOND)
    lines = [str(n) for n in a.plane.neighbors.snapshot()]
    assert lines == [
        "10.0.0.9 dev eth0 INCOMPLETE",
        "fd00::2 dev eth0 lladdr 02:00:00:00:00:02 router REACHABLE",
    ]
    first = a.plane.neighbors.snapshot()[0]
    assert (first.queued, first.age(segment.now)) == (1, 2 * SECOND)
    assert a.snapshot()["neighbors"] == [
        {
            "interface": "eth0",
            "address": address,
            "mac": station,
            "state": state,
            "is_router": station is not None,
            "queued": queued,
            "changed_ns": 0,
        }
        for address, station, state, queued in (
            ("10.0.0.9", None, "INCOMPLETE", 1),
            ("fd00::2", "02:00:00:00:00:02", "REACHABLE", 0),
        )
    ]
