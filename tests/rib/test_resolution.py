"""Recursive next hops: found, followed when what they rest on changes, never in a circle."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.events import InterfaceWentDown, InterfaceWentUp
from fingerpost.forwarding.route import NextHop
from fingerpost.rib import Rib
from fingerpost.rib.route import RibRoute
from rib.made import announce, route, withdraw

FAR = Prefix("203.0.113.0/24")


def hops(rib: Rib, prefix: str) -> str:
    best = rib.best(prefix)
    return "-" if best is None else ", ".join(map(str, best.next_hops))


def started(via_default: bool = False) -> Rib:
    rib = Rib(via_default=via_default)
    rib.apply(announce(route("10.0.0.0/24", "connected", "eth0")), 1)
    return rib


def test_a_gateway_is_followed_to_an_interface_over_several_routes() -> None:
    rib = started()
    rib.apply(announce(route("203.0.113.0/24", "ibgp", "192.0.2.1")), 2)
    assert hops(rib, "203.0.113.0/24") == "-"
    changes = rib.apply(announce(route("192.0.2.0/24", "static", "10.0.0.9")), 3)
    assert [change.prefix for change in changes] == [Prefix("192.0.2.0/24"), FAR]
    assert hops(rib, "203.0.113.0/24") == "via 10.0.0.9 dev eth0"


def test_a_change_reaches_exactly_those_that_rest_on_it() -> None:
    rib = started()
    rib.apply(
        announce(
            route("192.0.2.0/24", "ospf", "10.0.0.1@eth0"),
            route("198.51.100.0/24", "ospf", "10.0.0.2@eth0"),
            route("203.0.113.0/24", "ibgp", "192.0.2.1"),
            route("203.0.112.0/24", "ibgp", "198.51.100.1"),
        ),
        2,
    )
    changes = rib.apply(announce(route("192.0.2.0/24", "ospf", "10.0.0.3@eth0")), 3)
    assert [change.prefix for change in changes] == [Prefix("192.0.2.0/24"), FAR]
    changes = rib.apply(announce(route("192.0.2.1/32", "static", "10.0.0.4@eth0")), 4)
    assert [change.prefix for change in changes] == [Prefix("192.0.2.1/32"), FAR]
    assert hops(rib, "203.0.112.0/24") == "via 10.0.0.2 dev eth0"


def test_what_the_source_says_again_changes_nothing_and_keeps_its_age() -> None:
    rib = started()
    assert rib.apply(announce(route("10.0.0.0/24", "connected", "eth0")), 99) == []
    best = rib.best("10.0.0.0/24")
    assert best is not None
    assert best.since == 1


def test_no_gateway_is_found_by_the_default_route_unless_told_so() -> None:
    for via_default, expected in ((False, "-"), (True, "via 10.0.0.1 dev eth0")):
        rib = started(via_default)
        rib.apply(announce(route("0.0.0.0/0", "static", "10.0.0.1@eth0")), 2)
        rib.apply(announce(route("203.0.113.0/24", "ibgp", "192.0.2.1")), 2)
        assert hops(rib, "203.0.113.0/24") == expected


def test_a_gateway_behind_a_blackhole_is_nowhere() -> None:
    rib = started()
    rib.apply(announce(route("192.0.2.0/24", "static"), route(str(FAR), "ibgp", "192.0.2.1")), 2)
    assert hops(rib, str(FAR)) == "-"
    assert "192.0.2.0/24 is blackhole" in str(rib.explain(FAR))


def test_a_route_never_finds_its_next_hop_by_itself() -> None:
    rib = started()
    rib.apply(announce(route("10.0.0.0/28", "ibgp", "10.0.0.1")), 2)
    assert hops(rib, "10.0.0.0/28") == "-"
    assert "found by 10.0.0.0/28 again" in str(rib.explain_not("10.0.0.0/28"))
    rib.apply(announce(route("203.0.113.0/24", "ibgp", "10.0.0.1")), 3)
    assert hops(rib, "203.0.113.0/24") == "via 10.0.0.1 dev eth0"  # others find it by the /24


@pytest.mark.parametrize("length", [2, 3, 40])
def test_routes_that_rest_on_each_other_all_go_and_come_back_when_one_stands(length: int) -> None:
    rib = started()
    ring = [
        route(f"10.1.{at}.0/24", "static", f"10.1.{(at + 1) % length}.1") for at in range(length)
    ]
    rib.apply(announce(*ring), 2)
    assert [one.prefix for one in rib] == [Prefix("10.0.0.0/24")]
    changes = rib.apply(announce(route("10.1.0.1/32", "ospf", "eth0")), 3)
    assert len(changes) == length + 1
    assert all(hops(rib, f"10.1.{at}.0/24") != "-" for at in range(length))
    changes = rib.apply(withdraw("ospf", "10.1.0.1/32"), 4)
    assert len(changes) == length + 1


def test_a_chain_of_a_thousand_gateways_is_followed() -> None:
    rib = started()
    chain = [
        route(f"10.{1 + at // 250}.{at % 250}.0/24", "static", _below(at)) for at in range(1000)
    ]
    rib.apply(announce(*reversed(chain)), 2)
    assert hops(rib, "10.4.249.0/24") == "via 10.0.0.7 dev eth0"
    assert len(rib.apply(InterfaceWentDown("eth0"), 3)) == 1001
    assert len(rib.apply(InterfaceWentUp("eth0"), 4)) == 1001


def _below(at: int) -> str:
    return "10.0.0.7" if at == 0 else f"10.{1 + (at - 1) // 250}.{(at - 1) % 250}.1"


def test_the_share_of_a_gateway_is_divided_among_what_it_rests_on() -> None:
    rib = started()
    rib.apply(
        announce(
            route("192.0.2.1/32", "ospf", "10.0.0.1@eth0", "10.0.0.2@eth0"),
            route("192.0.2.2/32", "ospf", "10.0.0.3@eth0"),
            route("203.0.113.0/24", "ibgp", "192.0.2.1", "192.0.2.2"),
        ),
        2,
    )
    assert hops(rib, "203.0.113.0/24") == (
        "via 10.0.0.1 dev eth0, via 10.0.0.2 dev eth0, via 10.0.0.3 dev eth0 weight 2"
    )


def test_next_hops_of_interfaces_that_are_down_are_left_out() -> None:
    rib = started()
    rib.apply(announce(route(str(FAR), "static", "10.0.0.1@eth0", "10.1.0.1@eth1")), 2)
    rib.apply(announce(route(str(FAR), "rip", "eth2")), 2)
    assert len(rib.apply(InterfaceWentDown("eth1"), 3)) == 1
    assert hops(rib, str(FAR)) == "via 10.0.0.1 dev eth0"
    rib.apply(InterfaceWentDown("eth0"), 4)
    assert hops(rib, str(FAR)) == "dev eth2"
    rib.apply(InterfaceWentUp("eth1"), 5)
    assert hops(rib, str(FAR)) == "via 10.1.0.1 dev eth1"


def onlink(prefix: str, *ways: str) -> RibRoute:
    made = route(prefix, "ospf", *ways)
    return replace(made, next_hops=tuple(replace(hop, is_onlink=True) for hop in made.next_hops))


def test_a_gateway_on_the_link_is_looked_up_nowhere_and_goes_with_its_interface() -> None:
    rib = Rib()
    rib.apply(announce(onlink("10.255.0.2/32", "10.255.0.2@eth1")), 1)
    assert hops(rib, "10.255.0.2/32") == "via 10.255.0.2 dev eth1 onlink"
    rib.apply(InterfaceWentDown("eth1"), 2)
    assert hops(rib, "10.255.0.2/32") == "-"
    rib.apply(InterfaceWentUp("eth1"), 3)
    assert hops(rib, "10.255.0.2/32") == "via 10.255.0.2 dev eth1 onlink"


def test_what_rests_on_a_gateway_on_the_link_is_on_the_link_too() -> None:
    rib = Rib()
    rib.apply(announce(onlink("10.255.0.3/32", "10.255.0.2@eth1", "10.255.0.4@eth2")), 1)
    rib.apply(announce(route("203.0.113.0/24", "ibgp", "10.255.0.3")), 2)
    both = "via 10.255.0.2 dev eth1 onlink, via 10.255.0.4 dev eth2 onlink"
    assert hops(rib, "203.0.113.0/24") == both
    rib.apply(InterfaceWentDown("eth2"), 3)
    assert hops(rib, "203.0.113.0/24") == "via 10.255.0.2 dev eth1 onlink"


def test_a_way_that_comes_to_be_on_the_link_is_a_change() -> None:
    rib = Rib()
    rib.apply(announce(route("203.0.113.0/24", "ospf", "10.0.0.2@eth1")), 1)
    (change,) = rib.apply(announce(onlink("203.0.113.0/24", "10.0.0.2@eth1")), 2)
    assert change.after is not None
    assert change.after.next_hops[0].is_onlink


def test_a_way_that_two_say_is_on_the_link_if_one_of_them_says_so() -> None:
    rib = Rib()
    rib.apply(announce(onlink("192.0.2.1/32", "10.0.0.2@eth1")), 1)
    rib.apply(announce(route("192.0.2.2/32", "ospf", "10.0.0.2@eth1")), 2)
    rib.apply(announce(route("203.0.113.0/24", "ibgp", "192.0.2.2", "192.0.2.1")), 3)
    assert hops(rib, "203.0.113.0/24") == "via 10.0.0.2 dev eth1 onlink"


def test_an_ipv4_route_may_rest_on_an_ipv6_gateway() -> None:
    rib = Rib()
    rib.apply(announce(route("2001:db8::/64", "connected", "eth0")), 1)
    rib.apply(announce(route("203.0.113.0/24", "ebgp", "2001:db8::1")), 2)
    best = rib.match("203.0.113.9")
    assert best is not None
    assert best.next_hops == (NextHop("eth0", Address("2001:db8::1")),)


def test_explain_shows_winner_losers_values_and_the_whole_chain() -> None:
    rib = started()
    rib.apply(announce(route("192.0.2.0/24", "static", "10.0.0.9")), 3_000_000_000)
    rib.apply(
        announce(route(str(FAR), "ibgp", "192.0.2.1"), route(str(FAR), "ebgp", "192.0.2.2")),
        4_000_000_000,
    )
    assert str(rib.explain("203.0.113.7")).splitlines() == [
        "203.0.113.7: 203.0.113.0/24 via 10.0.0.9 dev eth0 proto ebgp [20/0]",
        "  203.0.113.0/24 via 192.0.2.2 proto ebgp [20/0]: used",
        "    said by ebgp since 4.000 s",
        "  203.0.113.0/24 via 192.0.2.1 proto ibgp [200/0]: distance 200 loses to 20",
        "    said by ibgp since 4.000 s",
        "  next hop 192.0.2.2 rests on 192.0.2.0/24: via 10.0.0.9 dev eth0",
        "  next hop 10.0.0.9 rests on 10.0.0.0/24: via 10.0.0.9 dev eth0",
    ]
    assert str(rib.explain_not(FAR, "ibgp")).splitlines() == [
        "203.0.113.0/24 of ibgp: not used",
        "  203.0.113.0/24 via 192.0.2.1 proto ibgp [200/0]: distance 200 loses to 20",
    ]
    assert rib.explain_not(FAR, "ebgp").used
    assert "rip has not announced it" in str(rib.explain_not(FAR, "rip"))
    assert str(rib.explain("8.8.8.8")) == "8.8.8.8: no route"


def test_an_address_falls_to_the_longest_prefix_that_can_be_used() -> None:
    rib = started()
    rib.apply(announce(route("10.0.0.0/28", "ibgp", "192.0.2.1")), 2)
    best = rib.match("10.0.0.1")
    assert best is not None
    assert best.prefix == Prefix("10.0.0.0/24")
    assert rib.explain("10.0.0.1").skipped == (Prefix("10.0.0.0/28"),)
