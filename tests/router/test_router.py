"""What interfaces that come and go mean for the table."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.errors import UsageError
from fingerpost.forwarding.events import InterfaceWentDown, InterfaceWentUp, TimePassed
from fingerpost.forwarding.interface import Interface
from fingerpost.forwarding.route import BLACKHOLE, NextHop, Route
from fingerpost.router import Router, Routing
from fingerpost.wire.mac import Mac

NEAR = Prefix("10.0.0.0/24")
FAR = Prefix("203.0.113.0/24")


def interface(number: int, *addresses: str, is_up: bool = True) -> Interface:
    mac = Mac(bytes((2, 0, 0, 0, 0, number)))
    own = tuple(InterfaceAddress(text) for text in addresses)
    return Interface(f"eth{number}", number + 1, mac, addresses=own, is_up=is_up)


def router(*interfaces: Interface) -> Router:
    return Router("r", interfaces, rng=random.Random(7))


def via(gateway: str, name: str) -> NextHop:
    return NextHop(name, Address(gateway))


def two_ways() -> Router:
    return router(interface(0, "10.0.0.1/24"), interface(1, "10.0.1.1/24"))


def test_an_address_brings_its_connected_prefix() -> None:
    made = router(interface(0, "10.0.0.1/24", "2001:db8::1/64", "fe80::1/64"))
    assert list(made.fib) == [NEAR, Prefix("2001:db8::/64")]
    assert made.fib[NEAR] == Route((NextHop("eth0"),), origin="connected")


def test_an_interface_that_is_down_brings_nothing_until_it_is_up() -> None:
    made = router(interface(0, "10.0.0.1/24", is_up=False))
    assert list(made.fib) == []
    made.receive(InterfaceWentUp("eth0"), 0)
    assert list(made.fib) == [NEAR]


def test_a_route_leaves_with_its_last_interface_and_comes_back_with_it() -> None:
    made = two_ways()
    made.install(FAR, Route((via("10.0.0.2", "eth0"), via("10.0.1.2", "eth1"))))
    made.receive(InterfaceWentDown("eth0"), 0)
    assert FAR in made.fib
    made.receive(InterfaceWentDown("eth1"), 0)
    assert list(made.fib) == []
    made.receive(InterfaceWentUp("eth0"), 0)
    assert list(made.fib) == [NEAR, FAR]


def test_a_route_out_of_a_dead_interface_waits() -> None:
    made = router(interface(0, "10.0.0.1/24", is_up=False))
    made.install(FAR, Route((via("10.0.0.2", "eth0"),)))
    assert FAR not in made.fib
    made.receive(InterfaceWentUp("eth0"), 0)
    assert FAR in made.fib


def test_a_blackhole_does_not_depend_on_interfaces() -> None:
    made = two_ways()
    made.install(FAR, BLACKHOLE)
    made.receive(InterfaceWentDown("eth0"), 0)
    made.receive(InterfaceWentDown("eth1"), 0)
    assert dict(made.fib) == {FAR: BLACKHOLE}


def test_a_connected_prefix_stands_before_a_static_one() -> None:
    made = two_ways()
    static = Route((via("10.0.1.2", "eth1"),))
    made.install(NEAR, static)
    assert made.fib[NEAR].origin == "connected"
    made.receive(InterfaceWentDown("eth0"), 0)
    assert made.fib[NEAR] == static
    made.receive(InterfaceWentUp("eth0"), 0)
    assert made.fib[NEAR].origin == "connected"
    made.receive(InterfaceWentDown("eth0"), 0)
    assert made.fib[NEAR] == static


def test_withdrawing_leaves_connected_prefixes_and_takes_waiting_ones() -> None:
    made = two_ways()
    made.install(NEAR, Route((via("10.0.1.2", "eth1"),)))
    made.withdraw(NEAR)
    made.receive(InterfaceWentDown("eth0"), 0)
    assert NEAR not in made.fib
    made.withdraw(FAR)  # was never there


@pytest.mark.parametrize(("gone", "left"), [("eth0", "eth1"), ("eth1", "eth0")])
def test_two_interfaces_in_one_network_keep_it_while_one_is_up(gone: str, left: str) -> None:
    made = router(interface(0, "10.0.0.1/24"), interface(1, "10.0.0.2/24"))
    made.receive(InterfaceWentDown(gone), 0)
    assert made.fib[NEAR].next_hops == (NextHop(left),)
    made.receive(InterfaceWentUp(gone), 0)
    made.receive(InterfaceWentDown(left), 0)
    assert made.fib[NEAR].next_hops == (NextHop(gone),)


def test_a_changed_address_changes_the_connected_prefix() -> None:
    made = two_ways()
    other = (InterfaceAddress("192.0.2.1/25"),)
    made.set_interface(replace(made.interfaces["eth0"], addresses=other), 0)
    assert list(made.fib) == [Prefix("10.0.1.0/24"), Prefix("192.0.2.0/25")]


def test_an_event_for_an_unknown_interface_names_those_that_exist() -> None:
    with pytest.raises(UsageError, match="no interface 'eth9'; it has eth0, eth1"):
        two_ways().receive(InterfaceWentUp("eth9"), 0)


def test_an_idle_router_waits_for_nothing() -> None:
    made = two_ways()
    assert made.receive(TimePassed(), 5) == []
    assert made.snapshot()["routes"] == {"10.0.0.0/24": "dev eth0", "10.0.1.0/24": "dev eth1"}


def test_a_router_with_a_routing_process_gives_its_reasons_and_others_say_that_there_is_none() -> (
    None
):
    routing = Routing("r", random.Random(1))
    held = Router("r", [interface(0, "10.0.0.1/24")], rng=random.Random(1), routing=routing)
    assert str(held.explain_route("10.0.0.7")).startswith("10.0.0.7: 10.0.0.0/24 dev eth0")
    assert held.explain_missing("10.0.1.0/24").outcome == "not used"
    with pytest.raises(UsageError, match="runs no protocols"):
        router().explain_route("10.0.0.7")
