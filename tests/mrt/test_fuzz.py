"""Rounds of the fuzzer, the same on every run; `fuzz/records.py` goes on as long as one likes."""

from __future__ import annotations

from fuzzers import check_round_of


def test_rounds_of_the_fuzzer() -> None:
    check_round = check_round_of("records")
    for seed in range(60):
        check_round(seed)
