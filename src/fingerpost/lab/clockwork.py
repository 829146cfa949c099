"""The time of a network: runs that end at an instant, when tables stand, or when something is done.

Time is virtual: the clock jumps from one thing due to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from fingerpost.errors import UsageError
from fingerpost.forwarding.durations import SECOND
from fingerpost.lab.convergence import when_standing
from fingerpost.lab.garbage import seldom_collected
from fingerpost.lab.instant import CONVERGED, Time, nanoseconds, shown

if TYPE_CHECKING:
    from fingerpost.lab.convergence import Convergence
    from fingerpost.lab.model import Lab
    from fingerpost.lab.scheduler import Scheduler, Timer

# at most: waiting to claim a link-local address, claiming it, asking the routers, their waiting,
# and claiming the address that comes of it (RFC 4862 5.4, RFC 4861 6.2.6 and 6.3.7)
SETTLING_NS = 5 * SECOND
PATIENCE_NS = 3600 * SECOND  # with tables that never stand


class Clockwork:
    """What `Network` knows of time. `max_events`: of one run; None: what the scheduler allows."""

    lab: Lab
    scheduler: Scheduler
    convergence: Convergence
    max_events: int | None = None
    _last_change: int | None = None  # nothing of the timeline happens after it

    @property
    def now(self) -> int:
        """The instant, in nanoseconds since the start."""
        return self.scheduler.now

    @seldom_collected()
    def run(
        self,
        until: Time | None = None,
        *,
        done: Callable[[], bool] | None = None,
        max_events: int | None = None,
    ) -> Self:
        """Let time pass until an instant, or until `done()`; gives the network itself.

        `until="converged"`: until no table has changed for as long as protocols keep to themselves
        what they know (`convergence`), or for an hour at most. Without `until`: to the end that the
        lab names, else to a second after its last change, and where protocols run until they have
        converged after it. Raises `WorkLimitError` after `max_events` things done, which only a
        storm reaches.
        """
        if until == CONVERGED:
            return self._converge(done, max_events)
        end = self.end if until is None else nanoseconds(until, "until")
        self.scheduler.run_until(end, done=done, max_events=max_events or self.max_events)
        if until is None and self.ends_converged:
            self._converge(done, max_events)
        return self

    def _converge(self, done: Callable[[], bool] | None, max_events: int | None) -> Self:
        ends = when_standing(self.convergence, done)
        if not ends():
            last = self.now + PATIENCE_NS
            self.scheduler.run_until(last, done=ends, max_events=max_events or self.max_events)
        return self

    @property
    def is_converged(self) -> bool:
        """Whether the tables stand; also where no protocol changes them."""
        return self.convergence.stands

    @property
    def ends_converged(self) -> bool:
        """Whether a run that is told nothing else goes on after `end` until the tables stand."""
        return self.lab.until_ns is None and self.lab.has_protocols

    def end_of(self, until: Time | None) -> int | None:
        """The instant at which `run(until)` ends; None: when the tables stand, whenever that is."""
        if until == CONVERGED or (until is None and self.ends_converged):
            return None
        return self.end if until is None else nanoseconds(until, "until")

    @property
    def end(self) -> int:
        """When a run ends that is told nothing else, or from when on it may (`ends_converged`)."""
        if self.lab.until_ns is not None:
            return self.lab.until_ns
        moments = [0, *(change.at_ns for change in self.lab.timeline)]
        for one in self.lab.expectations:
            moments += [t for t in (one.moment.at_ns, one.moment.after_ns) if t is not None]
        return max(*moments, self.settled) + SECOND

    def end_timeline(self, end: int) -> None:
        """Let nothing of the timeline happen after an instant, however long time passes."""
        self._last_change = end

    @property
    def settled(self) -> int:
        """When the hosts that make their own addresses have them; 0 where none does."""
        interfaces = (one for node in self.lab.nodes.values() for one in node.interfaces.values())
        return SETTLING_NS if any(one.autoconfigures for one in interfaces) else 0

    @seldom_collected()
    def wait(self, done: Callable[[], bool]) -> None:
        """Let time pass until `done()` is true, however long that is."""
        if not done():
            self.scheduler.run_until(None, done=done, max_events=self.max_events)

    def step(self, end: int | None = None) -> bool:
        """Do the next thing that is due, if it is due by `end`; whether there was one.

        Where there was none the clock stands at `end`.
        """
        due = self.scheduler.next_deadline()
        if due is None or (end is not None and due > end):
            self.scheduler.run_until(end)
            return False
        self.scheduler.run_until(due, done=lambda: True)
        return True

    def at(self, time: Time, action: Callable[[], object]) -> Timer:
        """Call `action()` at an instant of virtual time; gives what cancels it."""
        instant = nanoseconds(time, "at")
        if instant < self.now:
            raise UsageError(f"{shown(instant)} is over, it is {shown(self.now)}; name a later one")
        return self.scheduler.at(instant, lambda _: action())
