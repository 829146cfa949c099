"""The measuring script of origin validation runs, and compares its answers with its peer's."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "rov.py"


def test_it_measures_a_small_table(tmp_path: Path) -> None:
    (tmp_path / "table").mkdir()
    prefixes = [f"10.{one // 256}.{one % 256}.0/24" for one in range(2000)]
    prefixes += ["10.0.0.0/8", "2001:db8::/32", "2001:db8:1::/48"]
    with gzip.open(tmp_path / "table" / "prefixes.txt.gz", "wt") as file:
        file.write("\n".join(prefixes))
    output = tmp_path / "rows.json"
    words = [sys.executable, str(SCRIPT), "--sample", "500", "--json", str(output)]
    environment = {**os.environ, "FINGERPOST_DATA": str(tmp_path)}
    done = subprocess.run(
        words, capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(output.read_text())
    assert found["routes"] == len(prefixes)
    assert 0 < found["vrps"] < len(prefixes)
