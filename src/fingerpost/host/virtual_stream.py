"""`VirtualStream`: a TCP stream of a protocol on a virtual host, and what is to be told of it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.protocol.events import (
    StreamAccepted,
    StreamClosed,
    StreamConnected,
    StreamReceived,
    StreamSent,
)

if TYPE_CHECKING:
    from fingerpost.host.tcp_connection import Connection

AT_ONCE = 1 << 18

StreamEvent: TypeAlias = (
    StreamAccepted | StreamConnected | StreamReceived | StreamSent | StreamClosed
)


class VirtualStream:
    """The stream `number` of `instance`, over `connection`; None: it could not be opened.

    `is_dropped`: the instance has closed it and hears no more; what waits is still sent.
    """

    __slots__ = (
        "_ends",
        "_has_ended",
        "_told",
        "_unsaid",
        "_waiting",
        "connection",
        "has_data",
        "instance",
        "interface",
        "is_dropped",
        "is_listed",
        "number",
    )

    def __init__(
        self, instance: str, number: int, connection: Connection | None, interface: str | None
    ) -> None:
        """Begin with nothing to tell."""
        self.instance = instance
        self.number = number
        self.connection = connection
        self.interface = interface
        self.is_dropped = False
        self.is_listed = False  # among those that have something to tell
        self.has_data = False
        self._told: list[StreamEvent] = []
        self._waiting: deque[memoryview] = deque()
        self._unsaid = 0
        self._has_ended = False
        self._ends: str | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether octets wait for room."""
        return bool(self._waiting)

    # -- what happens --------------------------------------------------------------------------

    def accepted(self) -> None:
        """It was taken."""
        assert self.connection is not None
        local, remote = self.connection.local, self.connection.remote
        self._told.append(
            StreamAccepted(
                self.number, local.address, local.port, remote.address, remote.port, self.interface
            )
        )

    def connected(self) -> None:
        """It stands."""
        assert self.connection is not None
        local = self.connection.local
        self._told.append(StreamConnected(self.number, local.address, local.port))

    def ended(self, reason: str | None) -> None:
        """Nothing more comes; what came before is told first. The first reason counts."""
        if not self._has_ended:
            self._has_ended, self._ends = True, reason

    # -- octets --------------------------------------------------------------------------------

    def send(self, data: bytes, now: int) -> None:
        """Send octets after those that wait."""
        self._waiting.append(memoryview(data))
        self.push(now)

    def push(self, now: int) -> None:
        """Give the stack what it has room for."""
        connection = self.connection
        while self._waiting and connection is not None and not connection.is_over:
            piece = self._waiting.popleft()
            taken = connection.send(bytes(piece[:AT_ONCE]), now)
            self._unsaid += taken
            if taken < len(piece):
                self._waiting.appendleft(piece[taken:])
                return

    def next_event(self, now: int) -> StreamEvent | None:
        """The next thing to tell; None: nothing more at the moment."""
        if self._told:
            return self._told.pop(0)
        if self._unsaid:
            octets, self._unsaid = self._unsaid, 0
            return StreamSent(self.number, octets)
        if self.has_data and self.connection is not None:
            if data := self.connection.receive(now, AT_ONCE):
                return StreamReceived(self.number, data)
            self.has_data = False
        return StreamClosed(self.number, self._ends) if self._has_ended else None
