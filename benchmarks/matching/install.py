"""Installs the peers one by one, so that one that does not build here costs only itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements.txt"


def install(tell: Callable[[str], None]) -> None:
    """`pip install` each line of requirements.txt into this Python; `tell` gets what failed."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for line in REQUIREMENTS.read_text().splitlines():
        name = line.partition("#")[0].strip()
        if name:
            done = subprocess.run([*pip, name], capture_output=True, text=True, check=False)
            if done.returncode:
                why = [part for part in done.stderr.splitlines() if part.strip()] or ["?"]
                tell(f"{name}: pip could not install it: {why[-1]}")
