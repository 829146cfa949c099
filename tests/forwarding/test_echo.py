"""What a router answers itself (RFC 1812 4.3.3.6 to 4.3.3.9, RFC 4443 4.2, RFC 8335)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding import STRICT, ForwardingPolicy, InterfaceWentDown, Reason
from fingerpost.wire import icmp, icmpv6
from fingerpost.wire.checksum import checksum, pseudo_sum
from fingerpost.wire.icmp_extension import InterfaceByAddress, InterfaceByIndex, InterfaceByName
from fingerpost.wire.icmpv6.extended_echo import ExtendedEchoRequest as ExtendedEchoRequest6
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv4_options import RecordRoute
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.sealing import sealed
from forwarding.bench import BROADCAST, HERE, HERE6, HOST, HOST6, bench, interface, station

DATA = bytes(range(200))


def echo(destination: Address | str = HERE, source: Address = HOST, **fields: object) -> bytes:
    message = icmp.EchoRequest(7, 9, DATA).encode()
    return Ipv4(source, Address(destination), 1, message, **fields).encode()  # type: ignore[arg-type]


def echo6(destination: Address | str = HERE6, source: Address = HOST6, **fields: object) -> bytes:
    to = Address(destination)
    message = icmpv6.EchoRequest(7, 9, DATA).encode(source, to)
    return Ipv6(source, to, 58, message, **fields).encode()  # type: ignore[arg-type]


def probing(**more: object) -> ForwardingPolicy:
    return replace(STRICT, answers_probes=True, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("asked", ["10.0.0.1", "10.0.1.1", "10.0.2.1"])
def test_rfc_1812_4_3_3_6_the_address_that_was_asked_answers_a_far_one_too(asked: str) -> None:
    b = bench()
    b.take(echo(asked, tos=0x48, ttl=1))
    assert b.end() is Reason.ANSWERED
    header, reply = b.error()
    assert reply == icmp.EchoReply(7, 9, DATA)
    assert (header.source, header.destination) == (Address(asked), HOST)
    assert (header.tos, header.ttl) == (0x48, 64)  # the request's service (RFC 1812 4.3.2.5)
    assert b.frames[0].interface == "eth0"


@pytest.mark.parametrize("asked", ["fd00::1", "fd00:1::1"])
def test_rfc_4443_4_2_the_address_that_was_asked_answers(asked: str) -> None:
    b = bench()
    b.take(echo6(asked, traffic_class=0x48, hop_limit=0))
    header, reply = b.error6()
    assert reply == icmpv6.EchoReply(7, 9, DATA)
    assert (header.source, header.destination) == (Address(asked), HOST6)
    assert (header.traffic_class, header.hop_limit) == (0x48, 64)


@pytest.mark.parametrize("code", [0, 5, 255])
def test_rfc_792_an_echo_of_any_code_is_answered_with_code_0_and_the_right_sum(code: int) -> None:
    b = bench()
    asked = bytes((8, code)) + bytes(2) + b"\x00\x07\x00\x09" + DATA
    asked = asked[:2] + checksum(asked).to_bytes(2, "big") + asked[4:]
    b.take(Ipv4(HOST, HERE, 1, asked).encode())
    assert b.error()[1] == icmp.EchoReply(7, 9, DATA)  # decoding verifies the checksum


@pytest.mark.parametrize("code", [0, 5, 255])
def test_rfc_4443_4_2_the_same_in_icmpv6(code: int) -> None:
    b = bench()
    asked = bytes((128, code)) + bytes(2) + b"\x00\x07\x00\x09" + DATA
    check = checksum(asked, pseudo_sum(HOST6, HERE6, 58, len(asked)))
    b.take(Ipv6(HOST6, HERE6, 58, asked[:2] + check.to_bytes(2, "big") + asked[4:]).encode())
    assert b.error6()[1] == icmpv6.EchoReply(7, 9, DATA)


def test_rfc_4443_4_2_a_link_local_question_is_answered_on_its_link() -> None:
    b = bench()
    b.take(echo6("fe80::2", source=Address("fe80::9")), "eth1")
    header, _ = b.error6()
    assert (header.source, header.destination) == (Address("fe80::2"), Address("fe80::9"))
    assert b.frames[0].interface == "eth1"
    b.take(echo6("fe80::2", source=Address("fe80::9")), "eth0")  # eth1's address
    assert b.delivered == []


def test_rfc_4291_2_6_1_the_routers_anycast_address_answers_as_a_unicast_one() -> None:
    b = bench()
    b.take(echo6("fd00::"))
    header, reply = b.error6()
    assert header.source == HERE6
    assert reply == icmpv6.EchoReply(7, 9, DATA)  # with the checksum of the other source


def test_rfc_6164_6_there_is_no_such_anycast_address_on_a_127() -> None:
    addresses = (InterfaceAddress("fd00::1/127"), InterfaceAddress("fe80::1/64"))
    b = bench(interfaces=(interface(0, addresses=addresses), interface(1)))
    b.take(echo6("fd00::"))
    assert b.end() is not Reason.ANSWERED


@pytest.mark.parametrize("destination", ["224.0.0.1", "255.255.255.255", "10.0.0.255"])
@pytest.mark.parametrize("is_answered", [False, True])
def test_rfc_1812_4_3_3_6_echo_to_everybody_is_answered_only_where_asked_for(
    destination: str, is_answered: bool
) -> None:
    b = bench(replace(STRICT, answers_broadcast_echo=is_answered))
    b.take(echo(destination), to=BROADCAST)
    assert b.end() is (Reason.ANSWERED if is_answered else Reason.NOT_ANSWERED)
    if is_answered:
        assert b.error()[0].source == HERE


@pytest.mark.parametrize("is_answered", [False, True])
def test_rfc_4443_4_2_echo_to_a_group_should_be_answered(is_answered: bool) -> None:
    b = bench(replace(STRICT, answers_multicast_echo=is_answered))
    b.take(echo6("ff02::1", source=Address("fe80::9")))
    assert b.end() is (Reason.ANSWERED if is_answered else Reason.NOT_ANSWERED)
    if is_answered:
        assert b.error6()[0].source == Address("fe80::1")


def test_rfc_1812_4_3_3_6_echo_may_be_turned_off() -> None:
    b = bench(replace(STRICT, answers_echo=False))
    b.take(echo())
    assert (b.end(), b.out) == (Reason.NOT_ANSWERED, [])
    b.take(echo6())
    assert (b.end(), b.out) == (Reason.NOT_ANSWERED, [])


def test_rfc_4443_4_2_who_asks_a_group_hears_from_the_interface_that_was_asked() -> None:
    b = bench()
    b.take(echo6("ff02::1", source=Address("fd09::5")))  # the way back is eth1
    assert b.error6()[0].source == HERE6
    b.take(echo6("fd00::", source=Address("fd09::5")))
    assert b.error6()[0].source == HERE6


def test_rfc_1812_4_2_2_11_who_asks_everybody_hears_from_the_interface_that_was_asked() -> None:
    b = bench(replace(STRICT, answers_broadcast_echo=True))
    b.take(echo("10.0.0.255", source=Address("10.9.0.5")), to=BROADCAST)  # the way back is eth1
    assert b.error()[0].source == HERE


def test_rfc_1812_4_3_3_8_timestamps_are_answered_where_echo_is_not() -> None:
    b = bench(replace(STRICT, answers_echo=False))
    b.take(Ipv4(HOST, HERE, 1, icmp.Timestamp(1, 2, 3).encode()).encode())
    assert b.end() is Reason.ANSWERED


def test_nobody_is_answered_who_is_no_single_host() -> None:
    b = bench(replace(STRICT, answers_broadcast_echo=True))
    b.take(echo("255.255.255.255", source=Address("0.0.0.0")), to=BROADCAST)
    assert (b.end(), b.out) == (Reason.NOT_ANSWERED, [])
    b.take(echo6("ff02::1", source=Address("::")))
    assert (b.end(), b.out) == (Reason.NOT_ANSWERED, [])


def test_rfc_792_a_wrong_checksum_is_dropped() -> None:
    b = bench()
    packet = bytearray(echo())
    packet[-1] ^= 1
    b.take(bytes(packet))
    assert (b.end(), b.out) == (Reason.BAD_TRANSPORT, [])
    packet = bytearray(echo6())
    packet[-1] ^= 1
    b.take(bytes(packet))
    assert (b.end(), b.out) == (Reason.BAD_TRANSPORT, [])


def test_rfc_1812_4_3_3_6_a_large_echo_comes_back_whole() -> None:
    b = bench()
    message = icmp.EchoRequest(7, 9, bytes(4000)).encode()
    whole = Ipv4(HOST, HERE, 1, message, identification=5)
    for at in range(0, len(message), 1480):
        part = message[at : at + 1480]
        more = at + 1480 < len(message)
        piece = replace(whole, payload=part, fragment_offset=at, more_fragments=more)
        b.take(piece.encode())
    assert b.end() is Reason.ANSWERED
    payloads = [Ipv4.decode(packet).payload for packet in b.sent]
    assert len(payloads) == 3
    assert icmp.decode(b"".join(payloads)) == icmp.EchoReply(7, 9, bytes(4000))


def test_rfc_1812_4_3_3_8_a_timestamp_is_answered_in_ms_since_midnight_or_says_that_it_is_not() -> (
    None
):
    day = 24 * 60 * 60 * 1_000_000_000
    for midnight, expected in ((None, 5_000 | 0x80000000), (-day, 5_000), (2_000_000_000, 3_000)):
        b = bench(replace(STRICT, midnight=midnight))
        b.now = 5_000_000_000
        b.take(Ipv4(HOST, HERE, 1, icmp.Timestamp(1, 2, 3).encode()).encode())
        assert b.error()[1] == icmp.TimestampReply(1, 2, 3, expected, expected)
    b = bench(replace(STRICT, answers_timestamps=False))
    b.take(Ipv4(HOST, HERE, 1, icmp.Timestamp(1, 2, 3).encode()).encode())
    assert (b.end(), b.out) == (Reason.NOT_ANSWERED, [])
    b = bench()
    b.take(
        Ipv4(HOST, Address("10.0.0.255"), 1, icmp.Timestamp(1, 2, 3).encode()).encode(),
        to=BROADCAST,
    )
    assert (b.end(), b.out) == (Reason.NOT_ANSWERED, [])


def test_a_request_with_another_code_than_0_is_answered_as_linux_does() -> None:
    b = bench(replace(STRICT, answers_probes=True))
    probe = icmp.ExtendedEchoRequest(7, 9, (InterfaceByName("eth1"),)).encode()
    odd = sealed(probe[:1] + bytes((9, 0, 0)) + probe[4:])
    asked = (icmp.EchoRequest(7, 9, DATA, 9), icmp.Timestamp(1, 2, 3, code=9))
    for message in (*[one.encode() for one in asked], odd):
        b.take(Ipv4(HOST, HERE, 1, message).encode())
        assert b.end() is Reason.ANSWERED
        assert b.error()[1].encode()[1] == 0


@pytest.mark.parametrize("kind", [4, 15, 16, 17, 18, 77])
def test_rfc_6918_and_6633_obsolete_and_unknown_messages_are_dropped_silently(kind: int) -> None:
    b = bench()
    message = icmp.UnknownIcmp(kind, 0, bytes(32)).encode()
    b.take(Ipv4(HOST, HERE, 1, message).encode())
    assert (b.end(), b.out) == (Reason.NOT_ANSWERED, [])


@pytest.mark.parametrize("kind", [0, 9, 14, 43])
def test_replies_and_advertisements_go_up(kind: int) -> None:
    b = bench()
    message = icmp.UnknownIcmp(kind, 0, b"\1\2\0\x1e" + bytes(28)).encode()
    packet = Ipv4(HOST, HERE, 1, message).encode()
    b.take(packet)
    assert b.delivered == [packet]


@pytest.mark.parametrize(("kind", "goes_up"), [(100, True), (127, True), (200, False), (129, True)])
def test_rfc_4443_2_4_a_b_unknown_errors_go_up_unknown_informational_messages_do_not(
    kind: int, goes_up: bool
) -> None:
    b = bench()
    message = icmpv6.UnknownIcmpv6(kind, 0, bytes(60)).encode(HOST6, HERE6)
    packet = Ipv6(HOST6, HERE6, 58, message).encode()
    b.take(packet)
    assert (b.delivered == [packet]) is goes_up


def test_rfc_1812_4_3_3_6_record_route_comes_back_with_us_in_it() -> None:
    b = bench()
    route = RecordRoute.empty(3).recording(Address("10.0.0.200"))
    b.take(echo(options=(route,)))
    (option,) = b.error()[0].options
    assert isinstance(option, RecordRoute)
    assert option.recorded == (Address("10.0.0.200"), HERE)


# -- PROBE -------------------------------------------------------------------------------------


def test_rfc_8335_8_extended_echo_is_off_unless_asked_for_and_never_tells_of_neighbours() -> None:
    question = icmp.ExtendedEchoRequest(7, 9, (InterfaceByName("eth1"),))
    b = bench()
    b.take(Ipv4(HOST, HERE, 1, question.encode()).encode())
    assert (b.end(), b.out) == (Reason.NOT_ANSWERED, [])
    b = bench(probing())
    b.take(Ipv4(HOST, HERE, 1, replace(question, is_local=False).encode()).encode())
    assert (b.end(), b.out) == (Reason.NOT_ANSWERED, [])


@pytest.mark.parametrize(
    ("query", "code", "flags"),
    [
        (InterfaceByName("eth1"), 0, (True, True, True)),
        (InterfaceByIndex(2), 0, (True, True, True)),
        (InterfaceByAddress(Address("fd00:1::1")), 0, (True, True, True)),
        (InterfaceByAddress(station(1)), 2, (False, False, False)),
        (InterfaceByName("eth2"), 0, (False, False, False)),
        (InterfaceByName("eth7"), 2, (False, False, False)),
    ],
)
def test_rfc_8335_4_the_state_of_an_interface_is_told(
    query: InterfaceByName | InterfaceByIndex | InterfaceByAddress,
    code: int,
    flags: tuple[bool, bool, bool],
) -> None:
    b = bench(probing())
    b.receive(InterfaceWentDown("eth2"))
    b.take(Ipv4(HOST, HERE, 1, icmp.ExtendedEchoRequest(7, 9, (query,)).encode()).encode())
    header, reply = b.error()
    assert isinstance(reply, icmp.ExtendedEchoReply)
    assert (reply.identifier, reply.sequence, reply.code) == (7, 9, code)
    assert (reply.active, reply.ipv4, reply.ipv6) == flags
    assert (header.ttl, header.dont_fragment, header.tos) == (255, True, 0)


def test_rfc_8335_4_1_a_question_without_one_object_is_malformed_and_ipv6_asks_alike() -> None:
    b = bench(probing())
    both = (InterfaceByName("eth0"), InterfaceByName("eth1"))
    b.take(Ipv4(HOST, HERE, 1, icmp.ExtendedEchoRequest(7, 9, both).encode()).encode())
    assert b.error()[1].code == 1  # type: ignore[attr-defined]
    asked = ExtendedEchoRequest6(7, 9, (InterfaceByName("eth1"),)).encode(HOST6, HERE6)
    b.take(Ipv6(HOST6, HERE6, 58, asked).encode())
    header, reply = b.error6()
    assert (reply.code, reply.active, header.hop_limit) == (0, True, 255)  # type: ignore[attr-defined]
