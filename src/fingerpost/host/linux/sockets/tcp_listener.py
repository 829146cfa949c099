"""`TcpListener`: a TCP port at which peers are accepted; keys and GTSM hold from the first SYN."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from fingerpost.host.linux.sockets.tcp_security import Md5Key, forget_md5, require_md5
from fingerpost.host.linux.sockets.tcp_settings import TcpSettings, name_for, open_tcp
from fingerpost.host.linux.sockets.tcp_stream import ROOM, TcpStream, endpoint_of

if TYPE_CHECKING:
    from fingerpost.host.tcp_connection import Endpoint

BACKLOG = 128
# accept(2): errors of the new connection, which say nothing about the listener
_OF_ONE = {errno.ECONNABORTED, errno.EPROTO, errno.ENETDOWN, errno.EHOSTUNREACH, errno.ENETUNREACH}


class TcpListener:
    """Listens at one address and port. `refused` counts connections that could not be taken."""

    def __init__(
        self,
        local: Endpoint,
        settings: TcpSettings = TcpSettings(),  # noqa: B008 - a frozen value
        *,
        backlog: int = BACKLOG,
        room: int = ROOM,
    ) -> None:
        """Open it; `room` is that of each connection (`TcpStream`).

        Raises `OSError` where the port is taken or not allowed, `UsageError` for what this kernel
        lacks.
        """
        self.local = local
        self.refused = 0
        self._room = room
        self._socket = open_tcp(local.address.version, settings)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind(name_for(local.address, local.port, settings.interface))
            self._socket.listen(backlog)
        except OSError as error:
            self._socket.close()
            raise OSError(error.errno, f"TCP {local}: {error.strerror}") from None

    def fileno(self) -> int:
        """The descriptor; -1 when closed."""
        return self._socket.fileno()

    def require_md5(self, key: Md5Key) -> None:
        """Take these peers only with this key; connections that stand keep theirs."""
        require_md5(self._socket, key)

    def forget_md5(self, key: Md5Key) -> None:
        """Take these peers without a key."""
        forget_md5(self._socket, key)

    def accept(self, limit: int = 16) -> list[TcpStream]:
        """Give at most `limit` new connections; they have the listener's keys and settings."""
        found: list[TcpStream] = []
        for _ in range(limit):
            try:
                opened, name = self._socket.accept()
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno in _OF_ONE:
                    continue
                self.refused += 1  # EMFILE, ENOMEM: it waits until there is room
                break
            opened.setblocking(False)
            found.append(TcpStream(opened, endpoint_of(name), is_connected=True, room=self._room))
        return found

    def close(self) -> None:
        """Accept no more; connections that were accepted stay."""
        self._socket.close()
