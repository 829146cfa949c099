"""A TCP connection and a listener, as their user holds them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost._core import TcpStack
    from fingerpost.addr import Address

WINDOW = 65_535  # no more than this waits for a reader


class TcpState(StrEnum):
    """The states of a connection in the names of RFC 9293 3.3.2."""

    CLOSED = "CLOSED"
    LISTEN = "LISTEN"
    SYN_SENT = "SYN-SENT"
    SYN_RECEIVED = "SYN-RECEIVED"
    ESTABLISHED = "ESTABLISHED"
    FIN_WAIT_1 = "FIN-WAIT-1"
    FIN_WAIT_2 = "FIN-WAIT-2"
    CLOSE_WAIT = "CLOSE-WAIT"
    CLOSING = "CLOSING"
    LAST_ACK = "LAST-ACK"
    TIME_WAIT = "TIME-WAIT"


class Endpoint(NamedTuple):
    """One end of a connection."""

    address: Address
    port: int

    def __str__(self) -> str:
        """Write the address and the port as in a URL."""
        if self.address.version == 6:
            return f"[{self.address}]:{self.port}"
        return f"{self.address}:{self.port}"


class Connection:
    """A TCP connection of a virtual host; `TcpSockets` makes it.

    Instants are in nanoseconds. What a call makes due is sent by the next `TcpSockets.outgoing`.
    Of a connection that is over, `receive` gives what is left, and `send` raises UsageError.
    """

    __slots__ = ("_finish", "_handle", "_rest", "_stack", "has_ended", "local", "remote")

    def __init__(
        self, stack: TcpStack, handle: int, finish: Callable[[Connection, bool], None]
    ) -> None:
        """Only `TcpSockets` calls this; `finish` is told when our own call ended the connection."""
        self._stack = stack
        self._handle = handle
        self._finish = finish
        self._rest: bytes | None = None  # what can be received once the connection is over
        local, remote = stack.ends(handle)
        self.local = Endpoint(*local)
        self.remote = Endpoint(*remote)
        self.has_ended = False
        """Nothing more will arrive; what did can still be received."""

    def __repr__(self) -> str:
        """Show the ends and the state."""
        return f"<Connection {self.local} - {self.remote} {self.state}>"

    @property
    def is_over(self) -> bool:
        """The connection is CLOSED and stays so."""
        return self._rest is not None

    @property
    def state(self) -> TcpState:
        """Where the connection stands."""
        if self.is_over:
            return TcpState.CLOSED
        return TcpState(self._stack.state(self._handle))

    @property
    def unacknowledged(self) -> int:
        """Bytes that `send` took and the peer has not acknowledged."""
        return 0 if self.is_over else self._stack.unacknowledged(self._handle)

    def send(self, data: bytes, now: int) -> int:
        """Take as many bytes as there is room for, and give their number.

        None before the connection is established. `SpaceFreed` follows when not all were taken and
        there is room again. Raises UsageError after `close`.
        """
        if self.is_over:
            raise UsageError(f"{self!r} is over; open a new connection to send")
        return self._stack.send(self._handle, data, now)

    def receive(self, now: int, limit: int = WINDOW) -> bytes:
        """Give at most `limit` bytes that arrived; none when there are none at the moment."""
        if self._rest is None:
            return self._stack.recv(self._handle, limit, now)
        data, self._rest = self._rest[:limit], self._rest[limit:]
        return data

    def close(self, now: int) -> None:
        """Send no more than what was taken, then finish (RFC 9293 3.10.4); `Closed` follows.

        The peer may go on sending. Closing twice does nothing.
        """
        if self.is_over:
            return
        self._stack.close(self._handle, now)
        if self.state is TcpState.CLOSED:
            self._finish(self, True)

    def abort(self, now: int) -> None:
        """End the connection at once, with a reset to the peer (RFC 9293 3.10.5).

        What arrived is dropped, no event follows. Aborting twice does nothing.
        """
        if self.is_over:
            return
        self._stack.abort(self._handle, now)
        self._finish(self, False)
        self._rest = b""

    def bury(self) -> int:
        """Keep what is left to receive, let go of the native part; for `TcpSockets` alone."""
        self._rest = self._stack.recv(self._handle, WINDOW, 0)
        self.has_ended = True
        self._stack.forget(self._handle)
        return self._handle


class Listener:
    """A port at which connections are accepted; `TcpSockets.listen` makes it."""

    __slots__ = ("_handle", "_stack", "address", "is_open", "port")

    def __init__(self, stack: TcpStack, handle: int, address: Address | None, port: int) -> None:
        """Only `TcpSockets` calls this."""
        self._stack = stack
        self._handle = handle
        self.address = address
        self.port = port
        self.is_open = True

    def __repr__(self) -> str:
        """Show where it listens."""
        where = "*" if self.address is None else self.address
        return f"<Listener {where} port {self.port}>"

    def close(self, now: int) -> None:
        """Accept no more; who is half-way in is reset, accepted connections stay."""
        if self.is_open:
            self._stack.close(self._handle, now)
            self.is_open = False
