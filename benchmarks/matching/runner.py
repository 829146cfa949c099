"""Runs each peer and family in a process of its own, with a time limit, and reads what it said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from time import monotonic

from matching.clock import CLOCK, Limits
from matching.peer import Peer
from matching.records import Outcome, Record

BENCHMARKS = Path(__file__).resolve().parent.parent
TESTS = BENCHMARKS.parent / "tests"


def run(
    peers: Iterable[tuple[Path, type[Peer]]],
    folder: Path,
    families: Iterable[int],
    limits: Limits,
    time_limit_s: float,
    tell: Callable[[str], None],
) -> list[Outcome]:
    """Measure all peers one after the other; `tell` gets a line when each has ended."""
    outcomes: list[Outcome] = []
    wanted = tuple(families)
    for path, adapter in peers:
        for family in (one for one in adapter.families if one in wanted):
            begin = monotonic()
            outcome = _measure(path, adapter.name, folder, family, limits, time_limit_s)
            because = f": {outcome.reason}" if outcome.reason else ""
            tell(
                f"{outcome.peer} v{family}: {outcome.status}{because} ({monotonic() - begin:.0f} s)"
            )
            outcomes.append(outcome)
    return outcomes


def _measure(
    path: Path, name: str, folder: Path, family: int, limits: Limits, time_limit_s: float
) -> Outcome:
    said, complaint = folder / f"{name}_v{family}.jsonl", folder / f"{name}_v{family}.err"
    command = [sys.executable, "-m", "matching.child", str(path), str(folder), str(family)]
    command += [str(limits.budget_s), str(limits.repeat), str(limits.singles)]
    search = os.pathsep.join(
        filter(None, [str(BENCHMARKS), str(TESTS), os.environ.get("PYTHONPATH")])
    )
    with said.open("w") as out, complaint.open("w") as err:
        try:
            status, reason = _ended(
                subprocess.run(
                    command,
                    stdout=out,
                    stderr=err,
                    env={**os.environ, "PYTHONPATH": search, CLOCK: limits.clock},
                    timeout=time_limit_s,
                    check=False,
                ).returncode
            )
        except subprocess.TimeoutExpired:
            status, reason = "timed out", f"after {time_limit_s:g} s"
    lines = [json.loads(line) for line in said.read_text().splitlines()]
    missing = next((line["missing"] for line in lines if "missing" in line), None)
    if missing is not None:
        status, reason = "not installed", missing
    elif status == "failed":
        reason = (complaint.read_text().strip().splitlines() or [reason])[-1]
    release = next((line["release"] for line in lines if "release" in line), "")
    records = tuple(Record(**line["record"]) for line in lines if "record" in line)
    return Outcome(name, family, status, reason, release, records)


def _ended(code: int) -> tuple[str, str]:
    if code == 0:
        return "ok", ""
    if code < 0:
        return "crashed", signal.Signals(-code).name
    return "failed", f"exit code {code}"
