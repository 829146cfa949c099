"""`TcpStream`: one TCP connection of the kernel, non-blocking, with bounded buffers.

`ready` is called when the descriptor is; it gives what happened. What is written waits in a buffer
of `room` bytes; `send` takes what fits, and SPACE_FREED follows once half of it is free again. What
comes stays with the kernel until `receive` fetches it, so that a slow reader closes the window.
"""

from __future__ import annotations

import errno
import socket
import struct
from collections import deque
from enum import Enum
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.tcp_settings import TcpSettings, name_for, open_tcp
from fingerpost.host.tcp_connection import Endpoint

if TYPE_CHECKING:
    from fingerpost.host.linux.sockets.datagrams import SocketName

ROOM = 1 << 20
AT_ONCE = 1 << 16
_RESET_ON_CLOSE = struct.pack("=ii", 1, 0)


class StreamEvent(Enum):
    """What happened to a connection; those after ENDED are its end."""

    CONNECTED = "connected"
    DATA_ARRIVED = "data arrived"
    SPACE_FREED = "space freed"
    ENDED = "ended"  # the peer sends no more, and may still listen
    CLOSED = "closed"  # both directions were finished in order
    RESET = "reset"
    REFUSED = "refused"
    TIMED_OUT = "timed out"
    UNREACHABLE = "unreachable"
    FAILED = "failed"  # for another reason: `error`


_ENDS = {
    errno.ECONNRESET: StreamEvent.RESET,
    errno.EPIPE: StreamEvent.RESET,
    errno.ECONNABORTED: StreamEvent.RESET,
    errno.ECONNREFUSED: StreamEvent.REFUSED,
    errno.ETIMEDOUT: StreamEvent.TIMED_OUT,
    errno.EHOSTUNREACH: StreamEvent.UNREACHABLE,
    errno.ENETUNREACH: StreamEvent.UNREACHABLE,
}


def connect(
    remote: Endpoint,
    settings: TcpSettings = TcpSettings(),  # noqa: B008 - a frozen value
    *,
    source: Address | None = None,
    source_port: int = 0,
    room: int = ROOM,
) -> TcpStream:
    """Begin a connection; CONNECTED or its end follows.

    Raises `OSError` where it cannot even begin, `UsageError` for what this kernel lacks.
    """
    opened = open_tcp(remote.address.version, settings)
    try:
        if source is not None or source_port:
            own = source or Address("0.0.0.0" if remote.address.version == 4 else "::")
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind(name_for(own, source_port, settings.interface))
        error = opened.connect_ex(name_for(remote.address, remote.port, settings.interface))
        if error not in (0, errno.EINPROGRESS):
            raise OSError(error, f"{errno.errorcode.get(error, error)} connecting to {remote}")
    except BaseException:
        opened.close()
        raise
    return TcpStream(opened, remote, is_connected=False, room=room)


class TcpStream:
    """One connection; `connect` and `TcpListener.accept` make it. `error` is what ended it."""

    def __init__(
        self, opened: socket.socket, remote: Endpoint, *, is_connected: bool, room: int = ROOM
    ) -> None:
        """Take an open socket over; `room` bounds what waits to be sent, in bytes."""
        self.remote = remote
        self.is_connected = is_connected
        self.has_ended = False
        self.is_over = False
        self.is_reading = True
        self.error: OSError | None = None
        self._socket = opened
        self._room = room
        self._waiting: deque[memoryview] = deque()
        self._waits = 0
        self._owes_space = False
        self._is_closing = False

    def __repr__(self) -> str:
        """Show the other end."""
        return f"<TcpStream to {self.remote}>"

    def fileno(self) -> int:
        """The descriptor; -1 when it is over."""
        return self._socket.fileno()

    @property
    def local(self) -> Endpoint:
        """Our end."""
        return endpoint_of(self._socket.getsockname())

    @property
    def wants_read(self) -> bool:
        """Whether to watch the descriptor for reading; set `is_reading` to False to pause."""
        return self.is_connected and self.is_reading and not self.has_ended and not self.is_over

    @property
    def wants_write(self) -> bool:
        """Whether to watch the descriptor for writing."""
        return not self.is_over and (not self.is_connected or bool(self._waiting))

    @property
    def waiting(self) -> int:
        """Bytes that `send` took and the kernel has not."""
        return self._waits

    # -- what the descriptor says --------------------------------------------------------------

    def ready(self, *, is_readable: bool, is_writable: bool) -> list[StreamEvent]:
        """The descriptor is readable or writable; gives what happened, in order."""
        if self.is_over:
            return []
        events: list[StreamEvent] = []
        if not self.is_connected:
            if not is_writable:
                return []
            error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error:
                return [self._end(OSError(error, errno.errorcode.get(error, str(error))))]
            self.is_connected = True
            events.append(StreamEvent.CONNECTED)
        if is_writable:
            events += self._flush()
        if is_readable and not self.is_over:
            events += self._look()
        return events

    def _look(self) -> list[StreamEvent]:
        try:
            first = self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return []
        except OSError as error:
            return [self._end(error)]
        if first:
            return [StreamEvent.DATA_ARRIVED]
        if self.has_ended:
            return []
        self.has_ended = True
        return [StreamEvent.ENDED, *self._finish()]

    def _end(self, error: OSError) -> StreamEvent:
        """The connection is over; gives how."""
        self.error = error
        self._drop()
        return _ENDS.get(error.errno or 0, StreamEvent.FAILED)

    def _drop(self) -> None:
        self.is_over = True
        self._waiting.clear()
        self._waits = 0
        self._socket.close()

    # -- what its user does --------------------------------------------------------------------

    def send(self, data: bytes) -> int:
        """Take as many bytes as there is room for, and give their number.

        SPACE_FREED follows when not all were taken and there is room again. A broken connection is
        told by the next `ready`. Raises `UsageError` once it is closed or over.
        """
        if self.is_over or self._is_closing:
            raise UsageError(f"{self!r} is closed; open a new connection to send")
        taken = min(len(data), self._room - self._waits)
        self._owes_space |= taken < len(data)
        if taken:
            self._waiting.append(memoryview(data)[:taken])
            self._waits += taken
        return taken

    def flush(self) -> list[StreamEvent]:
        """Hand the kernel what waits now, not when the descriptor is looked at again."""
        return self._flush() if self.is_connected and not self.is_over else []

    def _flush(self) -> list[StreamEvent]:
        while self._waiting:
            try:
                sent = self._socket.send(self._waiting[0])
            except BlockingIOError:
                break
            except OSError as error:
                return [self._end(error)]
            self._waits -= sent
            rest = self._waiting.popleft()[sent:]
            if rest:
                self._waiting.appendleft(rest)
        if self._owes_space and self._waits <= self._room // 2:
            self._owes_space = False
            return [StreamEvent.SPACE_FREED]
        return self._finish()

    def receive(self, limit: int = AT_ONCE) -> bytes:
        """Give at most `limit` bytes that arrived; none when there are none at the moment."""
        if self.is_over:
            return b""
        try:
            return self._socket.recv(limit)
        except OSError:  # nothing there, or an end that `ready` tells
            return b""

    def close(self) -> list[StreamEvent]:
        """Send what was taken, then finish; CLOSED follows when the peer has finished too."""
        self._is_closing = True
        return self._finish()

    def _finish(self) -> list[StreamEvent]:
        if not self._is_closing or self._waiting or self.is_over:
            return []
        if self.has_ended or not self.is_connected:
            self._drop()
            return [StreamEvent.CLOSED]
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            return [self._end(error)]
        return []

    def abort(self) -> None:
        """End it at once, with a reset to the peer; no event follows."""
        if not self.is_over:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._drop()


def endpoint_of(name: SocketName) -> Endpoint:
    """The end that a socket names."""
    return Endpoint(Address(name[0]), name[1])
