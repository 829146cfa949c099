"""OSPF in backbones: tables equal those computed at once, and a large one that starts cold."""

from __future__ import annotations

from pathlib import Path

import pytest
from ospf_paths import agree, check, learned

from fingerpost.addr import Prefix
from fingerpost.lab.network import Network

BACKBONES = ["zoo_Abilene.graphml", "zoo_Nsfnet.graphml", "topohub_sndlib_germany50.json"]


def shortest(network: Network, name: str) -> dict[Prefix, frozenset[tuple[str, str]]]:
    """The table that `routing: shortest` gives a router, as links and neighbours."""
    interfaces = network.lab.nodes[name].interfaces
    found = {}
    for prefix, route in network[name].table.items():
        hops = [one for one in route.next_hops if one.gateway is not None]
        if hops:
            found[prefix] = frozenset(
                (str(interfaces[one.interface or ""].link), str(network.owner_of(one.gateway)))
                for one in hops
                if one.gateway is not None
            )
    return found


@pytest.mark.parametrize("name", BACKBONES)
def test_tables_of_a_backbone_are_those_of_shortest(name: str, shared_data: Path) -> None:
    file = shared_data / "topologies" / name
    network = Network.load(file, routing=["ospf", "ospf3"]).run(until="converged")
    static = Network.load(file, routing="shortest")
    assert check(network, "ospf") == check(network, "ospf3") > 0
    for router in network:
        both = {**learned(network, router, "ospf"), **learned(network, router, "ospf3")}
        found = {prefix: way.hops for prefix, way in both.items()}
        assert found == shortest(static, router), router


def test_a_backbone_of_197_routers_starts_cold(shared_data: Path) -> None:
    """Every router has every prefix within 3 s, and all have the same database."""
    network = Network.load(shared_data / "topologies" / "zoo_Cogentco.graphml", routing="ospf")
    network.run(until="3s")
    prefixes = {own.prefix for node in network.lab.nodes.values() for own in node.addresses()}
    wanted = sum(one.version == 4 for one in prefixes) - 1  # its loopback is in no table
    counts = {
        name: sum(prefix.version == 4 for prefix, _ in network[name].table.items())
        for name in network
    }
    assert {name: count for name, count in counts.items() if count < wanted} == {}
    assert agree(network, "ospf") == len(network) ** 2
