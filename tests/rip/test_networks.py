"""Whole networks of machines: lines, rings and random graphs against hop counts of networkx."""

from __future__ import annotations

import random
from typing import Any, Literal, TypeAlias

import pytest

from fingerpost.addr import Prefix
from fingerpost.rip import RipInterface, SplitHorizon
from rip.wire_up import S, World, line, subnet

nx: Any = pytest.importorskip("networkx", reason="networkx is not installed")

Version = Literal[2, "ng"]
Graph: TypeAlias = Any  # networkx has no types of its own
VERSIONS = pytest.mark.parametrize("version", [2, "ng"])


def stub(router: int, version: Version) -> Prefix:
    return Prefix(subnet(2000 + router, 1, version))


def build(graph: Graph, *, version: Version, loss: float = 0.0, seed: int = 1) -> World:
    """Give a world with a router a node, a link an edge, and a network behind each router."""
    world = World(seed, version=version, loss=loss)
    for node in sorted(graph):
        world.router(f"r{node}")
        world.attach(f"s{node}", f"r{node}", subnet(2000 + node, 1, version))
    for number, (a, b) in enumerate(sorted(graph.edges)):
        for side, node in enumerate((a, b)):
            world.attach(f"l{a}-{b}", f"r{node}", subnet(number, side + 1, version))
    return world


def check(world: World, graph: Graph, version: Version) -> None:
    """Metrics are hop counts, and next hops are all neighbours on a shortest path."""
    far = dict(nx.all_pairs_shortest_path_length(graph))
    for node in sorted(graph):
        for other in sorted(graph):
            if node == other:
                continue
            route = world.tables[f"r{node}"].get(stub(other, version))
            hops = far[node].get(other, 99)
            if hops + 1 > 15:
                assert route is None, (node, other)
                continue
            assert route is not None, (node, other)
            assert route.metric == hops + 1
            nearer = {
                f"l{min(node, way)}-{max(node, way)}"
                for way in graph[node]
                if far[way].get(other) == hops - 1
            }
            assert {hop.interface for hop in route.next_hops} == nearer


@VERSIONS
def test_a_line_of_15_routers_reaches_its_ends(version: Version) -> None:
    world = line(15, version=version)
    world.run(200 * S)
    for near, far in ((1, 15), (15, 1)):
        end = str(Prefix(subnet(1000 + near, 1, version)))
        for at in range(1, 16):
            wanted = None if at == near else abs(at - near) + 1
            assert world.metric(f"r{at}", end) == wanted, (far, at)


@VERSIONS
def test_the_16th_router_of_a_line_is_too_far(version: Version) -> None:
    world = line(16, version=version)
    world.run(200 * S)
    end = str(Prefix(subnet(1001, 1, version)))
    assert world.metric("r15", end) == 15
    assert world.metric("r16", end) is None
    # its own link to the 15th is near enough
    assert world.metric("r15", str(Prefix(subnet(1016, 1, version)))) == 2


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("length", [15, 16])
def test_a_network_that_goes_is_forgotten_without_split_horizon(length: int, seed: int) -> None:
    world = line(
        length,
        interface=lambda name: RipInterface(name, split_horizon=SplitHorizon.NONE),
        loss=0.3,
        seed=seed,
    )
    world.run(400 * S)
    end = str(Prefix(subnet(1001, 1)))
    assert world.metric("r12", end) == 12
    world.cut("e1")
    world.run(2400 * S, lambda: not any(world.metric(name, end) for name in world.routers))
    assert not any(world.metric(name, end) for name in world.routers)


def test_counting_to_infinity_ends_at_16() -> None:
    """In a ring that loses packets, old news go round; they end where the metric does."""
    counted = []
    for seed in range(8):
        graph = nx.cycle_graph(4)
        world = build(graph, version=2, loss=0.4, seed=seed)
        world.run(400 * S)
        world.cut("s0")
        gone = str(stub(0, 2))
        worst = 0
        for second in range(400, 4000):
            world.run(second * S)
            seen = [world.metric(name, gone) or 0 for name in world.routers]
            worst = max(worst, *seen)
            if not any(seen):
                break
        assert not any(world.metric(name, gone) for name in world.routers), seed
        assert worst <= 15
        counted.append(worst)
    assert max(counted) > 3  # the longest way without loops is 3 hops


def test_poisoned_reverse_does_not_count() -> None:
    world = line(6)
    world.run(100 * S)
    world.cut("e1")
    start = world.now
    end = str(Prefix(subnet(1001, 1)))
    world.run(start + 30 * S, lambda: not any(world.metric(r, end) for r in world.routers))
    assert not any(world.metric(r, end) for r in world.routers)
    # each router may hold a triggered update for at most 5 seconds (RFC 2453 3.10.1)
    assert world.now - start <= 25 * S


@VERSIONS
@pytest.mark.parametrize("size", [3, 4, 5, 8, 15])
def test_rings_before_and_after_a_cut(size: int, version: Version) -> None:
    graph = nx.cycle_graph(size)
    world = build(graph, version=version)
    world.run(120 * S)
    check(world, graph, version)
    graph.remove_edge(0, 1)
    world.cut("l0-1")
    world.run(420 * S)
    check(world, graph, version)


@VERSIONS
@pytest.mark.parametrize("seed", range(4))
def test_random_networks_under_loss(seed: int, version: Version) -> None:
    graph = nx.gnp_random_graph(12, 0.25, seed=seed)
    world = build(graph, version=version, loss=0.1, seed=seed)
    world.run(500 * S)
    check(world, graph, version)
    edges = sorted(graph.edges)
    random.Random(seed).shuffle(edges)
    for a, b in edges[:3]:
        graph.remove_edge(a, b)
        world.cut(f"l{a}-{b}")
    world.run(1500 * S)
    check(world, graph, version)


def test_a_link_that_dies_in_silence_is_found_by_the_timeout() -> None:
    graph = nx.cycle_graph(5)
    world = build(graph, version=2)
    world.run(100 * S)
    world.isolate("l0-1")
    world.run(100 * S + 140 * S)
    route = world.tables["r0"][stub(1, 2)]
    assert route.metric == 2  # nobody has noticed: only the other ways are told meanwhile
    world.run(400 * S)
    graph.remove_edge(0, 1)
    check(world, graph, 2)


def test_the_same_seed_gives_the_same_bytes() -> None:
    def record() -> list[tuple[int, str, bytes]]:
        world = build(nx.cycle_graph(5), version=2, loss=0.2, seed=9)
        world.run(300 * S)
        return [(instant, router, one.payload) for instant, router, one in world.sent]

    assert record() == record()


def test_a_network_of_200_routers_converges() -> None:
    graph = nx.convert_node_labels_to_integers(nx.random_regular_graph(4, 200, seed=5))
    world = World(version=2)
    # only one network is told of, so that the test is fast: all others stay their links' own
    for node in sorted(graph):
        world.router(f"r{node}")
    for number, (a, b) in enumerate(sorted(graph.edges)):
        for side, node in enumerate((a, b)):
            keep = (lambda route: route if route.prefix == stub(0, 2) else None,)
            name = f"l{a}-{b}"
            world.attach(
                name, f"r{node}", subnet(number, side + 1), RipInterface(name, policy_out=keep)
            )
    world.attach("s0", "r0", subnet(2000, 1))
    far = nx.single_source_shortest_path_length(graph, 0)
    prefix = str(stub(0, 2))

    def is_done() -> bool:
        return world.metric("r199", prefix) == int(far[199]) + 1

    world.run(3 * S)
    world.run(40 * S, is_done)
    world.run(world.now + 30 * S)
    for node in range(1, 200):
        assert world.metric(f"r{node}", prefix) == far[node] + 1
