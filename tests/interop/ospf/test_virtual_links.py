"""Virtual links of version 2 from each make to each other make (RFC 2328 15)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from interop.ospf.network import Routers, network, tables_of, wait_slowly
from interop.ospf.plan import loopbacks
from interop.ospf.plans import PLANS
from interop.ospf.views import full

pytestmark = pytest.mark.slow

PLAN = PLANS["virtual links"]
CUT = 3  # the wire that the virtual link between BIRD and us goes through
NEAR, FAR = PLAN.wires[CUT].sites


def test_areas_without_the_backbone_are_joined_to_it_by_virtual_links() -> None:
    """The tables are those of FRR alone, also after a virtual link went and came back."""
    with ThreadPoolExecutor(1) as beside, network(PLAN) as mixed:
        alone = beside.submit(tables_of, "frr", "virtual links")
        wanted = alone.result()
        mixed.settle(wanted)
        for site in range(len(PLAN.makes)):
            assert _virtual_neighbors(mixed, site) == [end for end, _ in PLAN.virtual_ends(site)]
        for state in ("down", "up"):
            for site in (NEAR, FAR):
                mixed.link(CUT, site, state)
            if state == "down":
                wait_slowly(lambda: _is_cut_off(mixed), "the virtual link is gone")
        mixed.settle(wanted)


def _virtual_neighbors(routers: Routers, site: int) -> list[str]:
    found = full(routers.sites[site], 2)
    return [end for name, ends in found.items() if name[0].lower() == "v" for end in ends]


def _is_cut_off(routers: Routers) -> bool:
    """Whether no border router finds the far end's part of the backbone, which area 4 alone tells
    of the other part, as RFC 3509 2.2 has it."""
    tables = routers.tables()
    ways = {hop for hops in tables[FAR].values() for hop in hops}
    return (
        all(hop.endswith(" e4") for hop in ways)
        and {_loopback(site) for site in range(FAR)} <= set(tables[FAR])
        and not any(_loopback(FAR) in table for table in tables[:FAR])
    )


def _loopback(site: int) -> str:
    return loopbacks(site)[0]
