"""The measuring script of policies runs, and its policy judges as the function beside it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "policy.py"


def test_it_measures_a_small_list() -> None:
    words = [sys.executable, str(SCRIPT), "--routes", "400", "--entries", "500", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert list(found) == ["exact list", "range list", "no list", "function", "plain"]
    assert all(value > 0 for value in found.values())
