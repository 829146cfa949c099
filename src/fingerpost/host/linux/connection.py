"""`Connection`: a TCP connection of an instance, as a pump serves it; `Farewell`: its end.

What the instance is told comes out of `receive`, in order: that the connection stands, what was
sent of the instance's octets, those that came, and the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fingerpost.host.linux.sockets.tcp_stream import AT_ONCE, TcpStream, reason_of
from fingerpost.protocol.events import (
    StreamAccepted,
    StreamClosed,
    StreamConnected,
    StreamReceived,
    StreamSent,
)

if TYPE_CHECKING:
    from collections.abc import Callable

StreamEvent: TypeAlias = (
    StreamAccepted | StreamConnected | StreamReceived | StreamSent | StreamClosed
)


class Connection:
    """The connection `number` of `instance`; `has_news` is called when `receive` is to be asked."""

    def __init__(
        self, instance: str, number: int, stream: TcpStream, has_news: Callable[[Connection], None]
    ) -> None:
        """Of one that is connected already, the instance is told that it was accepted."""
        self.instance = instance
        self.number = number
        self.stream = stream
        self._has_news = has_news
        self._told: list[StreamEvent] = [_accepted(number, stream)] if stream.is_connected else []
        self._said_sent = 0

    def fileno(self) -> int:
        """The descriptor."""
        return self.stream.fileno()

    @property
    def has_waiting(self) -> bool:
        """Whether it waits for the descriptor to be writable."""
        stream = self.stream
        return stream.error is None and (stream.waiting > 0 or not stream.is_connected)

    def send(self, data: bytes) -> None:
        """Send octets."""
        self.stream.send(data)
        self._look()

    def flush(self) -> None:
        """The descriptor is writable: it stands, or has room."""
        self._connect()
        self.stream.flush()
        self._look()

    def _connect(self) -> None:
        stream = self.stream
        if not stream.is_connected and stream.finish_connecting():
            local = stream.local
            own = local.address.without_zone
            self._told.append(StreamConnected(self.number, own, local.port))

    def _look(self) -> None:
        if self._told or self.stream.error or self.stream.sent > self._said_sent:
            self._has_news(self)

    def receive(self, limit: int) -> list[StreamEvent] | None:
        """Give what is to be told; None: nothing more at the moment. After the end, nothing."""
        del limit  # one piece at a time: it is large
        self._connect()
        told, self._told = self._told, []
        stream = self.stream
        if stream.sent > self._said_sent:
            told.append(StreamSent(self.number, stream.sent - self._said_sent))
            self._said_sent = stream.sent
        if told:
            return told
        if not stream.is_connected:
            return None if stream.error is None else [self._closed()]
        data = stream.receive(AT_ONCE)
        if data is None:
            return None
        return [StreamReceived(self.number, data) if data else self._closed()]

    def _closed(self) -> StreamClosed:
        error = self.stream.error
        return StreamClosed(self.number, None if error is None else reason_of(error))

    def as_dict(self) -> dict[str, object]:
        """As plain data, for JSON."""
        stream = self.stream
        return {
            "instance": self.instance,
            "number": self.number,
            "remote": str(stream.remote),
            "local": str(stream.local) if stream.is_connected else None,
            "received": stream.received,
            "sent": stream.sent,
            "waiting": stream.waiting,
        }


def _accepted(number: int, stream: TcpStream) -> StreamAccepted:
    local, remote = stream.local, stream.remote
    return StreamAccepted(
        number,
        local.address.without_zone,
        local.port,
        remote.address.without_zone,
        remote.port,
        local.address.zone or remote.address.zone,
    )


class Farewell:
    """A connection that nobody hears of any more: it sends the rest, then its end.

    It reads on, and drops what it reads, until the peer has finished too: to close while something
    is unread would be a reset, which takes from the peer what it has not read yet (RFC 1122
    4.2.2.13).
    """

    def __init__(self, stream: TcpStream) -> None:
        """Take it over."""
        self.stream = stream
        self._has_finished = False
        self.flush()

    def fileno(self) -> int:
        """The descriptor."""
        return self.stream.fileno()

    @property
    def has_waiting(self) -> bool:
        """Whether it waits for the descriptor to be writable."""
        return self.stream.error is None and self.stream.waiting > 0

    def flush(self) -> None:
        """Send what can be sent, and the end behind the last of it."""
        self.stream.flush()
        if not self.stream.waiting and not self._has_finished:
            self._has_finished = True
            self.stream.finish()

    def receive(self, limit: int) -> list[Farewell] | None:
        """Give itself when it is over."""
        del limit
        data = self.stream.receive(AT_ONCE)
        if data is None:
            return None
        return [] if data else [self]
