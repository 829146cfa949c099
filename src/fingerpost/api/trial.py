"""`Trial`: a configuration that runs until a time by which it is to be confirmed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

SECOND = 1_000_000_000


class Trial:
    """The time of one trial after another; `over` is called with the number of one that ended so.

    `number` is that of what waits to be confirmed, also while `over` is at work; None: nothing.
    """

    def __init__(self, over: Callable[[int], Coroutine[None, None, None]]) -> None:
        """Nothing is on trial yet."""
        self.number: int | None = None
        self._over = over
        self._timer: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None  # the loop itself holds no task

    @property
    def is_running(self) -> bool:
        """Whether there is time left."""
        return self._timer is not None

    @property
    def left_s(self) -> float | None:
        """Seconds until it is over; None where nothing is on trial."""
        if self._timer is None:
            return None
        return max(0.0, self._timer.when() - asyncio.get_running_loop().time())

    def begin(self, number: int, time_ns: int) -> None:
        """Give a configuration that much time, in place of the one before."""
        self.stop()
        self.number = number
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(time_ns / SECOND, self._time_is_over, number)

    def end(self) -> None:
        """Have nothing on trial."""
        self.stop()
        self.number = None

    def stop(self) -> None:
        """Let no time end any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_is_over(self, number: int) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        self._ending = loop.create_task(self._over(number), name="rollback")
