"""Rounds of the fuzzer, the same on every run; `fuzz/rpki.py` goes on for as long as one likes."""

from __future__ import annotations

from fuzzers import check_round_of, check_script


def test_rounds_of_the_fuzzer() -> None:
    check_round = check_round_of("rpki")
    for seed in range(400):
        check_round(seed)


def test_the_script_runs_and_says_how_far_it_came() -> None:
    check_script("rpki")
