"""IPv6 extension headers, in transit and for us (RFC 8200 4, RFC 5095, RFC 7112, RFC 2675)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fingerpost.addr import Address
from fingerpost.forwarding import STRICT, Reason
from fingerpost.wire import icmpv6
from fingerpost.wire.ipv6_extension import (
    AddressList,
    DestinationOptions,
    HopByHop,
    Ipv6Option,
    JumboPayload,
    PadN,
    RouterAlert,
    RoutingHeader,
    SegmentList,
    UnknownOption,
)
from forwarding.bench import FAR6, HERE6, HOST6, Bench, bench, udp6

UDP = bytes((0, 9, 0, 9, 0, 8, 0, 0))
KINDS = {0x3E: None, 0x7E: False, 0xBE: True, 0xFE: True}  # what an unknown option asks for


def hop_by_hop(*options: Ipv6Option, destination: Address | str = FAR6) -> bytes:
    header = HopByHop(17, options).encode()
    return udp6(destination=destination, next_header=0, payload=header + UDP)


def problem(b: Bench) -> tuple[int, int]:
    """Code and pointer of the parameter problem that left."""
    message = b.error6()[1]
    assert isinstance(message, icmpv6.ParameterProblem)
    return message.code, message.pointer


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("destination", [FAR6, HERE6])
def test_rfc_8200_4_2_an_unknown_hop_by_hop_option_gets_what_it_asks_for(
    kind: int, destination: Address
) -> None:
    b = bench()
    packet = hop_by_hop(PadN(), UnknownOption(kind, b"xx"), destination=destination)
    b.take(packet)
    if KINDS[kind] is None:
        good = Reason.FORWARDED if destination == FAR6 else Reason.DELIVERED
        assert b.end() is good
        return
    assert b.end() is Reason.UNKNOWN_OPTION
    if KINDS[kind]:
        assert problem(b) == (2, 44)  # the option's type
    else:
        assert b.out == []


@pytest.mark.parametrize("kind", KINDS)
def test_rfc_8200_4_2_for_a_group_only_one_kind_of_option_is_told(kind: int) -> None:
    b = bench()
    b.take(hop_by_hop(UnknownOption(kind, b"xxxx"), destination="ff02::1"))
    assert bool(b.sent) is (kind == 0xBE)
    b.take(hop_by_hop(UnknownOption(kind, b"xxxx"), destination="ff0e::77"))
    assert (b.end(), b.out) == (Reason.MULTICAST, [])  # a group that is nobody's here


def test_rfc_8200_4_a_router_reads_hop_by_hop_options_only_if_configured() -> None:
    b = bench(replace(STRICT, reads_hop_by_hop=False))
    packet = hop_by_hop(UnknownOption(0xBE, b"xxxx"))
    b.take(packet)
    assert b.end() is Reason.FORWARDED
    assert b.sent[0] == packet[:7] + b"\x3f" + packet[8:]
    b.take(hop_by_hop(UnknownOption(0xBE, b"xxxx"), destination=HERE6))
    assert b.end() is Reason.UNKNOWN_OPTION


@pytest.mark.parametrize(
    ("payload", "pointer"),
    [
        (b"", 4),  # no header at all
        (b"\x11\x00\x01\x04", 4),
        (b"\x11\x02\x01\x04" + bytes(12), 41),  # longer than the packet
        (b"\x11\x00\x3e\x09" + bytes(4), 43),  # an option longer than its header
        (b"\x11\x00\x05\x01" + bytes(4), 43),  # a router alert of one byte
    ],
)
def test_rfc_4443_3_4_a_malformed_hop_by_hop_header_is_pointed_at(
    payload: bytes, pointer: int
) -> None:
    b = bench()
    b.take(udp6(next_header=0, payload=payload))
    assert b.end() is Reason.BAD_HEADER_CHAIN
    assert problem(b) == (0, pointer)


def test_rfc_2675_3_a_jumbo_option_beside_a_payload_length_is_an_error() -> None:
    b = bench()
    b.take(hop_by_hop(JumboPayload(70000)))
    assert problem(b) == (0, 42)


def test_rfc_2711_2_router_alert_passes_unless_its_protocol_is_awaited() -> None:
    b = bench()
    packet = hop_by_hop(RouterAlert(0))
    b.take(packet)
    assert b.end() is Reason.FORWARDED
    b = bench(replace(STRICT, alerted_protocols=frozenset((17,))))
    b.take(packet)
    assert (b.end(), b.delivered) == (Reason.DELIVERED, [packet])


def test_rfc_2710_4_reports_to_groups_that_nobody_here_joined_reach_who_awaits_them() -> None:
    report = HopByHop(58, (RouterAlert(0),)).encode() + b"\x83\0\0\0" + bytes(20)
    packet = udp6("fe80::9", "ff02::1:77", next_header=0, payload=report, hop_limit=1)
    b = bench()
    b.take(packet)
    assert (b.end(), b.delivered) == (Reason.MULTICAST, [])
    b = bench(replace(STRICT, alerted_protocols=frozenset((58,))))
    b.take(packet)
    assert b.end() is Reason.BAD_TRANSPORT  # it came to the ICMPv6 stage
    other = HopByHop(58, (UnknownOption(0xBE, b"xxxx"),)).encode() + bytes(24)
    b.take(udp6("fe80::9", "ff02::1:77", next_header=0, payload=other))
    assert (b.end(), b.out) == (Reason.MULTICAST, [])
    for cut in (b"", b"\x3a", b"\x3a\x09" + bytes(6), b"\x3a\0\x05\x09" + bytes(4)):
        b.take(udp6("fe80::9", "ff02::1:77", next_header=0, payload=cut))
        assert b.end() is Reason.MULTICAST


@pytest.mark.parametrize("next_header", [43, 44, 60, 135, 253, 255])
def test_rfc_8200_4_nothing_but_hop_by_hop_is_looked_at_in_transit(next_header: int) -> None:
    b = bench()
    packet = udp6(next_header=next_header, payload=b"\xff" * 40)
    b.take(packet)
    assert b.end() is Reason.FORWARDED
    assert b.sent[0] == packet[:7] + b"\x3f" + packet[8:]


# -- for us ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_rfc_8200_4_2_destination_options_are_for_the_destination(kind: int) -> None:
    b = bench()
    header = DestinationOptions(17, (UnknownOption(kind, b"xxxx"),)).encode()
    b.take(udp6(destination=HERE6, next_header=60, payload=header + UDP))
    if KINDS[kind] is None:
        assert b.end() is Reason.DELIVERED
    else:
        assert b.end() is Reason.UNKNOWN_OPTION
        assert bool(b.sent) is KINDS[kind]


def test_rfc_5095_3_a_type_0_routing_header_is_refused_at_its_type() -> None:
    b = bench()
    route = RoutingHeader(17, 1, AddressList((FAR6,))).encode()
    packet = udp6(destination=HERE6, next_header=43, payload=route + UDP)
    b.take(packet)
    assert b.end() is Reason.BAD_HEADER_CHAIN
    assert problem(b) == (0, 42)
    b.take(udp6(next_header=43, payload=route + UDP))
    assert b.end() is Reason.FORWARDED  # in transit nobody looks


def test_rfc_8200_4_4_a_used_up_routing_header_of_any_type_is_passed() -> None:
    b = bench()
    for route in (AddressList((FAR6,)), SegmentList((FAR6,))):
        payload = RoutingHeader(17, 0, route).encode() + UDP
        b.take(udp6(destination=HERE6, next_header=43, payload=payload))
        assert b.end() is Reason.DELIVERED


def test_rfc_8200_4_hop_by_hop_options_in_the_middle_are_an_unrecognized_next_header() -> None:
    b = bench()
    options = DestinationOptions(0).encode() + HopByHop(17).encode()
    b.take(udp6(destination=HERE6, next_header=60, payload=options + UDP))
    assert b.end() is Reason.BAD_HEADER_CHAIN
    assert problem(b) == (1, 40)


def test_rfc_8200_4_headers_are_taken_in_their_order() -> None:
    b = bench()
    wrong_option = DestinationOptions(43, (UnknownOption(0xBE, b"xxxx"),)).encode()
    route = RoutingHeader(17, 1, AddressList((FAR6,))).encode()
    b.take(udp6(destination=HERE6, next_header=60, payload=wrong_option + route + UDP))
    assert problem(b) == (2, 42)


def test_rfc_8504_5_3_a_chain_has_an_end() -> None:
    b = bench()
    chain = DestinationOptions(60).encode() * 16 + DestinationOptions(17).encode()
    b.take(udp6(destination=HERE6, next_header=60, payload=chain + UDP))
    assert b.end() is Reason.BAD_HEADER_CHAIN
    assert problem(b) == (8, 40 + 15 * 8)


@pytest.mark.parametrize(
    ("payload", "pointer"), [(b"\x11\x00", 6), (b"\x11\x05" + bytes(8), 41), (b"", 6)]
)
def test_rfc_4443_3_4_a_chain_that_is_cut_is_pointed_at(payload: bytes, pointer: int) -> None:
    b = bench()
    b.take(udp6(destination=HERE6, next_header=60, payload=payload))
    assert problem(b) == (0, pointer)


def test_rfc_8200_4_7_no_next_header_ends_quietly() -> None:
    b = bench()
    b.take(udp6(destination=HERE6, next_header=59, payload=b"ignored"))
    assert (b.end(), b.out) == (Reason.NOT_ANSWERED, [])


def test_echo_behind_extension_headers_is_answered() -> None:
    b = bench()
    echo = icmpv6.EchoRequest(1, 2, b"data").encode(HOST6, HERE6)
    chain = HopByHop(60).encode() + DestinationOptions(58).encode()
    b.take(udp6(destination=HERE6, next_header=0, payload=chain + echo))
    assert b.end() is Reason.ANSWERED
    assert b.error6()[1] == icmpv6.EchoReply(1, 2, b"data")
