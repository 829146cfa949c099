"""`Bounds`: what no request may exceed, and the count of all of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from fingerpost.api.daemon import Daemon

LARGEST_BODY = 16 * 1024 * 1024


class TooLargeError(HTTPException):
    """A body is larger than any configuration; the connection ends, so that no more of it comes."""

    def __init__(self) -> None:
        """The answer says what would be right."""
        super().__init__(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"a body has at most {LARGEST_BODY:,} bytes",
            headers={"Connection": "close"},
        )


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
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                raise TooLargeError
            return message

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = message["status"]
                self._daemon.requests[status] = self._daemon.requests.get(status, 0) + 1
            await send(message)

        await self._app(scope, bounded, counted)
