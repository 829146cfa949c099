"""Small UDP services that a host may offer, to have somebody to talk to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.host.udp import Datagram, UdpSocket
    from fingerpost.host.virtual import VirtualHost
    from fingerpost.router.router import Output

ECHO, DISCARD = 7, 9
_SYSTEM_PORTS = 1024  # RFC 6335 6


def serve_echo(host: VirtualHost, port: int = ECHO) -> UdpSocket:
    """Answer each datagram with itself (RFC 862), except one that comes from a system port.

    Two such services that answered each other would never end.
    """

    def answer(datagram: Datagram, now: int) -> list[Output]:
        if datagram.source_port < _SYSTEM_PORTS or datagram.destination.is_multicast:
            return []
        return socket.send_to(datagram.data, datagram.source, datagram.source_port, now)

    socket = host.udp.open(port, on_receive=answer)
    return socket


def serve_discard(host: VirtualHost, port: int = DISCARD) -> UdpSocket:
    """Take datagrams and say nothing (RFC 863)."""

    def ignore(_datagram: Datagram, _now: int) -> list[Output]:
        return []

    return host.udp.open(port, on_receive=ignore)


SERVICES = {"echo": serve_echo, "discard": serve_discard}
