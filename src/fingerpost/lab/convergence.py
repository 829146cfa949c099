"""When do the tables stand? Protocols change them, and nobody says when the last change was.

Tables stand when none has changed, and nothing was done to the network, for as long as a protocol
may keep to itself what it knows: for RIP the time between two full updates, the longest that jitter
makes it. Then each router has told all that it has, and nobody learned anything of it. What a
protocol has not noticed yet (a neighbour that fell silent) may still change them later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.lab.instant import roughly
from fingerpost.lab.record import Entry
from fingerpost.rip.config import RipConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fingerpost.lab.record import Record
    from fingerpost.lab.scheduler import Scheduler
    from fingerpost.router.config import RouterConfig

SECOND = 1_000_000_000
ON_THE_WAY_NS = 1 * SECOND  # for an update to be sent and to arrive


def silence_ns(configs: Iterable[RouterConfig]) -> int:
    """The longest that some protocol keeps to itself what it knows; 0 where none runs."""
    found = [
        one.settings.timers.update_ns + one.settings.timers.jitter_ns + ON_THE_WAY_NS
        for config in configs
        for one in config.protocols.values()
        if isinstance(one.settings, RipConfig)
    ]
    return max(found, default=0)


class Convergence:
    """Watches the tables of a network. `since`: the instant of the last change of any."""

    def __init__(self, name: str, scheduler: Scheduler, record: Record, silence: int) -> None:
        """`silence`: nanoseconds without a change after which tables stand; 0: nothing learns."""
        self.silence_ns = silence
        self.since = scheduler.now
        self.stands = silence == 0
        self.changes = 0  # of single routes, since the start
        self._name = name
        self._scheduler, self._record = scheduler, record
        self._is_watching = False
        self._begin()

    def _begin(self) -> None:
        self._began, self._counted = self._scheduler.now, self.changes
        self._nodes: dict[str, None] = {}

    def changed(self, node: str, count: int) -> None:
        """Say that so many routes of a node's table changed now."""
        self.changes += count
        self._nodes[node] = None
        self._disturb()

    def disturbed(self) -> None:
        """Say that something happened to the network which tables may follow."""
        self._disturb()

    def _disturb(self) -> None:
        if not self.silence_ns:
            return  # a table changes at once or not at all
        if self.stands:
            self._began = self._scheduler.now
        self.stands = False
        self.since = self._scheduler.now
        if not self._is_watching:
            self._is_watching = True
            self._scheduler.post(self.since + self.silence_ns, self._look, None)

    def _look(self, _: object) -> None:
        due = self.since + self.silence_ns
        if due > self._scheduler.now:
            self._scheduler.post(due, self._look, None)
            return
        self._is_watching = False
        self.stands = True
        self._record.add(Entry(self._scheduler.now, self._name, "converged", self._said()))
        self._begin()

    def _said(self) -> str:
        count, nodes = self.changes - self._counted, len(self._nodes)
        routes = f"{count:,} change{'' if count == 1 else 's'} of routes"
        return (
            f"tables stand since {roughly(self.since)}: {routes}"
            f" at {nodes:,} node{'' if nodes == 1 else 's'} from {roughly(self._began)} on"
        )


def when_standing(convergence: Convergence, done: Callable[[], bool] | None) -> Callable[[], bool]:
    """What ends a run that waits for tables to stand, or for `done` before that."""
    if done is None:
        return lambda: convergence.stands
    return lambda: convergence.stands or done()
