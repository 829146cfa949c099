"""The measuring script of the routing table runs and moves what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "rib.py"


def test_it_measures_a_small_table() -> None:
    cases = ("recursive", "two", "alike", "dict")
    chosen = [word for name in cases for word in ("--case", name)]
    words = [sys.executable, str(SCRIPT), "--routes", "2000", *chosen, "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert tuple(found) == cases
    assert found["recursive"]["moved"] == found["recursive"]["down"] == 2001
    assert found["two"]["different candidates"] == 101
    assert all("learn us a route" in figures for figures in found.values())


@pytest.mark.slow
def test_a_million_routes_take_no_more_than_150_bytes_each_beyond_their_prefixes() -> None:
    words = [sys.executable, str(SCRIPT), "--routes", "1000000", "--case", "recursive", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)["recursive"]
    assert figures["down"] > 1_000_000  # each hung on the link that went down
    assert 0 < figures["bytes a route"] <= 150
