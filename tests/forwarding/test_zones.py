"""Link-local IPv6 addresses keep to their link, and are of use there (RFC 4007 9)."""

from __future__ import annotations

import pytest

from fingerpost.addr import Address
from fingerpost.forwarding import LINUX, STRICT, ForwardingPolicy, NextHop, Reason, Route
from fingerpost.wire import icmpv6
from forwarding.bench import BROADCAST, FAR6, GROUP_MAC, HERE6, HOST6, bench, udp6

ROUTES = {"fd50::/16": Route((NextHop("eth0", Address("fe80::9")),))}


@pytest.mark.parametrize("policy", [STRICT, LINUX])
@pytest.mark.parametrize("destination", [str(HOST6), "fd50::1"])
def test_rfc_4007_9_a_link_local_source_goes_back_to_its_link(
    policy: ForwardingPolicy, destination: str
) -> None:
    b = bench(policy, routes=ROUTES)
    b.take(udp6("fe80::9", destination))
    assert b.end() is Reason.FORWARDED
    assert b.frames[-1].interface == "eth0"


@pytest.mark.parametrize("policy", [STRICT, LINUX])
def test_rfc_4007_9_a_link_local_destination_is_looked_for_on_the_link_it_came_from(
    policy: ForwardingPolicy,
) -> None:
    b = bench(policy)
    b.take(udp6(HOST6, "fe80::9"))
    assert b.end() is Reason.FORWARDED
    assert b.frames[0].interface == "eth0"
    assert b.sent[0][8:40] == HOST6.packed + Address("fe80::9").packed


def test_rfc_4007_9_beyond_the_link_the_sender_is_told() -> None:
    b = bench()
    b.take(udp6("fe80::9", FAR6))
    assert b.end() is Reason.BEYOND_SCOPE
    header, message = b.error6()
    assert isinstance(message, icmpv6.DestinationUnreachable)
    assert message.code == 2
    assert (header.source, header.destination) == (Address("fe80::1"), Address("fe80::9"))


def test_rfc_4007_9_the_next_hop_is_chosen_first() -> None:
    b = bench()
    b.take(udp6("fe80::9", "fd99::1"))
    assert b.end() is Reason.NO_ROUTE
    b.take(udp6("fe80::9", FAR6, hop_limit=1))
    assert b.end() is Reason.HOP_LIMIT


@pytest.mark.parametrize("to", [BROADCAST, GROUP_MAC])
def test_rfc_1812_5_3_4_linux_takes_what_is_for_it_from_frames_to_many(to: object) -> None:
    b = bench(LINUX)
    b.take(udp6(HOST6, HERE6), to=to)  # type: ignore[arg-type]
    assert b.end() is Reason.DELIVERED
    b.take(udp6(), to=to)  # type: ignore[arg-type]
    assert (b.end(), b.sent) == (Reason.BROADCAST_FRAME, [])
    b = bench()
    b.take(udp6(HOST6, HERE6), to=to)  # type: ignore[arg-type]
    assert b.end() is Reason.BROADCAST_FRAME
