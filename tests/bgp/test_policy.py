"""Policies on paths of BGP: judged on import and export, applied anew when they change."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import yaml

from bgp.joined import Net, Node, config, towards
from fingerpost.addr import Prefix
from fingerpost.bgp.attributes import AttributeSet
from fingerpost.bgp.config import Neighbor, Network, PeerFamily
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.path_view import PathFlags
from fingerpost.policy import Policy, load
from fingerpost.protocol.events import ConfigurationChanged

A, B = "10.0.0.1", "10.0.0.2"
OURS = tuple(Prefix(f"192.0.2.{place * 16}/28") for place in range(4))


def policies(text: str) -> dict[str, Policy]:
    return load(yaml.safe_load(dedent(text)))


def family(import_policy: Policy | None = None, export_policy: Policy | None = None) -> PeerFamily:
    return PeerFamily(IPV4, import_policy, export_policy)


def pair(out_of_a: Policy | None, into_b: Policy | None) -> tuple[Net, Node, Node]:
    """The first says four networks, the second hears them."""
    net = Net()
    networks = tuple(Network(one, needs_route=False) for one in OURS)
    to_b = towards(65002, B, families=(family(export_policy=out_of_a),))
    to_a = towards(65001, A, families=(family(into_b),))
    a = net.add(A, config(65001, 1, to_b, networks=networks), 1)
    b = net.add(B, config(65002, 2, to_a), 2)
    net.begin()
    net.run(10)
    return net, a, b


def held(node: Node, prefix: Prefix) -> tuple[AttributeSet | None, PathFlags] | None:
    """What became of the one path to a prefix; None: there is none."""
    rows = node.bgp.table.paths(IPV4.code, prefix)
    if not rows:
        return None
    imported = rows[0][3]
    flags = PathFlags(rows[0][4] & sum(PathFlags))
    return None if imported is None else AttributeSet.decode(imported), flags


def imported(node: Node, prefix: Prefix) -> AttributeSet:
    """The attributes after the import policy of the one path to a prefix."""
    found = held(node, prefix)
    assert found is not None
    assert found[0] is not None
    return found[0]


def reconfigured(node: Node, *neighbors: Neighbor) -> None:
    node.give(ConfigurationChanged(replace(node.bgp.config, neighbors=neighbors)))


SKELETON = """
    prefix-lists:
      first: [192.0.2.0/28]
      two: [192.0.2.0/27 le 28]
    policies:
      out:
        - {match: {prefix-list: first}, set: {add-community: "65001:1"}}
        - {match: {prefix-list: two}, set: {med: 7, prepend-own-as: 2}}
        - {match: {prefix: 192.0.2.32/28}}
      in:
        - {match: {community: "65001:*"}, set: {local-preference: 200}}
        - {match: {as-path: "^65001_65001"}, set: {weight: 5, add-community: "65002:1"}}
"""


def test_paths_are_judged_on_the_way_out_and_on_the_way_in() -> None:
    rules = policies(SKELETON)
    _, a, b = pair(rules["out"], rules["in"])
    marked = imported(b, OURS[0])
    assert marked.local_preference == 200
    assert marked.communities == (65001 << 16 | 1,)
    longer = imported(b, OURS[1])
    assert longer.as_path.numbers == (65001, 65001, 65001)
    assert (longer.med, longer.weight) == (7, 5)
    assert held(b, OURS[2]) == (None, PathFlags.POLICY)
    assert held(b, OURS[3]) is None
    assert set(b.routes) == set(OURS[:2])
    a.bgp.policing.collect()
    b.bgp.policing.collect()
    assert (rules["out"].hits, rules["out"].defaulted) == ([1, 1, 1], 1)
    assert (rules["in"].hits, rules["in"].defaulted) == ([1, 1], 1)


def test_a_policy_that_changes_is_applied_to_what_is_there() -> None:
    rules = policies(SKELETON)
    net, a, b = pair(rules["out"], rules["in"])
    other = policies(SKELETON.replace("weight: 5", "weight: 6"))
    reconfigured(b, towards(65001, A, families=(family(other["in"]),)))
    net.run(1)
    assert imported(b, OURS[1]).weight == 6
    heard = b.peer().tally.updates_in
    wider = policies(SKELETON.replace("192.0.2.32/28", "192.0.2.32/27 le 28"))
    reconfigured(a, towards(65002, B, families=(family(export_policy=wider["out"]),)))
    net.run(1)
    assert held(b, OURS[3]) == (None, PathFlags.POLICY)
    assert held(b, OURS[0]) is not None
    assert b.peer().tally.updates_in == heard + 1  # only what differs is told
    reconfigured(a, towards(65002, B))
    net.run(1)
    found = held(b, OURS[0])
    assert found == (None, PathFlags.POLICY)
