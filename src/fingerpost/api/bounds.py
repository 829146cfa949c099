"""`Bounds`: what no request may exceed, and the count of all of them."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from fingerpost.api.daemon import Daemon

LARGEST_BODY = 16 * 1024 * 1024


class TooLargeError(Exception):
    """A body is larger than any configuration."""


class Bounds:
    """ASGI middleware: refuses bodies over `LARGEST_BODY` and counts answers by status."""

    def __init__(self, app: ASGIApp, daemon: Daemon) -> None:
        """Stand before `app`."""
        self._app = app
        self._daemon = daemon

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun, taken = False, 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                raise TooLargeError
            return message

        async def counted(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                status = message["status"]
                self._daemon.requests[status] = self._daemon.requests.get(status, 0) + 1
            await send(message)

        try:
            await self._app(scope, bounded, counted)
        except TooLargeError:
            if not has_begun:
                await _refuse(counted)


async def _refuse(send: Send) -> None:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    detail = f"a body has at most {LARGEST_BODY:,} bytes"
    model = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(model).encode()})
