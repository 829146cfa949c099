"""Neighbour discovery messages: which count, what is answered (RFC 4861 7, RFC 4862 5.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fingerpost.addr import Address
from fingerpost.forwarding import (
    STRICT,
    FrameReceived,
    Happened,
    InterfaceWentDown,
    InterfaceWentUp,
    Reason,
    SendFrame,
    TimePassed,
)
from fingerpost.forwarding.neighbor import NeighborSettings, State
from fingerpost.forwarding.neighbor.nd_frame import nd_frame
from fingerpost.router import Router
from fingerpost.wire import icmpv6
from fingerpost.wire.checksum import pseudo_sum
from fingerpost.wire.ethernet import Ethernet
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import FragmentHeader
from fingerpost.wire.mac import BROADCAST, Mac
from fingerpost.wire.nd import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Nonce,
    RouterAdvertisement,
    RouterSolicitation,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)
from fingerpost.wire.sealing import sealed
from forwarding.link import SECOND, Segment, eth0, mac, packet, station

OURS, THEIRS = Address("fd00::1"), Address("fd00::2")
LOCAL, THEIR_LOCAL = Address("fe80::1"), Address("fe80::2")
ALL_NODES, ALL_ROUTERS, UNSPECIFIED = Address("ff02::1"), Address("ff02::2"), Address("::")
SOURCE, TARGET = SourceLinkLayerAddress(mac(2)), TargetLinkLayerAddress(mac(2))


@pytest.fixture
def ours() -> Router:
    return station(1, "fd00::1/64", "fe80::1/64")


def frame(
    message: icmpv6.Icmpv6Message,
    source: Address = THEIRS,
    destination: Address | None = None,
    hop_limit: int = 255,
) -> FrameReceived:
    to = OURS if destination is None else destination
    payload = message.encode(source, to)
    data = Ipv6(source, to, 58, payload, hop_limit).encode()
    to_mac = Mac(to.multicast_mac) if to.is_multicast else mac(1)
    return FrameReceived("eth0", Ethernet(to_mac, mac(2), 0x86DD, data).encode())


def answers(outputs: list[object]) -> list[tuple[Mac, Ipv6, icmpv6.Icmpv6Message]]:
    found = []
    for output in outputs:
        if isinstance(output, SendFrame):
            link = Ethernet.decode(output.frame)
            header = Ipv6.decode(link.payload)
            message = icmpv6.decode(header.payload, header.source, header.destination)
            found.append((link.destination, header, message))
    return found


def cached(member: Router, address: Address) -> tuple[State, Mac | None] | None:
    entry = member.plane.neighbors.cache.find("eth0", address)
    return None if entry is None else (entry.state, entry.mac)


def ask(target: Address = OURS, *options: SourceLinkLayerAddress) -> NeighborSolicitation:
    return NeighborSolicitation(target, options or (SOURCE,))


def test_rfc_4861_7_2_4_a_solicitation_is_answered_with_s_and_o_and_r_of_a_router(
    ours: Router,
) -> None:
    out = ours.receive(frame(ask(), destination=OURS.solicited_node), 0)
    ((to, header, message),) = answers(list(out))
    assert (to, header.source, header.destination, header.hop_limit) == (mac(2), OURS, THEIRS, 255)
    assert message == NeighborAdvertisement(
        OURS, True, True, True, (TargetLinkLayerAddress(mac(1)),)
    )
    assert cached(ours, THEIRS) == (State.STALE, mac(2))


def test_rfc_4861_7_2_4_a_host_does_not_set_the_router_flag() -> None:
    host = station(1, "fd00::1/64", forwards=False)
    ((_, _, message),) = answers(list(host.receive(frame(ask()), 0)))
    assert isinstance(message, NeighborAdvertisement)
    assert not message.router


def test_rfc_4861_7_2_4_a_probe_for_our_address_is_answered_to_all_nodes(ours: Router) -> None:
    probe = NeighborSolicitation(OURS, (Nonce(b"123456"),))
    out = ours.receive(frame(probe, UNSPECIFIED, OURS.solicited_node), 0)
    ((to, header, message),) = answers(list(out))
    assert (to, header.destination) == (Mac("33:33:00:00:00:01"), ALL_NODES)
    assert isinstance(message, NeighborAdvertisement)
    assert (message.solicited, message.override) == (False, True)
    assert len(ours.plane.neighbors.cache) == 0


def test_rfc_4861_7_2_4_an_asker_whose_station_is_unknown_is_asked_for_first(ours: Router) -> None:
    bare = NeighborSolicitation(OURS)
    ((to, _, message),) = answers(list(ours.receive(frame(bare), 0)))
    assert (to, type(message)) == (Mac(THEIRS.solicited_node.multicast_mac), NeighborSolicitation)
    answer = NeighborAdvertisement(THEIRS, False, True, True, (TARGET,))
    ((to, header, message),) = answers(list(ours.receive(frame(answer), 0)))
    assert (to, header.destination, type(message)) == (mac(2), THEIRS, NeighborAdvertisement)


def test_rfc_4861_7_2_3_a_question_for_somebody_else_is_not_heard(ours: Router) -> None:
    other = Address("fd00::ff00:1")  # in the same solicited-node group
    event = frame(ask(other), destination=OURS.solicited_node)
    assert ours.receive(event, 0) == []
    assert len(ours.plane.neighbors.cache) == 0


def test_rfc_4861_7_2_7_an_anycast_address_is_answered_late_and_without_override() -> None:
    member = station(1, "fd00::1/64", "fe80::1/64")
    group = Address("fd00::").solicited_node
    assert member.receive(frame(ask(Address("fd00::")), destination=group), 0) == []
    due = member.next_deadline()
    assert due is not None
    assert 0 < due <= SECOND
    ((to, header, message),) = answers(list(member.receive(TimePassed(), due)))
    assert (to, header.source) == (mac(2), OURS)  # not from the anycast address itself
    assert isinstance(message, NeighborAdvertisement)
    assert (str(message.target), message.solicited, message.override) == ("fd00::", True, False)


GOOD_SOLICITATION, GOOD_ADVERTISEMENT = ask(), NeighborAdvertisement(THEIRS, options=(TARGET,))
BAD = {
    "NS hop limit 254": frame(ask(), hop_limit=254),
    "NS from :: with an address": frame(ask(), UNSPECIFIED, OURS.solicited_node),
    "NS from :: to us": frame(NeighborSolicitation(OURS), UNSPECIFIED, OURS),
    "NS from :: to all": frame(NeighborSolicitation(OURS), UNSPECIFIED, ALL_NODES),
    "NS of a group's station": frame(ask(OURS, SourceLinkLayerAddress(BROADCAST))),
    "NS of our own station": frame(ask(OURS, SourceLinkLayerAddress(mac(1)))),
    "NS of no station": frame(ask(OURS, SourceLinkLayerAddress(Mac(bytes(6))))),
    "NA hop limit 1": frame(GOOD_ADVERTISEMENT, hop_limit=1),
    "NA solicited to a group": frame(
        NeighborAdvertisement(THEIRS, solicited=True), THEIRS, ALL_NODES
    ),
    "RS hop limit 64": frame(RouterSolicitation(), THEIR_LOCAL, ALL_ROUTERS, 64),
    "RS from :: with an address": frame(RouterSolicitation((SOURCE,)), UNSPECIFIED, ALL_ROUTERS),
    "RA not link-local": frame(RouterAdvertisement(lifetime_s=9), THEIRS, ALL_NODES),
    "RA hop limit 0": frame(RouterAdvertisement(lifetime_s=9), THEIR_LOCAL, ALL_NODES, 0),
}


@pytest.mark.parametrize("event", BAD.values(), ids=BAD)
def test_rfc_4861_7_1_what_is_not_valid_is_dropped_in_silence_and_counted(
    ours: Router, event: FrameReceived
) -> None:
    assert ours.receive(event, 0) == []
    assert len(ours.plane.neighbors.cache) == 0
    assert ours.plane.counters["eth0"].ends == {Reason.BAD_NEIGHBOR_MESSAGE: 1}


def spoiled(message: icmpv6.Icmpv6Message, at: int, octets: bytes) -> FrameReceived:
    """A message of which `octets` stand at `at`, with the right checksum."""
    raw = bytearray(message.encode(THEIRS, OURS))
    raw[at : at + len(octets)] = octets
    raw[2:4] = bytes(2)
    payload = sealed(bytes(raw), pseudo_sum(THEIRS, OURS, 58, len(raw)))
    data = Ipv6(THEIRS, OURS, 58, payload, 255).encode()
    return FrameReceived("eth0", Ethernet(mac(1), mac(2), 0x86DD, data).encode())


@pytest.mark.parametrize(
    ("at", "octets"),
    [(1, b"\1"), (8, b"\xff"), (25, b"\0"), (25, b"\2")],
    ids=["code 1", "multicast target", "option length 0", "option beyond the end"],
)
def test_rfc_4861_7_1_1_a_malformed_solicitation_is_dropped(
    ours: Router, at: int, octets: bytes
) -> None:
    assert ours.receive(spoiled(ask(), at, octets), 0) == []
    assert ours.plane.counters["eth0"].ends == {Reason.BAD_NEIGHBOR_MESSAGE: 1}


def test_rfc_4443_2_3_a_wrong_checksum_is_dropped(ours: Router) -> None:
    event = frame(ask())
    raw = event.frame[:-1] + bytes([event.frame[-1] ^ 1])
    assert ours.receive(FrameReceived("eth0", raw), 0) == []
    assert len(ours.plane.neighbors.cache) == 0


def test_rfc_6980_5_discovery_in_fragments_is_ignored_even_in_one(ours: Router) -> None:
    payload = ask().encode(THEIRS, OURS)
    whole = FragmentHeader(58, 0, False, 1).encode() + payload
    data = Ipv6(THEIRS, OURS, 44, whole, 255).encode()
    ours.receive(FrameReceived("eth0", Ethernet(mac(1), mac(2), 0x86DD, data).encode()), 0)
    first = FragmentHeader(58, 0, True, 2).encode() + payload[:16]
    second = FragmentHeader(58, 16, False, 2).encode() + payload[16:]
    for part in (first, second):
        data = Ipv6(THEIRS, OURS, 44, part, 255).encode()
        ours.receive(FrameReceived("eth0", Ethernet(mac(1), mac(2), 0x86DD, data).encode()), 0)
    assert len(ours.plane.neighbors.cache) == 0
    assert ours.plane.counters["eth0"].ends[Reason.BAD_NEIGHBOR_MESSAGE] == 2


@pytest.mark.parametrize(
    ("state", "solicited", "override", "station_of", "after"),
    [
        (State.REACHABLE, False, False, 3, (State.STALE, mac(2))),  # 7.2.5 I a
        (State.STALE, True, False, 3, (State.STALE, mac(2))),  # 7.2.5 I b
        (State.STALE, True, True, 3, (State.REACHABLE, mac(3))),  # 7.2.5 II
        (State.REACHABLE, False, True, 3, (State.STALE, mac(3))),
        (State.STALE, True, False, None, (State.REACHABLE, mac(2))),
        (State.STALE, False, True, 2, (State.STALE, mac(2))),
    ],
)
def test_rfc_4861_7_2_5_an_advertisement_does_what_its_flags_say(
    ours: Router,
    state: State,
    solicited: bool,
    override: bool,
    station_of: int | None,
    after: tuple[State, Mac],
) -> None:
    ours.receive(frame(ask()), 0)
    if state is State.REACHABLE:
        ours.receive(frame(NeighborAdvertisement(THEIRS, False, True, True, (TARGET,))), 0)
    assert cached(ours, THEIRS) == (state, mac(2))
    options = () if station_of is None else (TargetLinkLayerAddress(mac(station_of)),)
    ours.receive(frame(NeighborAdvertisement(THEIRS, False, solicited, override, options)), 0)
    assert cached(ours, THEIRS) == after


def test_rfc_4861_7_2_5_without_an_address_an_advertisement_completes_nothing(
    ours: Router,
) -> None:
    out: list[object] = []
    ours.plane.originate(packet("fd00::1", "fd00::2"), 0, out)  # type: ignore[arg-type]
    assert ours.receive(frame(NeighborAdvertisement(THEIRS, True, True, True)), 0) == []
    entry = ours.plane.neighbors.cache.find("eth0", THEIRS)
    assert entry is not None
    assert (entry.state, entry.is_router) == (State.INCOMPLETE, True)  # appendix C


@pytest.mark.parametrize("creates", [True, False])
def test_rfc_9131_a_router_learns_from_an_unasked_advertisement_if_it_is_told_to(
    creates: bool,
) -> None:
    policy = replace(STRICT, neighbors=NeighborSettings(unsolicited_creates=creates))
    router = station(1, "fd00::1/64", policy=policy)
    host = station(1, "fd00::1/64", policy=policy, forwards=False)
    unasked = frame(NeighborAdvertisement(THEIRS, False, False, False, (TARGET,)))
    for member in (router, host):
        member.receive(unasked, 0)
    assert cached(router, THEIRS) == ((State.STALE, mac(2)) if creates else None)
    assert cached(host, THEIRS) is None
    afar = Address("2a00::1")  # not on this link
    router.receive(frame(NeighborAdvertisement(afar, False, False, False, (TARGET,))), 0)
    assert cached(router, afar) is None


# -- duplicate address detection ---------------------------------------------------------------


def kinds(segment: Segment, member: Router) -> list[str]:
    return [o.kind for n, o in segment.said if n == member.name and isinstance(o, Happened)]


def probes(segment: Segment, member: Router) -> list[tuple[int, Ipv6, NeighborSolicitation]]:
    found = []
    for at, raw in segment.frames(member, 0x86DD):
        header = Ipv6.decode(raw[14:])
        if header.next_header == 58 and header.payload[0] == 135:
            message = icmpv6.decode(header.payload, header.source, header.destination)
            assert isinstance(message, NeighborSolicitation)
            found.append((at, header, message))
    return found


@pytest.mark.parametrize("transmits", [1, 2, 3])
def test_rfc_4862_5_4_2_an_address_is_asked_for_and_used_when_nobody_has_it(
    transmits: int,
) -> None:
    member = station(1, "fe80::1/64", dad_transmits=transmits)
    segment = Segment([member])
    segment.bring_up()
    segment.run(20 * SECOND)
    asked = probes(segment, member)
    first = asked[0][0]
    assert 0 <= first <= SECOND
    assert [at - first for at, _, _ in asked] == [n * SECOND for n in range(transmits)]
    for _, header, message in asked:
        assert (header.source, header.destination) == (UNSPECIFIED, LOCAL.solicited_node)
        assert message.target == LOCAL
        assert [type(option) for option in message.options] == [Nonce]  # RFC 7527 4.1
    announced = [
        (at, Ipv6.decode(raw[14:]).destination)
        for at, raw in segment.frames(member, 0x86DD)
        if raw[54] == 136
    ]
    assert announced == [(first + transmits * SECOND, ALL_ROUTERS)]  # RFC 9131
    assert member.plane.neighbors.is_usable("eth0", LOCAL)


def test_rfc_4862_5_4_without_transmits_an_address_is_used_at_once() -> None:
    member = station(1, "fd00::1/64", "fe80::1/64", dad_transmits=0)
    member.receive(InterfaceWentUp("eth0"), 0)
    ((_, _, message),) = answers(list(member.receive(frame(ask()), 0)))
    assert isinstance(message, NeighborAdvertisement)


def test_rfc_4862_5_4_a_tentative_address_is_neither_answered_for_nor_taken_for_ours() -> None:
    member = station(1, "fd00::1/64", "fe80::1/64")
    member.receive(InterfaceWentUp("eth0"), 0)
    assert member.receive(frame(ask(), destination=OURS.solicited_node), 0) == []  # 5.4.3
    data = packet("fd00::2", "fd00::1")
    raw = Ethernet(mac(1), mac(2), 0x86DD, data).encode()
    assert member.receive(FrameReceived("eth0", raw), 0) == []
    assert member.plane.counters["eth0"].ends[Reason.UNUSABLE_ADDRESS] == 1


def test_rfc_4862_5_4_3_of_two_nodes_that_check_an_address_the_first_to_ask_keeps_it() -> None:
    one, other = station(1, "fe80::77/64"), station(2, "fe80::77/64")
    segment = Segment([one, other])
    segment.bring_up()
    segment.run(10 * SECOND)
    ((_, _, _),) = probes(segment, one)
    assert probes(segment, other) == []
    assert [kinds(segment, m) for m in (one, other)] == [[], ["duplicate address"]]
    assert one.plane.neighbors.is_usable("eth0", Address("fe80::77"))
    assert not other.plane.neighbors.is_usable("eth0", Address("fe80::77"))


def test_rfc_4862_5_4_3_two_nodes_that_ask_at_the_same_time_both_leave_the_address() -> None:
    one, other = station(1, "fe80::77/64"), station(2, "fe80::77/64")
    asked: list[list[FrameReceived]] = []
    for member in (one, other):
        member.receive(InterfaceWentUp("eth0"), 0)
        events: list[FrameReceived] = []
        while not events:
            due = member.next_deadline()
            assert due is not None
            out = member.receive(TimePassed(), due)
            frames = [o.frame for o in out if isinstance(o, SendFrame)]
            events = [FrameReceived("eth0", raw) for raw in frames if raw[54] == 135]
        asked.append(events)
    for member, events in zip((one, other), reversed(asked), strict=True):
        out = member.receive(events[0], SECOND)
        assert [o.kind for o in out if isinstance(o, Happened)] == ["duplicate address"]
        assert not member.plane.neighbors.is_usable("eth0", Address("fe80::77"))


def test_rfc_4862_5_4_4_who_has_an_address_keeps_it_and_the_newcomer_leaves_it() -> None:
    first, second = station(1, "fe80::77/64"), station(2, "fe80::77/64")
    segment = Segment([first])
    segment.tell(first, InterfaceWentUp("eth0"))
    segment.run(5 * SECOND)
    segment.members.append(second)
    segment.tell(second, InterfaceWentUp("eth0"))
    segment.run(10 * SECOND)
    assert [kinds(segment, m) for m in (first, second)] == [[], ["duplicate address"]]
    assert first.plane.neighbors.is_usable("eth0", Address("fe80::77"))
    assert not second.plane.neighbors.is_usable("eth0", Address("fe80::77"))


def test_rfc_4862_5_4_4_a_conflict_with_an_address_in_use_is_told_and_defended(
    ours: Router,
) -> None:
    lie = NeighborAdvertisement(OURS, False, False, True, (TARGET,))
    event = frame(lie, THEIR_LOCAL, ALL_NODES)
    out = ours.receive(event, 0)
    assert [o.kind for o in out if isinstance(o, Happened)] == ["address conflict"]
    ((_, header, message),) = answers(list(out))
    assert header.destination == ALL_NODES
    assert isinstance(message, NeighborAdvertisement)
    assert (message.target, message.solicited, message.override) == (OURS, False, True)
    assert ours.receive(event, 9 * SECOND) == []


def test_rfc_7527_4_our_own_question_come_back_is_no_duplicate_and_is_asked_again() -> None:
    member = station(1, "fe80::1/64")
    segment = Segment([member])
    segment.bring_up()
    segment.run(SECOND)
    ((at, _, _),) = probes(segment, member)
    raw = next(raw for when, raw in segment.frames(member) if when == at and raw[54] == 135)
    segment.tell(member, FrameReceived("eth0", raw))
    segment.run(20 * SECOND)
    assert kinds(segment, member) == ["link loops back"]
    assert len(probes(segment, member)) == 4
    assert member.plane.neighbors.is_usable("eth0", LOCAL)
    assert member.plane.counters["eth0"].ends[Reason.LOOPED_BACK] == 1


def test_rfc_4862_5_4_5_a_duplicate_is_checked_again_when_the_link_comes_back() -> None:
    one, other = station(1, "fe80::77/64"), station(2, "fe80::77/64")
    segment = Segment([one, other])
    segment.bring_up()
    segment.run(10 * SECOND)
    segment.members.remove(one)
    segment.tell(other, InterfaceWentDown("eth0"))
    segment.tell(other, InterfaceWentUp("eth0"))
    segment.run(20 * SECOND)
    assert other.plane.neighbors.is_usable("eth0", Address("fe80::77"))


def test_rfc_4862_5_3_an_interface_makes_itself_a_link_local_address() -> None:
    member = station(0x42, "fd00::1/64")
    segment = Segment([member])
    segment.bring_up()
    segment.run(5 * SECOND)
    own = [str(a) for a in member.interfaces["eth0"].addresses]
    assert own == ["fd00::1/64", "fe80::ff:fe00:42/64"]
    four = station(1, "10.0.0.1/24")
    four.receive(InterfaceWentUp("eth0"), 0)
    assert four.interfaces["eth0"].link_local() is None  # it speaks no IPv6


def test_rfc_4861_8_3_a_redirect_teaches_the_station_of_its_target(ours: Router) -> None:
    interface = ours.interfaces["eth0"]
    ours.plane.neighbors.learn(interface, THEIR_LOCAL, mac(2), 0, [], is_router=True)
    (seen,) = ours.plane.neighbors.snapshot()
    assert (seen.address, seen.mac, seen.state, seen.is_router) == (
        THEIR_LOCAL,
        mac(2),
        State.STALE,
        True,
    )
    ours.plane.neighbors.learn(interface, THEIRS, BROADCAST, 0, [])
    assert cached(ours, THEIRS) is None


def test_rfc_4861_7_3_1_progress_above_confirms_a_neighbour(ours: Router) -> None:
    ours.receive(frame(ask()), 0)
    ours.plane.neighbors.confirm("eth0", THEIRS, 0, [])
    assert cached(ours, THEIRS) == (State.REACHABLE, mac(2))
    ours.plane.neighbors.confirm("eth0", Address("fd00::99"), 0, [])
    assert cached(ours, Address("fd00::99")) is None


def test_frames_of_discovery_cannot_come_from_afar() -> None:
    sent = nd_frame(eth0(1), OURS, ALL_NODES, GOOD_SOLICITATION).frame
    assert Ipv6.decode(sent[14:]).hop_limit == 255


def test_rfc_4861_7_1_options_that_a_message_does_not_have_are_ignored(ours: Router) -> None:
    nobody = SourceLinkLayerAddress(BROADCAST)
    advertisement = NeighborAdvertisement(THEIRS, False, False, False, (TARGET, nobody))
    ours.receive(frame(advertisement), 0)
    assert cached(ours, THEIRS) == (State.STALE, mac(2))
    other = Address("fd00::3")
    odd = NeighborSolicitation(OURS, (SOURCE, TargetLinkLayerAddress(BROADCAST)))
    ours.receive(frame(odd, other), 0)
    assert cached(ours, other) == (State.STALE, mac(2))
