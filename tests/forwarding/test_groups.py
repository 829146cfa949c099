"""Groups that are joined and reported: MLDv2 (RFC 3810) and IGMPv3 (RFC 3376)."""

from __future__ import annotations

import pytest

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.forwarding import FrameReceived, InterfaceWentDown, InterfaceWentUp, SendFrame
from fingerpost.router import Router
from fingerpost.wire import icmpv6, igmp, ipv6_extension
from fingerpost.wire.ethernet import Ethernet
from fingerpost.wire.group_records import RecordType
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv4_options import RouterAlert as RouterAlertIpv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.ipv6_extension import HopByHop, RouterAlert
from fingerpost.wire.mac import Mac
from fingerpost.wire.mld import ListenerQuery, ListenerQueryV2, ListenerReportV2
from forwarding.link import SECOND, Segment, mac, station

JOIN, LEAVE, STILL = (
    RecordType.CHANGE_TO_EXCLUDE,
    RecordType.CHANGE_TO_INCLUDE,
    RecordType.MODE_IS_EXCLUDE,
)
OSPF6, OSPF4 = Address("ff02::5"), Address("224.0.0.5")
ALL_NODES = Address("ff02::1")
Said = list[tuple[str, int]]


def report6(frame: bytes) -> tuple[Ipv6, Said] | None:
    header = Ipv6.decode(frame[14:])
    chain = ipv6_extension.walk(header.next_header, header.payload)
    if chain.upper != 58:
        return None
    message = icmpv6.decode(chain.payload, header.source, header.destination)
    if not isinstance(message, ListenerReportV2):
        return None
    (options,) = chain.headers
    assert isinstance(options, HopByHop)
    assert options.options == (RouterAlert(0),)
    assert (header.hop_limit, str(header.destination)) == (1, "ff02::16")
    assert frame[:6] == Mac("33:33:00:00:00:16")
    return header, [(str(r.group), r.kind) for r in message.records]


def report4(frame: bytes) -> tuple[Ipv4, Said]:
    header = Ipv4.decode(frame[14:])
    assert (header.ttl, header.tos, str(header.destination)) == (1, 0xC0, "224.0.0.22")
    assert header.options == (RouterAlertIpv4(),)
    message = igmp.decode(header.payload)
    assert isinstance(message, igmp.MembershipReportV3)
    return header, [(str(r.group), r.kind) for r in message.records]


def reports(segment: Segment, member: Router) -> list[tuple[int, str, Said]]:
    found = []
    for at, frame in segment.frames(member, 0x86DD):
        if (report := report6(frame)) is not None:
            found.append((at, str(report[0].source), report[1]))
    return found


def quiet(*addresses: str) -> tuple[Segment, Router]:
    """A router that has said all that it says when its link comes up."""
    member = station(1, *addresses)
    segment = Segment([member])
    segment.bring_up()
    segment.run(20 * SECOND)
    segment.heard.clear()
    return segment, member


def test_rfc_4861_7_2_1_the_groups_of_our_addresses_are_reported_when_the_link_comes_up() -> None:
    member = station(1, "fd00::1:2/64", "fe80::1/64")
    segment = Segment([member])
    segment.bring_up()
    segment.run(20 * SECOND)
    # that of the anycast address fd00:: too (RFC 4291 2.7.1)
    groups = ("ff02::2", "ff02::1:ff00:0", "ff02::1:ff00:1", "ff02::1:ff01:2")
    joined = [(group, JOIN) for group in groups]
    (first, source, said), (second, _, again) = reports(segment, member)
    assert (first, source) == (0, "::")  # RFC 3810 5.2.13: no address is checked yet
    assert said == again == joined
    assert 0 < second <= SECOND  # robustness 2


def test_rfc_3810_6_1_a_group_is_reported_when_it_is_joined_and_when_it_is_left() -> None:
    segment, member = quiet("fe80::1/64")
    for output in member.plane.join(OSPF6, "eth0", segment.now):
        assert isinstance(output, SendFrame)
        report = report6(output.frame)
        assert report is not None
        assert (str(report[0].source), report[1]) == ("fe80::1", [("ff02::5", JOIN)])
    assert member.plane.own.listens(OSPF6, "eth0")
    assert member.plane.join(OSPF6, "eth0", segment.now) == []  # one more who listens
    assert member.plane.leave(OSPF6, "eth0", segment.now) == []
    segment.run(30 * SECOND)
    assert [said for _, _, said in reports(segment, member)] == [[("ff02::5", JOIN)]]
    (left,) = member.plane.leave(OSPF6, "eth0", segment.now)
    assert isinstance(left, SendFrame)
    report = report6(left.frame)
    assert report is not None
    assert report[1] == [("ff02::5", LEAVE)]
    assert not member.plane.own.listens(OSPF6, "eth0")
    assert member.plane.leave(OSPF6, "eth0", segment.now) == []


def test_rfc_3376_5_1_ipv4_groups_are_reported_by_igmp() -> None:
    segment, member = quiet("10.0.0.1/24")
    (joined,) = member.plane.join(OSPF4, "eth0", segment.now)
    assert isinstance(joined, SendFrame)
    header, said = report4(joined.frame)
    assert (str(header.source), said) == ("10.0.0.1", [("224.0.0.5", JOIN)])
    segment.run(30 * SECOND)
    assert len(segment.frames(member)) == 1
    member.plane.leave(OSPF4, "eth0", segment.now)
    segment.run(40 * SECOND)
    assert [report4(frame)[1] for _, frame in segment.frames(member)][1:] == [
        [("224.0.0.5", LEAVE)]
    ]


def query6(
    message: icmpv6.Icmpv6Message, source: str = "fe80::9", **wrong: object
) -> FrameReceived:
    to = ALL_NODES
    own = Address(source)
    alert = HopByHop(58, () if wrong.get("no_alert") else (RouterAlert(0),)).encode()
    hop_limit = int(str(wrong.get("hop_limit", 1)))
    data = Ipv6(own, to, 0, alert + message.encode(own, to), hop_limit).encode()
    return FrameReceived("eth0", Ethernet(Mac(to.multicast_mac), mac(9), 0x86DD, data).encode())


@pytest.mark.parametrize(
    "query", [ListenerQueryV2(response_code=2000), ListenerQuery(Address("::"), 2000)]
)
def test_rfc_3810_6_2_a_general_query_is_answered_in_time_with_all_groups(
    query: icmpv6.Icmpv6Message,
) -> None:
    segment, member = quiet("fe80::1/64")
    member.plane.join(OSPF6, "eth0", segment.now)
    segment.run(30 * SECOND)
    segment.heard.clear()
    segment.tell(member, query6(query))
    segment.run(33 * SECOND)
    ((at, _, said),) = reports(segment, member)
    assert 30 * SECOND <= at <= 32 * SECOND
    assert said == [(g, STILL) for g in ("ff02::2", "ff02::5", "ff02::1:ff00:1")]


def test_rfc_3810_6_2_a_query_for_one_group_is_answered_for_that_one() -> None:
    segment, member = quiet("fe80::1/64")
    segment.tell(member, query6(ListenerQueryV2(Address("ff02::2"), 1000)))
    segment.tell(member, query6(ListenerQueryV2(Address("ff02::77"), 1000)))
    segment.run(30 * SECOND)
    assert [said for _, _, said in reports(segment, member)] == [[("ff02::2", STILL)]]


@pytest.mark.parametrize(
    "wrong", [{"source": "fd00::9"}, {"hop_limit": 64}, {"no_alert": True}], ids=str
)
def test_rfc_3810_6_2_a_query_that_is_not_of_the_link_is_not_answered(
    wrong: dict[str, object],
) -> None:
    segment, member = quiet("fe80::1/64")
    segment.tell(member, query6(ListenerQueryV2(response_code=1000), **wrong))  # type: ignore[arg-type]
    segment.run(30 * SECOND)
    assert segment.heard == []


def queried(response_code: int) -> tuple[Segment, Router]:
    """A member of a group, quiet for long, that is asked at 30 s what it has joined."""
    segment, member = quiet("10.0.0.1/24")
    member.plane.join(OSPF4, "eth0", segment.now)
    segment.run(30 * SECOND)
    segment.heard.clear()
    query = igmp.MembershipQueryV3(response_code=response_code).encode()
    data = Ipv4(Address("10.0.0.9"), Address("224.0.0.1"), 2, query, 1).encode()
    raw = Ethernet(Mac("01:00:5e:00:00:01"), mac(9), 0x0800, data).encode()
    segment.tell(member, FrameReceived("eth0", raw))
    return segment, member


def test_rfc_3376_5_2_an_igmp_query_is_answered_with_what_was_joined() -> None:
    segment, member = queried(response_code=10)
    segment.run(40 * SECOND)
    ((at, frame),) = segment.frames(member)
    assert 30 * SECOND <= at <= 31 * SECOND
    assert report4(frame)[1] == [("224.0.0.5", STILL)]


def test_rfc_3376_4_1_1_a_query_that_gives_no_time_is_answered_at_once() -> None:
    segment, member = queried(response_code=0)
    segment.run(50 * SECOND)
    ((at, _),) = segment.frames(member)
    assert at - 30 * SECOND <= SECOND // 100


def test_groups_that_were_joined_survive_changes_of_addresses_and_of_the_link() -> None:
    segment, member = quiet("fe80::1/64")
    member.plane.join(OSPF6, "eth0", segment.now)
    segment.run(30 * SECOND)
    segment.heard.clear()
    segment.tell(member, InterfaceWentDown("eth0"))
    assert member.plane.own.listens(OSPF6, "eth0")
    segment.tell(member, InterfaceWentUp("eth0"))
    said = reports(segment, member)[0][2]
    assert ("ff02::5", JOIN) in said


def test_a_group_can_be_joined_before_its_link_is_there() -> None:
    member = station(1, "fe80::1/64")
    assert member.plane.join(OSPF6, "eth0", 0) == []
    segment = Segment([member])
    segment.bring_up()
    assert ("ff02::5", JOIN) in reports(segment, member)[0][2]
    with pytest.raises(UsageError):
        member.plane.join(OSPF6, "eth7", 0)
