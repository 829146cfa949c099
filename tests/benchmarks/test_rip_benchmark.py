"""The RIP benchmark does what it says on a small network; how fast it is, is not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent.parent / "benchmarks" / "rip.py"


def test_all_routes_are_heard_and_the_network_converges() -> None:
    command = [sys.executable, str(SCRIPT), "--routes", "500", "--routers", "10", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    result = json.loads(done.stdout)
    assert [row["kind"] for row in result["heard"]] == ["plain", "signed", "RIPng"]
    assert all("routes_a_second" in row for row in result["heard"])
    network = result["network"]
    assert network["prefixes"] == network["routers"] + network["links"]
    assert 0 < network["converged_after_virtual_s"] < 60
    assert network["entries_in_all"] > 10 * network["prefixes"]
