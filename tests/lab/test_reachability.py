"""Reachability on tables: against a walk packet by packet, against networkx, and by example."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import reduce
from operator import or_

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from walks import Entries, Walks

from fingerpost.addr import Address, Prefix
from fingerpost.errors import UsageError
from fingerpost.fib import Fib
from fingerpost.forwarding.route import BLACKHOLE, PROHIBIT, NextHop, Route
from fingerpost.lab.failures import Failures
from fingerpost.lab.model import EndKind, Lab, Node
from fingerpost.lab.reachability import Outcome, Path, check
from fingerpost.lab.routes import Tables, connected
from fingerpost.lab.topology import loads

SQUARE = """
topology:
  nodes: {a: , b: , c: , d: }
  links:
    - endpoints: [a, b]
    - endpoints: [b, d]
    - endpoints: [a, c]
    - endpoints: [c, d]
"""

LOOPING = """
topology:
  nodes:
    a: {loopback: 10.255.0.1, routes: [default via 10.0.0.1]}
    b: {loopback: 10.255.0.2, routes: [default via 10.0.0.3]}
    c: {loopback: 10.255.0.3, routes: [default via 10.0.0.2, 10.255.0.1/32 blackhole]}
  links:
    - {endpoints: [a, b], ipv4: [10.0.0.0/31, 10.0.0.1/31]}
    - {endpoints: [b, c], ipv4: [10.0.0.2/31, 10.0.0.3/31]}
"""


def test_all_branches_of_equal_cost_are_followed() -> None:
    lab = loads(SQUARE)
    found = check(lab)
    assert found.is_complete
    assert (found.pairs, found.partly, found.loops, found.blackholes) == (96, 0, (), ())
    target = lab.targets("d")[0]
    assert [str(path) for path in found.paths("a", target)] == ["a -> b -> d", "a -> c -> d"]


def test_a_failed_link_is_named_where_packets_end() -> None:
    lab = loads(SQUARE)
    found = check(lab, failures=Failures.named(lab, ("b-d", "c->d")))
    target = lab.targets("d")[0]
    assert found.outcome("a", target) is Outcome.LOST
    assert {str(path) for path in found.paths("a", target)} == {
        "a -> b lost: no route",
        "a -> c lost: c-d carries nothing from c",
    }
    assert ("b", "no route") in {(hole.node, hole.reason) for hole in found.blackholes}


def test_a_branch_that_fails_makes_a_pair_partly_reachable() -> None:
    lab = loads(SQUARE)
    found = check(lab, failures=Failures.named(lab, ("c->d",)))
    assert found.outcome("a", lab.targets("d")[0]) == Outcome.DELIVERED | Outcome.LOST
    assert found.partly > 0
    assert not found.is_reachable("a", lab.targets("d")[0])


def test_loops_are_named_also_for_addresses_that_nobody_has() -> None:
    found = check(loads(LOOPING))
    assert [str(loop) for loop in found.loops] == ["b -> c -> b, to 192.0.2.1"]
    assert [str(path) for path in found.paths("a", "192.0.2.1")] == [
        "a -> b -> c -> b and so on: a loop"
    ]


def test_blackholes_are_named_with_their_reason_and_destinations() -> None:
    found = check(loads(LOOPING))
    assert [str(hole) for hole in found.blackholes] == ["c: blackhole route, to 10.255.0.1"]
    assert str(found.paths("b", "10.255.0.1")[0]) == "b -> c lost: blackhole route"
    assert (found.pairs, found.reachable) == (3 * 7, 3 * 7 - 2)


def test_what_is_no_node_and_no_address_of_the_lab_is_refused() -> None:
    found = check(loads(SQUARE))
    with pytest.raises(UsageError, match="no node 'z'"):
        found.paths("z", "10.255.0.1")
    with pytest.raises(UsageError, match=r"192\.0\.2\.1 is no address of this lab"):
        found.outcome("a", "192.0.2.1")


# -- against the walk ------------------------------------------------------------------------------


def random_lab(rng: random.Random) -> Lab:
    """A small lab: routers and hosts on links and LANs, both families, as the loader makes it."""
    names = [f"n{at}" for at in range(rng.randint(2, 6))]
    hosts = {name for name in names[2:] if rng.random() < 0.2}
    nodes = ", ".join(f"{name}: {{kind: host}}" if name in hosts else f"{name}: " for name in names)
    links = []
    for _ in range(rng.randint(1, 7)):
        ends = rng.sample(names, min(len(names), rng.choice([2, 2, 2, 3])))
        links.append(f"    - endpoints: [{', '.join(ends)}]\n")
    return loads(f"topology:\n  nodes: {{{nodes}}}\n  links:\n{''.join(links)}")


def random_hop(rng: random.Random, lab: Lab, node: Node, version: int) -> NextHop:
    neighbours = [
        NextHop(end.interface, one.address)
        for link in lab.links
        for end in link.endpoints
        if end.node == node.name and end.kind is EndKind.NODE
        for other in link.endpoints
        if other.node != node.name
        for one in lab.nodes[other.node].interfaces[other.interface].addresses
        if one.version in (version, 6)
    ]
    anywhere = [a for a in lab.owners if a.version == version]
    kind = rng.random()
    if kind < 0.7 and neighbours:
        return rng.choice(neighbours)
    if kind < 0.8 and neighbours:
        return NextHop(rng.choice(neighbours).interface)
    if kind < 0.95:
        return NextHop(None, rng.choice(anywhere))
    return NextHop(next(iter(node.interfaces), "eth1"), rng.choice(anywhere))


def random_entries(rng: random.Random, lab: Lab) -> Entries:
    """Connected prefixes, and routes that may lead anywhere: loops and blackholes abound."""
    entries: Entries = {}
    for node in lab.nodes.values():
        entries[node.name] = {}
        targets = [Prefix(address) for address in lab.owners]
        targets += [prefix for link in lab.links for prefix in link.prefixes]
        targets += [Prefix("0.0.0.0/0"), Prefix("::/0"), Prefix("10.0.0.0/8")] * 2
        for prefix in rng.sample(targets, min(len(targets), rng.randint(0, 12))):
            hops = [random_hop(rng, lab, node, prefix.version) for _ in range(rng.randint(1, 3))]
            route = Route(tuple(dict.fromkeys(hops)))
            entries[node.name][prefix] = rng.choice([route] * 12 + [BLACKHOLE, PROHIBIT])
        entries[node.name].update(connected(node))
    return entries


def random_failures(rng: random.Random, lab: Lab) -> Failures:
    links = [link for link in lab.links if rng.random() < 0.15]
    ways = [(link.name, rng.choice(link.nodes)) for link in lab.links if rng.random() < 0.15]
    nodes = [name for name in lab.nodes if rng.random() < 0.1]
    return Failures(frozenset(link.name for link in links), frozenset(ways), frozenset(nodes))


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_every_outcome_is_that_of_a_walk(seed: int) -> None:
    rng = random.Random(seed)
    lab = random_lab(rng)
    entries = random_entries(rng, lab)
    failures = rng.choice([Failures(), random_failures(rng, lab)])
    found = check(lab, {name: Fib(table) for name, table in entries.items()}, failures)
    walks = Walks(lab, entries, failures)
    holes: set[str] = set()
    circling: set[str] = set()
    for source in found.sources:
        for address in found.destinations:
            own = {one.version for one in lab.nodes[source].addresses()}
            is_asked = source not in failures.nodes and address.version in own
            wanted = walks.outcome(source, address) if is_asked else Outcome(0)
            assert found.outcome(source, address) == wanted, (source, address)
            if is_asked:
                paths = found.paths(source, address, limit=10_000)
                assert wanted == reduce(or_, (path.outcome for path in paths))
                holes |= {path.nodes[-1] for path in paths if path.outcome is Outcome.LOST}
                circling |= circle_nodes(paths)
    named = {hole.node for hole in found.blackholes}
    # a node may also lose what only nodes without an address of that family would send to it
    assert holes <= named
    assert holes == named or any(len(v) < 2 for v in families(lab))
    assert circling <= {node for loop in found.loops for node in loop.nodes}
    for loop in found.loops:
        for address in loop.destinations:
            assert set(loop.nodes) <= walks.circling(loop.nodes[0], address), loop


def circle_nodes(paths: list[Path]) -> set[str]:
    circles = [path.nodes for path in paths if path.outcome is Outcome.LOOPS]
    return {node for nodes in circles for node in nodes[nodes.index(nodes[-1]) :]}


def families(lab: Lab) -> list[set[int]]:
    return [{one.version for one in node.addresses()} for node in lab.nodes.values()]


# -- shortest paths against networkx ---------------------------------------------------------------


def random_network(seed: int) -> tuple[Lab, nx.MultiGraph[str]]:
    rng = random.Random(seed)
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    names = [f"r{at}" for at in range(rng.randint(2, 14))]
    graph.add_nodes_from(names)
    links = ""
    for _ in range(rng.randint(len(names) - 1, 2 * len(names))):
        (a, b), cost = rng.sample(names, 2), rng.randint(1, 4)
        graph.add_edge(a, b, weight=cost)
        links += f"    - {{endpoints: [{a}, {b}], cost: {cost}}}\n"
    nodes = ", ".join(f"{name}: " for name in names)
    return loads(f"topology:\n  nodes: {{{nodes}}}\n  links:\n{links}"), graph


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_computed_routes_are_all_shortest_paths_and_no_others(seed: int) -> None:
    lab, graph = random_network(seed)
    tables = Tables(lab)
    found = check(lab, tables)
    assert found.loops == ()
    for source in lab.nodes:
        lengths = nx.single_source_dijkstra_path_length(graph, source)
        for target in lab.nodes:
            if target == source:
                continue
            for address in lab.targets(target):
                assert found.is_reachable(source, address) == (target in lengths)
                if target not in lengths:
                    assert address not in tables[source]
                    continue
                wanted = {
                    tuple(path)
                    for path in nx.all_shortest_paths(graph, source, target, weight="weight")
                }
                ways = {path.nodes for path in found.paths(source, address, limit=10_000)}
                assert ways == wanted


def test_two_owners_of_a_prefix_at_equal_distance_are_both_used() -> None:
    lab = loads(SQUARE)
    route = Tables(lab)["a"][lab.links[1].prefixes[0]]  # b-d: b is nearer
    assert [hop.interface for hop in route.next_hops] == ["eth1"]
    shared = replace(lab.nodes["b"], loopback=lab.nodes["c"].loopback)
    anycast = replace(lab, nodes={**lab.nodes, "b": shared})
    route = Tables(anycast)["a"][Prefix(lab.targets("c")[0])]
    assert [hop.interface for hop in route.next_hops] == ["eth1", "eth2"]


def test_a_dead_interface_takes_its_routes_out_of_the_table_of_its_node_alone() -> None:
    lab = loads(SQUARE)
    tables = Tables(lab, Failures.named(lab, ("a-b",)))
    target = Prefix(lab.targets("b")[0])
    assert target not in tables["a"]
    assert target in tables["c"]
    assert lab.links[0].prefixes[0] not in tables["a"]
    assert Address(lab.targets("d")[0]) in tables["a"]
