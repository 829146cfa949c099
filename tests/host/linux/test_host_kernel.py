"""Routers that forward by their kernels: what `ip route` shows, across restarts and failures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.forwarding.route import NextHop, RouteKind
from fingerpost.host.linux.kernel_fib import PROTOCOL, KernelFib
from fingerpost.rib import StaticRoute
from fingerpost.router import RouterConfig, TableConfig
from linux.cable import End, cable, wait
from linux.stand import standing
from linux.test_host import HEARS, NETWORKS, told
from netns import require_root


@pytest.fixture
def ends() -> Iterator[tuple[End, End]]:
    require_root()
    pairs = (("10.0.0.1/24", "10.0.0.2/24"), ("2001:db8::1/64", "2001:db8::2/64"))
    with cable(*pairs) as both:
        yield both


def ours(end: End) -> dict[str, str]:
    """Our routes in a kernel: by prefix, the gateway or the type."""
    found = {}
    for family in ("-4", "-6"):
        listed = end.space.run("ip", family, "-j", "route", "show", "proto", str(PROTOCOL))
        for route in json.loads(listed or "[]"):
            found[route["dst"]] = route.get("gateway", route.get("type", ""))
    return found


def has(end: End, *networks: str) -> bool:
    return set(ours(end)) == {*networks}


def static(text: str, gateway: str) -> StaticRoute:
    return StaticRoute(Prefix(text), (NextHop(gateway=Address(gateway)),))


def test_learned_routes_are_in_the_kernel_and_leave_with_a_polite_end(
    ends: tuple[End, End],
) -> None:
    with (
        standing(ends[0].space, told("va"), make=KernelFib) as a,
        standing(ends[1].space, HEARS, make=KernelFib) as b,
    ):
        wait(lambda: has(ends[1], *NETWORKS))
        assert ours(ends[0]) == dict.fromkeys(NETWORKS, "blackhole")
        assert ours(ends[1])["10.1.0.0/16"] == "10.0.0.1"
        a.stop()
        assert ours(ends[0]) == {}
        wait(lambda: ours(ends[1]) == {}, 2)
        assert b.wrong == []


def test_a_restart_adopts_what_was_left_and_removes_what_nobody_wants_any_more(
    ends: tuple[End, End],
) -> None:
    old = RouterConfig(
        tables={"main": TableConfig((static("10.7.0.0/16", "10.0.0.2"),))},
        protocols=told("va").protocols,
    )
    with standing(ends[0].space, old, make=KernelFib) as a:
        wait(lambda: has(ends[0], "10.7.0.0/16"))
        a.stop(is_polite=False)
    assert has(ends[0], "10.7.0.0/16")
    ends[0].ip("route add 10.99.0.0/16 via 10.0.0.2")  # somebody else's
    with standing(ends[0].space, told("va"), make=KernelFib):  # does not settle while we look
        wait(lambda: has(ends[0], "10.7.0.0/16", *NETWORKS))
    with standing(ends[0].space, told("va"), settles_s=0.2, make=KernelFib):
        wait(lambda: has(ends[0], *NETWORKS))
    assert "10.99.0.0/16" in ends[0].space.run("ip", "route")


def test_a_route_that_somebody_removes_comes_back(ends: tuple[End, End]) -> None:
    with standing(ends[0].space, told("va"), make=KernelFib):
        wait(lambda: has(ends[0], *NETWORKS))
        ends[0].ip(f"route del blackhole 10.1.0.0/16 proto {PROTOCOL}")
        wait(lambda: has(ends[0], *NETWORKS), 2)


def test_routes_of_a_link_that_fails_come_back_with_it(ends: tuple[End, End]) -> None:
    config = RouterConfig(tables={"main": TableConfig((static("10.7.0.0/16", "10.0.0.2"),))})
    with standing(ends[0].space, config, make=KernelFib):
        for _ in range(3):
            wait(lambda: has(ends[0], "10.7.0.0/16"))
            ends[0].ip("link set va down")
            ends[0].ip("link set va up")
        wait(lambda: has(ends[0], "10.7.0.0/16"))


def test_without_protocols_nothing_is_waited_for(ends: tuple[End, End]) -> None:
    config = RouterConfig(
        tables={"main": TableConfig((StaticRoute(Prefix("10.7.0.0/16"), kind=RouteKind.PROHIBIT),))}
    )
    ends[0].ip(f"route add blackhole 10.6.0.0/16 proto {PROTOCOL}")
    with standing(ends[0].space, config, make=KernelFib):
        wait(lambda: ours(ends[0]) == {"10.7.0.0/16": "prohibit"})


def test_what_the_kernel_refuses_is_told_with_what_would_be_right(ends: tuple[End, End]) -> None:
    ends[0].ip("route add 10.7.0.0/16 via 10.0.0.2 proto static metric 70")
    config = RouterConfig(tables={"main": TableConfig((static("10.7.0.0/16", "10.0.0.2"),))})
    with standing(ends[0].space, config, make=partial(KernelFib, metric=70)) as a:
        wait(lambda: a.wrong)
        assert a.wrong[0].kind == "route refused"
        assert "10.7.0.0/16" in a.wrong[0].detail
        assert "EEXIST" in a.wrong[0].detail
