"""`Turns`: that no thread waits long for the interpreter, which all threads of a process share.

A thread that wants it has it after the switch interval (`sys.setswitchinterval`), however busy the
others are. One that serves sockets asks for it after every call of the system, several times for a
packet, so Python's 5 ms are too many where packets are due within 50.

What holds the interpreter longest is the search for cyclic garbage in all that lives: 180 ms with
20,000 static routes. So what has been searched once, and lived, is set aside (`gc.freeze`): every
search then is one of what is new, some 20 ms at most. Garbage that grew old before it became some
is found by a search of everything, once an hour and only where that is short.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import Any

SWITCH_S = 0.0005
ALL_S = 3600.0
OLDEST = 2
MOST = 200_000
"""Objects that are searched at once: 100 ms at half a microsecond each."""


class Turns:
    """Keeps turns short, for the whole process, from `begin` to `end`."""

    def __init__(self) -> None:
        """Change nothing yet."""
        self._switch_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Keep them short from now on, from within a running loop."""
        self._switch_s = sys.getswitchinterval()
        sys.setswitchinterval(min(self._switch_s, SWITCH_S))
        gc.freeze()
        gc.callbacks.append(self._searched)
        self._wait()

    def end(self) -> None:
        """Let them be as they were; nothing if that is so."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        sys.setswitchinterval(self._switch_s)
        gc.callbacks.remove(self._searched)
        gc.unfreeze()

    def _searched(self, phase: str, found: dict[str, Any]) -> None:
        if phase == "stop" and found["generation"] == OLDEST:
            gc.freeze()

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(ALL_S, self._search_all)

    def _search_all(self) -> None:
        if gc.get_freeze_count() <= MOST:
            gc.unfreeze()
            gc.collect()  # which sets aside what lives
        self._wait()
