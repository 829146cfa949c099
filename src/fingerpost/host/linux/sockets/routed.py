"""IP packets of one protocol that leave where the kernel's table leads: OSPF's virtual links.

Such a socket only speaks. What comes back is for the sockets of the interfaces (`raw.py`), so the
kernel is told to give it nothing at all.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from collections import Counter
from typing import TYPE_CHECKING

from fingerpost.host.linux.sockets.ancillary import orders
from fingerpost.host.linux.sockets.datagrams import FAMILIES, name_of
from fingerpost.host.linux.sockets.options import INTERNETWORK_CONTROL

if TYPE_CHECKING:
    from fingerpost.addr import Address

_SO_ATTACH_FILTER = 26
_TAKE_NOTHING = struct.pack("=HBBI", 0x06, 0, 0, 0)  # BPF_RET | BPF_K 0, linux/filter.h
_ANY_INTERFACE = 0


class RoutedSocket:
    """Speaks one IP protocol; `counters`: "out", "send EXXX" (could not be sent, by errno)."""

    def __init__(self, family: int, protocol: int) -> None:
        """Open it in this thread's network namespace; raises `OSError`."""
        self.family = family
        self.counters: Counter[str] = Counter()
        kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
        self._socket = socket.socket(FAMILIES[family], kind, protocol)
        try:
            self._prepare()
        except BaseException:
            self._socket.close()
            raise

    def _prepare(self) -> None:
        program = ctypes.create_string_buffer(_TAKE_NOTHING, len(_TAKE_NOTHING))
        given = struct.pack("@HP", 1, ctypes.addressof(program))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, given)
        if self.family == 4:
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, INTERNETWORK_CONTROL)
        else:
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, INTERNETWORK_CONTROL)

    def send(
        self, source: Address | None, destination: Address, hop_limit: int, payload: bytes
    ) -> None:
        """Send a packet; `source` None: the kernel chooses. Raises `OSError`, after counting it;
        what finds no room is lost, as on the wire.
        """
        order = orders(self.family, _ANY_INTERFACE, source, hop_limit)
        try:
            self._socket.sendmsg([payload], order, 0, (str(destination.without_zone), 0))
        except OSError as error:
            self.counters[f"send {name_of(error)}"] += 1
            raise
        self.counters["out"] += 1

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
