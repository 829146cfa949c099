"""`Connection`: one connection of the API, ended when it says nothing or there are too many.

uvicorn alone would keep connections that never ask for as long as they stay, each with a file
descriptor that the router may need.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from typing import Any

AT_ONCE = 64  # connections; each works a few milliseconds between two turns of the router
PATIENCE_S = 10.0  # for the head of a request, however slowly it comes


class Connection(H11Protocol):
    """HTTP/1.1 with bounds."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - uvicorn's
        """Wait for nothing yet."""
        super().__init__(*args, **options)
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody came."""
        super().connection_made(transport)
        if len(self.connections) > AT_ONCE:
            transport.abort()
        else:
            self._wait()

    def on_response_complete(self) -> None:
        """An answer has gone; another question may come."""
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._wait_no_more()
        self._patience = self.loop.call_later(PATIENCE_S, self._end_silence)

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _end_silence(self) -> None:
        """End it unless a question is being answered."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
