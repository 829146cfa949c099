"""Rounds of the fuzzer, the same on every run; `fuzz/ospf.py` goes on for as long as one likes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fuzzers import check_round_of, check_script


@pytest.fixture(scope="module")
def check_round() -> Callable[[int], None]:
    return check_round_of("ospf")


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_rounds_of_the_fuzzer(first: int, check_round: Callable[[int], None]) -> None:
    for seed in range(first, first + 20):
        check_round(seed)


def test_the_script_runs_and_says_how_far_it_came() -> None:
    check_script("ospf")
