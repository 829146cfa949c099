"""A line of routers of all makes on wires without networks: kernels forward from end to end."""

from __future__ import annotations

import json

import pytest

from interop.ospf.network import network, tables_of
from interop.ospf.plan import router_id
from interop.ospf.plans import PLANS

pytestmark = pytest.mark.slow


def test_packets_go_from_end_to_end_by_gateways_that_no_network_has() -> None:
    plan = PLANS["unnumbered"]
    with network(plan) as mixed:
        mixed.settle(tables_of("frr", "unnumbered"))
        for one in range(len(plan.makes)):
            for other in range(len(plan.makes)):
                if one != other:
                    mixed.sites[one].space.run("ping", "-c1", "-W5", router_id(other))
        said = mixed.sites[0].space.run("ip", "-json", "route", "show", router_id(4))
        (row,) = json.loads(said)
        assert (row["gateway"], row["dev"], row["flags"]) == (router_id(1), "e0", ["onlink"])
