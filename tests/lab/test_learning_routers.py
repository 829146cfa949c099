"""Routers of a lab that learn their routes: what they are told, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from fingerpost.errors import UsageError
from fingerpost.lab.model import Routing
from fingerpost.lab.network import Network
from fingerpost.lab.reachability import check
from fingerpost.lab.record import Entry, Record
from fingerpost.lab.topology import TopologyError, loads
from fingerpost.rip import RipConfig, RipInterface
from fingerpost.router import RouterConfig

S = 1_000_000_000

CHAIN = """
    routing: {routing}
    topology:
      nodes:
        h: {{kind: host}}
        a:
        b:
        c:
        k: {{kind: host}}
      links:
        - {{endpoints: [h, a]}}
        - {{endpoints: [a, b], delay: 3ms}}
        - {{endpoints: [b, c], delay: 3ms}}
        - {{endpoints: [c, k]}}
"""


def chain(routing: str = "rip") -> Network:
    return Network.of(CHAIN.format(routing=routing))


def learned(network: Network, node: str) -> dict[str, int]:
    """The metric of each prefix that a protocol put into a node's table."""
    return {
        str(prefix): route.metric
        for prefix, route in network[node].table.items()
        if route.origin in ("rip", "ripng")
    }


def test_a_word_makes_every_router_learn() -> None:
    network = chain().run(until="converged")
    assert learned(network, "a") == {
        "10.0.0.2/31": 2,
        "10.128.1.0/24": 3,
        "10.255.0.2/32": 2,
        "10.255.0.3/32": 3,
    }
    assert network["h"].ping("k", count=1)
    assert [node for node in network if learned(network, node)] == ["a", "b", "c"]


def test_both_families_are_routed_by_a_protocol_each() -> None:
    network = chain("[rip, ripng]").run(until="converged")
    for family in (4, 6):
        assert network["h"].ping("k", count=1, family=family)
    assert {route.origin for _, route in network["b"].table.items()} == {
        "connected:eth1",
        "connected:eth2",
        "rip",
        "ripng",
    }


@pytest.mark.parametrize(
    ("routing", "families"),
    [("rip", {4}), ("ripng", {6}), ("[rip, ripng]", {4, 6}), ("none", {4, 6})],
)
def test_what_is_routed_is_numbered(routing: str, families: set[int]) -> None:
    lab = loads(CHAIN.format(routing=routing))
    assert {one.version for one in lab.nodes["b"].addresses()} == families


def test_rip_is_silent_where_nobody_could_answer() -> None:
    config = loads(CHAIN.format(routing="rip")).nodes["a"].router
    assert config is not None
    settings = config.protocols["rip"].settings
    assert isinstance(settings, RipConfig)
    assert settings.interfaces == (
        RipInterface("lo", is_loopback=True),
        RipInterface("eth1", is_passive=True),
        RipInterface("eth2"),
    )


def test_one_router_learns_beside_others_whose_routes_are_computed() -> None:
    lab = loads("""
        routing: shortest
        topology:
          nodes: {a: , b: {routing: rip}, c: {routing: rip}}
          links:
            - {endpoints: [a, b]}
            - {endpoints: [b, c]}
    """)
    assert [node.routing for node in lab.nodes.values()] == [
        Routing.SHORTEST,
        Routing.PROTOCOLS,
        Routing.PROTOCOLS,
    ]
    network = Network(lab).run(until="converged")
    assert {route.origin for _, route in network["a"].table.items()} == {"connected", "shortest"}
    assert learned(network, "c")


def test_static_routes_are_chosen_from_by_distance() -> None:
    network = Network.of("""
        routing: rip
        topology:
          nodes:
            a:
              routes:
                - 10.255.0.3/32 via 10.0.0.1 distance 130
                - 10.255.0.3/32 blackhole distance 140
                - 192.0.2.0/24 blackhole tag 7
            b:
            c:
          links: [{endpoints: [a, b]}, {endpoints: [b, c]}]
    """)
    table = network["a"].table
    assert str(table["10.255.0.3/32"]) == "via 10.0.0.1 dev eth1"
    assert table["10.255.0.3/32"].origin == "static:130"
    network.run(until="converged")
    assert network["a"].table["10.255.0.3/32"].origin == "rip"
    assert table["192.0.2.0/24"].kind.value == "blackhole"
    network.fail("a-b")
    assert network["a"].table["10.255.0.3/32"].origin == "static:140"


def test_words_of_a_route_that_have_no_say_are_told() -> None:
    lab = loads("""
        topology:
          nodes:
            a: {routing: rip, routes: [192.0.2.0/24 blackhole metric 5]}
            b: {routes: [192.0.2.0/24 blackhole distance 5]}
          links: [{endpoints: [a, b]}]
    """)
    assert lab.warnings == (
        "line 4: topology.nodes.a.routes[0]: passed over: metric; a routing process compares "
        "distance",
        "line 5: topology.nodes.b.routes[0]: passed over: distance and tag; b runs no protocol",
    )


def test_faults_of_routing_say_what_would_be_right() -> None:
    with pytest.raises(TopologyError) as caught:
        loads("""
            routing: [rip, shortest]
            topology:
              nodes:
                a: {routing: ripgn}
                b: {kind: host, routing: rip}
                c: {routing: []}
        """)
    right = "write shortest, none, or protocols: rip, ripng, ospf, ospf3, bgp"
    assert [str(fault.message) for fault in caught.value.faults] == [
        f"['rip', 'shortest']: {right}",
        f"'ripgn': {right}; did you mean 'ripng' or 'rip'?",
        "protocols are for routers",
        f"[]: {right}",
    ]


def test_a_node_that_lost_power_learns_anew() -> None:
    network = chain().run(until="converged")
    before = network.tables()
    network.fail("b")
    network.run(until="converged")
    assert learned(network, "a") == {}
    network.restore("b")
    assert learned(network, "b") == {}
    network.run(until="converged")
    assert {name: table.rows for name, table in network.tables().items()} == {
        name: table.rows for name, table in before.items()
    }


def test_a_cut_is_learned_of_and_so_is_its_end() -> None:
    network = chain().run(until="converged")
    network.fail("b-c")
    network.run(until="converged")
    assert not network["h"].ping("k", count=1)
    assert "10.128.1.0/24" not in learned(network, "a")
    network.restore("b-c")
    network.run(until="converged")
    assert network["h"].ping("k", count=1)


# -- when tables stand -----------------------------------------------------------------------------


def test_tables_stand_when_every_router_has_told_everything_again() -> None:
    network = chain()
    assert not network.is_converged
    network.run(until="converged")
    assert network.is_converged
    assert network.now - network.convergence.since == 36 * S  # 30 s, jitter of 5 s, and one more
    before = network.tables()
    network.run(until="10min")
    assert network.tables()["a"].rows == before["a"].rows
    assert [entry.kind for entry in network.events].count("converged") == 1


def test_what_happens_to_the_network_makes_tables_move() -> None:
    network = chain().run(until="converged")
    disturbances: list[Callable[[], None]] = [
        lambda: network.fail("a->b"),
        lambda: network.restore("a->b"),
        lambda: network.set("a-b", delay="5ms"),
    ]
    for disturb in disturbances:
        disturb()
        assert not network.is_converged
        network.run(until="converged")
        assert network.is_converged


def test_where_nothing_learns_tables_stand_at_once() -> None:
    network = chain("shortest")
    assert network.is_converged
    assert network.run(until="converged").now == 0


def test_tables_that_never_stand_end_a_run_after_an_hour() -> None:
    network = chain()

    def flap(_: object) -> None:
        (network.restore if network.failures else network.fail)("a-b")
        network.scheduler.post(network.now + 20 * S, flap, None)

    network.scheduler.post(S, flap, None)
    network.run(until="converged")
    assert network.now == 3600 * S
    assert not network.is_converged


def test_a_run_without_end_ends_when_the_tables_stand() -> None:
    text = (
        CHAIN.format(routing="rip")
        + """
    timeline: [{at: 100s, fail: b-c}, {at: 200s, restore: b-c}]
    expect:
      - {unreachable: h -> k, at: 190s}
      - reachable: h -> k
    """
    )
    network = Network.of(text)
    judgement = network.judge()
    assert judgement, judgement
    assert network.is_converged
    assert 236 * S <= judgement[1].instant < 250 * S


def test_converged_may_be_said_in_the_file() -> None:
    lab = loads("until: converged\n" + CHAIN.format(routing="rip").replace("\n    ", "\n"))
    assert lab.until_ns is None
    assert Network(lab).run().is_converged


# -- the record ------------------------------------------------------------------------------------


def test_changes_of_routes_are_told_in_batches() -> None:
    network = chain().run(until="converged")
    mine = network.events.of("a", "routes")
    assert str(mine[-1]).endswith("2 new: 10.128.1.0/24, 10.255.0.3/32")
    network.fail("b-c")
    network.run(until="converged")
    assert "10.255.0.3/32" in str(network.events.of("a", "routes")[-1])
    assert str(network.events[-1]).split("converged: ")[1].startswith("tables stand since ")


def test_the_record_keeps_fewer_of_what_is_frequent() -> None:
    record = Record(most=100, most_frequent=20)
    for at in range(50):
        record.add(Entry(at, "a", "rare"))
        record.add(Entry(at, "a", "frequent", is_frequent=True))
    kinds = [entry.kind for entry in record]
    assert kinds.count("rare") == 50
    assert kinds.count("frequent") <= 20
    assert record[-1].instant == 49
    assert record.forgotten == 100 - len(record)
    for at in range(200):
        record.add(Entry(at, "a", "rare"))
        record.add(Entry(at, "a", "frequent", is_frequent=True))
    assert len(record) <= 100
    assert sum(entry.is_frequent for entry in record) <= 20


# -- another configuration while it runs -----------------------------------------------------------


def dearer(config: RouterConfig) -> RouterConfig:
    """The same with RIP of cost 5 on each interface, and slower."""
    settings = config.protocols["rip"].settings
    assert isinstance(settings, RipConfig)
    interfaces = tuple(replace(one, cost=5) for one in settings.interfaces)
    timers = replace(settings.timers, update_ns=60 * S)
    changed = replace(settings, interfaces=interfaces, timers=timers)
    return replace(config, protocols={"rip": replace(config.protocols["rip"], settings=changed)})


def test_a_router_takes_another_configuration_and_keeps_it_without_power() -> None:
    network = chain().run(until="converged")
    config = network.lab.nodes["a"].router
    assert config is not None
    network["a"].configure(dearer(config))
    assert not network.is_converged
    network.run(until="converged")
    assert network.convergence.silence_ns == 66 * S
    assert learned(network, "a")["10.255.0.3/32"] == 1 + 1 + 5
    network.fail("a")
    network.restore("a")
    network.run(until="converged")
    assert learned(network, "a")["10.255.0.3/32"] == 1 + 1 + 5


def test_a_router_without_routing_process_takes_no_configuration() -> None:
    network = chain("shortest")
    with pytest.raises(UsageError, match="a has no routing process; `router:` in the file makes"):
        network["a"].configure(RouterConfig())


# -- who reaches whom ------------------------------------------------------------------------------


def test_who_reaches_whom_is_told_by_the_tables_that_were_learned() -> None:
    network = chain()
    assert not network.reachability().is_complete
    assert network.run(until="converged").reachability().is_complete
    network.fail("b-c")
    found = network.run(until="converged").reachability()
    assert not found.is_complete
    assert not found.loops


def test_tables_that_only_a_run_can_tell_are_asked_for() -> None:
    lab = chain().lab
    with pytest.raises(UsageError, match="learn their routes: give their tables, or ask a network"):
        check(lab)
    tables = {name: node.table for name, node in chain().run(until="converged").items()}
    assert check(lab, tables).is_complete
