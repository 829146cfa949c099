"""`TcpStream`: one TCP connection of the kernel, non-blocking.

What is sent is handed to the kernel at once, as far as that has room; the rest waits in the pieces
in which it came, uncopied, and `flush` goes on with it. What comes stays with the kernel until
`receive` fetches it, so that a slow reader closes the window. Whatever breaks a connection is kept
in `error`, and `receive` first gives what came before.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from fingerpost.addr import Address
from fingerpost.host.linux.sockets.options import IP_BIND_ADDRESS_NO_PORT
from fingerpost.host.linux.sockets.tcp_security import hop_limit_of_syn
from fingerpost.host.linux.sockets.tcp_settings import (
    TcpSettings,
    limit_hops,
    name_for,
    open_tcp,
)
from fingerpost.host.tcp_connection import Endpoint

if TYPE_CHECKING:
    from fingerpost.host.linux.sockets.datagrams import SocketName

AT_ONCE = 1 << 18
_PIECES = 64  # handed to the kernel in one call
_RESET_ON_CLOSE = struct.pack("=ii", 1, 0)
_REASONS = {
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ECONNABORTED: "reset",
    errno.ECONNREFUSED: "refused",
    errno.ETIMEDOUT: "timed out",
    errno.EHOSTUNREACH: "unreachable",
    errno.EHOSTDOWN: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.ENETDOWN: "unreachable",
}


def reason_of(error: Exception) -> str:
    """What ended a connection, in the words of `protocol.events.StreamClosed`."""
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    return _REASONS.get(error.errno) or error.strerror or os.strerror(error.errno)


def connect(
    remote: Endpoint,
    settings: TcpSettings = TcpSettings(),  # noqa: B008 - a frozen value
    *,
    source: Address | None = None,
    source_port: int = 0,
) -> TcpStream:
    """Begin a connection, which stands once `finish_connecting` says so.

    Raises `OSError` where it cannot even begin, `UsageError` for what this kernel lacks.
    """
    opened = open_tcp(remote.address.version, settings)
    try:
        if source is not None or source_port:
            _bind(opened, remote, source, source_port, settings.interface)
        error = opened.connect_ex(name_for(remote.address, remote.port, settings.interface))
        if error not in (0, errno.EINPROGRESS):
            raise OSError(error, f"{os.strerror(error)}: connecting to {remote}")
    except BaseException:
        opened.close()
        raise
    return TcpStream(opened, remote, is_connected=False)


def _bind(
    opened: socket.socket,
    remote: Endpoint,
    source: Address | None,
    port: int,
    interface: str | None,
) -> None:
    own = source or Address("0.0.0.0" if remote.address.version == 4 else "::")
    if port:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    else:  # one port may then serve several peers
        opened.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    opened.bind(name_for(own, port, interface))


class TcpStream:
    """One connection; `connect` and `TcpListener` make it.

    `waiting` counts octets that `send` took and the kernel has not, `sent` those that it has,
    `received` those that came. `error` is what broke the connection, None while nothing did.
    """

    def __init__(self, opened: socket.socket, remote: Endpoint, *, is_connected: bool) -> None:
        """Take an open socket over."""
        self.remote = remote
        self.is_connected = is_connected
        self.waiting = self.sent = self.received = 0
        self.error: OSError | None = None
        self._socket = opened
        self._pieces: deque[memoryview] = deque()

    def __repr__(self) -> str:
        """Show the other end."""
        return f"<TcpStream to {self.remote}>"

    def fileno(self) -> int:
        """The descriptor; -1 when it is closed."""
        return self._socket.fileno()

    @property
    def local(self) -> Endpoint:
        """Our end."""
        return endpoint_of(self._socket.getsockname())

    def finish_connecting(self) -> bool:
        """Whether the connection stands now; call it when the descriptor is writable.

        Sets `error` if it could not be opened.
        """
        if self.is_connected or self.error is not None:
            return self.is_connected
        number = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            self.error = OSError(number, os.strerror(number))
            return False
        try:
            self._socket.getpeername()
        except OSError:  # still under way
            return False
        self.is_connected = True
        return True

    def receive(self, limit: int = AT_ONCE) -> bytes | None:
        """Give at most `limit` octets that came; None: there are none at the moment.

        b"" is the end: `error` says what broke it, None that the peer has finished in order.
        """
        try:
            data = self._socket.recv(limit)
        except BlockingIOError:
            return None if self.error is None else b""
        except OSError as error:
            self.error = self.error or error
            return b""
        self.received += len(data)
        return data

    def send(self, data: bytes) -> None:
        """Send octets after those that wait; those of a broken connection are lost."""
        if not data or self.error is not None:
            return
        is_first = not self._pieces
        self._pieces.append(memoryview(data))
        self.waiting += len(data)
        if is_first and self.is_connected:
            self.flush()

    def flush(self) -> None:
        """Hand the kernel as much as it has room for; sets `error` where it takes no more."""
        while self._pieces and self.is_connected:
            try:
                taken = self._socket.sendmsg(list(islice(self._pieces, _PIECES)))
            except BlockingIOError:
                return
            except OSError as error:
                self.error = self.error or error
                self._pieces.clear()
                self.waiting = 0
                return
            self.sent += taken
            self.waiting -= taken
            self._let_go(taken)

    def _let_go(self, taken: int) -> None:
        while taken:
            piece = self._pieces.popleft()
            if len(piece) > taken:
                self._pieces.appendleft(piece[taken:])
                return
            taken -= len(piece)

    def finish(self) -> None:
        """Tell the peer that nothing more comes, after what the kernel has (FIN)."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            self.error = self.error or error

    def limit_hops(self, sent: int | None, least: int | None) -> None:
        """As `tcp_settings.limit_hops`, from now on."""
        limit_hops(self._socket, self.remote.address.version, sent, least)

    def hop_limit_of_syn(self) -> int | None:
        """As `tcp_security.hop_limit_of_syn`, of one that was accepted."""
        return hop_limit_of_syn(self._socket)

    def abort(self) -> None:
        """End it at once, with a reset to the peer."""
        if self._socket.fileno() >= 0:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.close()

    def close(self) -> None:
        """Have no more to do with it; what the kernel has of ours it sends."""
        self._pieces.clear()
        self.waiting = 0
        self._socket.close()


def endpoint_of(name: SocketName) -> Endpoint:
    """The end that a socket names; a link-local address has its interface as zone."""
    zone = ""
    if len(name) == 4 and name[3]:
        with contextlib.suppress(OSError):  # it is gone
            zone = "%" + socket.if_indextoname(name[3])
    return Endpoint(Address(name[0] + zone), name[1])
