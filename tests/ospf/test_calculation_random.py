"""Random networks under random changes: the routes are those of the golden model, step by step."""

from __future__ import annotations

from collections import Counter

import pytest

from fingerpost._core import Calculated, RouteCalculator
from fingerpost.addr import Prefix
from fingerpost.ospf.lsa.header import LsaKey

from .golden.routes import Golden, Told
from .golden.tree import ways_by_neighbors
from .golden.world import Lsas, World
from .random_network import change, random_network

KINDS = [(2, 4), (3, 6), (3, 4)]
CHANGES = 20


def describe(calculator: RouteCalculator, world: World) -> None:
    """Say all that is not in LSAs."""
    for scope, area in world.areas.items():
        calculator.set_area(
            scope,
            area.id,
            area.kind,
            imports_summaries=area.imports_summaries,
            ranges=area.ranges,
        )
        calculator.set_first_hops(scope, [(*key, to) for key, to in area.first_hops.items()])
        calculator.set_addresses(scope, [(*key, at) for key, at in area.addresses.items()])
        calculator.set_connected(scope, area.connected.items())
    calculator.set_options(
        is_area_border=world.is_area_border,
        rfc1583=world.rfc1583,
        maximum_paths=world.maximum_paths,
        is_provider_edge=world.is_provider_edge,
    )


def apply(calculator: RouteCalculator, before: Lsas, after: Lsas) -> None:
    """Say which LSAs changed."""
    for (scope, key), lsa in after.items():
        if before.get((scope, key)) != lsa:
            calculator.apply(scope, lsa)
    for scope, key in before:
        if (scope, key) not in after:
            calculator.withdraw(scope, key.type, key.id, key.router)


def calculated(world: World, version: int, family: int) -> RouteCalculator:
    """One that was told all of a world at once."""
    calculator = RouteCalculator(version, 1, family)
    describe(calculator, world)
    apply(calculator, {}, world.lsas)
    calculator.run()
    return calculator


def follow(table: dict[Prefix, Told], result: Calculated) -> None:
    """Do to a table what a run tells; nothing is told that is not so."""
    for prefix in result.withdrawn:
        del table[prefix]
    for route, prefixes in result.announced:
        for prefix in prefixes:
            assert table.get(prefix) != route
            table[prefix] = route


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("version", "family"), KINDS)
def test_routes_are_those_of_the_golden_model(version: int, family: int, seed: int) -> None:
    net = random_network(seed, version, family)
    calculator = RouteCalculator(version, 1, family)
    table: dict[Prefix, Told] = {}
    before: Lsas = {}
    for _ in range(CHANGES):
        world = net.world()
        describe(calculator, world)
        apply(calculator, before, world.lsas)
        before = world.lsas
        follow(table, calculator.run())
        golden = Golden(world)
        assert table == golden.told()
        for scope in world.areas:
            assert calculator.routers(scope) == golden.routers(scope)
        change(net)


RULES = {
    "used",
    "unreachable",
    "not an area border router",
    "not of the backbone",
    "own active range",
    "DN bit",
    "default of an NSSA",
    "forwarding address unreachable",
    "path type",
    "cost",
    "type 2 cost",
}


def test_every_way_is_judged_as_the_route_was_made() -> None:
    rules: Counter[str] = Counter()
    paths: set[int] = set()
    for version, family in KINDS:
        for seed in range(100, 160):
            world = random_network(seed, version, family).world()
            world.maximum_paths = 64
            calculator = calculated(world, version, family)
            routes = Golden(world).told()
            for prefix, route in routes.items():
                ways = calculator.candidates(prefix)
                used = [way for rule, way, _ in ways if rule == "used"]
                assert {hop for way in used for hop in way[5]} == set(route[5])
                assert {way[1:3] for way in used} == {route[1:3]}
                assert [rule for rule, *_ in ways[: len(used)]] == ["used"] * len(used)
                assert all((lsas[0][0], lsas[0][1:]) in world.lsas for _, _, lsas in ways)
                rules.update(rule for rule, *_ in ways)
                paths.add(route[0])
    assert set(rules) >= RULES, rules
    assert paths == set(range(6))


def test_paths_to_routers_are_those_of_the_tree() -> None:
    for seed in range(20):
        world = random_network(seed, 2, 4).world()
        calculator = calculated(world, 2, 4)
        golden = Golden(world)
        for scope, tree in golden.trees.items():
            for node, reached in tree.items():
                if node.is_network or (scope, LsaKey(1, 1, 1)) not in world.lsas:
                    continue
                steps = calculator.path(scope, node.id)
                assert steps[0][:2] == ([(scope, 1, 1, 1)], 0)
                places = {lsa[1:3]: at for at, (lsas, _, _) in enumerate(steps) for lsa in lsas}
                assert steps[places[1, node.id]][1] == reached.cost
                assert all(steps[at][1] <= cost for _, cost, parents in steps for at in parents)
                assert all(parents for _, _, parents in steps[1:])


def test_ways_by_neighbors_cost_what_they_cost_without_this_router() -> None:
    """By an independent search for each neighbour in the graph that lacks the router itself."""
    compared = 0
    for seed in range(20):
        world = random_network(seed, 2, 4).world()
        calculator = calculated(world, 2, 4)
        golden = Golden(world)
        for scope, tree in golden.trees.items():
            for node, reached in tree.items():
                if node.is_network or node.id == 1:
                    continue
                ways = calculator.beside(scope, node.id)
                assert ways[0][1] == reached.cost
                assert ways == ways_by_neighbors(world, scope, node.id)
                compared += len(ways)
    assert compared > 200
