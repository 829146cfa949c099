from __future__ import annotations

import json
from types import MappingProxyType

import pytest

from fingerpost.cli.ospf_tables import TABLES
from fingerpost.ospf.config import AreaKind, OspfArea, Redistribution

from .places import Places, Version, outside
from .whole import static

VERSIONS = pytest.mark.parametrize("version", [2, 3])


@VERSIONS
def test_status_says_what_a_router_is(version: Version) -> None:
    rules = MappingProxyType({"static": Redistribution()})
    places = Places(version)
    area = OspfArea(1, AreaKind.NSSA)
    places.router("a", areas=(area,), redistributes=rules)
    places.router("b", areas=(area,))
    places.router("c")
    places.link(1, "a", "b", area=1)
    places.link(1, "b", "c")
    network = places.begin(60)
    network.give("a", static(outside(version, 1)))
    network.run(30)
    said = {}
    for name, machine in network.routers.items():
        model = json.loads(json.dumps(machine.snapshot(network.now)))
        said[name] = TABLES["status"](model).splitlines()[2]
        held = model["originates"]
        assert held["lsas"] <= held["originated"]
        assert held["externals"] == (name == "a")
    assert said == {
        "a": "AS boundary router",
        "b": "area border router, translator of area 0.0.0.1",
        "c": "",
    }
