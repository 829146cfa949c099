"""Which rule speaks first when a packet breaks several (RFC 1812 5.2.1)."""

from __future__ import annotations

import pytest

from fingerpost.forwarding import LAB, STRICT, Reason
from fingerpost.wire import icmp, icmpv6
from forwarding.bench import HERE, bench, udp4, udp6


@pytest.mark.parametrize(
    ("destination", "end", "code"),
    [
        ("10.67.0.1", Reason.UNREACHABLE, 1),
        ("10.68.0.1", Reason.PROHIBITED, 13),
        ("203.0.114.1", Reason.NO_ROUTE, 0),
    ],
)
def test_rfc_1812_5_2_1_2_the_table_is_asked_before_the_hop_limit(
    destination: str, end: Reason, code: int
) -> None:
    router = bench()
    router.take(udp4(destination=destination, ttl=1))
    assert router.end() is end
    _, said = router.error()
    assert isinstance(said, icmp.DestinationUnreachable)
    assert said.code == code


def test_rfc_1812_5_2_1_2_the_table_is_asked_before_the_hop_limit_in_ipv6_too() -> None:
    router = bench()
    router.take(udp6(destination="fd68::1", hop_limit=1))
    _, said = router.error6()
    assert isinstance(said, icmpv6.DestinationUnreachable)
    assert said.code == 1


def test_rfc_1812_5_2_1_2_a_blackhole_swallows_a_packet_without_hops_too() -> None:
    router = bench()
    router.take(udp4(destination="10.66.0.1", ttl=1))
    assert (router.end(), router.sent) == (Reason.BLACKHOLE, [])


def test_rfc_1812_5_2_1_1_local_delivery_is_decided_before_the_hop_limit() -> None:
    router = bench()
    router.take(udp4(destination=HERE, ttl=0))
    assert router.end() is Reason.DELIVERED


def test_rfc_1812_5_2_1_2_the_hop_limit_is_looked_at_before_the_size() -> None:
    router = bench()
    router.take(udp4(destination="10.0.2.9", ttl=1, payload=bytes(1400), dont_fragment=True))
    assert router.end() is Reason.HOP_LIMIT


def test_rfc_3927_7_link_local_is_dropped_in_silence_before_the_table_is_asked() -> None:
    router = bench()
    router.take(udp4(destination="169.254.7.7"))
    assert (router.end(), router.sent) == (Reason.BEYOND_SCOPE, [])


@pytest.mark.parametrize("destination", ["198.51.100.7", "2001:db8::7", "3fff::7"])
def test_rfc_6890_2_2_1_documentation_is_forwarded_by_a_laboratory_alone(destination: str) -> None:
    packet = udp6(destination=destination) if ":" in destination else udp4(destination=destination)
    strict, lab = bench(STRICT), bench(LAB)
    strict.take(packet)
    lab.take(packet)
    assert (strict.end(), lab.end()) == (Reason.NOT_FORWARDABLE, Reason.NO_ROUTE)
