"""The machinery of the repository: what make and CI call exists and is written down once."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def project() -> dict[str, Any]:
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))


def requirements(*names: str) -> list[str]:
    script = REPOSITORY / ".ci" / "requirements.py"
    command = [sys.executable, str(script), *names]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_requirements_are_those_of_the_project_file() -> None:
    tables = project()
    assert requirements("build") == tables["build-system"]["requires"]
    extras = tables["project"]["optional-dependencies"]
    assert set(extras["test"]) | set(extras["docs"]) <= set(requirements("test", "docs"))


@pytest.mark.parametrize("target", ["demo", "test", "bench", "docs", "fuzz", "wheel", "clean"])
def test_make_has_the_target_and_says_what_it_does(target: str) -> None:
    text = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:.* ## \w", text, re.MULTILINE)


def test_versions_agree_everywhere() -> None:
    cargo = tomllib.loads((REPOSITORY / "Cargo.toml").read_text(encoding="utf-8"))
    version = project()["project"]["version"]
    assert cargo["workspace"]["package"]["version"] == version
    assert f"## {version}" in (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_continuous_integration_script_is_valid_shell() -> None:
    subprocess.run(["bash", "-n", str(REPOSITORY / ".ci" / "run")], check=True)
