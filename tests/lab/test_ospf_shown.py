"""What a router of a lab says of OSPF: why a prefix is as it is, its database, its tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fingerpost.addr import Prefix
from fingerpost.cli import ospf_lists
from fingerpost.cli.ospf_tables import TABLES
from fingerpost.lab.network import Network
from fingerpost.ospf import Ospf
from fingerpost.ospf.listing import database_rows, route_rows, router_rows, spf_model

if TYPE_CHECKING:
    from collections.abc import Mapping

TOLD = {"static": ["192.0.2.0/24 blackhole"], "ospf": {"redistribute": {"static": {"tag": 7}}}}
SQUARE = {
    "topology": {
        "nodes": {"a": None, "b": None, "c": None, "d": {"router": TOLD}},
        "links": [
            {"endpoints": ["a", "b"]},
            {"endpoints": ["b", "c"]},
            {"endpoints": ["c", "d"]},
            {"endpoints": ["a", "d"], "cost": 10},
        ],
    },
    "routing": "ospf",
}


@pytest.fixture(scope="module")
def network() -> Network:
    found = Network.of(SQUARE)
    found.run("converged")
    return found


def machine(network: Network, name: str) -> Ospf:
    routing = network[name].router.routing
    assert routing is not None
    found = routing.protocols["ospf"].machine
    assert isinstance(found, Ospf)
    return found


def test_why_goes_down_to_the_lsas_on_the_path(network: Network) -> None:
    answer = machine(network, "a").explain(Prefix("192.0.2.0/24")).as_dict()
    (way,) = list_of(answer["ways"])
    assert way["path_type"] == "external 2"
    assert (way["type2_cost"], way["cost"], way["tag"]) == (20, 3, 7)
    assert [one["type"] for one in list_of(way["lsas"])] == ["external", "router"]
    assert way["beside"] == [{"neighbor": "10.255.0.4", "cost": 10, "more": 7}]
    assert way["details"][-1] == "not by 10.255.0.4: cost 10, 7 more"
    assert [(one["distance"], one["router"]) for one in list_of(way["path"])] == [
        (0, "10.255.0.1"),
        (1, "10.255.0.2"),
        (2, "10.255.0.3"),
        (3, "10.255.0.4"),
    ]
    held = list_of(way["path"])[0]
    assert str(held["sequence"]).startswith("0x8000000")
    assert held["age_s"] > 0


def list_of(value: object) -> list[Mapping[str, Any]]:
    assert isinstance(value, list)
    return value


def test_why_names_the_way_that_lost_with_both_costs(network: Network) -> None:
    shared = machine(network, "b").explain(Prefix("10.0.0.0/31"))
    lost = [one for one in list_of(shared.as_dict()["ways"]) if not one["wins"]]
    assert [one["rule"] for one in lost] == ["cost 2, the best has 1 (RFC 2328 16.8)"]
    assert "lost: intra-area, cost 2" in str(shared)
    assert str(json.dumps(shared.as_dict()))


def test_why_says_of_a_prefix_that_nobody_tells(network: Network) -> None:
    answer = machine(network, "a").explain(Prefix("198.51.100.0/24"))
    assert answer.as_dict()["rule"] == "no LSA names it"
    assert machine(network, "a").explain(Prefix("2001:db8::/32")).as_dict()["ways"] == []


def test_why_of_the_router_shows_the_path(network: Network) -> None:
    routing = network["a"].router.routing
    assert routing is not None
    text = str(routing.explain("192.0.2.0/24"))
    assert "by external-LSA 192.0.2.0 of 10.255.0.4" in text
    assert "path     3  router-LSA 10.255.0.4" in text


def test_what_is_told_of_a_prefix_and_by_which_lsa(network: Network) -> None:
    boundary = machine(network, "d")
    answer = boundary.explain_told(Prefix("192.0.2.0/24"), None).as_dict()
    (place,) = list_of(answer["places"])
    assert place["place"] == "all areas that take externals"
    assert place["fields"] == {"metric": 20, "tag": 7}
    own = boundary.explain_told(Prefix("10.255.0.4/32"), None).as_dict()
    assert [one["place"] for one in list_of(own["places"])] == ["area 0.0.0.0"]
    other = boundary.explain_told(Prefix("10.255.0.1/32"), None).as_dict()
    assert other["places"] == []
    assert "tell of it themselves" in str(other["reason"])
    nothing = boundary.explain_told(Prefix("198.51.100.0/24"), None)
    assert nothing.as_dict()["reason"] == "the table has no route for it"


def test_the_database_is_listed_by_type_and_router(network: Network) -> None:
    ospf = machine(network, "a")
    rows = list(database_rows(ospf, network.now))
    assert {row["place"] for row in rows} == {"area 0.0.0.0", "AS"}
    routers = list(database_rows(ospf, network.now, kind="router"))
    assert [row["router"] for row in routers] == [f"10.255.0.{n}" for n in range(1, 5)]
    assert [row["is_ours"] for row in routers] == [True, False, False, False]
    (one,) = database_rows(ospf, network.now, kind="external", is_whole=True)
    assert any("192.0.2.0" in field["text"] or field["text"] == "20" for field in one["fields"])
    fourth = int.from_bytes(bytes((10, 255, 0, 4)), "big")
    assert {row["router"] for row in database_rows(ospf, 0, router=fourth)} == {"10.255.0.4"}


def test_tables_have_a_line_for_each(network: Network) -> None:
    ospf = machine(network, "a")
    lsas = list(database_rows(ospf, network.now, is_whole=True))
    text = ospf_lists.database({"lsas": lsas})
    assert text.count("-LSA ") == len(lsas)
    brief = ospf_lists.database({"lsas": list(database_rows(ospf, network.now))})
    assert brief.count("0x8000000") == len(lsas)
    routes = {"routes": list(route_rows(ospf)), "routers": list(router_rows(ospf))}
    assert [one["router"] for one in routes["routers"]] == ["10.255.0.4"]
    shown = ospf_lists.routes(routes)
    assert "external 2" in shown
    assert "ASBR" in shown
    runs = ospf_lists.spf(spf_model(ospf, network.now))
    assert runs.startswith("calculations: ")


def test_snapshot_tables_know_neighbours_and_interfaces(network: Network) -> None:
    model = machine(network, "a").snapshot(network.now)
    assert "2 neighbors, 2 adjacent" in TABLES["status"](model)
    neighbors = TABLES["neighbors"](model)
    assert neighbors.count("Full") == 2
    assert "Point-to-point" in TABLES["interfaces"](model)
    assert "Loading to Full" in TABLES["events"](model)
    assert TABLES["faults"](model).startswith("interface")
