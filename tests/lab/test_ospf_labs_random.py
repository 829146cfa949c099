"""OSPF in 200 random networks: every table has the shortest paths, all that are equally short."""

from __future__ import annotations

import random
from typing import Any

import pytest
from ospf_paths import agree, check

from fingerpost.lab.network import Network

BATCHES = 10
OF_A_BATCH = 10  # in each version


def described(chance: random.Random, protocol: str) -> dict[str, Any]:
    """A connected network of 3 to 15 routers: links, some of them twice, and LANs."""
    names = [f"r{at}" for at in range(chance.randint(3, 15))]
    few = chance.choice([1, 2, 5, 20])  # the fewer costs, the more ways are equal

    def end(name: str) -> dict[str, Any]:
        return {"node": name, protocol: {"cost": chance.randint(1, few)}}

    order = chance.sample(names, len(names))
    links = [[one, chance.choice(order[:at])] for at, one in enumerate(order[1:], 1)]
    links += [chance.sample(names, 2) for _ in range(chance.randint(0, len(names)))]
    for _ in range(chance.randint(0, 3)):
        links.append(chance.sample(names, chance.randint(3, min(6, len(names)))))
    return {
        "name": "net",
        "seed": chance.randrange(1000),
        "routing": protocol,
        "topology": {
            "defaults": {"router": {protocol: {"maximum-paths": 64}}},
            "nodes": dict.fromkeys(names),
            "links": [{"endpoints": [end(one) for one in ends]} for ends in links],
        },
    }


@pytest.mark.parametrize("protocol", ["ospf", "ospf3"])
@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_networks_have_shortest_paths(protocol: str, batch: int) -> None:
    """RFC 2328 16.1: distances, and every next hop of equal cost, as networkx has them."""
    chance = random.Random(f"{protocol} {batch}")
    for _ in range(OF_A_BATCH):
        network = Network.of(described(chance, protocol)).run(until="converged")
        assert network.is_converged
        assert check(network, protocol) > 0
        assert agree(network, protocol) > 0


def test_the_networks_differ_and_have_ways_of_equal_cost() -> None:
    """The test above is worth something only if its networks are of every kind."""
    chance = random.Random("kinds")
    kinds = [described(chance, "ospf")["topology"] for _ in range(100)]
    sizes = {len(one["nodes"]) for one in kinds}
    assert sizes == set(range(3, 16))
    ends = {len(link["endpoints"]) for one in kinds for link in one["links"]}
    assert ends == {2, 3, 4, 5, 6}
