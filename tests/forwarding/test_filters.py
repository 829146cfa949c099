"""The reverse path and borders (RFC 3704, RFC 1918, RFC 4193)."""

from __future__ import annotations

import pytest

from fingerpost.addr import Address
from fingerpost.forwarding import BLACKHOLE, NextHop, Reason, ReversePath, Role, Route
from forwarding.bench import HERE, NEAR, Bench, bench, interface, udp4, udp6

BACK_BY_ETH1 = Route((NextHop("eth1", NEAR),))
OFF, LOOSE, STRICT = ReversePath.OFF, ReversePath.LOOSE, ReversePath.STRICT


def checking(mode: ReversePath, routes: dict[str, Route] | None = None) -> Bench:
    links = (interface(0, reverse_path=mode), interface(1))
    return bench(interfaces=links, routes=routes)


@pytest.mark.parametrize(
    ("source", "accepted"),
    [
        ("10.0.0.9", {OFF, LOOSE, STRICT}),  # the route back leaves by eth0
        ("10.50.0.1", {OFF, LOOSE}),  # it leaves by eth1: asymmetric
        ("172.31.0.1", {OFF}),  # there is none
        ("10.66.0.1", {OFF}),  # it is a blackhole
    ],
)
@pytest.mark.parametrize("mode", list(ReversePath))
def test_rfc_3704_2_the_source_is_looked_up_as_the_mode_asks(
    mode: ReversePath, source: str, accepted: set[ReversePath]
) -> None:
    b = checking(mode, {"10.50.0.0/16": BACK_BY_ETH1})
    b.take(udp4(source))
    if mode in accepted:
        assert b.end() is Reason.FORWARDED
    else:
        assert (b.end(), b.out) == (Reason.REVERSE_PATH, [])  # no ICMP to a forged source


def test_rfc_3704_2_2_one_of_several_equal_ways_back_is_enough() -> None:
    both = Route((NextHop("eth1", NEAR), NextHop("eth0", Address("10.0.0.9"))))
    b = checking(STRICT, {"10.50.0.0/16": both})
    b.take(udp4("10.50.0.1"))
    assert b.end() is Reason.FORWARDED


def test_rfc_3704_2_4_a_default_route_lets_every_source_pass_the_loose_check() -> None:
    b = checking(LOOSE, {"0.0.0.0/0": BACK_BY_ETH1})
    b.take(udp4("172.31.0.1"))
    assert b.end() is Reason.FORWARDED
    b = checking(LOOSE, {"0.0.0.0/0": BACK_BY_ETH1, "172.31.0.0/16": BLACKHOLE})
    b.take(udp4("172.31.0.1"))
    assert b.end() is Reason.REVERSE_PATH


def test_the_check_is_for_what_is_for_us_too_but_not_for_who_has_no_address() -> None:
    b = checking(STRICT)
    b.take(udp4("172.31.0.1", HERE))
    assert b.end() is Reason.REVERSE_PATH
    b.take(udp4("0.0.0.0", "255.255.255.255"))
    assert b.end() is Reason.DELIVERED
    b.take(udp6("fe80::9", "fe80::1"))
    assert b.end() is Reason.DELIVERED
    b.take(udp6("::", "ff02::1"))
    assert b.end() is Reason.DELIVERED
    b.take(udp6("fd77::1"))
    assert b.end() is Reason.REVERSE_PATH


# -- borders -----------------------------------------------------------------------------------

PUBLIC = {
    "8.8.8.0/24": Route((NextHop("eth1", NEAR),)),
    "9.9.9.0/24": Route((NextHop("eth0", Address("10.0.0.9")),)),
    "2a00::/16": Route((NextHop("eth1", Address("fe80::9")),)),
    "2600::/16": Route((NextHop("eth0", Address("fe80::9")),)),
}


@pytest.mark.parametrize(
    ("source", "destination", "passes"),
    [
        ("9.9.9.9", "8.8.8.8", True),
        ("10.0.0.9", "8.8.8.8", False),
        ("100.64.0.1", "8.8.8.8", False),
        ("9.9.9.9", "10.9.0.1", False),
        ("9.9.9.9", "192.168.7.7", False),
        ("2600::1", "2a00::1", True),
        ("fd00::9", "2a00::1", False),
        ("2600::1", "fd09::1", False),
    ],
)
@pytest.mark.parametrize("link", ["eth0", "eth1"])
def test_rfc_1918_3_and_4193_4_3_nothing_private_crosses_a_border_either_way(
    source: str, destination: str, passes: bool, link: str
) -> None:
    links = tuple(
        interface(n, role=Role.BORDER if link == f"eth{n}" else Role.INSIDE) for n in (0, 1)
    )
    routes = {**PUBLIC, "192.168.0.0/16": Route((NextHop("eth1", NEAR),))}
    b = bench(interfaces=links, routes=routes)
    b.take(udp6(source, destination) if ":" in source else udp4(source, destination))
    assert b.end() is (Reason.FORWARDED if passes else Reason.BORDER)
    if not passes and source.startswith(("10.", "100.", "fd")):
        assert b.out == []  # a private source is nobody to tell


def test_inside_private_addresses_are_like_any_other() -> None:
    b = bench()
    b.take(udp4("192.168.1.1", "10.9.0.1"))
    assert b.end() is Reason.FORWARDED
