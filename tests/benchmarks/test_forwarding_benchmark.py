"""The forwarding benchmark compares what every engine makes of every packet; speed is no test."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent.parent / "benchmarks" / "forwarding.py"


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler to build the peers with")
def test_all_engines_make_the_same_of_every_packet(tmp_path: Path) -> None:
    table, figures = tmp_path / "table.txt", tmp_path / "figures.json"
    v4 = [f"{8 + n % 90}.{n % 256}.{n % 7}.0/{16 + n % 15}" for n in range(400)]
    v6 = [f"2a{n % 16:02x}:{n:x}::/{32 + n % 33}" for n in range(1, 300)]
    table.write_text("\n".join(dict.fromkeys(v4 + v6)) + "\n")
    options = ["--hot", "300", "--cold", "700", "--rounds", "1", "--seconds", "0.01"]
    command = [sys.executable, str(SCRIPT), "--table", str(table), *options, "--json", str(figures)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    rows = json.loads(figures.read_text())["rows"]
    assert len({row["engine"] for row in rows}) == 8
    assert {row["task"].split(",")[0] for row in rows} == {"IPv4", "IPv6", "mixed"}
    for row in rows:
        assert row["wrong"] == 0, row
        assert row["forwarded"] > 0.9 * row["packets"], row
