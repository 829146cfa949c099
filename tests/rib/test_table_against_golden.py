"""The table and a model that recomputes everything agree after every batch, whatever came."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from fingerpost.addr import Prefix
from fingerpost.forwarding.events import InterfaceWentDown, InterfaceWentUp
from fingerpost.rib import AnnounceRoutes, Change, Rib, RibEvent, RibRoute, WithdrawRoutes
from rib.golden import Golden, shares
from rib.random_routes import SOURCES, random_event, random_route


def tell(model: Golden, event: RibEvent) -> None:
    match event:
        case AnnounceRoutes(routes):
            model.routes |= {(route.prefix, route.source): route for route in routes}
        case WithdrawRoutes(source, prefixes):
            for prefix in prefixes:
                model.routes.pop((prefix, source), None)
        case InterfaceWentUp(name):
            model.down.discard(name)
        case InterfaceWentDown(name):
            model.down.add(name)


def used(rib: Rib) -> dict[Prefix, RibRoute]:
    return {route.prefix: route for route in rib}


def assert_agree(rib: Rib, model: Golden) -> None:
    expected = model.table()
    found = used(rib)
    assert found.keys() == expected.keys()
    for prefix, (winner, ways) in expected.items():
        route = found[prefix]
        assert (route.source, route.distance, route.metric, route.kind, route.tag) == (
            winner.source,
            winner.distance,
            winner.metric,
            winner.kind,
            winner.tag,
        )
        found_ways = shares(route.next_hops)
        assert found_ways.keys() == ways.keys(), prefix
        # weights end at 256, so deep chains are rounded
        assert all(abs(found_ways[end] - ways[end]) < Fraction(1, 50) for end in ways), prefix


def difference(before: dict[Prefix, RibRoute], after: dict[Prefix, RibRoute]) -> list[Change]:
    return [
        Change(prefix, before.get(prefix), after.get(prefix))
        for prefix in sorted(before.keys() | after.keys())
        if before.get(prefix) != after.get(prefix)
    ]


@pytest.mark.parametrize("via_default", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_random_batches_leave_what_the_golden_model_computes(seed: int, via_default: bool) -> None:
    rng = Random(seed)
    rib, model = Rib(via_default=via_default, width=64), Golden(via_default=via_default)
    for now in range(1, 60):
        events = [random_event(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
        before = used(rib)
        changes = rib.apply_all(events, now)
        for event in events:
            tell(model, event)
        assert_agree(rib, model)
        assert sorted(changes, key=lambda one: one.prefix) == difference(before, used(rib))


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_arrival_does_not_matter(seed: int) -> None:
    rng = Random(1000 + seed)
    routes = {(r.prefix, r.source): r for r in (random_route(rng) for _ in range(25))}
    tables = []
    for _ in range(5):
        order = list(routes.values())
        rng.shuffle(order)
        rib = Rib()
        while order:
            batch = order[: rng.randint(1, 5)]
            order = order[len(batch) :]
            rib.apply(AnnounceRoutes(tuple(batch)), 1)
        tables.append(used(rib))
    assert all(table == tables[0] for table in tables)


@pytest.mark.parametrize("seed", range(10))
def test_withdrawing_everything_leaves_nothing_behind(seed: int) -> None:
    rng = Random(2000 + seed)
    rib = Rib()
    for now in range(1, 30):
        rib.apply(random_event(rng), now)
    for source in SOURCES:
        rib.withdraw_all(source, 99)
    assert len(rib) == 0
    assert list(rib) == []
    assert list(rib.resolver.gateways()) == []
    assert rib.store.group_count == 0
    assert len(rib.store.paths) == 0
