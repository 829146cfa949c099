"""OSPF with areas in labs: what an NSSA tells by its only border router."""

from __future__ import annotations

from pathlib import Path

import pytest
from ospf_paths import machine

from fingerpost.lab.network import Network
from fingerpost.ospf.listing import database_rows

NSSA = """
routing: [ospf, ospf3]
topology:
  defaults:
    router: {ospf: {areas: {1: {kind: nssa}}}, ospf3: {areas: {1: {kind: nssa}}}}
  nodes:
    inside: {routes: [172.16.9.0/24 blackhole, "2001:db8:9::/48 blackhole"], router: {
      ospf: {redistribute: static}, ospf3: {redistribute: static}}}
    border:
    outside:
  links:
    - {endpoints: [inside, border], ospf: {area: 1}, ospf3: {area: 1}}
    - {endpoints: [border, outside]}
"""
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "ospf-areas.yaml"
STATIC = {"ospf": "172.16.9.0/24", "ospf3": "2001:db8:9::/48"}


@pytest.mark.parametrize("protocol", STATIC)
def test_the_only_border_router_of_an_nssa_translates(protocol: str) -> None:
    """RFC 3101 3.2: a type 7 LSA with P and a forwarding address; the first instance lasts."""
    network = Network.of(NSSA).run(until="converged")
    border = machine(network, "border", protocol)
    (seven,) = database_rows(border, network.now, kind="nssa")
    (five,) = database_rows(border, network.now, kind="external")
    assert (seven["sequence"], seven["is_ours"]) == ("0x80000001", False)
    assert (five["sequence"], five["is_ours"]) == ("0x80000001", True)
    route = network["outside"].table.get(STATIC[protocol])
    assert route is not None
    assert route.origin == protocol


def test_a_loopback_is_in_an_area_of_its_router() -> None:
    """It alone would make a router inside of an area a border router."""
    network = Network.of(NSSA)
    assert list(machine(network, "inside").areas) == [1]
    assert machine(network, "border").interfaces["lo"].area.id == 0
    assert machine(network, "outside").interfaces["lo"].area.id == 0


def test_a_loopback_stays_where_it_is_put() -> None:
    text = NSSA.replace("ospf: {redistribute", "ospf: {interfaces: {lo: {area: 7}}, redistribute")
    assert machine(Network.of(text), "inside").interfaces["lo"].area.id == 7


def test_the_example_meets_what_it_expects() -> None:
    found = Network.load(EXAMPLE).judge()
    assert len(found) == 7
    assert found, [one.reason for one in found if not one]
