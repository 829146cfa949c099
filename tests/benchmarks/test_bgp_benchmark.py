"""The measuring script of BGP runs, and every prefix that a router passes on is checked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from netns import require_root

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_a_table_of_bird_is_checked_to_the_last_prefix(tmp_path: Path) -> None:
    require_root()
    if shutil.which("bird") is None:
        pytest.skip("BIRD is not installed")
    output = tmp_path / "rows.json"
    words = [sys.executable, str(BENCHMARKS / "bgp.py"), "--make", "bird", "--prefixes", "2000"]
    done = subprocess.run([*words, "--json", str(output)], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    one, two = json.loads(output.read_text())
    assert (one["feeds"], one["wrong"], two["feeds"], two["wrong"]) == (1, 0, 2, 0)
    assert {"told_s", "gone_s"} <= set(one)
    assert {"told_s", "moved_s", "gone_s"} <= set(two)


def test_a_receiver_that_was_told_something_else_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    check, feed = import_module("bgp_live.check"), import_module("bgp_live.feed")

    nets = feed.table(50, None)
    sent, heard = check.Heard(), check.Heard()
    stream = feed.updates(nets, 65_001, bytes((10, 0, 1, 2)), 1)
    assert check.take(sent, stream, set(map(feed.nlri, nets))) == len(stream)
    check.take(heard, stream)
    assert check.wrong(heard, [sent], 65_000) == 50, "nobody stands before the path"
    heard.told.popitem()
    assert check.wrong(heard, [sent], 65_000) == 50
