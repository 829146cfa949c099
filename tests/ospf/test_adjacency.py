from __future__ import annotations

from typing import Literal

import pytest

from fingerpost.ospf.config import NetworkType, OspfInterface
from fingerpost.ospf.interface_state import InterfaceState
from fingerpost.ospf.neighbor_state import NeighborState

from .network import Network
from .silent import silent

VERSIONS = pytest.mark.parametrize("version", [2, 3])


@VERSIONS
def test_two_routers_become_full_on_a_point_to_point_link(version: Literal[2, 3]) -> None:
    network = Network(version, make=silent)
    for name in "ab":
        router_id = f"10.0.0.{'ab'.index(name) + 1}"
        one = OspfInterface("eth0", network_type=NetworkType.POINT_TO_POINT)
        network.router(name, router_id, one)
    network.link("l", ("a", "eth0", "192.0.2.1/30"), ("b", "eth0", "192.0.2.2/30"))
    assert network.run_until(lambda: network.is_full("a", "b"), 1)


@VERSIONS
def test_four_routers_elect_on_a_lan(version: Literal[2, 3]) -> None:
    network = Network(version, make=silent)
    for number, name in enumerate("abcd", 1):
        network.router(name, f"10.0.0.{number}", OspfInterface("eth0"))
    ends = [(name, "eth0", f"192.0.2.{number}/24") for number, name in enumerate("abcd", 1)]
    network.link("lan", *ends)
    network.run(60)
    states = [network.routers[name].interfaces["eth0"].state for name in "abcd"]
    assert states == [
        InterfaceState.DR_OTHER,
        InterfaceState.DR_OTHER,
        InterfaceState.BACKUP,
        InterfaceState.DR,
    ]
    assert network.is_full("a", "d")
    assert network.is_full("a", "c")
    assert network.state("a", "b") is NeighborState.TWO_WAY
