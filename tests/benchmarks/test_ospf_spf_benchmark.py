"""The measuring script of the calculation of OSPF routes runs, and all routers are reached."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "ospf_spf.py"
CASES = ["load", "first", "whole", "stub", "cost", "middle down", "near", "summary", "bytes"]


def test_it_measures_a_small_grid() -> None:
    words = [sys.executable, str(SCRIPT), "--routers", "60", "--rounds", "4", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)["60"]
    assert list(found) == CASES
    assert all(value > 0 for value in found.values())
