"""Redirects, sent and heard (RFC 1812 5.2.7.2, RFC 1122 3.2.2.2, RFC 4861 8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding import STRICT, NextHop, Reason, Route
from fingerpost.forwarding.events import InstallRoute
from fingerpost.wire import icmp
from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.mac import Mac
from fingerpost.wire.nd import NdOption, Redirect, RedirectedHeader, TargetLinkLayerAddress
from forwarding.bench import (
    FAR,
    FAR6,
    HERE,
    HERE6,
    HOST,
    HOST6,
    Bench,
    bench,
    interface,
    udp4,
    udp6,
)

BETTER, BETTER6 = Address("10.0.0.2"), Address("fe80::77")
ROUTES = {
    "10.50.0.0/16": Route((NextHop("eth0", BETTER),)),
    "fd50::/16": Route((NextHop("eth0", BETTER6),)),
}


def told(b: Bench) -> list[icmp.Redirect]:
    found = [Ipv4.decode(packet) for packet in b.sent if packet[0] >> 4 == 4]
    messages = [icmp.decode(packet.payload) for packet in found if packet.protocol == 1]
    return [message for message in messages if isinstance(message, icmp.Redirect)]


def told6(b: Bench) -> list[tuple[Ipv6, Redirect]]:
    found = [Ipv6.decode(packet) for packet in b.sent if packet[0] >> 4 == 6 and packet[6] == 58]
    return [
        (packet, Redirect.decode(packet.payload, packet.source, packet.destination))
        for packet in found
        if packet.payload[0] == 137
    ]


def test_rfc_1812_5_2_7_2_a_neighbour_is_told_of_the_better_router_and_its_packet_goes_on() -> None:
    b = bench(routes=ROUTES)
    b.plane.neighbors.add_static("eth0", BETTER, Mac("02:00:00:00:00:02"), 0, [])
    packet = udp4(destination="10.50.0.1", tos=0xB8)
    b.take(packet)
    assert b.end() is Reason.FORWARDED
    (message,) = told(b)
    assert (message.code, message.gateway, message.quote) == (1, BETTER, packet)
    (header,) = (Ipv4.decode(p) for p in b.sent if p[9] == 1)
    assert (header.source, header.destination, header.tos) == (HERE, HOST, 0xD8)
    assert any(p[9] == 17 for p in b.sent)


def test_rfc_1812_5_2_7_2_a_destination_on_the_same_link_is_its_own_better_hop() -> None:
    b = bench()
    b.take(udp4(destination="10.0.0.77"))
    assert b.end() is Reason.QUEUED
    assert [message.gateway for message in told(b)] == [Address("10.0.0.77")]


@pytest.mark.parametrize(
    "packet",
    [
        udp4(source="10.7.7.7", destination="10.50.0.1"),  # another subnet
        udp4(source="8.8.8.8", destination="10.50.0.1"),
        udp4(destination="10.50.0.1", fragment_offset=8),  # RFC 1812 4.3.2.7
        Ipv4(HOST, Address("10.50.0.1"), 1, b"\x03" + bytes(7)).encode(),
        udp4(destination=FAR),  # another link
    ],
)
def test_rfc_1812_5_2_7_2_no_redirect_but_under_all_conditions(packet: bytes) -> None:
    b = bench(routes=ROUTES)
    b.take(packet)
    assert b.end() in (Reason.FORWARDED, Reason.QUEUED)
    assert told(b) == []


def test_redirects_may_be_turned_off_and_are_limited() -> None:
    b = bench(interfaces=(interface(0, sends_redirects=False), interface(1)), routes=ROUTES)
    b.take(udp4(destination="10.50.0.1"))
    assert told(b) == []
    b = bench(replace(STRICT, errors_burst=2), routes=ROUTES)
    count = 0
    for _ in range(10):
        b.take(udp4(destination="10.50.0.1"))
        count += len(told(b))
    assert count == 2
    assert b.plane.counters["eth0"].errors_limited == 8


def test_rfc_8950_an_ipv6_next_hop_is_nothing_to_tell_an_ipv4_sender_of() -> None:
    b = bench(routes={"10.50.0.0/16": Route((NextHop("eth0", Address("fe80::9")),))})
    b.take(udp4(destination="10.50.0.1"))
    assert b.end() is Reason.FORWARDED
    assert told(b) == []


def test_rfc_4861_8_2_a_neighbour_is_told_of_a_better_router() -> None:
    b = bench(routes=ROUTES)
    b.plane.neighbors.add_static("eth0", BETTER6, Mac("02:00:00:00:00:77"), 0, [])
    packet = udp6(destination="fd50::1", payload=bytes(1400))
    b.take(packet)
    assert b.end() is Reason.FORWARDED
    ((header, message),) = told6(b)
    assert (header.source, header.hop_limit) == (Address("fe80::1"), 255)
    assert header.destination == HOST6
    assert (message.target, message.destination) == (BETTER6, Address("fd50::1"))
    station_of, quoted = message.options
    assert station_of == TargetLinkLayerAddress(Mac("02:00:00:00:00:77"))
    assert isinstance(quoted, RedirectedHeader)
    assert packet.startswith(quoted.quote)
    assert 1270 < len(header.encode()) <= 1280


def test_rfc_4861_8_2_a_neighbour_destination_is_its_own_target() -> None:
    b = bench()
    b.take(udp6(destination="fd00::77"))
    ((_, message),) = told6(b)
    assert message.target == message.destination == Address("fd00::77")
    assert not any(isinstance(o, TargetLinkLayerAddress) for o in message.options)  # unknown


def test_rfc_4861_8_2_who_sends_an_error_the_long_way_is_told_as_well() -> None:
    b = bench(routes=ROUTES)
    b.take(udp6(destination="fd50::1", next_header=58, payload=b"\x01" + bytes(47)))
    assert len(told6(b)) == 1


@pytest.mark.parametrize(
    ("packet", "gateway"),
    [
        (udp6(destination="fd50::1"), "fd00::77"),  # no link-local target
        (udp6(source="fd77::1", destination="fd50::1"), "fe80::77"),  # no neighbour
    ],
)
def test_rfc_4861_8_2_no_redirect_but_under_all_conditions(packet: bytes, gateway: str) -> None:
    b = bench(routes={"fd50::/16": Route((NextHop("eth0", Address(gateway)),))})
    b.take(packet)
    assert told6(b) == []


# -- heard -------------------------------------------------------------------------------------

ROUTER, ROUTER6 = Address("10.0.0.9"), Address("fe80::9")
DEFAULTS = {
    "0.0.0.0/0": Route((NextHop("eth0", ROUTER),)),
    "::/0": Route((NextHop("eth0", ROUTER6),)),
}


def host(*, forwards: bool = False, obeys: bool = True) -> Bench:
    links = (interface(0), interface(1))
    policy = replace(STRICT, obeys_redirects=obeys)
    return bench(policy, forwards=forwards, interfaces=links, routes=DEFAULTS)


def redirect(
    gateway: Address = BETTER, source: Address = ROUTER, quote: bytes | None = None
) -> bytes:
    quoted = udp4(HERE, "192.0.0.9") if quote is None else quote
    return Ipv4(source, HERE, 1, icmp.Redirect(1, gateway, quoted).encode()).encode()


def redirect6(
    target: Address = BETTER6,
    destination: Address | str = "2a00::1",
    *,
    source: Address = ROUTER6,
    hop_limit: int = 255,
    options: tuple[NdOption, ...] = (),
) -> bytes:
    message = Redirect(target, Address(destination), options).encode(source, HERE6)
    return Ipv6(source, HERE6, 58, message, hop_limit=hop_limit).encode()


def installed(b: Bench) -> list[InstallRoute]:
    return [output for output in b.out if isinstance(output, InstallRoute)]


def test_rfc_1122_3_2_2_2_a_host_obeys_its_router() -> None:
    b = host()
    b.take(redirect())
    assert b.end() is Reason.HEEDED
    (asked,) = installed(b)
    assert asked.prefix == Prefix("192.0.0.9/32")
    assert asked.route == Route((NextHop("eth0", BETTER),), origin="redirect")


def test_rfc_1812_5_2_7_2_a_router_ignores_redirects_and_so_may_a_host() -> None:
    for b in (host(forwards=True), host(obeys=False)):
        b.take(redirect())
        assert (b.end(), b.out) == (Reason.REDIRECT_IGNORED, [])
        b.take(redirect6())
        assert (b.end(), b.out) == (Reason.REDIRECT_IGNORED, [])


@pytest.mark.parametrize(
    "packet",
    [
        redirect(gateway=Address("10.7.0.1")),  # not on this subnet
        redirect(gateway=Address("10.0.1.9")),  # on another link of ours
        redirect(gateway=HERE),
        redirect(source=Address("10.0.0.8")),  # not the router that we use
        redirect(quote=udp4("10.0.0.200", "192.0.0.9")),  # not our packet
        redirect(quote=udp4(HERE, "192.0.0.9")[:19]),
        redirect(quote=b"\x60" + udp4(HERE, "192.0.0.9")[1:]),
    ],
)
def test_rfc_1122_3_2_2_2_a_host_discards_what_cannot_be_right(packet: bytes) -> None:
    b = host()
    b.take(packet)
    assert (b.end(), b.out) == (Reason.REDIRECT_IGNORED, [])


def test_rfc_4861_8_3_a_host_obeys_its_router_and_learns_the_station() -> None:
    b = host()
    better = Mac("02:00:00:00:00:77")
    b.take(redirect6(options=(TargetLinkLayerAddress(better),)))
    assert b.end() is Reason.HEEDED
    (asked,) = installed(b)
    assert asked.prefix == Prefix("2a00::1/128")
    assert asked.route == Route((NextHop("eth0", BETTER6),), origin="redirect")
    assert b.plane.neighbors.cached("eth0", BETTER6) == better


def test_rfc_4861_8_3_a_target_that_is_the_destination_is_on_the_link() -> None:
    b = host()
    on_link = Address("2a00::1")
    b.take(redirect6(target=on_link))
    (asked,) = installed(b)
    assert asked.route.next_hops == (NextHop("eth0", None),)


@pytest.mark.parametrize(
    ("packet", "end"),
    [
        (redirect6(hop_limit=254), Reason.BAD_NEIGHBOR_MESSAGE),
        (redirect6(source=HOST6), Reason.BAD_NEIGHBOR_MESSAGE),
        (redirect6(target=FAR6), Reason.BAD_NEIGHBOR_MESSAGE),  # neither link-local nor itself
        (redirect6(destination="ff0e::1"), Reason.BAD_NEIGHBOR_MESSAGE),
        (redirect6(source=Address("fe80::8")), Reason.REDIRECT_IGNORED),
    ],
)
def test_rfc_4861_8_1_an_invalid_redirect_is_discarded(packet: bytes, end: Reason) -> None:
    b = host()
    b.take(packet)
    assert (b.end(), b.out) == (end, [])


def test_a_redirect_without_any_route_is_discarded() -> None:
    b = bench(forwards=False, interfaces=(interface(0),), routes={})
    b.take(redirect())
    assert b.end() is Reason.REDIRECT_IGNORED
