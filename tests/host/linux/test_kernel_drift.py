"""Somebody else changes our routes: it is noticed and put right, whether it was told or not."""

from __future__ import annotations

import select
from collections.abc import Iterator
from dataclasses import replace
from errno import EEXIST

import pytest

from fingerpost._core import PrefixColumn
from fingerpost.forwarding.route import Route
from fingerpost.host.linux.kernel_fib import METRIC, PROTOCOL, KernelFib
from linux.kernel_stand import GATEWAYS, Stand, drop, expected, fib, put, standing

G1, G2, SIX1, SIX2 = (GATEWAYS[name] for name in ("g1", "g2", "six1", "six2"))
ON1 = GATEWAYS["on1"]
WANTED = {
    "192.0.2.0/24": (G1,),
    "198.51.100.0/24": (G1, G2),
    "2001:db8:f::/48": (SIX1,),
    "2001:db8:e::/48": (SIX1, SIX2),
    "172.16.8.0/24": (ON1,),
    "172.16.9.0/24": (replace(G1, is_onlink=True),),
}
TAIL = f"proto {PROTOCOL} metric {METRIC}"


@pytest.fixture
def stand() -> Iterator[Stand]:
    with standing() as made:
        yield made


@pytest.fixture(params=[True, False], ids=["objects", "plain"])
def ours(stand: Stand, request: pytest.FixtureRequest) -> KernelFib:
    made = fib(request.param)
    made.want([put(prefix, *hops) for prefix, hops in WANTED.items()])
    made.sync()
    made.sweep()
    assert stand.routes() == good()
    return made


def good() -> dict[str, tuple[str, tuple[str, ...]]]:
    return {prefix: expected(hops) for prefix, hops in WANTED.items()}


def is_told(ours: KernelFib) -> bool:
    return bool(select.select([ours], [], [], 2)[0])


ACTS = [
    f"route del 192.0.2.0/24 {TAIL}",
    f"-6 route del 2001:db8:f::/48 {TAIL}",
    f"-6 route del 2001:db8:e::/48 {TAIL}",
    f"route replace 192.0.2.0/24 via 10.2.0.2 {TAIL}",
    f"route replace 192.0.2.0/24 via 10.1.0.2 dev va1 onlink {TAIL}",
    f"route replace 172.16.8.0/24 via 10.1.0.2 dev va1 {TAIL}",
    f"route replace 172.16.9.0/24 via 10.1.0.2 dev va1 {TAIL}",
    f"route replace blackhole 192.0.2.0/24 {TAIL}",
    f"-6 route replace 2001:db8:f::/48 via 2001:db8:2::2 {TAIL}",
    f"route add 10.99.0.0/16 via 10.2.0.2 {TAIL}",
    f"-6 route add 2001:db8:d::/48 via 2001:db8:2::2 {TAIL}",
]


@pytest.mark.parametrize("act", ACTS)
def test_what_is_told_is_put_right_at_the_next_sync(
    stand: Stand, ours: KernelFib, act: str
) -> None:
    stand.ip(act)
    assert is_told(ours)
    assert ours.heard() == 1
    assert ours.sync()
    assert stand.routes() == good()
    assert ours.snapshot()["compared"] == 1  # when it was adopted


@pytest.mark.parametrize("act", ACTS)
def test_a_comparison_finds_it_too(stand: Stand, ours: KernelFib, act: str) -> None:
    stand.ip(act)
    found = ours.drift()
    assert (found.missing + found.changed + found.strange) == 1
    assert stand.routes() == good()
    assert not ours.drift().is_drift


def test_our_own_changes_are_not_told(ours: KernelFib) -> None:
    ours.want([put("10.99.0.0/16", G1), drop("192.0.2.0/24"), put("2001:db8:f::/48", SIX2)])
    ours.sync()
    assert ours.heard() == 0
    assert not select.select([ours], [], [], 0)[0]


def test_a_foreign_route_that_took_our_place_is_reported_and_stays(
    stand: Stand, ours: KernelFib
) -> None:
    stand.ip(f"route replace 192.0.2.0/24 via 10.2.0.2 proto 188 metric {METRIC}")
    assert is_told(ours)
    ours.sync()
    (refusal,) = ours.refused()
    assert refusal.errno == EEXIST
    assert stand.routes("proto 188") == {"192.0.2.0/24": expected((G2,))}
    ours.want([put("192.0.2.0/24", G1, G2)])
    ours.sync()
    assert stand.routes("proto 188") == {"192.0.2.0/24": expected((G2,))}
    stand.ip(f"route del 192.0.2.0/24 proto 188 metric {METRIC}")
    assert ours.sync().added == 1
    assert stand.routes()["192.0.2.0/24"] == expected((G1, G2))


def test_a_removed_nexthop_object_comes_back_with_its_routes(stand: Stand) -> None:
    ours = fib()
    ours.want([put(prefix, *hops) for prefix, hops in WANTED.items()])
    ours.sync()
    ours.sweep()
    numbers = [line.split()[1] for line in stand.ip(f"nexthop show proto {PROTOCOL}").splitlines()]
    assert len(numbers) == 8
    for number in numbers:
        stand.space.run("ip", "nexthop", "del", "id", number, check=False)
        ours.sync()
        assert stand.routes() == good()
        assert len(stand.ip(f"nexthop show proto {PROTOCOL}").splitlines()) == 8


def test_a_changed_nexthop_object_is_set_right(stand: Stand) -> None:
    ours = fib()
    ours.want([put(prefix, *hops) for prefix, hops in WANTED.items()])
    ours.sync()
    number = stand.ip(f"nexthop show proto {PROTOCOL}").split()[1]
    stand.ip(f"nexthop replace id {number} via 10.2.0.9 dev va2 proto {PROTOCOL}")
    ours.sync()
    assert stand.routes() == good()


def test_more_notifications_than_fit_lead_to_a_comparison(stand: Stand) -> None:
    ours = KernelFib(nexthop_objects=False, receive_buffer=4096)
    many = PrefixColumn([f"172.16.{at}.0/24" for at in range(256)])
    ours.want_table(many, Route((G1,)))
    ours.sync()
    ours.sweep()
    stand.ip(f"route flush proto {PROTOCOL}")
    assert stand.routes() == {}
    ours.heard()
    assert ours.sync().added == 256
    assert ours.snapshot()["overrun"] >= 1
    assert len(stand.routes()) == 256


def test_errors_that_do_not_fit_the_buffer_are_made_good(stand: Stand) -> None:
    ours = KernelFib(receive_buffer=4096)
    for at in range(0, 256, 2):
        stand.ip(f"route add 172.16.{at}.0/24 via 10.2.0.2 proto 188 metric {METRIC}")
    many = PrefixColumn([f"172.16.{at}.0/24" for at in range(256)])
    ours.want_table(many, Route((G1,)))
    assert ours.sync().lost
    assert set(stand.routes()) == {f"172.16.{at}.0/24" for at in range(1, 256, 2)}
    assert len(ours.refused()) == ours.snapshot()["held"] == 128
