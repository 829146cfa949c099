"""`Events`: sessions that begin and end, for readers that wait for them."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from fingerpost.speaker.seen import SessionChanged

if TYPE_CHECKING:
    from fingerpost.forwarding.events import Happened

MOST = 1_000
_KINDS = {"session established": True, "session ended": False}


class Events:
    """An asynchronous iterator of `SessionChanged`; each `fork` is a reader of its own."""

    def __init__(self) -> None:
        """Nothing has happened."""
        self._waiting: deque[SessionChanged] = deque(maxlen=MOST)
        self._news = asyncio.Event()
        self._forks: list[Events] = []
        self._is_over = False

    def fork(self) -> Events:
        """A reader of what happens from now on."""
        made = Events()
        made._is_over = self._is_over
        self._forks.append(made)
        return made

    def put(self, happened: Happened) -> None:
        """Something happened."""
        is_established = _KINDS.get(happened.kind)
        if is_established is None:
            return
        _, _, reason = happened.detail.partition(": ")
        name = str(happened.address)
        for one in self._forks:
            one._waiting.append(SessionChanged(name, is_established, reason))
            one._news.set()

    def close(self) -> None:
        """Nothing will happen any more."""
        for one in (self, *self._forks):
            one._is_over = True
            one._news.set()

    def __aiter__(self) -> Events:
        """Itself."""
        return self

    async def __anext__(self) -> SessionChanged:
        """The next, when there is one."""
        while not self._waiting:
            if self._is_over:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._waiting.popleft()
