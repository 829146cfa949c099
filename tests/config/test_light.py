"""What reads files is imported by who reads files, and by nobody else."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["fingerpost.config", "fingerpost.config.history", "fingerpost.config.faults"]
)
def test_neither_yaml_nor_pydantic_comes_with(module: str) -> None:
    names = "{'yaml', 'pydantic', 'numpy', 'rich'}"
    code = f"import sys, {module}; print(*{names} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
