"""ARP as a router speaks it: RFC 826, RFC 1122 2.3.2, RFC 1812 3.3.2, RFC 5227."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding import (
    LINUX,
    STRICT,
    ForwardingPolicy,
    FrameReceived,
    Happened,
    Interface,
    InterfaceWentUp,
    NextHop,
    Reason,
    Route,
    SendFrame,
)
from fingerpost.forwarding.neighbor import Claiming, NeighborSettings, State
from fingerpost.router import Router
from fingerpost.wire.arp import Arp, ArpOperation
from fingerpost.wire.ethernet import Ethernet
from fingerpost.wire.mac import BROADCAST, Mac
from forwarding.link import SECOND, Segment, mac, packet, station

REQUEST, REPLY = ArpOperation.REQUEST, ArpOperation.REPLY
NONE = Mac(bytes(6))
OURS = "10.0.0.1"


def arp(
    operation: int, sender: Mac, sender_ip: str, target_ip: str, target: Mac = NONE
) -> FrameReceived:
    message = Arp(operation, sender, Address(sender_ip), target, Address(target_ip))
    to = BROADCAST if operation == REQUEST else mac(1)
    return FrameReceived("eth0", Ethernet(to, sender, 0x0806, message.encode()).encode(60))


def said(outputs: list[object]) -> list[tuple[Mac, Arp]]:
    """The ARP messages among outputs, each with the station that it goes to."""
    found = []
    for output in outputs:
        if isinstance(output, SendFrame) and output.frame[12:14] == b"\x08\x06":
            frame = Ethernet.decode(output.frame)
            found.append((frame.destination, Arp.decode(frame.payload)))
    return found


def hear(member: Router, event: FrameReceived, now: int = 0) -> list[tuple[Mac, Arp]]:
    return said(list(member.receive(event, now)))


def cached(member: Router, address: str) -> tuple[State, Mac | None] | None:
    entry = member.plane.neighbors.cache.find("eth0", Address(address))
    return None if entry is None else (entry.state, entry.mac)


@pytest.fixture
def ours() -> Router:
    return station(1, f"{OURS}/24")


def test_rfc_826_a_request_for_us_is_answered_to_its_sender_who_is_remembered(
    ours: Router,
) -> None:
    answers = hear(ours, arp(REQUEST, mac(2), "10.0.0.2", OURS))
    assert answers == [(mac(2), Arp(REPLY, mac(1), Address(OURS), mac(2), Address("10.0.0.2")))]
    assert cached(ours, "10.0.0.2") == (State.STALE, mac(2))


def test_rfc_826_a_message_for_somebody_else_makes_no_entry_but_updates_one(ours: Router) -> None:
    assert hear(ours, arp(REQUEST, mac(2), "10.0.0.2", "10.0.0.3")) == []
    assert cached(ours, "10.0.0.2") is None
    hear(ours, arp(REQUEST, mac(2), "10.0.0.2", OURS))
    hear(ours, arp(REQUEST, mac(7), "10.0.0.2", "10.0.0.3"))
    assert cached(ours, "10.0.0.2") == (State.STALE, mac(7))


@pytest.mark.parametrize("operation", [REQUEST, REPLY])
def test_rfc_5227_3_an_announcement_updates_an_entry_and_makes_none(
    ours: Router, operation: int
) -> None:
    hear(ours, arp(operation, mac(7), "10.0.0.2", "10.0.0.2"))
    assert cached(ours, "10.0.0.2") is None
    hear(ours, arp(REQUEST, mac(2), "10.0.0.2", OURS))
    hear(ours, arp(operation, mac(7), "10.0.0.2", "10.0.0.2"))
    assert cached(ours, "10.0.0.2") == (State.STALE, mac(7))


def test_rfc_5227_2_1_1_a_probe_is_answered_and_teaches_nothing(ours: Router) -> None:
    answers = hear(ours, arp(REQUEST, mac(2), "0.0.0.0", OURS))
    assert answers == [(mac(2), Arp(REPLY, mac(1), Address(OURS), mac(2), Address("0.0.0.0")))]
    assert len(ours.plane.neighbors.cache) == 0


@pytest.mark.parametrize(
    ("sender", "sender_ip", "operation"),
    [
        (BROADCAST, "10.0.0.2", REPLY),
        (Mac("01:00:5e:00:00:01"), "10.0.0.2", REPLY),
        (NONE, "10.0.0.2", REQUEST),
        (mac(1), "10.0.0.2", REQUEST),
        (mac(2), "224.0.0.1", REQUEST),
        (mac(2), "255.255.255.255", REQUEST),
        (mac(2), "127.0.0.1", REQUEST),
        (mac(2), "0.0.0.0", REPLY),
        (mac(2), "10.0.0.2", 8),
    ],
    ids=lambda value: str(value),
)
def test_rfc_1812_3_3_2_what_no_neighbour_can_say_is_dropped(
    ours: Router, sender: Mac, sender_ip: str, operation: int
) -> None:
    assert hear(ours, arp(operation, sender, sender_ip, OURS)) == []
    assert len(ours.plane.neighbors.cache) == 0
    assert ours.plane.counters["eth0"].ends == {Reason.BAD_NEIGHBOR_MESSAGE: 1}


def test_rfc_1122_2_3_2_1_a_reply_that_we_asked_for_confirms_others_are_only_heard(
    ours: Router,
) -> None:
    hear(ours, arp(REPLY, mac(2), "10.0.0.2", OURS, mac(1)))
    assert cached(ours, "10.0.0.2") == (State.STALE, mac(2))
    hear(ours, arp(REPLY, mac(2), "10.0.0.2", OURS, mac(1)))
    assert cached(ours, "10.0.0.2") == (State.REACHABLE, mac(2))
    hear(ours, arp(REPLY, mac(3), "10.0.0.2", OURS, mac(1)))
    assert cached(ours, "10.0.0.2") == (State.REACHABLE, mac(3))


def two_interfaces(policy: ForwardingPolicy) -> Router:
    def own(text: str) -> tuple[InterfaceAddress, ...]:
        return (InterfaceAddress(text),)

    interfaces = [
        Interface("eth0", 1, mac(1), addresses=own("10.0.0.1/24")),
        Interface("eth1", 2, mac(9), addresses=own("10.9.0.1/24")),
        Interface("lo", 3, NONE, addresses=own("10.255.0.1/32"), is_loopback=True),
    ]
    return Router("two", interfaces, rng=Random(1), policy=policy)


@pytest.mark.parametrize("other", ["10.9.0.1", "10.255.0.1"])
def test_rfc_1122_3_3_4_2_addresses_of_other_interfaces_are_a_matter_of_policy(other: str) -> None:
    request = arp(REQUEST, mac(2), "10.0.0.2", other)
    assert hear(two_interfaces(STRICT), request) == []
    assert [to for to, _ in hear(two_interfaces(LINUX), request)] == [mac(2)]


def test_an_unnumbered_interface_asks_from_a_loopback_address() -> None:
    member = two_interfaces(STRICT)
    bare = replace(member.interfaces["eth0"], addresses=())
    member.set_interface(bare, 0)
    member.install("192.0.2.0/24", Route((NextHop("eth0", Address("172.16.0.2")),)))
    out: list[object] = []
    member.plane.originate(packet("10.255.0.1", "192.0.2.1"), 0, out)  # type: ignore[arg-type]
    (_, question) = said(out)[0]
    assert (question.sender_ip, question.target_ip) == (
        Address("10.255.0.1"),
        Address("172.16.0.2"),
    )


@pytest.mark.parametrize("policy", [STRICT, LINUX])
def test_rfc_1812_2_2_7_an_unnumbered_interface_answers_for_what_it_speaks_with(
    policy: ForwardingPolicy,
) -> None:
    member = two_interfaces(policy)
    member.set_interface(replace(member.interfaces["eth0"], addresses=()), 0)
    assert hear(member, arp(REQUEST, mac(2), "172.16.0.2", "10.255.0.9")) == []
    ((to, answer),) = hear(member, arp(REQUEST, mac(2), "172.16.0.2", "10.255.0.1"))
    assert (to, answer.operation) == (mac(2), REPLY)
    assert (answer.sender_ip, answer.target_ip) == (Address("10.255.0.1"), Address("172.16.0.2"))
    assert cached(member, "172.16.0.2") == (State.STALE, mac(2))


def test_rfc_4861_7_2_2_a_question_carries_the_source_of_the_packet_where_it_is_ours() -> None:
    member = station(1, "10.0.0.1/24", "10.0.0.77/24", "192.168.0.1/24")
    asked = []
    for source, target in (
        ("10.0.0.77", "10.0.0.2"),
        ("10.0.0.1", "10.0.0.3"),
        ("192.168.0.1", "192.168.0.2"),
    ):
        out: list[object] = []
        member.plane.originate(packet(source, target), 0, out)  # type: ignore[arg-type]
        asked.append(str(said(out)[0][1].sender_ip))
    assert asked == ["10.0.0.77", "10.0.0.1", "192.168.0.1"]


# -- our own addresses -------------------------------------------------------------------------


def claiming(how: Claiming) -> ForwardingPolicy:
    return replace(STRICT, neighbors=NeighborSettings(claiming_ipv4=how))


def claims(segment: Segment, member: Router) -> list[tuple[int, str, str]]:
    found = []
    for at, frame in segment.frames(member, 0x0806):
        message = Arp.decode(frame[14:])
        found.append((at, str(message.sender_ip), str(message.target_ip)))
    return found


def test_rfc_5227_2_3_an_address_is_announced_twice_two_seconds_apart() -> None:
    member = station(1, f"{OURS}/24")
    segment = Segment([member])
    segment.bring_up()
    segment.run(60 * SECOND)
    assert claims(segment, member) == [(0, OURS, OURS), (2 * SECOND, OURS, OURS)]


def test_rfc_5227_2_1_1_three_probes_go_before_the_announcements() -> None:
    member = station(1, f"{OURS}/24", policy=claiming(Claiming.PROBE))
    segment = Segment([member])
    segment.bring_up()
    segment.run(60 * SECOND)
    probes, announcements = claims(segment, member)[:3], claims(segment, member)[3:]
    assert [(s, t) for _, s, t in probes] == [("0.0.0.0", OURS)] * 3
    instants = [at for at, _, _ in probes]
    assert 0 <= instants[0] <= SECOND
    assert all(SECOND <= b - a <= 2 * SECOND for a, b in pairwise(instants))
    assert announcements[0] == (instants[2] + 2 * SECOND, OURS, OURS)
    assert announcements[1] == (instants[2] + 4 * SECOND, OURS, OURS)
    assert len(announcements) == 2


def test_an_address_can_be_used_in_silence() -> None:
    member = station(1, f"{OURS}/24", policy=claiming(Claiming.SILENT))
    segment = Segment([member])
    segment.bring_up()
    segment.run(60 * SECOND)
    assert segment.heard == []


@pytest.mark.parametrize(
    "event",
    [
        arp(REPLY, mac(2), OURS, "10.0.0.9"),
        arp(REQUEST, mac(2), OURS, "10.0.0.9"),
        arp(REQUEST, mac(2), "0.0.0.0", OURS),
    ],
    ids=["a reply", "a request", "another probe"],
)
def test_rfc_5227_2_1_1_an_address_that_somebody_uses_while_it_is_probed_is_not_used(
    event: FrameReceived,
) -> None:
    member = station(1, f"{OURS}/24", policy=claiming(Claiming.PROBE))
    member.receive(InterfaceWentUp("eth0"), 0)
    assert hear(member, arp(REQUEST, mac(3), "10.0.0.3", OURS)) == []  # not ours yet
    out = member.receive(event, SECOND)
    assert [o.kind for o in out if isinstance(o, Happened)] == ["duplicate address"]
    assert said(list(out)) == []
    assert member.next_deadline() is None
    assert hear(member, arp(REQUEST, mac(3), "10.0.0.3", OURS)) == []
    assert not member.plane.neighbors.is_usable("eth0", Address(OURS))


def test_rfc_5227_2_4_c_an_address_in_use_is_defended_once_in_ten_seconds(ours: Router) -> None:
    conflict = arp(REQUEST, mac(2), OURS, "10.0.0.9")
    announcement = Arp(REQUEST, mac(1), Address(OURS), NONE, Address(OURS))
    told = []
    for at in (0, 1, 9, 10, 11, 25):
        out = ours.receive(conflict, at * SECOND)
        told.append((said(list(out)), [o.kind for o in out if isinstance(o, Happened)]))
    defended = ([(BROADCAST, announcement)], ["address conflict"])
    assert told == [defended, ([], []), ([], []), defended, ([], []), defended]
    assert len(ours.plane.neighbors.cache) == 0
    assert ours.plane.counters["eth0"].ends[Reason.ADDRESS_CONFLICT] == 6


def test_an_address_that_is_added_to_a_running_interface_is_claimed_then() -> None:
    member = station(1, f"{OURS}/24")
    segment = Segment([member])
    segment.bring_up()
    segment.run(60 * SECOND)
    more = replace(
        member.interfaces["eth0"],
        addresses=(*member.interfaces["eth0"].addresses, InterfaceAddress("10.0.0.7/24")),
    )
    out = member.set_interface(more, 60 * SECOND)
    assert [str(a.sender_ip) for _, a in said(list(out))] == ["10.0.0.7"]


def test_a_changed_station_is_announced_for_every_address() -> None:
    member = station(1, f"{OURS}/24", "fe80::1/64")
    segment = Segment([member])
    segment.bring_up()
    segment.run(60 * SECOND)
    out = member.set_interface(replace(member.interfaces["eth0"], mac=mac(66)), 60 * SECOND)
    assert [(to, a.sender_mac) for to, a in said(list(out))] == [(BROADCAST, mac(66))]
    six = [o.frame for o in out if isinstance(o, SendFrame) and o.frame[12:14] == b"\x86\xdd"]
    assert [frame[54] for frame in six] == [136]
    assert [frame[58] for frame in six] == [0xA0]  # R and O (RFC 4861 7.2.6)
