"""`Alarm`: one timer of the event loop, for the next deadline of a machine that knows no loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

SECOND = 1_000_000_000


class Alarm:
    """Calls `ring` when the deadline has come, never before. `clock` gives nanoseconds."""

    def __init__(self, clock: Callable[[], int], ring: Callable[[], None]) -> None:
        """Make one that is not set, from within a running loop."""
        self.deadline: int | None = None
        self._clock = clock
        self._ring = ring
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def set(self, deadline: int | None) -> None:
        """Ring at this instant and no other; None: not at all."""
        if deadline == self.deadline and (deadline is None) == (self._timer is None):
            return
        self.cancel()
        self.deadline = deadline
        if deadline is not None:
            left = max(0, deadline - self._clock())
            self._timer = self._loop.call_later(left / SECOND, self._ended)

    def cancel(self) -> None:
        """Do not ring."""
        self.deadline = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ended(self) -> None:
        deadline, self._timer = self.deadline, None
        if deadline is not None and self._clock() < deadline:  # the loop's clock is coarser
            self.deadline = None
            self.set(deadline)
            return
        self.deadline = None
        self._ring()
