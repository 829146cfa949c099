"""Virtual time: one heap of things to do, in a defined order, and nothing that knows a protocol.

An instant is nanoseconds since the start of the lab. What is due at one instant runs in the order
in which it was asked for, so that a run depends on its inputs alone. Between two things due the
clock jumps. A real clock may drive it as well: sleep until `next_deadline()`, then
`run_until(now)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from heapq import heapify, heappop, heappush
from itertools import count
from random import Random
from typing import Any

from fingerpost.errors import UsageError

Action = Callable[[Any], object]

MOST_EVENTS = 50_000_000  # of one run; a storm of packets ends here with an error
_NAMED = 3  # culprits that the error names
_FEW = 64  # cancelled timers that are not worth a clean-up


class WorkLimitError(UsageError):
    """A run did more than it was allowed to, which is what an endless loop of packets does."""


class Timer:
    """Something to be done at an instant, unless it is cancelled before."""

    __slots__ = ("_argument", "_scheduler", "action", "instant")

    def __init__(self, scheduler: Scheduler, instant: int, action: Action, argument: Any) -> None:  # noqa: ANN401
        """Made by `Scheduler.at`."""
        self.instant = instant
        self.action: Action | None = action
        self._argument = argument
        self._scheduler = scheduler

    @property
    def is_pending(self) -> bool:
        """Whether it is still to come."""
        return self.action is not None

    def cancel(self) -> None:
        """Forget it; a timer that has run or was cancelled may be cancelled again."""
        if self.action is not None:
            self.action = None
            self._scheduler._forget_one()

    def _fire(self, _: object) -> None:
        action, self.action = self.action, None
        if action is not None:
            action(self._argument)


class Scheduler:
    """The clock of a lab and what is due on it.

    `now` is the instant of what is being done, or that a run was asked to reach; it never goes
    back.
    """

    def __init__(self, *, seed: int = 0, now: int = 0) -> None:
        """`seed` is what all chance of the lab comes from (`random_for`)."""
        self.seed = seed
        self.now = now
        self.events = 0  # done so far
        self._heap: list[tuple[int, int, Action, Any]] = []
        self._sequence = count()
        self._cancelled = 0

    def random_for(self, *name: str) -> Random:
        """A generator of its own for whoever is so named: the same for the same seed and name.

        What others draw, and whether there are others, changes nothing in it.
        """
        text = "\0".join((str(self.seed), *name)).encode()
        return Random(int.from_bytes(sha256(text).digest()[:16], "big"))

    # -- what is due ---------------------------------------------------------------------------

    def post(self, instant: int, action: Action, argument: Any) -> None:  # noqa: ANN401 - the action's own
        """Call `action(argument)` at `instant`; one in the past is due at once."""
        if instant < self.now:
            instant = self.now
        heappush(self._heap, (instant, next(self._sequence), action, argument))

    def at(self, instant: int, action: Action, argument: Any = None) -> Timer:  # noqa: ANN401
        """As `post`, and it can be cancelled."""
        timer = Timer(self, instant, action, argument)
        self.post(instant, timer._fire, None)
        return timer

    def next_deadline(self) -> int | None:
        """The instant of what is due next; None: nothing is."""
        self._drop_cancelled()
        return self._heap[0][0] if self._heap else None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is due any more."""
        return self.next_deadline() is None

    # -- running -------------------------------------------------------------------------------

    def run_until(
        self,
        instant: int | None = None,
        *,
        done: Callable[[], bool] | None = None,
        max_events: int | None = None,
    ) -> int:
        """Do what is due up to and including `instant`, or all there is; gives how much it was.

        It stops early after the thing that makes `done()` true. The clock then stands at `instant`,
        or at the last thing done if there is none or it stopped early. Raises `WorkLimitError`
        after `max_events` (50 million if None) and leaves what is due where it is.
        """
        limit = MOST_EVENTS if max_events is None else max_events
        heap, start = self._heap, self.events
        last = start + limit
        while heap:
            due, _, action, argument = heap[0]
            if instant is not None and due > instant:
                break
            if self.events >= last:
                raise WorkLimitError(self._storm(limit))
            heappop(heap)
            self.now = due
            self.events += 1
            action(argument)
            if done is not None and done():
                return self.events - start
            heap = self._heap  # a clean-up may have put another in its place
        if instant is not None and instant > self.now:
            self.now = instant
        return self.events - start

    def _storm(self, limit: int) -> str:
        who = Counter(_owner(action) for _, _, action, _ in self._heap)
        names = ", ".join(f"{name} ({times:,})" for name, times in who.most_common(_NAMED))
        return (
            f"{limit:,} events and no end at {self.now / 1e9:.6f} s of virtual time; most that is"
            f" due: {names}; allow more with max_events if this is no storm"
        )

    # -- cancelled timers ----------------------------------------------------------------------

    def _forget_one(self) -> None:
        self._cancelled += 1
        if self._cancelled > _FEW and self._cancelled * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if not _is_cancelled(entry[2])]
            heapify(self._heap)
            self._cancelled = 0

    def _drop_cancelled(self) -> None:
        while self._heap and _is_cancelled(self._heap[0][2]):
            heappop(self._heap)
            self._cancelled = max(self._cancelled - 1, 0)


def _is_cancelled(action: Action) -> bool:
    owner = getattr(action, "__self__", None)
    return isinstance(owner, Timer) and owner.action is None


def _owner(action: Action) -> str:
    """Who asked for it, as an error names it."""
    owner = getattr(action, "__self__", action)
    if isinstance(owner, Timer):
        return _owner(owner.action) if owner.action is not None else "cancelled"
    return str(getattr(owner, "name", None) or type(owner).__name__)
