"""What the kernel of a namespace says of routes, as it says it."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import threading
from pathlib import Path
from time import monotonic_ns

_CLONE_NEWNET = 0x4000_0000
_SO_RCVBUFFORCE = 33
_RTMGRP_IPV4_ROUTE = 0x40
_NEW, _GONE = 24, 25
_LIBC = ctypes.CDLL(None, use_errno=True)


class Watch:
    """Hears of routes in a namespace; instants are those of the monotonic clock."""

    def __init__(self, space: str) -> None:
        """Begin to listen."""
        made: list[socket.socket] = []

        def open_there() -> None:
            with Path("/run/netns", space).open() as held:
                if _LIBC.setns(held.fileno(), _CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
            one = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
            one.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 1 << 26)
            one.bind((0, _RTMGRP_IPV4_ROUTE))
            made.append(one)

        thread = threading.Thread(target=open_there)
        thread.start()
        thread.join()
        (self._socket,) = made

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()

    def fill(self, count: int, patience_s: float) -> int:
        """The instant at which so many routes have come."""
        self._socket.settimeout(patience_s)
        seen = 0
        while seen < count:
            data = self._socket.recv(1 << 20)
            seen += sum(kind == _NEW for kind, _ in _messages(data))
        return monotonic_ns()

    def change(self, prefix: bytes, patience_s: float) -> int:
        """The instant at which something is said of a prefix."""
        self._socket.settimeout(patience_s)
        while True:
            data = self._socket.recv(1 << 20)
            if any(kind in (_NEW, _GONE) and prefix in body for kind, body in _messages(data)):
                return monotonic_ns()


def _messages(data: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at + 16 <= len(data):
        length, kind = struct.unpack_from("=IH", data, at)
        found.append((kind, data[at + 16 : at + length]))
        at += (length + 3) & ~3
    return found
