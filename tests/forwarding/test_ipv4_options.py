"""IPv4 options on their way through a router (RFC 791 3.1, RFC 1812 5.3.13, RFC 2113, RFC 7126)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fingerpost.addr import Address
from fingerpost.forwarding import STRICT, ForwardingPolicy, NextHop, PacketRefused, Reason, Route
from fingerpost.wire import icmp
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv4_options import (
    Ipv4Option,
    NoOperation,
    RecordRoute,
    RouterAlert,
    SourceRoute,
    Stamp,
    Timestamp,
    TimestampFlag,
    UnknownOption,
    UnparsedOptions,
)
from forwarding.bench import BROADCAST, FAR, HERE, HOST, NEAR, Bench, bench, interface, udp4

WAY_OUT = Address("10.0.1.1")
FOLLOWING = replace(STRICT, source_routes=True)


def passed(options: tuple[Ipv4Option, ...], policy: ForwardingPolicy = STRICT) -> Ipv4:
    """The packet as it leaves."""
    b = bench(policy)
    b.take(udp4(options=options))
    assert b.end() is Reason.FORWARDED
    return Ipv4.decode(b.sent[0])


def pointer(b: Bench) -> int:
    message = b.error()[1]
    assert isinstance(message, icmp.ParameterProblem)
    assert message.code == 0
    return message.pointer


def test_rfc_1812_4_2_2_6_unknown_options_pass_unchanged() -> None:
    options = (NoOperation(), UnknownOption(0x5E, b"abcdef"), UnknownOption(0x9E, b"gh"))
    assert passed(options).options == options


def test_rfc_1812_4_2_2_2_record_route_gets_the_address_of_the_way_out() -> None:
    (option,) = passed((RecordRoute.empty(2),)).options
    assert isinstance(option, RecordRoute)
    assert option.recorded == (WAY_OUT,)
    assert option.slots[1] == Address("0.0.0.0")


def test_rfc_791_3_1_a_full_record_route_passes_unchanged() -> None:
    full = RecordRoute.empty(1).recording(HOST)
    assert passed((full,)).options == (full,)


def test_rfc_1812_5_3_13_5_filling_in_may_be_turned_off() -> None:
    empty = (RecordRoute.empty(2),)
    assert passed(empty, replace(STRICT, records_route=False)).options == empty


def test_an_unnumbered_way_out_records_the_router_id() -> None:
    links = (interface(0), interface(1, addresses=()))
    routes = {"10.9.0.0/16": Route((NextHop("eth1", NEAR),))}
    b = bench(interfaces=links, routes=routes, router_id=Address("10.255.0.1"))
    b.take(udp4(options=(RecordRoute.empty(2),)))
    (option,) = Ipv4.decode(b.sent[0]).options
    assert isinstance(option, RecordRoute)
    assert option.recorded == (Address("10.255.0.1"),)


@pytest.mark.parametrize(
    ("flag", "given", "expected"),
    [
        (TimestampFlag.TIMES, (Stamp(), Stamp()), Stamp(5000)),
        (
            TimestampFlag.ADDRESSES_AND_TIMES,
            (Stamp(address=Address("0.0.0.0")),) * 2,
            Stamp(5000, WAY_OUT),
        ),
        # any address of ours, not only that of the way out (RFC 1812 5.3.13.6)
        (
            TimestampFlag.GIVEN_ADDRESSES,
            (Stamp(address=HERE), Stamp(address=FAR)),
            Stamp(5000, HERE),
        ),
    ],
)
def test_rfc_791_3_1_a_timestamp_is_filled_in_as_its_flag_asks(
    flag: TimestampFlag, given: tuple[Stamp, ...], expected: Stamp
) -> None:
    b = bench(replace(STRICT, midnight=0))
    b.now = 5_000_000_000
    b.take(udp4(options=(Timestamp(flag, 5, 0, given),)))
    (option,) = Ipv4.decode(b.sent[0]).options
    assert isinstance(option, Timestamp)
    assert option.stamped == (expected,)
    assert option.overflow == 0


def test_rfc_791_3_1_a_timestamp_for_somebody_else_waits() -> None:
    waiting = Timestamp(TimestampFlag.GIVEN_ADDRESSES, 5, 0, (Stamp(address=FAR),))
    assert passed((waiting,)).options == (waiting,)


def test_rfc_791_3_1_a_time_that_is_not_of_the_day_says_so() -> None:
    (option,) = passed((Timestamp(TimestampFlag.TIMES, 5, 0, (Stamp(),)),)).options
    assert isinstance(option, Timestamp)
    assert option.stamped == (Stamp(0x80000000),)


def test_rfc_791_3_1_a_full_timestamp_counts_and_the_sixteenth_time_is_an_error() -> None:
    full = Timestamp(TimestampFlag.TIMES, 9, 14, (Stamp(1),))
    (option,) = passed((full,)).options
    assert option == replace(full, overflow=15)
    b = bench()
    b.take(udp4(options=(NoOperation(), replace(full, overflow=15))))
    assert b.end() is Reason.BAD_OPTION
    assert pointer(b) == 20 + 1 + 3


@pytest.mark.parametrize(
    ("area", "at"),
    [
        (b"\x44\x00\x05\x00", 21),  # length 0
        (b"\x07\x01\x04\x00", 21),  # length 1
        (b"\x5e\x09abcdef", 21),  # beyond the end
        (b"\x07\x07\x03\0\0\0\0\0", 22),  # a pointer before the first slot
        (b"\x07\x07\x05\0\0\0\0\0", 22),  # between slots
        (b"\x07\x08\x04\0\0\0\0\0", 21),  # no whole slots: room, but not enough
        (b"\x01\x01\x44\x0c\x05\x02" + bytes(8), 25),  # no such flag
        (b"\x44\x06\x05\x00\0\0\0\0", 21),
    ],
)
def test_rfc_1812_4_3_3_5_a_malformed_option_is_pointed_at(area: bytes, at: int) -> None:
    b = bench()
    packet = udp4(options=(UnparsedOptions(area),))
    b.take(packet)
    assert b.end() is Reason.BAD_OPTION
    assert pointer(b) == at
    assert b.error()[1].quote == packet  # type: ignore[attr-defined]
    b.take(udp4(destination=HERE, options=(UnparsedOptions(area),)))
    assert (b.end(), b.delivered) == (Reason.BAD_OPTION, [])


def test_rfc_792_the_pointer_stays_in_the_header_where_the_length_is_missing() -> None:
    b = bench()
    b.take(udp4(options=(UnparsedOptions(b"\x01\x01\x01\x1e"),)))
    assert (b.end(), pointer(b)) == (Reason.BAD_OPTION, 23)


@pytest.mark.parametrize("area", [b"\x07\x07\x04\0\0\0\0", b"\x44\x08\x05\0\0\0\0\0"])
def test_rfc_791_3_1_these_options_appear_at_most_once_in_a_datagram(area: bytes) -> None:
    b = bench()
    b.take(udp4(options=(UnparsedOptions(area * 2 + bytes(-2 * len(area) % 4)),)))
    assert (b.end(), pointer(b)) == (Reason.BAD_OPTION, 20 + len(area))


def test_a_host_does_not_judge_the_options_of_what_is_not_for_it() -> None:
    b = bench(forwards=False)
    b.take(udp4(options=(UnparsedOptions(b"\x44\x00\x05\x00"),)))
    assert (b.end(), b.out) == (Reason.NOT_FORWARDING, [])


def test_rfc_2113_2_router_alert_passes_unless_its_protocol_is_awaited() -> None:
    alert = (RouterAlert(),)
    assert passed(alert).options == alert
    b = bench(replace(STRICT, alerted_protocols=frozenset((17,))))
    packet = udp4(options=alert, ttl=1)
    b.take(packet)
    assert (b.end(), b.delivered, b.sent) == (Reason.DELIVERED, [packet], [])
    b.take(udp4(destination="239.1.2.3", options=alert))  # a group that nobody joined
    assert b.end() is Reason.DELIVERED
    b.take(udp4(options=alert), to=BROADCAST)
    assert b.end() is Reason.BROADCAST_FRAME
    b.take(udp4())
    assert b.end() is Reason.FORWARDED


# -- source routes -----------------------------------------------------------------------------


def routed(*stops: Address, strict: bool = False, at: int = 4) -> tuple[Ipv4Option, ...]:
    return (SourceRoute(strict, at, stops),)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("destination", [HERE, FAR])
def test_rfc_7126_4_3_5_source_routes_are_dropped_silently_by_default(
    strict: bool, destination: Address
) -> None:
    b = bench()
    b.take(udp4(destination=destination, options=routed(NEAR, strict=strict)))
    assert (b.end(), b.out) == (Reason.SOURCE_ROUTE, [])


def test_rfc_791_3_1_a_loose_route_goes_on_from_an_address_of_ours() -> None:
    b = bench(FOLLOWING)
    b.take(udp4(destination=HERE, options=routed(FAR, HOST)))
    header = Ipv4.decode(b.sent[0])
    assert header.destination == FAR
    assert header.ttl == 63
    (option,) = header.options
    assert option == SourceRoute(False, 8, (WAY_OUT, HOST))  # RFC 1812 4.2.2.2


def test_rfc_791_3_1_a_router_that_is_not_addressed_leaves_the_route_alone() -> None:
    b = bench(FOLLOWING)
    b.take(udp4(options=routed(HOST)))
    header = Ipv4.decode(b.sent[0])
    assert (header.destination, header.options) == (FAR, routed(HOST))


def test_rfc_1812_5_2_4_3_a_strict_route_goes_to_a_neighbour_or_fails() -> None:
    b = bench(FOLLOWING)
    b.take(udp4(destination=HERE, options=routed(NEAR, strict=True)))
    assert b.end() is Reason.FORWARDED
    b.take(udp4(destination=HERE, options=routed(FAR, strict=True)))
    assert b.end() is Reason.SOURCE_ROUTE
    message = b.error()[1]
    assert (message.TYPE, message.code) == (3, 5)  # type: ignore[attr-defined]


@pytest.mark.parametrize("stop", ["224.0.0.1", "127.0.0.1", "0.0.0.0", "255.255.255.255"])
def test_a_stop_that_is_no_host_fails(stop: str) -> None:
    b = bench(FOLLOWING)
    b.take(udp4(destination=HERE, options=routed(Address(stop))))
    assert b.end() is Reason.SOURCE_ROUTE


def test_rfc_1812_5_2_4_1_two_source_routes_are_an_error() -> None:
    b = bench(FOLLOWING)
    options = (*routed(NEAR), *routed(FAR, strict=True))
    b.take(udp4(destination=HERE, options=options))
    assert b.end() is Reason.BAD_OPTION
    assert pointer(b) == 20 + 7


def test_rfc_1812_4_2_2_1_a_used_up_route_has_arrived_and_is_answered_the_way_back() -> None:
    b = bench(FOLLOWING)
    stop_1, stop_2 = Address("10.0.0.200"), HOST
    message = icmp.EchoRequest(1, 2, b"data").encode()
    b.take(Ipv4(FAR, HERE, 1, message, options=routed(stop_1, stop_2, at=12)).encode())
    assert b.end() is Reason.ANSWERED
    header = Ipv4.decode(b.sent[0])
    assert header.destination == stop_2
    assert header.options == routed(stop_1, FAR)
    b.take(Ipv4(FAR, HERE, 17, bytes(8), options=routed(stop_1, stop_2, at=12)).encode())
    b.receive(PacketRefused(b.delivered[0], "eth0", is_port=True))
    header = Ipv4.decode(b.sent[0])  # RFC 1812 4.3.2.6
    assert (header.destination, header.options) == (stop_2, routed(stop_1, FAR))
    assert len(b.sent[0]) <= 576


def test_no_redirect_for_a_source_routed_packet() -> None:
    b = bench(FOLLOWING)
    b.take(udp4(destination=HERE, options=routed(Address("10.0.0.77"))))
    assert len([p for p in b.sent if p[9] == 1]) == 0


def test_a_source_route_that_comes_back_to_us_is_taken_stop_by_stop() -> None:
    b = bench(FOLLOWING)
    b.take(udp4(destination=HERE, options=routed(WAY_OUT, FAR)))
    assert b.end() is Reason.FORWARDED
    header = Ipv4.decode(b.sent[0])
    assert header.destination == FAR
    assert header.options == (SourceRoute(False, 12, (WAY_OUT, WAY_OUT)),)
    b.take(udp4(destination=HERE, options=routed(WAY_OUT)))
    assert b.end() is Reason.DELIVERED


def test_rfc_1812_5_2_2_a_strict_route_that_has_lost_its_way_is_pointed_at() -> None:
    b = bench(FOLLOWING)
    b.take(udp4(options=routed(NEAR, strict=True)))  # its destination is somebody else
    assert (b.end(), pointer(b)) == (Reason.SOURCE_ROUTE, 16)


def test_rfc_1812_5_2_4_3_a_stop_to_which_no_route_leads_is_a_source_route_that_failed() -> None:
    b = bench(FOLLOWING)
    b.take(udp4(destination=HERE, options=routed(Address("192.88.98.1"))))
    message = b.error()[1]
    assert b.end() is Reason.NO_ROUTE
    assert (message.TYPE, message.code) == (3, 5)  # type: ignore[attr-defined]


def test_rfc_1122_3_3_5_a_host_that_does_not_pass_a_source_route_on_says_so() -> None:
    b = bench(FOLLOWING, forwards=False)
    b.take(udp4(destination=HERE, options=routed(NEAR)))
    message = b.error()[1]
    assert b.end() is Reason.NOT_FORWARDING
    assert (message.TYPE, message.code) == (3, 5)  # type: ignore[attr-defined]
    b.take(udp4())
    assert (b.end(), b.out) == (Reason.NOT_FORWARDING, [])


def test_rfc_1812_4_2_2_1_the_way_back_does_not_name_the_sender_twice() -> None:
    b = bench(FOLLOWING)
    message = icmp.EchoRequest(1, 2, b"data").encode()
    b.take(Ipv4(FAR, HERE, 1, message, options=routed(FAR, HOST, at=12)).encode())
    header = Ipv4.decode(b.sent[0])  # case (B): the sender stands first in its own route
    assert (header.destination, header.options) == (HOST, routed(FAR))
    b.take(Ipv4(FAR, HERE, 1, message, options=routed(FAR, at=8)).encode())
    header = Ipv4.decode(b.sent[0])
    assert (header.destination, header.options) == (FAR, ())
