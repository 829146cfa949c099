"""Policies on paths of BGP: judged on import and export, applied anew when they change."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from textwrap import dedent

import pytest
import yaml

from bgp.joined import Net, Node, config, towards
from fingerpost.addr import Address, Prefix
from fingerpost.bgp.attributes import AttributeSet, Origin, OriginCode
from fingerpost.bgp.attributes import NextHop as AttributeNextHop
from fingerpost.bgp.config import Aggregate, Neighbor, Network, PeerFamily, Redistribution
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.machine import Bgp
from fingerpost.bgp.path_view import PathFlags
from fingerpost.errors import UsageError
from fingerpost.forwarding.route import NextHop
from fingerpost.policy import Policy, load, of
from fingerpost.protocol.events import ConfigurationChanged, RoutesChanged
from fingerpost.rib.events import Change
from fingerpost.rib.route import RibRoute
from fingerpost.rib.verdict import Filter

A, B = "10.0.0.1", "10.0.0.2"
GATEWAY = NextHop("eth0", Address("10.0.0.9"))
OURS = tuple(Prefix(f"192.0.2.{place * 16}/28") for place in range(4))


def policies(text: str) -> dict[str, Policy]:
    return load(yaml.safe_load(dedent(text)))


def family(import_policy: Filter | None = None, export_policy: Filter | None = None) -> PeerFamily:
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


OWN = """
    policies:
      network:
        - {set: {med: 20, add-community: "65001:9", prepend-own-as: 1}}
      rip:
        - {match: {tag: 7}, set: {metric: "+5", origin: egp}}
        - {match: {tag: 8}, set: {med: 99, community: "65001:8:8"}}
      none: []
      whole:
        - {match: {community: "65001:9"}, set: {remove-community: all, local-preference: 5}}
"""


def test_policies_of_what_we_say_ourselves_set_attributes() -> None:
    """Networks, redistributed routes by metric and tag, aggregates."""
    rules = policies(OWN)
    net = Net()
    far = Prefix("198.51.100.0/24")
    tagged = [
        RibRoute(Prefix(f"198.51.{100 + tag}.0/24"), "rip", 120, 3, (GATEWAY,), tag=tag)
        for tag in (7, 8, 9)
    ]
    whole = Prefix("192.0.2.0/24")
    a = net.add(
        A,
        config(
            65001,
            1,
            towards(65002, B),
            networks=(
                Network(OURS[0], rules["network"], needs_route=False),
                Network(far, rules["none"], needs_route=False),
            ),
            redistributes={"rip": Redistribution(policy=rules["rip"])},
            aggregates=(Aggregate(whole, policy=rules["whole"]),),
        ),
        1,
    )
    b = net.add(B, config(65002, 2, towards(65001, A)), 2)
    net.begin()
    a.give(RoutesChanged(tuple(Change(one.prefix, None, one) for one in tagged)))
    net.run(10)
    own = imported(b, OURS[0])
    assert (own.med, own.communities) == (20, (65001 << 16 | 9,))
    assert own.as_path.numbers == (65001, 65001)
    assert held(b, far) is None
    seven, eight = (imported(b, one.prefix) for one in tagged[:2])
    assert (seven.med, seven.get(Origin)) == (8, Origin(OriginCode.EGP))
    assert (eight.med, eight.large_communities) == (99, ((65001, 8, 8),))
    assert held(b, tagged[2].prefix) is None
    assert imported(b, whole).communities == ()
    assert imported(a, whole).local_preference == 5


def test_the_next_hop_that_a_policy_sets_is_told() -> None:
    net = Net()
    rules = policies("""
        policies:
          address: [{set: {next-hop: 10.0.0.77, med: 3}}]
          own: [{set: {next-hop: self}}]
          there: [{set: {next-hop: unchanged}}]
          peer: [{set: {next-hop: peer}}]
    """)
    names = tuple(rules)
    nodes = {}
    outs = [
        towards(65010 + at, f"10.0.0.{10 + at}", families=(family(export_policy=rules[name]),))
        for at, name in enumerate(names)
    ]
    net.add(A, config(65001, 1, towards(65002, B), networks=(Network(OURS[0], needs_route=False),)))
    net.add(B, config(65002, 2, towards(65001, A), *outs), 2)
    for at, name in enumerate(names):
        address = f"10.0.0.{10 + at}"
        nodes[name] = net.add(address, config(65010 + at, 10 + at, towards(65002, B)), 3 + at)
    net.begin()
    net.run(10)
    hops = {name: imported(node, OURS[0]).get(AttributeNextHop) for name, node in nodes.items()}
    assert {name: str(one) for name, one in hops.items()} == {
        "address": "10.0.0.77",
        "own": B,
        "there": A,
        "peer": "10.0.0.13",
    }
    assert imported(nodes["address"], OURS[0]).med == 3


def test_what_paths_do_not_have_is_refused_with_what_would_be_right() -> None:
    wrong = policies("policies: {p: [{match: {tag: 5}}]}")["p"]
    with pytest.raises(UsageError, match=r"to 10.0.0.2, policy p: .* no tag: .* communities"):
        Bgp(config(65001, 1, towards(65002, B, families=(family(wrong),))), Random(1))
    function = of(lambda route: route)
    with pytest.raises(UsageError, match="Python function, which cannot judge the paths"):
        Bgp(config(65001, 1, towards(65002, B, families=(family(function),))), Random(1))
