"""RIP and RIPng in a ring with FRR and BIRD: what the kernels have in the end."""

from __future__ import annotations

from functools import cache

import pytest

from interop.rip.ring import ring

pytestmark = pytest.mark.slow

MIXED = ("fingerpost", "frr", "fingerpost", "bird", "frr")


@cache
def tables_of_frr() -> list[dict[str, frozenset[str]]]:
    """What a ring of FRR alone comes to."""
    with ring(*["frr"] * len(MIXED)) as alone:
        alone.settle()
        return alone.tables()


def test_a_mixed_ring_comes_to_the_tables_of_one_of_frr_alone() -> None:
    with ring(*MIXED) as mixed:
        mixed.settle()
        assert mixed.tables() == tables_of_frr()


def test_links_that_fail_and_return_are_gone_around_with_keys_and_without() -> None:
    with ring(*MIXED, is_signed=True) as mixed:
        mixed.settle()
        for number in (0, 2):
            mixed.link_down(number)
            mixed.settle()
            mixed.link_up(number)
            mixed.settle()


@pytest.mark.parametrize("dear", [0, 2])  # FRR and ours, ours and BIRD
def test_a_dear_link_is_gone_around_whoever_makes_it_dear(dear: int) -> None:
    costs = {dear: {f"e{dear}": 5}, (dear + 1) % 5: {f"e{dear}": 5}}
    with ring(*MIXED, costs=costs) as mixed:
        mixed.settle()
