"""OSPF of both versions among FRR, BIRD and us: what the kernels have in the end."""

from __future__ import annotations

import pytest

from interop.ospf.network import network, tables_of
from interop.ospf.plans import PLANS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", PLANS)
def test_a_mixed_network_comes_to_the_tables_of_one_of_frr_alone(name: str) -> None:
    with network(PLANS[name]) as mixed:
        mixed.settle(tables_of("frr", name))


def test_frr_alone_and_bird_alone_come_to_the_same_tables() -> None:
    assert tables_of("bird", "lan") == tables_of("frr", "lan")
