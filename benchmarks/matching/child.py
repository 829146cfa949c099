"""Measures one peer and family in a process of its own: build, questions, changes, questions again.

The garbage collector is off while the clock runs, as in `timeit`, and what exists before is
frozen. A repeat stops when its time budget is spent; only answered questions count.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from golden.changes import flattened
from golden.columns import U32, Addresses
from golden.queries import KINDS
from matching.adapters import load
from matching.change import change
from matching.clock import Limits, timed
from matching.peer import Bulk, Peer, Single
from matching.records import Record, say
from matching.workload import Workload

LARGEST_CHUNK = 65_536
FIRST_BULK, GROWTH = 10_000, 8
PAGE = 4096


@dataclass(slots=True)
class Tally:
    """What the repeats of one measurement add up to."""

    rates: list[float]
    answers: int = 0
    wrong: int = 0

    def check(self, found: U32, right: U32) -> None:
        self.answers += len(found)
        self.wrong += int(np.count_nonzero(found != right))

    def write(self, record: Record) -> None:
        replace(record, rates=self.rates, answers=self.answers, wrong=self.wrong).write()


def measure(peer: Peer, workload: Workload, limits: Limits) -> None:
    """Write a record a measurement."""
    table = workload.table()
    blank = Record(peer.name, table.version, "")
    prepared = peer.prepare(table)
    before = _resident_bytes()
    spent, _ = timed(peer.build, prepared)
    grown = _resident_bytes() - before
    replace(blank, measure="build", rates=[spent]).write()
    replace(blank, measure="memory", bytes=grown, parts=peer.memory()).write()
    del prepared
    gc.collect()
    gc.freeze()
    for kind in KINDS:
        _ask(peer, replace(blank, kind=kind), *workload.asked(kind), limits)
    if peer.change_forms:
        asked, _ = workload.asked("hit")
        changed = change(peer, blank, table, workload, limits)
        right = flattened(table.prefixes, changed).lookup(asked)
        _ask(peer, replace(blank, kind="hit after changes"), asked, right, limits)
    for takes, build in peer.other_builds().items():
        spent, _ = timed(build)
        replace(blank, measure="build", takes=takes, rates=[spent]).write()


def _ask(peer: Peer, blank: Record, asked: Addresses, right: U32, limits: Limits) -> None:
    few = slice(0, limits.singles)
    ways = [way for way in peer.singles() if way.may_miss or blank.kind in ("hit", "zipf")]
    for single in ways:
        tally = _ask_singly(single, asked.take(few), right[few], limits)
        tally.write(replace(blank, measure="single", takes=single.takes))
    for bulk in peer.bulks():
        tally = _ask_in_bulk(bulk, asked, right, limits)
        named = replace(blank, measure="bulk", takes=bulk.takes)
        tally.write(replace(named, threads=bulk.threads, batch=bulk.batch))


def _ask_singly(single: Single, asked: Addresses, right: U32, limits: Limits) -> Tally:
    inputs, lookup, id_of = single.prepare(asked), single.lookup, single.id_of
    tally = Tally([])
    for _ in range(limits.repeat):
        done, spent, chunk = 0, 0.0, 1
        while done < len(inputs) and spent < limits.budget_s:
            part = inputs[done : done + chunk]
            seconds, found = timed(_one_by_one, lookup, part)
            ids = np.array([id_of(one) for one in found], dtype=np.uint32)
            tally.check(ids, right[done : done + len(part)])
            spent += seconds
            done += len(part)
            chunk = min(2 * chunk, LARGEST_CHUNK)
        tally.rates.append(done / spent)
    return tally


def _one_by_one(lookup: Callable[[Any], Any], inputs: Any) -> list[Any]:
    return [lookup(one) for one in inputs]


def _ask_in_bulk(bulk: Bulk, asked: Addresses, right: U32, limits: Limits) -> Tally:
    """As many questions a call as fit the budget; tries with fewer find out how many."""
    tally = Tally([])
    count, seconds = 0, 0.0
    while count < len(asked) and seconds < limits.budget_s / GROWTH:
        count = min(len(asked), max(FIRST_BULK, count * GROWTH))
        inputs = bulk.prepare(asked.take(slice(0, count)))
        seconds, found = timed(bulk.lookup, inputs)
        tally.check(bulk.ids_of(found), right[:count])
    for _ in range(limits.repeat):
        seconds, found = timed(bulk.lookup, inputs)
        tally.check(bulk.ids_of(found), right[:count])
        tally.rates.append(count / seconds)
    return tally


def _resident_bytes() -> int:
    """Memory of this process after what is free has been given back."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def main(adapter: str, folder: str, family: str, *limits: str) -> None:
    """One peer, one family, as the runner's command line names them."""
    budget_s, repeat, singles = limits
    found = load(Path(adapter))
    try:
        say("release", found.release())
    except ImportError as missing:  # PackageNotFoundError is one of them
        say("missing", str(missing))
        return
    workload = Workload(Path(folder), int(family))
    scratch = Path(folder) / f"{found.name}_v{family}"
    scratch.mkdir()
    measure(found(scratch), workload, Limits(float(budget_s), int(repeat), int(singles)))


if __name__ == "__main__":
    main(*sys.argv[1:])
