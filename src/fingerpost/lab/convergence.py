"""When do the tables stand? Protocols change them, and nobody says when the last change was.

Tables stand when none has changed, and nothing was done to the network, for as long as a protocol
may keep to itself what it knows: for RIP the time between two full updates, the longest that jitter
makes it; for OSPF that of a first Hello, an LSA held back, and the routes of it. Then each router
has told all that it has, and nobody learned anything of it.

Where messages may be lost, or somebody fell silent and no interface went down with it, that is not
enough: tables stand there after the time in which a protocol gives up a silent neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import SECOND
from fingerpost.lab.instant import roughly
from fingerpost.lab.oscillation import Rounds
from fingerpost.lab.record import Entry
from fingerpost.lab.route_changes import growth_of
from fingerpost.protocol.settings import Patient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fingerpost.addr import Address
    from fingerpost.lab.record import Record
    from fingerpost.lab.scheduler import Scheduler
    from fingerpost.rib.events import Change
    from fingerpost.router.config import RouterConfig

ON_THE_WAY_NS = 1 * SECOND  # for an update to be sent and to arrive


@dataclass(frozen=True, slots=True)
class Patience:
    """Nanoseconds without a change after which tables stand; 0: no protocol runs.

    `silence_ns`: in which each protocol says all that it knows. `timeout_ns`: in which it notices
    that a neighbour is gone.
    """

    silence_ns: int = 0
    timeout_ns: int = 0

    @classmethod
    def of(cls, configs: Iterable[RouterConfig]) -> Patience:
        """The longest of all instances."""
        patient = [
            one.settings
            for config in configs
            for one in config.protocols.values()
            if isinstance(one.settings, Patient)
        ]
        silences = (one.silence_ns + ON_THE_WAY_NS for one in patient)
        timeouts = (one.timeout_ns + ON_THE_WAY_NS for one in patient)
        return cls(max(silences, default=0), max(timeouts, default=0))


class Convergence:
    """Watches the tables of a network. `since`: the instant of the last change of any.

    `is_uncertain`: messages may be lost, or somebody is silent whom nobody has missed yet.
    """

    def __init__(
        self,
        name: str,
        scheduler: Scheduler,
        record: Record,
        patience: Patience,
        name_of: Callable[[Address], str | None] = lambda _: None,
    ) -> None:
        """Tables do not stand at the start, unless no protocol runs."""
        self.rounds = Rounds(name_of)
        self.patience = patience
        self.is_uncertain = False
        self.since = scheduler.now
        self.stands = patience.silence_ns == 0
        self.changes = 0  # of single routes, since the start
        self._name = name
        self._scheduler, self._record = scheduler, record
        self._is_watching = False
        self._begin()

    @property
    def silence_ns(self) -> int:
        """How long nothing has to change until the tables stand."""
        patience = self.patience
        longest = max(patience.silence_ns, patience.timeout_ns)
        return longest if self.is_uncertain else patience.silence_ns

    def _begin(self) -> None:
        self._began, self._counted = self._scheduler.now, self.changes
        self._nodes: dict[str, None] = {}

    @property
    def oscillates(self) -> bool:
        """Whether some routes go round in a circle: these tables never stand."""
        return bool(self.rounds.found)

    def changed(self, node: str, changes: Sequence[Change]) -> None:
        """Say that routes of a node's table changed now."""
        now = self._scheduler.now
        found = self.rounds.changed(node, changes, growth_of(changes), now)
        if found is not None:
            self._record.add(Entry(now, self._name, "oscillates", str(found)))
        self.changes += len(changes)
        self._nodes[node] = None
        self._disturb()

    def disturbed(self, *, is_uncertain: bool) -> None:
        """Say that something happened to the network which tables may follow."""
        self.is_uncertain = is_uncertain
        self.rounds.disturbed()
        self._disturb()

    def _disturb(self) -> None:
        if not self.patience.silence_ns:
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
        self.rounds.disturbed()  # what went round has come to an end
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
    """What ends a run that waits for tables to stand, or for `done` before that.

    Tables that go round in a circle never stand: that ends it too.
    """
    if done is None:
        return lambda: convergence.stands or convergence.oscillates
    return lambda: convergence.stands or convergence.oscillates or done()
