"""OSPF under loss, duplicates, reordering, cuts and restarts: what routers have in the end."""

from __future__ import annotations

import random
from typing import Any

import pytest
from ospf_paths import agree, check, learned, routers

from fingerpost.lab.network import Network

PROTOCOLS = pytest.mark.parametrize("protocol", ["ospf", "ospf3"])
S = 1_000_000_000
BAD = {"loss": "10%", "duplicate": "5%", "reorder": "10%", "jitter": "5ms", "delay": "10ms"}


def changed(network: Network, chance: random.Random, protocol: str) -> None:
    """Let nodes and links go and come back, at any time; everything is there in the end."""
    targets = [*network.links, *network]
    gone: list[str] = []
    for _ in range(12):
        if gone and chance.random() < 0.5:
            network.restore(gone.pop(chance.randrange(len(gone))))
        else:
            target = chance.choice([one for one in targets if one not in gone])
            network.fail(target)
            gone.append(target)
        network.run(until=network.now + chance.randint(1, 60) * S)
    rest(network, protocol)
    for target in gone:
        network.restore(target)
    rest(network, protocol)
    assert agree(network, protocol) > 0


def rest(network: Network, protocol: str) -> None:
    """Let it come to rest; no route points at nothing then, and in one area all are shortest."""
    network.run(until=network.now + 120 * S)
    network.run(until="converged")
    assert network.is_converged
    assert dead_ends(network, protocol) == []
    if network.lab.name == "net":
        assert check(network, protocol) > 0


def dead_ends(network: Network, protocol: str) -> list[str]:
    """Routes whose next hop is no neighbour that answers."""
    return [
        f"{name}: {prefix} by {link} {step}"
        for name in routers(network)
        for prefix, way in learned(network, name, protocol).items()
        for link, step in way.hops
        if step not in network
    ]


def one_area(chance: random.Random, protocol: str) -> dict[str, Any]:
    """Eight routers: links and a LAN, all of them bad."""
    names = [f"r{at}" for at in range(8)]
    links = [[one, chance.choice(names[:at])] for at, one in enumerate(names[1:], 1)]
    links += [chance.sample(names, 2) for _ in range(4)]
    links.append(chance.sample(names, 4))
    return {
        "name": "net",
        "routing": protocol,
        "seed": chance.randrange(1000),
        "topology": {
            "nodes": dict.fromkeys(names),
            "links": [{"endpoints": e, "cost": chance.randint(1, 5), **BAD} for e in links],
        },
    }


@PROTOCOLS
@pytest.mark.parametrize("seed", range(5))
def test_an_area_agrees_after_anything(protocol: str, seed: int) -> None:
    """All have the same LSAs, and routes as short as they can be."""
    chance = random.Random(f"{protocol} {seed}")
    network = Network.of(one_area(chance, protocol))
    network.run(until="60s")
    changed(network, chance, protocol)


AREAS = """
name: areas
routing: {protocol}
numbering: {{families: [ipv4, ipv6]}}
topology:
  defaults:
    router:
      {protocol}: {{areas: {{1: {{kind: stub}}, 2: {{kind: nssa}}}}}}
  nodes:
    b1:
    b2:
    b3: {{router: {{{protocol}: {{areas: {{3: {{virtual-links: {{10.255.0.8: }}}}}}}}}}}}
    s1:
    s2:
    n1: {{routes: [{static} blackhole], router: {{{protocol}: {{redistribute: static}}}}}}
    n2:
    v1: {{router: {{{protocol}: {{areas: {{3: {{virtual-links: {{10.255.0.3: }}}}}}}}}}}}
    f1:
    t1:
  links:
    - {{endpoints: [b1, b2, b3], {bad}}}
    - {{endpoints: [b1, b2], {bad}}}
    - {{endpoints: [b1, s1], {protocol}: {{area: 1}}, {bad}}}
    - {{endpoints: [b2, s2], {protocol}: {{area: 1}}, {bad}}}
    - {{endpoints: [s1, s2], {protocol}: {{area: 1}}, {bad}}}
    - {{endpoints: [b2, n1], {protocol}: {{area: 2}}, {bad}}}
    - {{endpoints: [b1, n2], {protocol}: {{area: 2}}, {bad}}}
    - {{endpoints: [n1, n2], {protocol}: {{area: 2}}, {bad}}}
    - {{endpoints: [b3, t1], {protocol}: {{area: 3}}, {bad}}}
    - {{endpoints: [t1, v1], {protocol}: {{area: 3}}, {bad}}}
    - {{endpoints: [v1, f1], {protocol}: {{area: 4}}, {bad}}}
"""
STATIC = {"ospf": (4, "192.0.2.0/24"), "ospf3": (6, "2001:db8::/48")}


@PROTOCOLS
@pytest.mark.parametrize("seed", range(3))
def test_areas_agree_and_reach_each_other_after_anything(protocol: str, seed: int) -> None:
    """A stub area, an NSSA with two border routers, and one behind a virtual link."""
    family, static = STATIC[protocol]
    bad = ", ".join(f"{name}: {value}" for name, value in BAD.items())
    text = AREAS.format(protocol=protocol, static=static, bad=bad)
    chance = random.Random(f"areas {protocol} {seed}")
    network = Network.of(text, seed=seed)
    network.run(until="100s")
    changed(network, chance, protocol)
    for link in network.links:
        network.set(link, loss="0%")
    loopbacks = {
        name: own.prefix
        for name, node in network.lab.nodes.items()
        for own in node.loopback
        if own.version == family
    }
    for name in network:
        others = {prefix for other, prefix in loopbacks.items() if other != name}
        assert others - learned(network, name, protocol).keys() == set(), name
        far = network.address_of("s1" if name == "f1" else "f1", family)
        assert network[name].ping(far, count=1), name
    for name in ("b1", "b3", "f1", "n2"):
        route = network[name].table.get(static)
        assert route is not None, name
        assert route.origin == protocol
