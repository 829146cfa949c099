"""The measuring script of the kernel's table runs, and both engines do all the work."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from netns import require_root

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "kernel_fib.py"


def test_it_measures_both_engines(tmp_path: Path) -> None:
    require_root()
    if shutil.which("cc") is None and shutil.which("gcc") is None:
        pytest.skip("no C compiler is installed")
    figures = tmp_path / "figures.json"
    words = [
        sys.executable,
        str(SCRIPT),
        "--routes",
        "2000",
        "--rounds",
        "1",
        "--json",
        str(figures),
    ]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    found = json.loads(figures.read_text(encoding="ascii"))
    assert set(found["best"]) == {"C plain", "C object", "fingerpost plain", "fingerpost object"}
    assert all(value > 0 for value in found["ratios"].values())
