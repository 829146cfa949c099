"""OSPF of both versions among FRR, BIRD and us: what the kernels have in the end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from interop.ospf.network import Table, network, tables_of
from interop.ospf.plan import Plan
from interop.ospf.plans import BIRD_PLANS, PLANS

pytestmark = pytest.mark.slow


OWN_TESTS = ("unnumbered", "virtual links")


@pytest.mark.parametrize("name", [name for name in PLANS if name not in OWN_TESTS])
def test_a_mixed_network_comes_to_the_tables_of_one_of_frr_alone(name: str) -> None:
    compare(name, "frr", PLANS[name])


@pytest.mark.parametrize("name", BIRD_PLANS)
def test_a_mixed_network_comes_to_the_tables_of_one_of_bird_alone(name: str) -> None:
    compare(name, "bird", BIRD_PLANS[name])


def compare(name: str, make: str, plan: Plan) -> None:
    """Let both run at the same time."""
    own = () if make == "frr" else ("fd00:3::5/",)
    with ThreadPoolExecutor(1) as beside, network(plan) as mixed:
        alone = beside.submit(tables_of, make, name)
        # BIRD tells its own address of a transit area for virtual links, we that of a loopback
        wanted = [_without(table, own) for table in alone.result()]
        mixed.settle(wanted, ignored=own)


def _without(table: Table, ignored: tuple[str, ...]) -> Table:
    return {prefix: table[prefix] for prefix in table if not prefix.startswith(ignored)}


def test_frr_alone_and_bird_alone_come_to_the_same_tables() -> None:
    assert tables_of("bird", "lan") == tables_of("frr", "lan")
