"""`Server`: the application, served by uvicorn in the loop in which the router runs."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import uvicorn

from fingerpost.api.connection import AT_ONCE, Connection

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from starlette.types import ASGIApp

STOP_S = 3


class _Quiet(uvicorn.Server):
    """A server that leaves signals to the daemon."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class Server:
    """Serves `app` on an open socket, from `start` to `stop`."""

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        """Nothing is served yet."""
        config = uvicorn.Config(
            app,
            loop="none",
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=AT_ONCE + 1,  # `Connection` ends those beyond without an answer
            timeout_keep_alive=5,
            timeout_graceful_shutdown=STOP_S,
        )
        self._listening = listening
        self._server = _Quiet(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when it answers. Raises `OSError` where the socket does not serve."""
        self._task = asyncio.create_task(self._server.serve([self._listening]), name="api")
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise OSError("the API ended before it began")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Let answers that are under way end, for a short while."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
