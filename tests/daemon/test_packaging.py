"""What is packaged fits what the daemon is: numbers, capabilities, a unit that systemd takes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from fingerpost.api.places import RUN, STATE
from fingerpost.config.tree.system import KERNEL_PROTOCOL
from fingerpost.host.linux.capabilities import NEEDED
from fingerpost.host.linux.kernel_fib import PROTOCOL

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
UNIT = PACKAGING / "systemd" / "fingerpost@.service"


def settings() -> dict[str, str]:
    found = re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.MULTILINE)
    return dict(found)


def test_the_kernel_knows_our_routes_by_one_number() -> None:
    text = (PACKAGING / "rt_protos.d" / "fingerpost.conf").read_text()
    assert re.findall(r"^(\d+)\s+(\w+)$", text, re.MULTILINE) == [(str(PROTOCOL), "fingerpost")]
    assert KERNEL_PROTOCOL == PROTOCOL


def test_the_unit_gives_the_capabilities_that_are_needed() -> None:
    needed = {f"CAP_{one.name}" for one in NEEDED}
    assert set(settings()["AmbientCapabilities"].split()) == needed
    assert set(settings()["CapabilityBoundingSet"].split()) == needed


def test_the_unit_makes_the_folders_that_the_daemon_uses() -> None:
    assert Path("/run") / settings()["RuntimeDirectory"] == RUN
    assert Path("/var/lib") / settings()["StateDirectory"] == STATE
    assert settings()["RuntimeDirectoryPreserve"] == "yes"


def test_systemd_takes_the_unit_and_finds_it_well_confined(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "fingerpost@edge.service"
    unit.write_text(UNIT.read_text().replace("/usr/bin/fingerpost", "/bin/true"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=25", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout[-500:]
