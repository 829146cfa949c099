"""Times changes: by every form of input that a peer takes, then with a reader beside the writer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np

from golden.changes import after
from golden.columns import U32
from matching.clock import Limits, timed
from matching.peer import Peer, Table
from matching.records import Record
from matching.workload import Workload, batch

READ_AT_ONCE = 65_536
BESIDE_A_READER = "with a reader"
BESIDE_A_WRITER = "hit, with a writer"


@dataclass(slots=True)
class Reader:
    """A thread that asks without pause, and what it measured."""

    ask: Callable[[], int]
    stop: threading.Event = field(default_factory=threading.Event)
    rates: list[float] = field(default_factory=list)

    def run(self) -> None:
        while not self.stop.is_set():
            begin = perf_counter()
            count = self.ask()
            self.rates.append(count / (perf_counter() - begin))


def change(peer: Peer, blank: Record, table: Table, workload: Workload, limits: Limits) -> U32:
    """Write records of all ways to change; give the ids that should hold afterwards."""
    changes = workload.changes()
    ready = replace(blank, measure="change", batch=changes.size)
    done = 0
    share = len(changes.which) // (len(peer.change_forms) + 1)

    def steps(form: str) -> list[float]:
        nonlocal done
        rates: list[float] = []
        spent, last = 0.0, done + share
        while done < last and spent < limits.budget_s * limits.repeat:
            prepared = peer.changes(batch(changes, done, table.texts), form)
            seconds, _ = timed(peer.change, prepared)
            rates.append(changes.size / seconds)
            done += changes.size
            spent += seconds
        return rates

    for form in peer.change_forms:
        replace(ready, takes=form, rates=steps(form)).write()
    asked, _ = workload.asked("hit")
    ask = peer.reader(asked.take(slice(0, READ_AT_ONCE)))
    if ask is not None:
        reader = Reader(ask)
        thread = threading.Thread(target=reader.run)
        thread.start()
        form = peer.change_forms[0]
        replace(ready, takes=form, kind=BESIDE_A_READER, rates=steps(form)).write()
        reader.stop.set()
        thread.join()
        read = replace(blank, measure="bulk", takes="numpy", batch=READ_AT_ONCE)
        replace(read, kind=BESIDE_A_WRITER, rates=reader.rates).write()
    return after(changes, done, np.array(table.ids, dtype=np.uint32))
