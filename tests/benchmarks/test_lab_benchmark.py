"""The lab benchmark does what it says on a small network; how fast it is, is not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent.parent / "benchmarks" / "lab.py"


def test_every_stage_is_measured_and_the_generated_network_is_connected() -> None:
    options = ["--nodes", "20", "--links", "30", "--grid", "3x3", "--json"]
    command = [sys.executable, str(SCRIPT), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result, learning = json.loads(done.stdout)
    assert (result["nodes"], result["links"], result["loops"]) == (20, 30, 0)
    # 20 loopbacks and 60 ends of links, in both families, asked for by every router
    assert result["pairs"] == result["reachable"] == 20 * 2 * (20 + 60)
    assert [one["stage"] for one in result["stages"]] == [
        *("load", "tables", "reachability", "draw"),
        *("set up a network", "traceroute", "traceroute again"),
    ]
    assert result["is_reached"]
    assert result["hops"] > 2
    assert result["microseconds_per_event"] > 0
    assert all(one["peak_mib"] > 0 for one in result["stages"])
    assert (learning["nodes"], learning["links"]) == (9, 12)
    # 9 loopbacks and the 11 links that are left, but for their own loopback in every table
    assert learning["entries"] == 9 * 2 * (9 + 11) - 2 * 9
    assert [one["stage"] for one in learning["stages"]] == [
        *("load", "set up a network", "until tables stand", "a link fails"),
    ]
    assert 0 < learning["stood_s"] < 40
    assert learning["stood_again_s"] >= 0
