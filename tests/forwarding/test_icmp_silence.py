"""Errors that must not be sent (RFC 1812 4.3.2.7, RFC 1122 3.2.2, RFC 4443 2.4 e)."""

from __future__ import annotations

import pytest

from fingerpost.forwarding import LINUX, PacketRefused, Reason
from fingerpost.forwarding.fault import Fault, Owed
from fingerpost.forwarding.icmp_error import tell
from fingerpost.forwarding.packet import Packet, parse
from fingerpost.forwarding.walk import Cast, Walk
from fingerpost.wire import icmp
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from forwarding.bench import (
    BROADCAST,
    FAR,
    FAR6,
    GROUP_MAC,
    HERE,
    HOST,
    HOST6,
    Bench,
    bench,
    udp4,
    udp6,
)

ICMP_ERRORS = (3, 4, 5, 11, 12)
ICMP_QUESTIONS = (0, 8, 13, 14, 17, 18, 42, 43)


def told(b: Bench, packet: bytes, owed: Owed, cast: Cast = Cast.UNICAST) -> bool:
    """Whether the sender of a packet hears of a fault."""
    parsed = parse(packet)
    assert isinstance(parsed, Packet)
    walk = Walk(b.plane, parsed, 0, [], b.plane.interfaces["eth0"], cast)
    tell(walk, owed)
    return bool(walk.out)


EXPIRED = Owed(Fault.HOP_LIMIT)


@pytest.mark.parametrize("kind", [*ICMP_ERRORS, *ICMP_QUESTIONS])
def test_rfc_1812_4_3_2_7_no_error_about_an_icmp_error(kind: int) -> None:
    b = bench()
    b.take(Ipv4(HOST, FAR, 1, bytes((kind,)) + bytes(7), ttl=1).encode())
    assert b.end() is Reason.HOP_LIMIT
    assert bool(b.out) is (kind in ICMP_QUESTIONS)


def test_an_icmp_message_too_short_to_tell_counts_as_an_error() -> None:
    b = bench()
    b.take(Ipv4(HOST, FAR, 1, b"", ttl=1).encode())
    assert b.out == []
    b.take(Ipv6(HOST6, FAR6, 58, b"", hop_limit=1).encode())
    assert b.out == []


@pytest.mark.parametrize("kind", [1, 2, 3, 4, 100, 127, 137, 128, 129, 135, 200])
def test_rfc_4443_2_4_e_1_and_2_no_error_about_an_icmpv6_error_or_redirect(kind: int) -> None:
    b = bench()
    message = bytes((kind,)) + bytes(7)
    b.take(Ipv6(HOST6, FAR6, 58, message, hop_limit=1).encode())
    is_error = kind < 128 or kind == 137
    assert bool(b.out) is not is_error
    for chain in (
        bytes((58, 0, 1, 4, 0, 0, 0, 0)),  # destination options
        bytes((58, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),  # an authentication header of 12 bytes
    ):
        first = 60 if len(chain) == 8 else 51
        assert told(b, Ipv6(HOST6, FAR6, first, chain + message).encode(), EXPIRED) is not is_error


def test_rfc_4443_2_4_e_1_a_first_fragment_of_an_error_is_one_a_later_one_cannot_tell() -> None:
    b = bench()
    first = bytes((58, 0, 0, 1, 0, 0, 0, 1)) + bytes((1,)) + bytes(7)
    later = bytes((58, 0, 0, 8, 0, 0, 0, 1)) + bytes((1,)) + bytes(7)
    b.take(Ipv6(HOST6, FAR6, 44, first, hop_limit=1).encode())
    assert b.out == []
    b.take(Ipv6(HOST6, FAR6, 44, later, hop_limit=1).encode())
    assert b.error6()[1].TYPE == 3  # unlike IPv4


def test_rfc_1122_3_2_2_no_error_about_a_later_fragment_in_ipv4() -> None:
    b = bench()
    b.take(udp4(ttl=1, more_fragments=True, payload=bytes(16)))
    assert b.out
    b.take(udp4(ttl=1, fragment_offset=8))
    assert (b.end(), b.out) == (Reason.HOP_LIMIT, [])
    b.take(
        udp4(destination="10.0.2.9", payload=bytes(1300), dont_fragment=True, fragment_offset=1480)
    )
    assert (b.end(), b.out) == (Reason.TOO_BIG, [])


@pytest.mark.parametrize("to", [BROADCAST, GROUP_MAC])
def test_rfc_1812_5_3_4_a_unicast_packet_in_a_broadcast_frame_goes_nowhere_silently(
    to: bytes,
) -> None:
    b = bench()
    for packet in (udp4(), udp4(ttl=1), udp4(destination=HERE), udp6(), udp6(hop_limit=1)):
        b.take(packet, to=to)  # type: ignore[arg-type]
        assert (b.end(), b.out) == (Reason.BROADCAST_FRAME, [])


@pytest.mark.parametrize(
    "destination", ["224.0.0.1", "239.1.2.3", "255.255.255.255", "10.0.0.255", "10.0.1.255"]
)
def test_rfc_1122_3_2_2_no_error_about_what_goes_to_many(destination: str) -> None:
    b = bench()
    assert not told(b, udp4(destination=destination), Owed(Fault.PORT))


def test_host_number_zero_is_many_by_the_rfc_and_one_host_for_linux() -> None:
    assert not told(bench(), udp4(destination="10.0.1.0"), Owed(Fault.PORT))
    assert told(bench(LINUX), udp4(destination="10.0.1.0"), Owed(Fault.PORT))


@pytest.mark.parametrize("cast", [Cast.BROADCAST, Cast.MULTICAST])
def test_rfc_1122_3_2_2_no_error_about_a_frame_to_many(cast: Cast) -> None:
    assert not told(bench(), udp4(), EXPIRED, cast)
    assert not told(bench(), udp6(), EXPIRED, cast)


@pytest.mark.parametrize(
    "source",
    ["0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.5", "240.0.0.1", "255.255.255.255", "10.0.0.255"],
)
def test_rfc_1122_3_2_2_no_error_to_what_is_no_single_host(source: str) -> None:
    assert not told(bench(), udp4(source=source), EXPIRED)


@pytest.mark.parametrize("source", ["::", "::1", "ff02::1"])
def test_rfc_4443_2_4_e_6_no_error_to_what_is_no_single_node(source: str) -> None:
    assert not told(bench(), udp6(source=source), EXPIRED)
    assert not told(bench(), udp6(source=source), Owed(Fault.TOO_BIG, mtu=1280))


@pytest.mark.parametrize("cast", list(Cast))
def test_rfc_4443_2_4_e_3_packet_too_big_and_asking_options_are_told_even_of_groups(
    cast: Cast,
) -> None:
    group = udp6(destination="ff0e::77")
    asking = Owed(Fault.UNKNOWN_OPTION, pointer=42, even_multicast=True)
    assert told(bench(), group, Owed(Fault.TOO_BIG, mtu=1280), cast)
    assert told(bench(), group, asking, cast)
    assert not told(bench(), group, Owed(Fault.UNKNOWN_OPTION, pointer=42), cast)
    assert not told(bench(), group, Owed(Fault.PARAMETER, pointer=42), cast)


def test_an_error_of_the_other_family_alone_is_none_here() -> None:
    assert not told(bench(), udp4(), Owed(Fault.BEYOND_SCOPE))
    assert not told(bench(), udp6(), Owed(Fault.SOURCE_ROUTE_FAILED))


def test_rfc_1812_5_2_2_an_invalid_header_is_dropped_silently() -> None:
    b = bench()
    good = udp4()
    bad_checksum = good[:10] + b"\0\1" + good[12:]
    for packet, reason in (
        (bad_checksum, Reason.BAD_CHECKSUM),
        (b"\x44" + good[1:], Reason.BAD_HEADER_LENGTH),
        (good[:12], Reason.SHORT_PACKET),
        (good[:2] + b"\0\x13" + good[4:], Reason.BAD_CHECKSUM),
        (udp6()[:39], Reason.SHORT_PACKET),
        (udp6()[:-1], Reason.BAD_LENGTH),
    ):
        b.take(packet)
        assert (b.end(), b.out) == (reason, [])


def test_rfc_1812_5_2_2_who_sent_a_packet_that_was_cut_short_on_its_way_is_told() -> None:
    b = bench()
    for packet in (udp4(), udp4(destination="10.0.0.1")):
        b.take(packet[:-1])
        assert b.end() is Reason.BAD_LENGTH
        header, message = b.error()
        assert header.destination == HOST
        assert isinstance(message, icmp.ParameterProblem)
        assert (message.code, message.pointer, message.quote) == (0, 2, packet[:-1])
    for unheard in (udp4(source="127.0.0.1"), udp4(source=HERE), udp4(destination="10.0.0.255")):
        b.take(unheard[:-1])
        assert b.sent == []
    b.take(udp4()[:-1], to=BROADCAST)
    assert (b.end(), b.out) == (Reason.BAD_LENGTH, [])
    for silent in (bench(forwards=False), bench(LINUX)):
        silent.take(udp4()[:-1])
        assert (silent.end(), silent.out) == (Reason.BAD_LENGTH, [])


def test_rfc_1122_3_2_2_a_refused_broadcast_is_not_told() -> None:
    b = bench()
    b.take(udp4(destination="255.255.255.255"), to=BROADCAST)
    (packet,) = b.delivered
    b.receive(PacketRefused(packet, "eth0", is_port=True))
    assert b.out == []


def test_an_error_that_cannot_be_delivered_makes_no_other_error() -> None:
    b = bench()
    b.take(udp4(source="10.68.0.9", ttl=1))  # the way back is prohibited
    assert b.out == []
    b.take(udp6(source="fd68::9", hop_limit=1))
    assert b.out == []
    assert b.plane.counters["eth0"].errors_sent == 0


def test_the_reason_for_silence_stands_in_the_trace() -> None:
    b = bench()
    b.take(udp4(ttl=1, fragment_offset=8))
    (said,) = (str(step) for step in b.traces[-1].steps if step.stage == "ICMP error")
    assert said == "nobody is told: it is not the first fragment (RFC 1812 4.3.2.7)"
