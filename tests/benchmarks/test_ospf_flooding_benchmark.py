"""The measuring script of flooding runs and finds every kind of delivery."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "ospf_flooding.py"


def test_it_measures_every_kind_of_delivery() -> None:
    words = [sys.executable, str(SCRIPT), "--lsas", "40", "--routers", "3", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    figures = json.loads(done.stdout)
    assert len(figures["ns_an_lsa"]) == 7
