"""`TcpEndpoint`: metrics, or a looking glass, over TCP where the configuration names an address."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from fingerpost.api.bounds import Bounds
from fingerpost.api.journal import Level
from fingerpost.api.metrics import families
from fingerpost.api.openmetrics import MEDIA, text
from fingerpost.api.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from fingerpost.addr import Address
    from fingerpost.api.daemon import Daemon


class TcpEndpoint:
    """Serves an application of a daemon at one address, or nowhere."""

    def __init__(self, daemon: Daemon, what: str, application: Callable[[Daemon], ASGIApp]) -> None:
        """Nothing is served yet; `what` is how people call it."""
        self._daemon = daemon
        self._what = what
        self._application = application
        self._at: tuple[Address, int] | None = None
        self._server: Server | None = None
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def serve_soon(self, at: tuple[Address, int] | None) -> None:
        """Serve there, and no longer where it was served before."""
        task = asyncio.get_running_loop().create_task(self.serve(at), name=self._what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def serve(self, at: tuple[Address, int] | None) -> None:
        """The same, and wait for it. An address that is not to be had is told in the log."""
        async with self._turn:
            if at == self._at:
                return
            if self._server is not None:
                await self._server.stop()
                self._server = None
            self._at = at
            if at is None:
                return
            try:
                self._server = Server(self._application(self._daemon), _listening(*at))
                await self._server.start()
            except OSError as error:
                self._at = self._server = None
                said = f"{at[0]} port {at[1]}: {error.strerror or error}"
                self._daemon.journal.say(Level.ERROR, f"{self._what} not served", said)


def metrics_application(daemon: Daemon) -> Starlette:
    """/metrics and nothing else."""

    async def metrics(_: Request) -> Response:
        return Response(text(families(daemon)), media_type=MEDIA)

    app = Starlette(routes=[Route("/metrics", metrics)])
    app.add_middleware(Bounds, daemon=daemon)
    return app


def _listening(address: Address, port: int) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((str(address), port))
        opened.listen(16)
        opened.setblocking(False)
    except OSError:
        opened.close()
        raise
    return opened
