"""UDP on one interface: RIP's port 520, RIPng's 521."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from fingerpost.host.linux.sockets.datagrams import FAMILIES, DatagramSocket
from fingerpost.host.linux.sockets.options import INTERNETWORK_CONTROL, SO_TIMESTAMPNS

if TYPE_CHECKING:
    from fingerpost.host.linux.kernel_interface import KernelInterface


class UdpSocket(DatagramSocket):
    """Hears and speaks on one port: what comes to the interface by unicast, by broadcast, and to
    groups that were joined. The port is not shared: another daemon that has it is told of.
    """

    def __init__(self, interface: KernelInterface, family: int, port: int) -> None:
        """Open it; raises `OSError` where the port is taken (EADDRINUSE) or needs a right
        (EACCES, EPERM: CAP_NET_BIND_SERVICE below port 1024).
        """
        kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC
        super().__init__(socket.socket(FAMILIES[family], kind), family, interface)
        self.port = port
        try:
            self._bind()
        except OSError as error:
            self.close()
            raise _explained(error, interface.name, port) from None

    def _bind(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        if self.family == 4:
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, INTERNETWORK_CONTROL)
            self._socket.bind(("", self.port))
        else:
            level = socket.IPPROTO_IPV6
            self._socket.setsockopt(level, socket.IPV6_V6ONLY, 1)
            self._socket.setsockopt(level, socket.IPV6_TCLASS, INTERNETWORK_CONTROL)
            self._socket.bind(("::", self.port))


def _explained(error: OSError, name: str, port: int) -> OSError:
    why = {
        errno.EADDRINUSE: "taken: another routing daemon runs here",
        errno.EACCES: "not allowed: CAP_NET_BIND_SERVICE is needed",
    }.get(error.errno or 0, error.strerror or "not to be had")
    return OSError(error.errno, f"UDP port {port} on {name} is {why}")
