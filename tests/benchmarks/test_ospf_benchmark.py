"""The OSPF benchmark does what it says on a small network; how fast it is, is not tested."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "benchmarks" / "ospf.py"
SQUARE = """
topology:
  nodes: {a: , b: , c: , d: }
  links:
    - endpoints: [a, b]
    - endpoints: [b, c]
    - endpoints: [c, d]
    - endpoints: [d, a]
routing: ospf
until: converged
"""


def words(folder: Path, part: str) -> list[str]:
    """The command for the square, with its figures in `folder`."""
    square = folder / "square.yaml"
    square.write_text(SQUARE)
    more = ["--network", str(square), "--json", str(folder / "rows.json"), "--patience", "90"]
    return [sys.executable, str(SCRIPT), "--part", part, "--no-idle", *more]


def require_daemons() -> None:
    """Skip where no network of other makes can be built."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    for tool in ("ip", "bird", "/usr/lib/frr/ospfd"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")


def spaces(pid: int) -> list[str]:
    """The namespaces of a run of the script."""
    return [path.name for path in Path("/run/netns").glob(f"fpn{pid}-*")]


def test_a_network_in_virtual_time_is_complete(tmp_path: Path) -> None:
    subprocess.run(words(tmp_path, "labs"), check=True, timeout=60, capture_output=True)
    (row,) = json.loads((tmp_path / "rows.json").read_text())
    assert (row["routers"], row["is_complete"], row["routes_a_router"]) == (4, True, 7)


def test_networks_of_other_makes_get_every_route_and_leave_nothing(tmp_path: Path) -> None:
    require_daemons()
    with subprocess.Popen(words(tmp_path, "networks"), stdout=subprocess.DEVNULL) as running:
        assert running.wait(200) == 0
    rows = json.loads((tmp_path / "rows.json").read_text())
    assert [row["make"] for row in rows] == ["bird", "frr"]
    # three loopbacks and the two links that are not its own
    assert [(row["routers"], row["routes_a_router"]) for row in rows] == [(4, 5), (4, 5)]
    assert all(row["rss_mb"] > 0 for row in rows)
    assert spaces(running.pid) == []


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_networks_of_other_makes_are_gone_after_an_interrupt(
    tmp_path: Path, asked: signal.Signals
) -> None:
    require_daemons()
    with subprocess.Popen(
        words(tmp_path, "networks"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        deadline = monotonic() + 30
        while len(spaces(running.pid)) < 4:
            assert monotonic() < deadline
            sleep(0.05)
        sleep(1)  # daemons are running
        running.send_signal(asked)
        assert running.wait(60) != 0
    assert spaces(running.pid) == []
