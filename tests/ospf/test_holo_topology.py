"""Six routers of a topology of Holo, run as a lab of ours: its routes, neighbours and databases."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from fingerpost.addr import Address, Interface, Prefix
from fingerpost.lab.network import Network
from fingerpost.ospf import Ospf
from fingerpost.ospf.lsa import v2

from .test_calculation_known import lsas_of

ROUTERS = [f"rt{at}" for at in range(1, 7)]
INFORMATION = 10  # the type of the router information, RFC 7770


@pytest.fixture(scope="module")
def known(shared_data: Path) -> dict[str, Any]:
    """Give what Holo was configured with, and what came of it."""
    path = shared_data / "conformance" / "holo" / "topologies" / "ospfv2-topo2-1.json"
    found: dict[str, Any] = json.loads(path.read_text())["routers"]
    return found


def own_address(interface: dict[str, Any]) -> str:
    """Give the IPv4 address of an interface."""
    found: str = next(one for one in interface["addresses"] if ":" not in one)
    return found


def configuration(router: dict[str, Any]) -> dict[str, Any]:
    """Give the configuration of a router as ours has it."""
    protocols = router["config"]["ietf-routing:routing"]["control-plane-protocols"]
    said = protocols["control-plane-protocol"][0]["ietf-ospf:ospf"]
    interfaces: dict[str, Any] = {}
    for area in said["areas"]["area"]:
        for one in area["interfaces"]["interface"]:
            options: dict[str, Any] = {"area": area["area-id"]}
            if one["name"] != "lo":
                options |= {
                    "cost": 10,  # the default there
                    "type": one.get("interface-type", "broadcast"),
                    "priority": one.get("priority", 1),
                    "hello": f"{one['hello-interval']}s",
                    "dead": f"{one['dead-interval']}s",
                }
            interfaces[one["name"]] = options
    ospf = {
        "router-id": said["explicit-router-id"],
        "interfaces": interfaces,
        "router-information": True,
    }
    return {
        "loopback": own_address(router["interfaces"]["lo"]).partition("/")[0],
        "interfaces": {
            name: [own_address(one)] for name, one in router["interfaces"].items() if name != "lo"
        },
        "router": {"ospf": ospf},
    }


@pytest.fixture(scope="module")
def network(known: dict[str, Any]) -> Network:
    """Give the lab: interfaces with a network in common are on a link."""
    links: dict[Prefix, list[str]] = defaultdict(list)
    for name, router in known.items():
        for port, one in router["interfaces"].items():
            if port != "lo":
                links[Interface(own_address(one)).prefix].append(f"{name}:{port}")
    topology = {
        "nodes": {name: configuration(router) for name, router in known.items()},
        "links": [{"endpoints": ends} for ends in links.values()],
    }
    description = {"name": "holo", "numbering": {"families": "ipv4"}, "topology": topology}
    return Network.of(description).run(until="converged")


def machine(network: Network, name: str) -> Ospf:
    """Give the instance of a router."""
    routing = network[name].router.routing
    assert routing is not None
    found = routing.protocols["ospf"].machine
    assert isinstance(found, Ospf)
    return found


@pytest.mark.parametrize("name", ROUTERS)
def test_routes_are_those_of_holo(network: Network, known: dict[str, Any], name: str) -> None:
    """Prefix, metric and every next hop of all routes that both would install."""
    wanted = {}
    own = {one.prefix for one in network.lab.nodes[name].addresses()}
    for one in known[name]["expect"]["local_rib"]:
        prefix = Prefix(one["prefix"])
        if prefix not in own:
            hops = {(port, Address(gateway)) for port, gateway in one["nexthops"]}
            wanted[prefix] = (one["metric"], hops)
    found = {
        prefix: (route.metric, {(hop.interface, hop.gateway) for hop in route.next_hops})
        for prefix, route in network[name].table.items()
        if route.origin == "ospf"
    }
    assert found == wanted
    assert len(found) >= 9


@pytest.mark.parametrize("name", ROUTERS)
def test_neighbors_are_those_of_holo(network: Network, known: dict[str, Any], name: str) -> None:
    """Who they are, where, and on the LAN who is designated."""
    model = machine(network, name).snapshot(network.now)
    found = {
        (one["area"], one["interface"], one["router_id"], one["state"].lower(), one["address"])
        for one in model["neighbors"]
    }
    keys = ("area", "interface", "router_id", "state", "address")
    expected = known[name]["expect"]["neighbors"]
    assert found == {tuple(one[key] for key in keys) for one in expected}
    roles = {one["name"]: (one["designated"], one["backup"]) for one in model["interfaces"]}
    for one in expected:
        assert roles[one["interface"]] == (one["dr"], one["bdr"])


@pytest.mark.parametrize("name", ROUTERS)
def test_databases_are_those_of_holo(network: Network, known: dict[str, Any], name: str) -> None:
    """Type, id, router, options, links and attached routers of all LSAs."""
    ospf = machine(network, name)
    (area,) = ospf.areas.values()
    expected = known[name]["expect"]["lsdb"]
    found = [lsa for _, lsa in ospf.database.entries(network.now, area.scope)]
    read = [v2.decode_lsa(lsa) for lsa in found]
    ours = {lsa.header.key: contents(lsa.body) for lsa in read if lsa.header.type < INFORMATION}
    theirs = [v2.decode_lsa(lsa) for lsa in lsas_of(expected)]
    assert ours == {lsa.header.key: contents(lsa.body) for lsa in theirs}
    told = {lsa.header.router for lsa in read if lsa.header.type == INFORMATION}
    assert len(told) == sum(one["type"] == INFORMATION for one in expected) == len(known)
    assert len(read) == len(expected) == ospf.database.count(area.scope)


def contents(body: object) -> tuple[object, ...]:
    """Give what a body says, in an order that does not matter."""
    if isinstance(body, v2.RouterLsa):
        return (body.flags, *sorted((one.type, one.id, one.data, one.metric) for one in body.links))
    assert isinstance(body, v2.NetworkLsa)
    return (body.mask, *sorted(body.routers))
