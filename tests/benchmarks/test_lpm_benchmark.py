"""The benchmark checks every answer and outlives its peers; how fast anything is, is not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).resolve().parent.parent.parent / "benchmarks" / "lpm.py"

LIAR = """
from matching.peer import Bulk, Peer, Single
import numpy as np

class Adapter(Peer):
    name = "liar"

    def build(self, prepared):
        self.size = len(prepared.ids)

    def singles(self):
        return [Single("str", lambda asked: asked.as_texts(), lambda text: 2, int)]

    def bulks(self):
        def same(asked):
            return np.full(len(asked), 2, dtype=np.uint32)
        return [Bulk("addresses", lambda asked: asked, same, np.asarray)]
"""

LATE_LIAR = """
from peers import dicts

class Adapter(dicts.Adapter):
    name = "forgetful"

    def change(self, prepared):
        pass
"""

CRASH = """
import os
from matching.peer import Peer

class Adapter(Peer):
    name = "crash"

    def build(self, prepared):
        os.abort()
"""

FAULT = """
from matching.peer import Peer

class Adapter(Peer):
    name = "fault"

    def build(self, prepared):
        raise ValueError("no such table")
"""

ABSENT = """
from matching.peer import Peer

class Adapter(Peer):
    name = "absent"
    distribution = "a-distribution-that-nobody-has"

    def build(self, prepared):
        raise AssertionError("never reached")
"""

HANG = """
import time
from matching.peer import Peer

class Adapter(Peer):
    name = "hang"

    def build(self, prepared):
        time.sleep(600)
"""


def measured(tmp_path: Path, *arguments: str, **adapters: str) -> tuple[dict[str, Any], str]:
    """The figures and the printed text of a run on the tiny table with these adapters."""
    figures = tmp_path / "figures.json"
    command = [sys.executable, str(SCRIPT), "--table", "tiny", "--no-plot", "--repeat", "1"]
    command += ["--queries", "1000", "--seconds", "0.02", "--json", str(figures), *arguments]
    for name, source in adapters.items():
        path = tmp_path / f"{name}.py"
        path.write_text(source)
        command += ["--adapter", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(figures.read_text()), done.stdout


def by_name(figures: dict[str, Any], family: int) -> dict[str, dict[str, Any]]:
    return {peer["peer"]: peer for peer in figures["peers"] if peer["family"] == family}


def test_right_peers_are_found_right_in_both_families(tmp_path: Path) -> None:
    figures, text = measured(tmp_path, "--peers", "ipaddress,dict")
    for family in (4, 6):
        for name, peer in by_name(figures, family).items():
            assert (name, peer["status"], peer["wrong"]) == (name, "ok", 0)
            assert peer["answers"] >= 3 * 1000
    assert "ipaddress" in text
    churned = [one for one in figures["records"] if one["kind"] == "hit after changes"]
    assert {one["peer"] for one in churned} == {"dict"}
    assert all(one["answers"] > 0 for one in churned)


def test_wrong_answers_are_counted_and_printed(tmp_path: Path) -> None:
    figures, text = measured(
        tmp_path, "--peers", "dict,liar,forgetful", liar=LIAR, forgetful=LATE_LIAR
    )
    for family in (4, 6):
        peers = by_name(figures, family)
        assert peers["dict"]["wrong"] == 0
        assert 0.2 < peers["liar"]["wrong_share"] < 1
        assert peers["forgetful"]["wrong"] > 0
    bulk = [one for one in figures["records"] if (one["peer"], one["measure"]) == ("liar", "bulk")]
    assert all(one["wrong"] > 0 for one in bulk)
    before = [
        one["wrong"]
        for one in figures["records"]
        if one["peer"] == "forgetful" and one["kind"] == "hit"
    ]
    assert sum(before) == 0, "only what it answers after the changes that it forgot is wrong"
    assert "liar IPv4: wrong" in text


def test_a_peer_that_ends_badly_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    bad = {"crash": CRASH, "fault": FAULT, "absent": ABSENT}
    figures, text = measured(tmp_path, "--peers", ",".join(["dict", *bad]), "--family", "4", **bad)
    peers = by_name(figures, 4)
    assert peers["dict"]["status"] == "ok"
    assert (peers["crash"]["status"], peers["crash"]["reason"]) == ("crashed", "SIGABRT")
    assert peers["fault"]["status"] == "failed"
    assert "no such table" in peers["fault"]["reason"]
    assert peers["absent"]["status"] == "not installed"
    assert "a-distribution-that-nobody-has" in peers["absent"]["reason"]
    assert "absent IPv4: not installed" in text


def test_a_peer_that_hangs_is_ended_at_its_limit(tmp_path: Path) -> None:
    figures, _ = measured(tmp_path, "--peers", "hang", "--family", "4", "--limit", "2", hang=HANG)
    assert by_name(figures, 4)["hang"]["status"] == "timed out"


def test_every_speed_is_a_ratio_to_named_peers(tmp_path: Path) -> None:
    figures, _ = measured(tmp_path, "--peers", "dict,numpy", "--family", "4")
    bulk = [one for one in figures["records"] if one["measure"] == "bulk"]
    assert bulk
    assert all(one["times_faster_than"]["numpy"] == 1 for one in bulk)


def test_fingerpost_is_measured_in_every_way_and_right(tmp_path: Path) -> None:
    forms = "fingerpost,fingerpost-fast,fingerpost-avx2,fingerpost-scalar"
    figures, _ = measured(tmp_path, "--peers", forms)
    assert {(one["status"], one["wrong"]) for one in figures["peers"]} == {("ok", 0)}
    records = [one for one in figures["records"] if one["peer"] == "fingerpost"]
    assert {one["takes"] for one in records if one["measure"] == "single"} >= {"int", "str"}
    assert {one["batch"] for one in records if one["measure"] == "bulk"} >= {0, 16, 256, 4096}
    assert {one["kind"] for one in records if one["measure"] == "change"} == {"", "with a reader"}
    assert {one["takes"] for one in records if one["measure"] == "build"} >= {"saved table"}
    assert all(one["parts"] for one in records if one["measure"] == "memory")


def test_an_unknown_peer_is_misuse(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--peers", "nobody", "--table", "tiny"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "nobody" in done.stderr
    assert "pytricia" in done.stderr
