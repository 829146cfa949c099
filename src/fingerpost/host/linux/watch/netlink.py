"""The socket by which the kernel tells of interfaces and addresses (netlink(7), rtnetlink(7))."""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
from enum import Enum

from fingerpost.host.linux.sockets.options import SO_RCVBUFFORCE
from fingerpost.host.linux.watch.decode import DUMP, GET_ADDRESS, GET_LINK, HEADER, REQUEST

LARGEST = 65_536  # the kernel writes answers into as much room as the reader has, up to 32 kB
BUFFER = 1 << 22  # the kernel counts some 2 kB for each small message
_GROUPS = 0x1 | 0x10 | 0x100  # RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR
_LINK_HEADER = struct.Struct("=BxHiII")
_ADDRESS_HEADER = struct.Struct("=BBBBi")
# IFLA_EXT_MASK with RTEXT_FILTER_SKIP_STATS: nobody here reads an interface's statistics
_NO_STATISTICS = struct.pack("=HHI", 8, 29, 8)


class Overrun(Exception):  # noqa: N818 - no fault of anybody: messages were lost
    """The kernel had more to tell than there was room for, and dropped some of it."""


class Asked(Enum):
    """What the kernel may be asked to tell everything of."""

    LINKS = GET_LINK
    ADDRESSES = GET_ADDRESS


class LinkSocket:
    """A socket that hears of every change of interfaces and addresses from its making on.

    It belongs to the network namespace that its maker was in. Raises `OSError` where there is no
    netlink.
    """

    def __init__(self, buffer: int = BUFFER) -> None:
        """`buffer` is room for changes that nobody has read yet, in bytes."""
        self._sequence = 0
        kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
        self._socket = socket.socket(socket.AF_NETLINK, kind, socket.NETLINK_ROUTE)
        try:
            self._make_room(buffer)
            self._socket.bind((0, _GROUPS))
        except OSError:
            self._socket.close()
            raise

    def _make_room(self, buffer: int) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        with contextlib.suppress(PermissionError):  # beyond net.core.rmem_max: CAP_NET_ADMIN
            self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, buffer)

    def fileno(self) -> int:
        """The descriptor; -1 when closed."""
        return self._socket.fileno()

    def receive(self) -> bytes | None:
        """The next messages; None when there are none. Raises `Overrun` once when some are lost."""
        try:
            return self._socket.recv(LARGEST)
        except BlockingIOError:
            return None
        except OSError as error:
            if error.errno == errno.ENOBUFS:
                raise Overrun from None
            raise

    def ask(self, what: Asked) -> int:
        """Ask for all of one kind; gives the number that the answer carries."""
        self._sequence += 1
        body = _ADDRESS_HEADER.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
        if what is Asked.LINKS:
            body = _LINK_HEADER.pack(socket.AF_UNSPEC, 0, 0, 0, 0) + _NO_STATISTICS
        length = HEADER.size + len(body)
        header = HEADER.pack(length, what.value, REQUEST | DUMP, self._sequence, 0)
        self._socket.send(header + body)
        return self._sequence

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
