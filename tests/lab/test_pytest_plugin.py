"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from labs import chain

NAME = "fingerpost.lab.pytest_plugin"


def run(folder: Path, text: str, *words: str) -> tuple[int, str]:
    (folder / "test_it.py").write_text(text)
    (folder / "chain.yaml").write_text(json.dumps(chain(2)))
    is_installed = any(one.name == NAME for one in entry_points(group="pytest11"))
    plugin = () if is_installed else ("-p", NAME)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--strict-markers", "-W", "error", *plugin, *words],
        cwd=folder,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_mark_names_a_file_beside_the_test(tmp_path: Path) -> None:
    code, out = run(
        tmp_path,
        """
import pytest

@pytest.mark.lab("chain.yaml")
def test_all_is_well(network):
    assert network["a"].ping("z", count=1)

@pytest.mark.lab("chain.yaml", seed=7)
class TestSeeded:
    def test_seed(self, network):
        assert network.seed == 7

@pytest.mark.lab({"topology": {"nodes": {"a": {}, "b": {}}, "links": [{"endpoints": ["a", "b"]}]}})
def test_a_mapping(network):
    assert network["a"].ping("b", count=1)

def test_a_factory(network):
    one = network("chain.yaml")
    two = network("topology: {nodes: {x: {}}}\\n", seed=3)
    assert (len(one), len(two), two.seed) == (4, 1, 3)
""",
    )
    assert code == 0, out
    assert "4 passed" in out


def test_a_failure_tells_what_happened_in_the_network(tmp_path: Path) -> None:
    code, out = run(
        tmp_path,
        """
import pytest

@pytest.mark.lab("chain.yaml")
def test_the_cut(network):
    network.fail("r1-r2")
    assert network["a"].ping("z", count=1, family=4)
""",
    )
    assert code == 1
    assert "assert <ping z: 0 of 1 answered; r1 (10.128.0.1): Destination Net Unreachable>" in out
    assert "network chain" in out
    assert "r1-r2: link failed" in out
    assert "a: ping z: 0 of 1 answered" in out


def test_a_mark_without_a_lab_is_told(tmp_path: Path) -> None:
    code, out = run(
        tmp_path,
        "import pytest\n@pytest.mark.lab\ndef test_nothing(network):\n    pass\n",
    )
    assert code == 1
    assert "wants a file, a mapping, or the text of a lab" in out


def test_starting_pytest_loads_no_network(tmp_path: Path) -> None:
    code, out = run(
        tmp_path,
        """
import sys

def test_what_is_loaded():
    heavy = {"numpy", "pydantic", "yaml", "rich", "asyncio", "fingerpost.lab.network"}
    assert not heavy & set(sys.modules)
""",
        *("-p", "no:hypothesispytest", "-p", "no:xdist", "-p", "no:anyio", "-p", "no:asyncio"),
    )
    if "asyncio" in out and code:
        pytest.skip("another plugin of this pytest loads asyncio itself")
    assert code == 0, out
