"""The benchmarks of packets and routes in labs do what they say; how fast it is, is not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from netns import require_root

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "benchmarks"


def run(script: str, *options: str) -> Any:  # noqa: ANN401 - what JSON holds
    command = [sys.executable, str(SCRIPTS / script), *options, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)


def test_packets_are_heard_and_wake_ups_counted() -> None:
    found = run("lab_packets.py", "--routers", "5", "--packets", "400")
    assert found["unchanged"]["count"] == found["fresh, IPv6"]["count"] == 400
    assert found["one a wake-up"]["count"] == 400
    assert found["wake-up"]["count"] == 400
    assert all("microseconds" in one for one in found.values())


def test_every_router_has_every_route() -> None:
    found = run("lab_routes.py", "--routers", "3", "--groups", "20", "--prefixes", "5")
    assert (found["routers"], found["routes"]) == (3, 100)
    assert {"whole_ms", "change_ms"} < set(found)


def test_routes_leave_a_link_that_goes_down() -> None:
    require_root()
    found = run("link_down.py", "--routes", "20", "--rounds", "2")
    assert found["routes"] == 20
    assert 0 < found["least_ms"] <= found["median_ms"] <= found["most_ms"]
