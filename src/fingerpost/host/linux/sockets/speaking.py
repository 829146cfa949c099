"""UDP from a port of its own, for sending alone: BFD gives each session one (RFC 5881 4).

What is sent to such a port is for nobody, so the kernel is told to give it nothing at all.
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
from collections import Counter
from typing import TYPE_CHECKING

from fingerpost.host.linux.sockets.ancillary import orders
from fingerpost.host.linux.sockets.datagrams import FAMILIES, name_of
from fingerpost.host.linux.sockets.options import INTERNETWORK_CONTROL
from fingerpost.host.protocol_sources import sources_for

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.host.linux.kernel_interface import KernelInterface

_SO_ATTACH_FILTER = 26
_TAKE_NOTHING = struct.pack("=HBBI", 0x06, 0, 0, 0)  # BPF_RET | BPF_K 0, linux/filter.h
_ANY_INTERFACE = 0


class SpeakingSocket:
    """Speaks from one port, on one interface or where the table leads (`interface` None).

    `counters`: "out", "send EXXX" (could not be sent, by errno).
    """

    def __init__(self, family: int, port: int, interface: KernelInterface | None) -> None:
        """Open it in this thread's network namespace; raises `OSError` where it is taken."""
        self.family = family
        self.interface = interface
        self.counters: Counter[str] = Counter()
        kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
        self._socket = socket.socket(FAMILIES[family], kind)
        try:
            self._prepare()
            self._socket.bind(("0.0.0.0" if family == 4 else "::", port))
        except BaseException:
            self._socket.close()
            raise

    def _prepare(self) -> None:
        opened, level = self._socket, socket.IPPROTO_IPV6
        program = ctypes.create_string_buffer(_TAKE_NOTHING, len(_TAKE_NOTHING))
        given = struct.pack("@HP", 1, ctypes.addressof(program))
        opened.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, given)
        if self.interface is not None:
            name = self.interface.name.encode() + b"\0"
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name)
        if self.family == 4:
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, INTERNETWORK_CONTROL)
        else:
            opened.setsockopt(level, socket.IPV6_V6ONLY, 1)
            opened.setsockopt(level, socket.IPV6_TCLASS, INTERNETWORK_CONTROL)

    def send(
        self,
        source: Address | None,
        destination: Address,
        port: int,
        hop_limit: int,
        payload: bytes,
    ) -> None:
        """Send a datagram; `source` None: the own address that fits.

        Raises `OSError`, after counting it; what finds no room is lost, as on the wire: the next
        one says more.
        """
        try:
            order = orders(self.family, self._index, self._source(source, destination), hop_limit)
            self._socket.sendmsg([payload], order, 0, self._target(destination, port))
        except OSError as error:
            self.counters[f"send {name_of(error)}"] += 1
            raise
        self.counters["out"] += 1

    @property
    def _index(self) -> int:
        return _ANY_INTERFACE if self.interface is None else self.interface.index

    def _source(self, source: Address | None, destination: Address) -> Address | None:
        if source is not None or self.interface is None:
            return source
        sources = sources_for(destination, self.interface.addresses)
        if not sources:
            text = f"{self.interface.name} has no address of its own to send to {destination} from"
            raise OSError(errno.EADDRNOTAVAIL, text)
        return sources[0]

    def _target(
        self, destination: Address, port: int
    ) -> tuple[str, int, int, int] | tuple[str, int]:
        text = str(destination.without_zone)
        if self.family == 4:
            return (text, port)
        return (text, port, 0, self._index if destination.is_link_local else 0)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
