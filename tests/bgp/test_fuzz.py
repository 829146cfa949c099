"""Rounds of the fuzzer, the same on every run; `fuzz/bgp.py` goes on for as long as one likes."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "fuzz" / "bgp.py"


@pytest.fixture(scope="module")
def check_round() -> Callable[[int], None]:
    spec = importlib.util.spec_from_file_location("fuzz_bgp", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz_bgp"] = module
    spec.loader.exec_module(module)
    found: Callable[[int], None] = module.check_round
    return found


@pytest.mark.parametrize("first", [0, 20, 40])
def test_rounds_of_the_fuzzer(first: int, check_round: Callable[[int], None]) -> None:
    for seed in range(first, first + 20):
        check_round(seed)


def test_the_script_runs_and_says_how_far_it_came() -> None:
    command = [sys.executable, str(SCRIPT), "0.2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.endswith("rounds, nothing broken\n")
    subprocess.run([*command[:2], "--seed", "4"], check=True, timeout=60)
