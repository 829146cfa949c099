"""The steps of the choice: each decides where it should, and together they are a total order."""

from __future__ import annotations

from itertools import permutations, product

import pytest

from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop
from fingerpost.rib import AnnounceRoutes, Decision, Rib, RibRoute, Rule, distance_of
from fingerpost.rib.best import decide, rank

NET = Prefix("192.0.2.0/24")


def route(source: str, distance: int, metric: int = 0, hop: str = "eth0") -> RibRoute:
    return RibRoute(NET, source, distance, metric, (NextHop(hop),))


@pytest.mark.parametrize(
    ("better", "worse", "decision"),
    [
        (route("ospf", 110), route("rip", 120), Decision(Rule.DISTANCE, "110", "120")),
        (route("ospf:2", 110, 5), route("ospf:1", 110, 9), Decision(Rule.METRIC, "5", "9")),
        (route("ospf", 110, 99), route("rip", 110, 1), Decision(Rule.SOURCE, "ospf", "rip")),
        (route("ospf:1", 110), route("ospf:2", 110), Decision(Rule.SOURCE, "ospf:1", "ospf:2")),
        (
            route("rip", 120, 1, "eth0"),
            route("rip", 120, 1, "eth1"),
            Decision(Rule.NEXT_HOP, "dev eth0", "dev eth1"),
        ),
    ],
)
def test_each_step_decides_and_says_both_values(
    better: RibRoute, worse: RibRoute, decision: Decision
) -> None:
    assert decide(better, worse) == decision
    assert rank(better) < rank(worse)


ROUTES = [
    RibRoute(NET, source, distance, metric, (hop,))
    for source, distance, metric, hop in product(
        ("static", "ospf:1", "ospf:2", "rip", "custom"),
        (110, 120),
        (0, 1),
        (NextHop("eth0"), NextHop(None, Address("192.0.2.1")), NextHop("eth0", None, 2)),
    )
]


def stands_before(one: RibRoute, other: RibRoute) -> bool:
    """The steps, pair by pair, as their prose says them."""
    decision = decide(one, other)
    if decision is None:
        return False
    match decision.rule:
        case Rule.DISTANCE:
            return one.distance < other.distance
        case Rule.METRIC:
            return one.metric < other.metric
        case _:
            return rank(one) < rank(other)


def test_the_steps_are_a_total_order() -> None:
    for one, other in product(ROUTES, ROUTES):
        assert (stands_before(one, other) + stands_before(other, one)) == (one != other)
    ordered = sorted(ROUTES, key=rank)
    for at, one in enumerate(ordered):  # so it is transitive
        assert all(stands_before(one, other) for other in ordered[at + 1 :])


def test_all_orders_of_arrival_choose_the_same() -> None:
    routes = [
        route("rip", 120, 1),
        route("ospf:2", 110, 5, "eth1"),
        route("ospf:1", 110, 5, "eth2"),
        route("static", 110, 0, "eth3"),
        route("ibgp", 200),
    ]
    chosen = set()
    for order in permutations(routes):
        rib = Rib()
        for one in order:
            rib.apply(AnnounceRoutes((one,)), 7)
        chosen.add(rib.best(NET))
    assert chosen == {routes[3]}


def test_equal_cost_routes_of_one_kind_carry_traffic_together() -> None:
    rib = Rib()
    rib.apply(AnnounceRoutes((route("ospf:2", 110, 5, "eth1"), route("ospf:1", 110, 5, "eth2"))), 1)
    best = rib.best(NET)
    assert best is not None
    assert best.next_hops == (NextHop("eth2"), NextHop("eth1"))
    assert rib.candidates(NET)[0].next_hops == (NextHop("eth2"),)


def test_no_more_next_hops_than_the_width_of_the_table() -> None:
    rib = Rib(width=2)
    hops = tuple(NextHop(f"eth{number}") for number in range(5))
    rib.apply(AnnounceRoutes((RibRoute(NET, "static", 1, 0, hops),)), 1)
    best = rib.best(NET)
    assert best is not None
    assert best.next_hops == hops[:2]


def test_distance_255_is_shown_but_never_used() -> None:
    rib = Rib()
    assert rib.apply(AnnounceRoutes((route("rip", 255),)), 1) == []
    assert rib.best(NET) is None
    assert "distance 255 is never used" in str(rib.explain(NET))


@pytest.mark.parametrize(
    "wrong",
    [route("rip", 256), route("rip", 120, -1), RibRoute(NET, "x", 1, 0, (), tag=1 << 32)],
)
def test_numbers_out_of_range_are_refused_and_nothing_changes(wrong: RibRoute) -> None:
    rib = Rib()
    with pytest.raises(UsageError, match="not 0 to"):
        rib.apply(AnnounceRoutes((route("rip", 120), wrong)), 1)
    assert len(rib) == 0


def test_customary_distances_of_sources_and_instances() -> None:
    assert [distance_of(name) for name in ("connected", "ospf:1", "ibgp")] == [0, 110, 200]
    with pytest.raises(UsageError, match="no customary distance for source 'babel'"):
        distance_of("babel")
