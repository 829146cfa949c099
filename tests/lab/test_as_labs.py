"""Labs of autonomous systems: `routing: bgp`, graphs of them, and what they settle on."""

from __future__ import annotations

from collections import deque

import pytest
from propagation import paths_to

from fingerpost.addr import Address, Prefix
from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.machine import Bgp
from fingerpost.errors import UsageError
from fingerpost.lab.as_graph import AsGraph
from fingerpost.lab.network import Network
from fingerpost.lab.topology import TopologyError, loads


def machine(network: Network, node: str) -> Bgp:
    routing = network[node].router.routing
    assert routing is not None
    found = routing.protocols["bgp"].machine
    assert isinstance(found, Bgp)
    return found


def best_paths(network: Network, node: str) -> dict[int, tuple[int, ...]]:
    """By origin: the AS path that a node uses, its own number first."""
    bgp = machine(network, node)
    table = bgp.table
    found = {}
    watcher = table.watch(IPV4.code, True, True)
    is_caught_up = False
    while not is_caught_up:
        _, is_caught_up, told = table.watched(IPV4.code, watcher, 10_000)
        for _, _, octets, _, _ in told:
            if octets is not None:
                path = (bgp.config.asn, *AttributeSet.decode(octets).as_path.numbers)
                found[path[-1]] = path
    table.unwatch(IPV4.code, watcher)
    return found


def test_a_hundred_systems_settle_on_what_the_model_says() -> None:
    graph = AsGraph.random(100, seed=5)
    network = Network.of(graph.description(), seed=1)
    network.run()
    assert network.is_converged
    identifiers = {
        machine(network, f"as{asn}").config.asn: machine(network, f"as{asn}").config.router_id
        for asn in graph.numbers
    }
    chosen = {asn: best_paths(network, f"as{asn}") for asn in graph.numbers}
    for origin in graph.numbers:
        expected = paths_to(graph, origin, identifiers)
        assert {asn: chosen[asn].get(origin) for asn in graph.numbers} == expected
        last = network[f"as{graph.numbers[-1]}"]  # and packets go that way
        route = last.table.get(Prefix(str(network.address_of(f"as{origin}"))))
        if last.name != f"as{origin}":
            assert route is not None
            assert route.origin == "bgp"
            (hop,) = route.next_hops
            assert hop.gateway is not None
            assert network.owner_of(hop.gateway) == f"as{expected[graph.numbers[-1]][1]}"


def test_a_graph_has_no_circle_of_providers_and_is_one() -> None:
    for seed in range(5):
        graph = AsGraph.random(60, seed=seed)
        assert AsGraph.parse(graph.as_rel()) == graph == AsGraph.random(60, seed=seed)
        assert len(graph.numbers) == 60
        near = {asn: dict(graph.neighbors(asn)) for asn in graph.numbers}
        seen, waiting = {1}, deque([1])
        while waiting:
            for other in near[waiting.popleft()]:
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        assert seen == set(graph.numbers)
        for asn, role in ((a, r) for a in near for r in near[a].items()):
            if role[1] == "provider":
                assert asn < role[0]
    with pytest.raises(UsageError, match="line 2"):
        AsGraph.parse("1|2|-1\n1;2;3")


HAND = """
    routing: bgp
    topology:
      nodes:
        a: {as: 100}
        b: {loopback: 192.0.2.2}
        c:
          router: {bgp: {as: 300, networks: [{prefix: 203.0.113.0/24, needs-route: false}]}}
        d: {kind: host}
        e: {as: 300}
      links:
        - {endpoints: [{node: a, bgp: {role: provider}}, b]}
        - {endpoints: [a, c], bgp: {role: peer, weight: 7}}
        - {endpoints: [c, d]}
        - {endpoints: [c, e]}
"""


def test_a_word_makes_each_router_a_system() -> None:
    network = Network(loads(HAND, "test"), seed=1)
    config = {name: machine(network, name).config for name in "abce"}
    assert [config[one].asn for one in "abce"] == [100, 64514, 300, 300]
    assert [str(one.prefix) for one in config["c"].networks] == ["203.0.113.0/24"]

    def neighbors(name: str) -> list[tuple[object, str | None, int]]:
        held = config[name].neighbors
        return [(one.remote_as, one.role and one.role.name, one.families[0].weight) for one in held]

    assert neighbors("a") == [(64514, "PROVIDER", 200), (300, "PEER", 7)]
    assert neighbors("b") == [(100, "CUSTOMER", 0)]
    assert neighbors("c") == [(100, "PEER", 7)]
    assert neighbors("e") == []  # in one AS nobody knows who is to talk to whom
    network.run()
    assert network.is_converged
    assert [str(one) for one, route in network["b"].table.items() if route.origin == "bgp"] == [
        "10.255.0.1/32",
        "203.0.113.0/24",
    ]
    assert network.owner_of(Address("192.0.2.2")) == "b"


def test_what_is_wrong_is_told_where_it_stands() -> None:
    with pytest.raises(TopologyError, match=r":5: topology\.nodes\.a\.as"):
        loads(HAND.replace("as: 100", "as: many"), "test")
    with pytest.raises(TopologyError, match=r"topology\.links\[1\]\.bgp\.role.*provider"):
        loads(HAND.replace("role: peer", "role: friend"), "test")
