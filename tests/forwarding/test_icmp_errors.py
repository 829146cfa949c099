"""ICMP errors that a router owes: what each says (RFC 1812 5.2.7, RFC 4443 3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fingerpost.addr import Address
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding import (
    STRICT,
    InterfaceWentDown,
    NextHop,
    PacketRefused,
    Reason,
    Role,
    Route,
    TimePassed,
)
from fingerpost.wire import icmp, icmpv6
from fingerpost.wire.ipv4_options import NoOperation
from forwarding.bench import (
    FAR,
    FAR6,
    HERE,
    HERE6,
    HOST,
    HOST6,
    SECOND,
    bench,
    interface,
    udp4,
    udp6,
)

IPV4 = [
    ("10.9.0.1", {"ttl": 1}, (11, 0), Reason.HOP_LIMIT),
    ("10.9.0.1", {"ttl": 0}, (11, 0), Reason.HOP_LIMIT),
    ("172.31.0.1", {}, (3, 0), Reason.NO_ROUTE),
    ("10.67.0.1", {}, (3, 1), Reason.UNREACHABLE),
    ("10.68.0.1", {}, (3, 13), Reason.PROHIBITED),
    ("10.0.2.9", {"payload": bytes(1300), "dont_fragment": True}, (3, 4), Reason.TOO_BIG),
]
IPV6 = [
    ("fd09::1", {"hop_limit": 1}, (3, 0), Reason.HOP_LIMIT),
    ("fd09::1", {"hop_limit": 0}, (3, 0), Reason.HOP_LIMIT),
    ("fdff::1", {}, (1, 0), Reason.NO_ROUTE),
    ("fd67::1", {}, (1, 6), Reason.UNREACHABLE),
    ("fd68::1", {}, (1, 1), Reason.PROHIBITED),
    ("fd00:2::9", {"payload": bytes(1300)}, (2, 0), Reason.TOO_BIG),
]


@pytest.mark.parametrize(("destination", "fields", "kind", "reason"), IPV4)
def test_rfc_1812_5_2_7_each_failure_of_forwarding_has_its_type_and_code(
    destination: str, fields: dict[str, Any], kind: tuple[int, int], reason: Reason
) -> None:
    b = bench()
    packet = udp4(destination=destination, **fields)
    b.take(packet)
    assert b.end() is reason
    header, message = b.error()
    assert (message.TYPE, message.code) == kind  # type: ignore[attr-defined]
    assert packet.startswith(message.quote)  # type: ignore[attr-defined]
    assert (header.source, header.destination) == (HERE, HOST)


@pytest.mark.parametrize(("destination", "fields", "kind", "reason"), IPV6)
def test_rfc_4443_3_each_failure_of_forwarding_has_its_type_and_code(
    destination: str, fields: dict[str, Any], kind: tuple[int, int], reason: Reason
) -> None:
    b = bench()
    packet = udp6(destination=destination, **fields)
    b.take(packet)
    assert b.end() is reason
    header, message = b.error6()
    code = 0 if isinstance(message, icmpv6.PacketTooBig) else message.code  # type: ignore[attr-defined]
    assert (message.TYPE, code) == kind
    assert packet.startswith(message.quote)  # type: ignore[attr-defined]
    assert (header.source, header.destination) == (HERE6, HOST6)


@pytest.mark.parametrize("destination", ["10.66.0.1", "fd66::1"])
def test_a_blackhole_route_is_silent(destination: str) -> None:
    b = bench()
    b.take(udp4(destination=destination) if "." in destination else udp6(destination=destination))
    assert (b.end(), b.out) == (Reason.BLACKHOLE, [])


def test_rfc_1191_4_fragmentation_needed_carries_the_mtu_of_the_next_link() -> None:
    b = bench()
    b.take(udp4(destination="10.0.2.9", payload=bytes(1261), dont_fragment=True))
    message = b.error()[1]
    assert isinstance(message, icmp.DestinationUnreachable)
    assert message.mtu == 1280
    b.take(udp4(destination="10.0.2.9", payload=bytes(1260), dont_fragment=True))
    assert b.end() is Reason.FORWARDED  # exactly the MTU passes


def test_rfc_4443_3_2_packet_too_big_carries_the_mtu_of_the_next_link() -> None:
    b = bench()
    b.take(udp6(destination="fd00:2::9", payload=bytes(1241)))
    message = b.error6()[1]
    assert isinstance(message, icmpv6.PacketTooBig)
    assert message.mtu == 1280
    b.take(udp6(destination="fd00:2::9", payload=bytes(1240)))
    assert b.end() is Reason.FORWARDED


def test_rfc_8200_5_a_link_below_the_least_mtu_reports_the_least_mtu() -> None:
    b = bench(interfaces=(interface(0), interface(1, mtu=576)))
    b.take(udp6(payload=bytes(1300)))
    message = b.error6()[1]
    assert isinstance(message, icmpv6.PacketTooBig)
    assert message.mtu == 1280


def test_rfc_1812_4_3_3_1_a_silent_neighbour_is_host_unreachable_for_every_packet() -> None:
    b = bench()
    b.take(udp4(destination="10.0.1.77"))
    b.take(udp4(destination="10.0.1.77", identification=7))
    assert b.end() is Reason.QUEUED
    told = []
    for _ in range(20):
        deadline = b.plane.next_deadline()
        if deadline is None:
            break
        b.now = deadline
        b.receive(TimePassed())
        told += [packet for packet in b.sent if packet[:1] == b"\x45"]
    messages = [icmp.decode(packet[20:]) for packet in told]
    assert [(m.TYPE, m.code) for m in messages] == [(3, 1), (3, 1)]  # type: ignore[attr-defined]


def test_rfc_4443_3_1_a_silent_neighbour_is_address_unreachable() -> None:
    b = bench()
    b.take(udp6(destination="fd00:1::77"))
    told = []
    for _ in range(20):
        deadline = b.plane.next_deadline()
        if deadline is None:
            break
        b.now = deadline
        b.receive(TimePassed())
        told += [p for p in b.sent if p[40] == 1]
    assert [packet[40:42] for packet in told] == [b"\x01\x03"]


@pytest.mark.parametrize(("is_port", "kind"), [(True, (3, 3)), (False, (3, 2))])
def test_rfc_1122_3_2_2_1_what_the_host_refuses_is_told(
    is_port: bool, kind: tuple[int, int]
) -> None:
    b = bench()
    b.take(udp4(destination=HERE))
    (packet,) = b.delivered
    b.receive(PacketRefused(packet, "eth0", is_port))
    message = b.error()[1]
    assert (message.TYPE, message.code) == kind  # type: ignore[attr-defined]


def test_rfc_4443_3_1_a_closed_port_is_told_from_the_address_that_was_asked() -> None:
    b = bench()
    far = Address("fd00:1::1")
    b.take(udp6(destination=far))
    (packet,) = b.delivered
    b.receive(PacketRefused(packet, "eth0", is_port=True))
    header, message = b.error6()
    assert header.source == far  # RFC 4443 2.2 (a)
    assert (message.TYPE, message.code) == (1, 4)  # type: ignore[attr-defined]


def test_rfc_4443_3_4_an_unknown_next_header_is_pointed_at() -> None:
    b = bench()
    options = bytes((253, 0, 1, 4, 0, 0, 0, 0))
    b.take(udp6(destination=HERE6, next_header=60, payload=options + b"whatever"))
    (packet,) = b.delivered
    b.receive(PacketRefused(packet, "eth0", is_port=False))
    message = b.error6()[1]
    assert isinstance(message, icmpv6.ParameterProblem)
    assert (message.code, message.pointer) == (1, 40)
    b.take(udp6(destination=HERE6, next_header=253))
    b.receive(PacketRefused(b.delivered[0], "eth0", is_port=False))
    message = b.error6()[1]
    assert isinstance(message, icmpv6.ParameterProblem)
    assert message.pointer == 6


def test_rfc_4443_3_1_beyond_the_scope_of_its_source_is_told_by_the_link_local_address() -> None:
    b = bench()
    b.take(udp6(source="fe80::9"))
    assert b.end() is Reason.BEYOND_SCOPE
    header, message = b.error6()
    assert (message.TYPE, message.code) == (1, 2)  # type: ignore[attr-defined]
    assert (header.source, header.destination) == (Address("fe80::1"), Address("fe80::9"))
    assert b.frames[0].interface == "eth0"


@pytest.mark.parametrize(("destination", "told"), [("10.99.0.1", (3, 1)), ("10.98.0.1", (3, 0))])
def test_rfc_1812_4_3_3_1_a_dead_link_of_ours_hides_hosts_one_further_away_networks(
    destination: str, told: tuple[int, int]
) -> None:
    routes = {
        "10.99.0.0/16": Route((NextHop("eth2"),)),
        "10.98.0.0/16": Route((NextHop("eth2", Address("10.0.2.9")),)),
    }
    b = bench(routes=routes)
    b.receive(InterfaceWentDown("eth2"))
    b.take(udp4(destination=destination))
    assert b.end() is Reason.UNRESOLVED
    message = b.error()[1]
    assert (message.TYPE, message.code) == told  # type: ignore[attr-defined]


def test_rfc_1918_3_a_border_tells_who_sends_to_private_addresses() -> None:
    b = bench(interfaces=(interface(0), interface(1, role=Role.BORDER)))
    b.take(udp4(source="8.8.8.8", destination=FAR))
    assert b.end() is Reason.BORDER
    assert b.out == []  # there is no way back to 8.8.8.8 here
    b.plane.fib["8.8.8.0/24"] = Route((NextHop("eth0", HOST),))
    b.take(udp4(source="8.8.8.8", destination=FAR))
    assert (b.error()[1].TYPE, b.error()[1].code) == (3, 13)  # type: ignore[attr-defined]
    b.take(udp4(destination="8.8.4.4", source=HOST))
    assert b.end() is Reason.NO_ROUTE


def test_rfc_1812_5_2_7_1_what_is_prohibited_may_be_kept_quiet() -> None:
    b = bench(replace(STRICT, tells_prohibited=False))
    b.take(udp4(destination="10.68.0.1"))
    assert (b.end(), b.out) == (Reason.PROHIBITED, [])


# -- the shape of an error ---------------------------------------------------------------------


def test_rfc_1812_4_3_2_3_an_error_quotes_as_much_as_fits_into_576_bytes() -> None:
    b = bench()
    packet = udp4(ttl=1, payload=bytes(range(256)) * 4)
    b.take(packet)
    header, message = b.error()
    assert len(b.sent[0]) == 576
    assert message.quote == packet[:548]  # type: ignore[attr-defined]
    assert header.ttl == 64  # fresh (RFC 1812 4.3.2.2)


def test_rfc_4443_2_4_c_an_error_quotes_as_much_as_fits_into_the_least_mtu() -> None:
    b = bench()
    packet = udp6(hop_limit=1, payload=bytes(range(256)) * 5)
    b.take(packet)
    header, message = b.error6()
    assert len(b.sent[0]) == 1280
    assert message.quote == packet[:1232]  # type: ignore[attr-defined]
    assert header.hop_limit == 64


def test_the_padding_of_the_link_is_not_quoted() -> None:
    b = bench()
    packet = udp4(ttl=1)
    b.take(packet, padding=20)
    assert b.error()[1].quote == packet  # type: ignore[attr-defined]


@pytest.mark.parametrize(("tos", "error_tos"), [(0, 0xC0), (0xB8, 0xD8), (0x1E, 0xDC), (3, 0xC0)])
def test_rfc_1812_4_3_2_5_precedence_is_6_and_the_type_of_service_is_kept(
    tos: int, error_tos: int
) -> None:
    b = bench()
    b.take(udp4(ttl=1, tos=tos))
    assert b.error()[0].tos == error_tos  # without ECN, which is no type of service any more


# -- its source --------------------------------------------------------------------------------


def test_rfc_1812_4_3_2_4_the_source_is_the_interface_that_the_error_leaves_on() -> None:
    routes = {"10.50.0.0/16": Route((NextHop("eth1", Address("10.0.1.9")),))}
    packet = udp4(source="10.50.0.1", destination="10.0.2.9", ttl=1)
    b = bench(routes=routes)
    b.take(packet)  # came in on eth0, goes back by eth1
    assert b.error()[0].source == Address("10.0.1.1")
    assert b.frames[0].interface == "eth1"
    b = bench(replace(STRICT, errors_from_inbound=True), routes=routes)
    b.take(packet)
    assert b.error()[0].source == HERE


def test_rfc_1122_3_3_4_3_among_several_addresses_the_one_in_the_next_hop_s_subnet() -> None:
    addresses = tuple(InterfaceAddress(a) for a in ("10.7.0.1/24", "10.0.0.1/24", "fe80::1/64"))
    b = bench(interfaces=(interface(0, addresses=addresses), interface(1)))
    b.take(udp4(ttl=1))
    assert b.error()[0].source == HERE


def test_rfc_1812_2_2_7_an_unnumbered_interface_speaks_as_the_router_id_or_a_loopback() -> None:
    links = (interface(0, addresses=()), interface(1))
    routes = {"10.0.0.0/24": Route((NextHop("eth0"),))}
    b = bench(interfaces=links, routes=routes, router_id=Address("10.255.0.1"))
    b.take(udp4(ttl=1))
    assert b.error()[0].source == Address("10.255.0.1")
    lo = interface(9, addresses=(InterfaceAddress("10.255.0.2/32"),), is_loopback=True)
    b = bench(interfaces=(*links, lo), routes=routes)
    b.take(udp4(ttl=1))
    assert b.error()[0].source == Address("10.255.0.2")
    b = bench(interfaces=links, routes=routes)
    b.take(udp4(ttl=1))
    assert b.error()[0].source == Address("10.0.1.1")


def test_an_error_that_has_no_source_is_not_sent() -> None:
    links = (interface(0, addresses=()), interface(1, addresses=()))
    routes = {"10.0.0.0/24": Route((NextHop("eth0"),))}
    b = bench(interfaces=links, routes=routes)
    b.take(udp4(ttl=1))
    assert (b.end(), b.out) == (Reason.HOP_LIMIT, [])


def test_rfc_6724_5_an_ipv6_source_has_the_scope_of_its_destination() -> None:
    only_link_local = (InterfaceAddress("fe80::1/64"),)
    routes = {"fd00::/64": Route((NextHop("eth0"),))}
    b = bench(interfaces=(interface(0, addresses=only_link_local), interface(1)), routes=routes)
    b.take(udp6(hop_limit=1))
    assert b.error6()[0].source == Address("fd00:1::1")  # another interface's (RFC 6724 4)


def test_rfc_4443_2_2_the_source_of_an_error_about_an_anycast_address_is_unicast() -> None:
    b = bench()
    b.take(udp6(destination="fd00::"))  # the subnet's routers (RFC 4291 2.6.1)
    (packet,) = b.delivered
    b.receive(PacketRefused(packet, "eth0", is_port=True))
    assert b.error6()[0].source == HERE6


def test_the_address_that_was_asked_may_answer_in_ipv4_too() -> None:
    far = Address("10.0.1.1")
    for asked, source in ((False, HERE), (True, far)):
        b = bench(replace(STRICT, errors_from_destination=asked))
        b.take(udp4(destination=far))
        b.receive(PacketRefused(b.delivered[0], "eth0", is_port=True))
        assert b.error()[0].source == source


def test_with_several_ways_back_the_error_leaves_by_the_one_whose_address_it_carries() -> None:
    ways = (NextHop("eth1", Address("10.0.1.9")), NextHop("eth2", Address("10.0.2.9")))
    b = bench(routes={"10.50.0.0/16": Route(ways)})
    for last in range(1, 20):
        b.take(udp4(source=f"10.50.0.{last}", ttl=1))
        link = b.frames[0].interface
        assert b.error()[0].source == b.plane.interfaces[link].addresses[0].address


# -- limits ------------------------------------------------------------------------------------


def test_rfc_4443_2_4_f_errors_are_limited_per_peer_and_kind_and_counted() -> None:
    b = bench(replace(STRICT, errors_per_peer_per_second=10, errors_burst=5))
    sent = 0
    for number in range(1000):  # in one second
        b.now = number * SECOND // 1000
        sent += bool(b.take(udp4(ttl=1)))
    assert 10 <= sent <= 15
    counters = b.plane.counters["eth0"]
    assert (counters.errors_sent, counters.errors_limited) == (sent, 1000 - sent)
    assert b.take(udp4(source="10.0.0.8", ttl=1))  # another peer
    assert b.take(udp4(destination="172.31.0.1"))  # another kind


def test_rfc_1812_4_3_2_8_a_limited_error_still_counts_as_an_end_and_says_so() -> None:
    b = bench(replace(STRICT, errors_per_peer_per_second=0))
    b.take(udp4(ttl=1))
    assert b.end() is Reason.HOP_LIMIT
    assert any("enough were told" in str(step) for step in b.traces[-1].steps)


def test_an_error_about_a_packet_with_options_quotes_them() -> None:
    b = bench()
    packet = udp4(ttl=1, options=(NoOperation(),) * 4)
    b.take(packet)
    assert b.error()[1].quote == packet  # type: ignore[attr-defined]


def test_an_error_is_the_answer_of_its_cause_in_the_trace() -> None:
    b = bench()
    b.take(udp6(destination=FAR6, hop_limit=1))
    trace = b.traces[-1]
    assert [answer.end for answer in trace.answers] == [Reason.FORWARDED]
    assert "time exceeded in transit" in str(trace)
