"""The formats of others: every real file loads, the same network is the same in all of them."""

from __future__ import annotations

import json
import random
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerpost.errors import UsageError
from fingerpost.lab.model import Lab, NodeKind
from fingerpost.lab.topology import TopologyError, load, loads

if TYPE_CHECKING:
    from pathlib import Path

SIZES = {
    "fnss_rocketfuel-1221.weights.intra": (108, 153),
    "synth_as_1000.as-rel.txt": (1000, 1457),
    "topohub_gabriel_100_0.json": (100, 186),
    "topohub_gabriel_500_0.json": (500, 982),
    "topohub_sndlib_germany50.json": (50, 88),
    "zoo_Abilene.graphml": (11, 14),
    "zoo_Cogentco.graphml": (197, 245),
    "zoo_Geant2012.graphml": (40, 61),
    "zoo_Kdl.graphml": (754, 899),
    "zoo_Nsfnet.graphml": (13, 15),
    "zoo_Uunet.graphml": (49, 84),
    "zoo_src_Geant2012_yed.graphml": (40, 62),
}

GRAPHML = """<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key attr.name="label" for="node" id="d0"/>
  <key attr.name="Latitude" for="node" id="d1"/>
  <key attr.name="Longitude" for="node" id="d2"/>
  <key attr.name="LinkSpeedRaw" for="edge" id="d3"/>
  <key attr.name="LinkLabel" for="edge" id="d4"/>
  <graph edgedefault="undirected">
    <node id="0"><data key="d0">Köln, Süd</data><data key="d1">50.9</data>
      <data key="d2">6.9</data></node>
    <node id="1"><data key="d0">Bonn</data></node>
    <node id="2"><data key="d0">Bonn</data></node>
    <node id="3"><data key="d0">None</data></node>
    <edge source="0" target="1"><data key="d3">1000000.0</data></edge>
    <edge source="1" target="2"><data key="d4">10 Gbps</data></edge>
    <edge source="2" target="3"><data key="d4">OC-3</data></edge>
    <edge source="3" target="3"/>
  </graph>
</graphml>
"""


def edges(lab: Lab) -> list[list[str]]:
    return sorted(sorted(link.nodes) for link in lab.links)


@pytest.mark.parametrize("name", SIZES)
def test_every_real_file_gives_the_network_it_describes(shared_data: Path, name: str) -> None:
    lab = load(shared_data / "topologies" / name)
    assert (len(lab.nodes), len(lab.links)) == SIZES[name]


def test_one_network_is_the_same_from_containerlab_netlab_and_netjson(shared_data: Path) -> None:
    folder = shared_data / "topologies"
    labs = [load(path) for path in sorted(folder.glob("fmt_abilene.*"))]
    assert len(labs) == 3
    assert len({(tuple(lab.nodes), str(edges(lab))) for lab in labs}) == 1
    addresses = {str([n.addresses() for n in lab.nodes.values()]) for lab in labs}
    assert len(addresses) == 1
    zoo = load(folder / "zoo_Abilene.graphml")
    named = {n: n.replace("_", "").lower() for n in zoo.nodes}
    assert sorted(sorted(named[n] for n in pair) for pair in edges(zoo)) == edges(labs[0])


def test_distance_becomes_delay_at_two_thirds_of_the_speed_of_light(shared_data: Path) -> None:
    zoo = load(shared_data / "topologies" / "zoo_Abilene.graphml")
    # New York to Chicago: 1,146 km of great circle
    assert zoo.link("New_York-Chicago").quality.delay_ns == pytest.approx(1_146e3 / 0.19986, 2e-3)
    hub = load(shared_data / "topologies" / "topohub_sndlib_germany50.json")
    assert hub.link("Aachen-Koeln").quality.delay_ns == round(61_630 / (299_792_458 * 2 / 3) * 1e9)
    assert hub.nodes["Aachen"].position is not None
    assert hub.nodes["Aachen"].position.is_geographic


def test_places_on_a_plane_are_not_taken_for_degrees(shared_data: Path) -> None:
    lab = load(shared_data / "topologies" / "topohub_gabriel_100_0.json")
    assert not any(n.position.is_geographic for n in lab.nodes.values() if n.position)


def test_the_zoo_dialect_is_read_with_odd_labels_and_speeds() -> None:
    lab = loads(GRAPHML, "some.graphml")
    assert lab.name == "some"
    assert list(lab.nodes) == ["Köln_Süd", "Bonn", "Bonn_2", "n3"]
    assert lab.nodes["Köln_Süd"].label == "Köln, Süd"
    assert [link.quality.bandwidth for link in lab.links] == [10**6, 10**10, 155_520_000]
    assert lab.warnings == ("1 edges from a node to itself passed over",)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><graphml><graph/></graphml>',
        "<graphml><graph><node",
        "<svg/>",
        '<?xml version="1.0" encoding="nonsense"?><graphml/>',
    ],
)
def test_what_is_no_graph_is_refused(text: str) -> None:
    with pytest.raises(TopologyError, match=r"bad\.xml"):
        loads(text, "bad.xml")


def test_an_edge_to_nowhere_is_refused() -> None:
    with pytest.raises(TopologyError, match="no node '9'"):
        loads(GRAPHML.replace('target="3"', 'target="9"'))


def test_netjson_costs_that_are_no_whole_numbers_are_multiplied() -> None:
    links = [
        {"source": "a", "target": "b", "cost": 1.5},
        {"source": "b", "target": "c", "cost": 2},
    ]
    nodes = [{"id": name} for name in "abc"]
    lab = loads(json.dumps({"type": "NetworkGraph", "nodes": nodes, "links": links}))
    assert [link.cost for link in lab.links] == [15, 20]
    assert "multiplied by 10" in lab.warnings[0]


def test_links_listed_in_both_directions_are_one_each() -> None:
    lab = loads("a b 2\nb a 2\nb c 1\nc b 3\n", "w.intra")
    assert [(link.name, link.cost) for link in lab.links] == [("a-b", 2), ("b-c", 1)]
    assert lab.warnings == ("1 links cost something else on the way back; first counts",)


def test_netlab_links_are_read_in_all_their_forms() -> None:
    lab = loads(
        """
        provider: clab
        nodes: {a: , b: , h: {role: host}}
        links: [a-b, a-b-h, {a: , b: {ipv4: 10.0.0.1/24}}, {interfaces: [{node: a}, {node: h}]}]
        """
    )
    assert [link.nodes for link in lab.links] == [
        ("a", "b"),
        ("a", "b", "h"),
        ("a", "b"),
        ("a", "h"),
    ]
    assert lab.nodes["h"].kind is NodeKind.HOST


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # its open file
def test_a_topology_of_topohub_is_loaded_by_name() -> None:
    pytest.importorskip("topohub", reason="the package topohub is not installed")
    lab = load("topohub:sndlib/germany50")
    assert (lab.name, len(lab.nodes), len(lab.links)) == ("germany50", 50, 88)
    with pytest.raises(UsageError, match="no topology 'sndlib/nowhere'"):
        load("topohub:sndlib/nowhere")


def test_without_topohub_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "topohub", None)
    with pytest.raises(UsageError, match="pip install topohub"):
        load("topohub:sndlib/germany50")


# -- whatever a file holds -------------------------------------------------------------------------

SAMPLES = [
    GRAPHML,
    "1|2|-1\n2|3|0\n",
    "a b 2\nb a 2\n",
    json.dumps({"type": "NetworkGraph", "nodes": [{"id": "a"}], "links": []}),
    json.dumps({"nodes": [{"id": 0}, {"id": 1}], "edges": [{"source": 0, "target": 1}]}),
    "nodes: [a, b]\nlinks: [a-b]\n",
    "name: x\ntopology:\n  nodes: {a: {kind: host}, b: {routes: [default via 10.0.0.1]}}\n"
    "  links:\n  - {endpoints: [a, 'b:eth1'], delay: 1ms, loss: 2%, ipv4: [10.0.0.1/24]}\n"
    "timeline: [{at: 1s, fail: a-b}]\nexpect: [{reachable: a -> b}, no loop]\n",
]


def fate(text: str) -> bool:
    """Whether a text is a network with nodes, or is refused with its place; nothing else raises."""
    try:
        return bool(loads(text, "f").nodes)
    except TopologyError as error:
        return str(error).startswith("f")


@given(st.sampled_from(SAMPLES), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_gives_a_lab_or_a_topology_error(text: str, rng: random.Random) -> None:
    characters = list(text)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(characters))
        what = rng.choice(["", " ", "\n", "-", ":", "9", "{", "]", "'", "&a", "*a", "~", "\0", "é"])
        characters[at] = what
    assert fate("".join(characters))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["a", "a:eth1", "10.0.0.1/24", "fail", "a-b", "1s", "a -> b"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["topology", "nodes", "links", "a", "b", "endpoints", "kind", "routes", "timeline",
             "expect", "at", "fail", "set", "link", "reachable", "defaults", "kinds", "interfaces",
             "addresses", "numbering", "name", "directions", "type", "source", "target", "id"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@given(st.fixed_dictionaries({"topology": VALUES, "timeline": VALUES, "expect": VALUES}) | VALUES)
@settings(max_examples=150, deadline=None)
def test_any_tree_of_values_gives_a_lab_or_a_topology_error(value: object) -> None:
    assert fate(json.dumps(value))


def test_aliases_that_would_expand_without_end_are_refused() -> None:
    laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(TopologyError, match="too large or too deep"):
        loads(laughs)
    with pytest.raises(TopologyError, match="contains itself"):
        loads("topology: &t {nodes: *t}")
    with pytest.raises(TopologyError, match=r"not YAML|too deep"):
        loads("[" * 5000)


@pytest.mark.parametrize("text", ["nodes:\nlinks:\ndefaults:", "nodes: [a]\nlinks: 5\ndefaults:"])
def test_a_netlab_topology_without_nodes_or_with_no_list_of_links_is_told(text: str) -> None:
    with pytest.raises(TopologyError, match=r"no nodes|write a list"):
        loads(text, "topology.yml")
