"""`router:` of a lab file: router.yaml in layers, for nodes, kinds, all, links and their ends."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.config import yaml_tree
from fingerpost.forwarding.durations import SECOND
from fingerpost.lab.model import Routing
from fingerpost.lab.network import Network
from fingerpost.lab.topology import TopologyError, loads
from fingerpost.lab.topology.schema import json_schema
from fingerpost.rip import RipConfig, RipInterface, SplitHorizon
from fingerpost.rip.keys import KeyChain

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LAYERS = """
routing: rip
start: 2026-01-01T00:00:00Z
topology:
  defaults:
    router:
      rip:
        timers: {update: 10s, jitter: 2s}
        interfaces: {"*": {split-horizon: simple}}
      key-chains: {night: {keys: [{id: 1, secret: hush, algorithm: hmac-sha-256}]}}
  kinds:
    core: {router: {rip: {maximum-paths: 2, timers: {update: 20s}}}}
  nodes:
    a:
      kind: core
      routes: [192.0.2.0/24 blackhole tag 4]
      router:
        rip:
          redistribute: [static]
          interfaces: {eth2: {cost: 5}}
    b:
    c:
    h: {kind: host}
  links:
    - {endpoints: [a, b], rip: {authentication: {key-chain: night}}}
    - {endpoints: [a, {node: c, rip: {cost: 4}}], rip: {split-horizon: none}}
    - {endpoints: [a, h]}
"""


def rip_of(text: str, node: str) -> RipConfig:
    config = loads(text).nodes[node].router
    assert config is not None
    settings = config.protocols["rip"].settings
    assert isinstance(settings, RipConfig)
    return settings


def faults(text: str) -> list[str]:
    with pytest.raises(TopologyError) as caught:
        loads(text)
    return [f"{one.line}: {one.field}: {one.message}" for one in caught.value.faults]


def test_the_nearest_layer_that_says_something_counts() -> None:
    a, b = rip_of(LAYERS, "a"), rip_of(LAYERS, "b")
    assert (a.timers.update_ns, a.timers.jitter_ns) == (20 * SECOND, 2 * SECOND)
    assert (b.timers.update_ns, b.timers.jitter_ns) == (10 * SECOND, 2 * SECOND)
    assert (a.maximum_paths, b.maximum_paths) == (2, 8)
    assert list(a.redistributes) == ["static"]
    assert not b.redistributes


def test_options_of_interfaces_come_from_all_links_ends_and_names() -> None:
    lo, eth1, eth2, eth3 = rip_of(LAYERS, "a").interfaces
    assert lo == RipInterface("lo", is_loopback=True)
    assert isinstance(eth1.authenticator, KeyChain)
    assert eth1.split_horizon is SplitHorizon.SIMPLE
    assert eth2 == RipInterface("eth2", cost=5, split_horizon=SplitHorizon.NONE)
    assert eth3 == RipInterface("eth3", is_passive=True, split_horizon=SplitHorizon.SIMPLE)
    far = rip_of(LAYERS, "c").interfaces[1]
    assert (far.cost, far.split_horizon) == (4, SplitHorizon.NONE)


def test_a_network_runs_by_it() -> None:
    network = Network.of(LAYERS).run(until="converged")
    assert network.convergence.silence_ns == 23 * SECOND  # 20 s, jitter of 2 s, and one more
    table = network["b"].table
    assert table["192.0.2.0/24"].metric == 2
    assert table["10.255.0.3/32"].metric == 1 + 1 + 5


def test_a_wrong_key_keeps_neighbours_apart() -> None:
    text = LAYERS.replace(
        "    b:\n",
        """    b:
      router: {key-chains: {night: {keys: [{id: 1, secret: other, algorithm: hmac-sha-256}]}}}
""",
    )
    network = Network.of(text).run(until="converged")
    assert network["b"].table.match("192.0.2.1") is None
    assert "message ignored" in str(network.events.of("b"))


def test_a_section_alone_is_router_yaml_and_names_its_interfaces() -> None:
    text = """
topology:
  nodes:
    a: {router: {rip: {interfaces: {eth1: }}, static: [192.0.2.0/24 blackhole]}}
    b: {routing: none}
  links: [{endpoints: [a, b]}]
"""
    assert rip_of(text, "a").interfaces == (RipInterface("eth1"),)
    lab = loads(text)
    assert lab.nodes["a"].routing is Routing.PROTOCOLS
    assert str(Network(lab)["a"].table["192.0.2.0/24"]) == "blackhole"


def test_a_section_without_a_protocol_has_a_routing_process_all_the_same() -> None:
    network = Network.of("""
topology:
  nodes:
    a: {router: {tables: {main: {export: nothing}}, policies: {nothing: [{then: reject}]}}}
    b: {routing: none}
  links: [{endpoints: [a, b]}]
""")
    assert network.is_converged
    routing = network["a"].router.routing
    assert routing is not None
    assert [str(route.prefix) for route in routing.tables["main"]]
    assert len(network["a"].table) == 0


def test_faults_stand_where_they_were_made_and_are_told_once() -> None:
    assert faults("""
routing: rip
topology:
  defaults:
    router: {rip: {timers: {update: 10}, interfaces: {"*": {split-horizon: never}}}}
  nodes:
    a: {router: {rip: {interfaces: {eth9: {cost: 5}, eth1: {cost: 77}}, redistribut: x}}}
    b: {router: {rip: {interfaces: {eth1: {in: {policy: nobody}}}}}}
    c:
  links:
    - {endpoints: [a, b], rip: {authentication: {key-chain: night}}}
    - {endpoints: [a, {node: b, ripng: {passive: yes}, rip: {cst: 1}}]}
""") == [
        "5: topology.defaults.router.rip.interfaces.*.split-horizon: 'never': write none, simple "
        "or poisoned",
        "5: topology.defaults.router.rip.timers.update: 10: write a time with its unit: 10ms, "
        "1.5s, 250us, 2min",
        "7: topology.nodes.a.router.rip.interfaces.eth1.cost: 77: write a whole number from 1 to "
        "15",
        "7: topology.nodes.a.router.rip.interfaces.eth9: a has no interface 'eth9'; did you mean "
        "'eth2' or 'eth1'?",
        "7: topology.nodes.a.router.rip.redistribut: no such field; did you mean 'redistribute'?",
        "8: topology.nodes.b.router.rip.interfaces.eth1.in.policy: no policy 'nobody'; there is no "
        "section policies with one",
        "11: topology.links[0].rip.authentication.key-chain: no key chain 'night'; there is no "
        "section key-chains with one",
        "12: topology.links[1].endpoints[1].rip.cst: no such field; did you mean 'cost'?",
    ]


def test_what_cannot_be_together_is_told() -> None:
    assert faults("""
topology:
  nodes:
    h: {kind: host, router: {rip: }}
    s: {routing: shortest, router: {rip: }}
    t: {router: 5}
    u: {router: {rip: 5}}
""") == [
        "4: topology.nodes.h.router: is for routers",
        "5: topology.nodes.s.routing: shortest: computes the table, which router: would fill; keep "
        "one",
        "6: topology.nodes.t.router: 5: write a mapping, `name: ...` lines",
        "7: topology.nodes.u.router.rip: 5: write a mapping, `field: value` lines",
    ]


def test_a_lab_has_no_use_for_what_machines_need() -> None:
    sections = "{api: {metrics: off}, kernel: {metric: 5}}"
    text = LAYERS.replace("    b:\n", f"    b: {{router: {sections}}}\n")
    assert rip_of(text, "b") == rip_of(LAYERS, "b")


def test_the_arm_of_a_bridge_has_options_for_the_interface_at_it() -> None:
    text = """
routing: rip
topology:
  nodes: {s: {kind: bridge}, a: , b: , c: }
  links:
    - {endpoints: [s, a], rip: {cost: 3}}
    - {endpoints: [s, b]}
    - {endpoints: [s, c], ripng: {cost: 7}}
"""
    assert [rip_of(text, node).interfaces[1].cost for node in "abc"] == [3, 1, 1]


def test_the_schema_knows_the_fields_of_router_yaml() -> None:
    schema = json_schema()

    def references(value: Any) -> list[str]:  # noqa: ANN401 - any JSON value
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [one for inner in value.values() for one in references(inner)]
        items = value if isinstance(value, list) else []
        return [one for inner in items for one in references(inner)]

    known = {f"#/$defs/{name}" for name in schema["$defs"]}
    assert set(references(schema)) <= known
    assert "part of router.yaml" not in json.dumps(schema)
    router = schema["$defs"]["router.RouterTree"]["properties"]
    assert {"rip", "ripng", "policies", "prefix-lists", "static"} <= set(router)


def test_the_schema_takes_the_examples_and_refuses_what_the_loader_refuses() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)

    def valid(text: str) -> bool:
        return bool(validator.is_valid(yaml_tree.read(text, "lab.yaml").value))

    for path in sorted(EXAMPLES.glob("*.yaml")):
        if not path.stem.startswith("router"):
            assert valid(path.read_text(encoding="utf-8")), path
    assert valid(LAYERS)
    for right, wrong in (
        ("{cost: 5}", "{cost: 50}"),
        ("{cost: 4}", "{costs: 4}"),
        ("routing: rip", "routing: rap"),
        ("key-chain: night", "key-chains: night"),
        ("maximum-paths: 2", "maximum-paths: many"),
    ):
        assert right in LAYERS
        assert not valid(LAYERS.replace(right, wrong)), wrong


WORDS = st.sampled_from(
    [
        "rip",
        "ripng",
        "interfaces",
        "*",
        "eth1",
        "lo",
        "cost",
        "timers",
        "update",
        "policies",
        "prefix-lists",
        "p",
        "static",
        "key-chains",
        "keys",
        "secret",
        "id",
        "authentication",
        "key-chain",
        "redistribute",
        "policy",
        "router",
        "tables",
        "main",
        "leaks",
        "in",
        "offset",
        "by",
        "match",
        "then",
        "default-route",
        "channel",
        "import",
    ]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 20),
    st.text(max_size=4),
    st.sampled_from(["10s", "10.0.0.0/8", "10.0.0.0/8 blackhole", "p", "reject", "static", "main"]),
)
SECTIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=14,
)


@settings(max_examples=150, deadline=None)
@given(SECTIONS, SECTIONS, SECTIONS, st.sampled_from(["rip", "none", "shortest"]))
def test_whatever_stands_in_a_section_is_read_or_refused(
    common: object, own: object, link: object, routing: str
) -> None:
    lab = {
        "routing": routing,
        "topology": {
            "defaults": {"router": common},
            "nodes": {"a": {"router": own}, "b": None},
            "links": [{"endpoints": ["a", {"node": "b", "ripng": link}], "rip": link}],
        },
    }
    with contextlib.suppress(TopologyError):
        loads(yaml.safe_dump(lab))
