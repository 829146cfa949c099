"""The measuring script of the routing table runs and moves what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "rib.py"


def test_it_measures_a_small_table() -> None:
    words = [sys.executable, str(SCRIPT), "--routes", "2000", "--gateways", "20", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["moved_by_one_gateway"] == 100
    assert found["learn_us_a_route"] > 0
