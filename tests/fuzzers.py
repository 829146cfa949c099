"""Fuzzers that are scripts in `fuzz/`: one of their rounds, and the script as it is called."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "fuzz"
sys.path.append(str(FOLDER))  # for what they share


def check_round_of(name: str) -> Callable[[int], None]:
    """What goes through a round of `fuzz/NAME.py`, by its seed."""
    module_name = f"fuzz_{name}"
    spec = importlib.util.spec_from_file_location(module_name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    found: Callable[[int], None] = module.check_round
    return found


def check_script(name: str) -> None:
    """The script says how far it came, and goes through one round where it is asked to."""
    command = [sys.executable, str(FOLDER / f"{name}.py"), "0.2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.endswith("rounds, nothing broken\n")
    subprocess.run([*command[:2], "--seed", "4"], check=True, timeout=60)
