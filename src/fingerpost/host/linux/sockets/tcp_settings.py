"""How a TCP session of a routing protocol is opened, whichever end opens it."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.options import INTERNETWORK_CONTROL, TCP_NOTSENT_LOWAT
from fingerpost.host.linux.sockets.tcp_ao import require_ao
from fingerpost.host.linux.sockets.tcp_security import (
    Md5Key,
    drop_below,
    require_md5,
)

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.host.linux.sockets.datagrams import SocketName
    from fingerpost.host.linux.sockets.tcp_ao import AoKeys

FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
UNSENT_MOST = 1 << 18  # what the kernel holds that it may not send yet: more makes news late


@dataclass(frozen=True, slots=True)
class TcpSettings:
    """`interface`: a name; nothing comes or goes elsewhere. `hop_limit` of what is sent, None
    leaves it to the kernel; what comes with less than `least_hop_limit` is dropped (RFC 5082 3).
    """

    interface: str | None = None
    keys: tuple[Md5Key, ...] = ()
    hop_limit: int | None = None
    least_hop_limit: int | None = None
    ao: AoKeys | None = None

    def __post_init__(self) -> None:
        """Refuse hop limits that no packet has."""
        for value in (self.hop_limit, self.least_hop_limit):
            if value is not None and not 1 <= value <= 255:
                raise UsageError(f"hop limit {value} for TCP, expected 1 to 255")


def open_tcp(family: int, settings: TcpSettings) -> socket.socket:
    """Make a socket with its settings applied; closes it if one of them cannot be.

    Raises `UsageError` for what this kernel lacks, `OSError` for an interface that is not there.
    """
    kind = socket.SOCK_STREAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
    opened = socket.socket(FAMILIES[family], kind)
    try:
        _apply(opened, family, settings)
    except BaseException:
        opened.close()
        raise
    return opened


def _apply(opened: socket.socket, family: int, settings: TcpSettings) -> None:
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened.setsockopt(socket.IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_MOST)
    if settings.interface is not None:
        name = settings.interface.encode() + b"\0"
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name)
    if family == 4:
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, INTERNETWORK_CONTROL)
    else:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, INTERNETWORK_CONTROL)
    for key in settings.keys:
        if key.peers.version == family:
            require_md5(opened, key)
    if settings.ao is not None and settings.ao.peers.version == family:
        require_ao(opened, settings.ao, begins=True)
    limit_hops(opened, family, settings.hop_limit, settings.least_hop_limit)


def limit_hops(opened: socket.socket, family: int, sent: int | None, least: int | None) -> None:
    """Send with this hop limit, and drop what comes with less; None: the kernel's, and nothing."""
    if family == 4:
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, -1 if sent is None else sent)
    else:
        hops = -1 if sent is None else sent
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, hops)
    drop_below(opened, family, least or 0)


def name_for(address: Address, port: int, interface: str | None) -> SocketName:
    """An address as sockets take it; a link-local one needs its interface.

    Raises `UsageError` where that is missing, `OSError` where it is not there.
    """
    text = str(address.without_zone)
    if address.version == 4:
        return (text, port)
    zone = address.zone or interface
    if not address.is_link_local:
        return (text, port, 0, 0)
    if zone is None:
        raise UsageError(f"{address} is link-local and needs an interface: {address}%NAME")
    return (text, port, 0, socket.if_nametoindex(zone))
