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
_NEW, _GONE, _GET = 24, 25, 26
_DUMP = 0x301  # NLM_F_REQUEST, NLM_F_DUMP
_END = 3  # NLMSG_DONE
_LEARNED = (12, 188)  # protocols of routes: BIRD, and OSPF of FRR
_DESTINATION = 1  # RTA_DST
_LIBC = ctypes.CDLL(None, use_errno=True)


def _socket_in(space: str, groups: int) -> socket.socket:
    """A socket of routing netlink in a namespace; the namespace of the caller stays what it is."""
    made: list[socket.socket] = []

    def open_there() -> None:
        with Path("/run/netns", space).open() as held:
            if _LIBC.setns(held.fileno(), _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        one = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        one.bind((0, groups))
        made.append(one)

    thread = threading.Thread(target=open_there)
    thread.start()
    thread.join()
    (one,) = made
    return one


class Table:
    """The IPv4 routes of a namespace that a routing daemon has put there."""

    def __init__(self, space: str) -> None:
        """Be ready to ask."""
        self._socket = _socket_in(space, 0)
        self._socket.settimeout(30)

    def close(self) -> None:
        """Ask no more."""
        self._socket.close()

    def learned(self) -> frozenset[tuple[bytes, int]]:
        """Network and length of each."""
        message = struct.pack("=IHHII", 28, _GET, _DUMP, 1, 0)
        self._socket.send(message + struct.pack("=BBBBBBBBI", socket.AF_INET, *[0] * 8))
        found = set()
        while True:
            for kind, body in _messages(self._socket.recv(1 << 17)):
                if kind == _END:
                    return frozenset(found)
                if kind == _NEW and body[5] in _LEARNED:
                    found.add((_destination(body), body[1]))


class Watch:
    """Hears of routes in a namespace; instants are those of the monotonic clock."""

    def __init__(self, space: str) -> None:
        """Begin to listen."""
        self._socket = _socket_in(space, _RTMGRP_IPV4_ROUTE)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 1 << 26)

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


def _destination(body: bytes) -> bytes:
    at = 12
    while at + 4 <= len(body):
        length, kind = struct.unpack_from("=HH", body, at)
        if kind == _DESTINATION:
            return body[at + 4 : at + length]
        at += max((length + 3) & ~3, 4)
    return bytes(4)
