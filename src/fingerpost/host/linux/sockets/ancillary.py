"""What the kernel says beside a datagram, and what it is told beside one (cmsg(3))."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.addr import Address
from fingerpost.host.linux.sockets.options import (
    IN6_PKTINFO,
    IN_PKTINFO,
    INT,
    IP_PKTINFO,
    IP_RECVTTL,
    SO_RXQ_OVFL,
    SO_TIMESTAMPNS,
    TIMESPEC,
    UNSIGNED,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOM = 256  # bytes for all control messages that are asked for
_NOWHERE = bytes(4)


class Beside(NamedTuple):
    """What came with a datagram. `drops`: how many the socket had no room for until now.

    `came_ns` is the time of day of its coming, where the socket asks for it.
    """

    destination: Address | None = None
    hop_limit: int | None = None
    drops: int | None = None
    came_ns: int | None = None


def ask_beside(opened: socket.socket, family: int) -> None:
    """Have the kernel say what `beside` reads."""
    opened.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
    if family == 4:
        opened.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        opened.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
    else:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)


def beside(messages: Iterable[tuple[int, int, bytes]]) -> Beside:
    """Read control messages; those that nobody asked for are passed over."""
    destination = hop_limit = drops = came_ns = None
    for level, kind, data in messages:
        if level == socket.IPPROTO_IP and kind == IP_PKTINFO:
            _, _, packed = IN_PKTINFO.unpack_from(data)
            destination = Address(packed)
        elif level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
            packed, _ = IN6_PKTINFO.unpack_from(data)
            destination = Address(packed)
        elif (level, kind) in _HOP_LIMITS:
            (hop_limit,) = INT.unpack_from(data)
        elif level == socket.SOL_SOCKET and kind == SO_RXQ_OVFL:
            (drops,) = UNSIGNED.unpack_from(data)
        elif level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, rest = TIMESPEC.unpack_from(data)
            came_ns = seconds * 1_000_000_000 + rest
    return Beside(destination, hop_limit, drops, came_ns)


# the kernel says IP_TTL for what IP_RECVTTL asks
_HOP_LIMITS = {
    (socket.IPPROTO_IP, socket.IP_TTL),
    (socket.IPPROTO_IP, IP_RECVTTL),
    (socket.IPPROTO_IPV6, socket.IPV6_HOPLIMIT),
}


def orders(
    family: int, index: int, source: Address | None, hop_limit: int
) -> list[tuple[int, int, bytes]]:
    """Control messages: leave by this interface, from this address, with this hop limit."""
    if family == 4:
        packed = _NOWHERE if source is None else source.packed
        return [
            (socket.IPPROTO_IP, IP_PKTINFO, IN_PKTINFO.pack(index, packed, _NOWHERE)),
            (socket.IPPROTO_IP, socket.IP_TTL, INT.pack(hop_limit)),
        ]
    packed = bytes(16) if source is None else source.packed
    return [
        (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, IN6_PKTINFO.pack(packed, index)),
        (socket.IPPROTO_IPV6, socket.IPV6_HOPLIMIT, INT.pack(hop_limit)),
    ]
