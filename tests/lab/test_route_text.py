"""Static routes as `ip route` writes them, and what is said about those it would not take."""

from __future__ import annotations

import pytest

from fingerpost.addr import Address
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.lab.topology.route_text import parse


@pytest.mark.parametrize(
    ("text", "prefix", "hops"),
    [
        ("10.0.0.0/8 via 192.0.2.1", "10.0.0.0/8", [NextHop(None, Address("192.0.2.1"))]),
        (
            "10.0.0.0/8 via 192.0.2.1 dev eth1 weight 2 metric 20",
            "10.0.0.0/8",
            [NextHop("eth1", Address("192.0.2.1"), 2)],
        ),
        ("10.0.0.0/8 dev eth1", "10.0.0.0/8", [NextHop("eth1")]),
        ("default via 2001:db8::1", "::/0", [NextHop(None, Address("2001:db8::1"))]),
        ("default dev eth0", "0.0.0.0/0", [NextHop("eth0")]),
        (
            "10.0.0.0/8 via inet6 fe80::1 dev eth1",  # RFC 8950
            "10.0.0.0/8",
            [NextHop("eth1", Address("fe80::1"))],
        ),
        (
            "2001:db8::/32 nexthop via fd00::1 weight 2 nexthop dev eth2",
            "2001:db8::/32",
            [NextHop(None, Address("fd00::1"), 2), NextHop("eth2")],
        ),
    ],
)
def test_routes_with_next_hops(text: str, prefix: str, hops: list[NextHop]) -> None:
    static = parse(text)
    assert str(static.prefix) == prefix
    assert list(static.route.next_hops) == hops
    assert static.route.kind is RouteKind.UNICAST


@pytest.mark.parametrize("kind", ["blackhole", "unreachable", "prohibit"])
def test_the_kind_stands_before_or_behind_the_prefix(kind: str) -> None:
    for text in (f"{kind} 192.0.2.0/24", f"192.0.2.0/24 {kind}"):
        static = parse(text)
        assert static.route.kind.value == kind
        assert static.route.next_hops == ()


def test_a_gateway_may_be_on_a_link_whatever_networks_are_there() -> None:
    (hop,) = parse("10.0.0.0/8 via 192.0.2.1 dev eth1 onlink proto static").route.next_hops
    assert hop.is_onlink
    assert str(hop) == "via 192.0.2.1 dev eth1 onlink"


def test_of_several_next_hops_each_may_be_on_its_link() -> None:
    text = "10.0.0.0/8 nexthop via 10.1.0.1 dev a onlink weight 2 nexthop via 10.2.0.1 dev onlink"
    hops = parse(text).route.next_hops
    assert [str(hop) for hop in hops] == [
        "via 10.1.0.1 dev a weight 2 onlink",
        "via 10.2.0.1 dev onlink",
    ]


def test_the_metric_is_kept() -> None:
    assert parse("10.0.0.0/8 via 192.0.2.1 metric 20").route.metric == 20


@pytest.mark.parametrize(
    ("pasted", "plain"),
    [
        ("default via 192.0.2.1 proto dhcp metric 100", "default via 192.0.2.1 metric 100"),
        ("10.0.0.0/24 dev eth1 proto kernel scope link linkdown", "10.0.0.0/24 dev eth1"),
        ("fd00::/64 dev eth1 proto ra metric 5 pref medium", "fd00::/64 dev eth1 metric 5"),
        ("blackhole 10.0.0.0/8 proto static", "blackhole 10.0.0.0/8"),
        (
            "10.0.0.0/8 proto bgp nexthop via 10.1.0.1 dev eth1 weight 1 "
            "nexthop dev src weight 1 linkdown",
            "10.0.0.0/8 nexthop via 10.1.0.1 dev eth1 nexthop dev src",
        ),
    ],
)
def test_what_ip_route_show_prints_beside_is_passed_over(pasted: str, plain: str) -> None:
    assert parse(pasted) == parse(plain)


def test_a_source_address_is_noted_as_passed_over() -> None:
    static = parse("10.0.0.0/24 dev eth1 proto kernel scope link src 10.0.0.7")
    assert static.passed_over == ("src 10.0.0.7",)
    assert static.route == parse("10.0.0.0/24 dev eth1").route


def test_a_word_that_is_cut_off_is_told() -> None:
    with pytest.raises(ValueError, match="what after 'proto'"):
        parse("10.0.0.0/24 dev eth1 proto")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("", "starts with its prefix"),
        ("10.0.0.0/8", "where to"),
        ("10.0.0.1/8 via 192.0.2.1", "has host bits set"),
        ("10.0.0.0/33 via 192.0.2.1", "10.0.0.0/33"),
        ("10.0.0.0/8 via", "what after 'via'"),
        ("10.0.0.0/8 via nowhere", "via nowhere"),
        ("10.0.0.0/8 vai 192.0.2.1", "did you mean 'via'"),
        ("10.0.0.0/8 via 192.0.2.1 weight 0", "weight 0 would never be used"),
        ("10.0.0.0/8 via 192.0.2.1 weight 257", "up to 256"),
        ("10.0.0.0/8 via 192.0.2.1 metric -1", "whole number"),
        ("10.0.0.0/8 via 192.0.2.1 via 192.0.2.2", "via twice"),
        ("10.0.0.0/8 nexthop weight 2", "a next hop needs"),
        ("10.0.0.0/8 via 192.0.2.1 blackhole", "write the kind once, beside the prefix"),
        ("blackhole 10.0.0.0/8 via 192.0.2.1", "goes nowhere"),
        ("blackhole unreachable 10.0.0.0/8", "write the kind once"),
        ("2001:db8::/32 via 192.0.2.1", "no gateway for IPv6"),
        ("2001:db8::/32 via fe80::1", "say on which link"),
        ("blackhole", "starts with its prefix"),
        ("throw 10.0.0.0/8", "'throw' is none of unicast, blackhole, unreachable, prohibit"),
        ("add 10.0.0.0/8 via 192.0.2.1", "'add' is none of .* starts with its prefix"),
        ("10.0.0.0/8 via 192.0.2.1 mtu 9000", "'mtu' is no word of a route here; .* prohibit$"),
    ],
)
def test_what_is_wrong_is_told_with_what_is_right(text: str, right: str) -> None:
    with pytest.raises(ValueError, match=right):
        parse(text)
