"""What keeps strangers out of a TCP session: the MD5 option (RFC 2385) and GTSM (RFC 5082)."""

from __future__ import annotations

import errno
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.options import (
    IP_MINTTL,
    IPV6_MINHOPCOUNT,
    TCP_MD5SIG_EXT,
    TCP_SAVE_SYN,
    TCP_SAVED_SYN,
)
from fingerpost.host.linux.sockets.tcp_address import sockaddr

if TYPE_CHECKING:
    from fingerpost.addr import Prefix

LONGEST_KEY = 80  # TCP_MD5SIG_MAXKEYLEN
# struct tcp_md5sig: sockaddr_storage, flags, prefixlen, keylen, ifindex, key
_MD5SIG = struct.Struct("=128sBBHi80s")
_PREFIX, _INTERFACE = 0x1, 0x2  # TCP_MD5SIG_FLAG_PREFIX, TCP_MD5SIG_FLAG_IFINDEX


@dataclass(frozen=True, slots=True)
class Md5Key:
    """All segments from and to `peers` are signed with `key`; unsigned ones are dropped.

    `interface`: only by the interface of this index, where the kernel serves several VRFs.
    """

    peers: Prefix
    key: bytes
    interface: int = 0

    def __post_init__(self) -> None:
        """Refuse a key that the kernel has no room for."""
        if not 1 <= len(self.key) <= LONGEST_KEY:
            raise UsageError(
                f"TCP-MD5 key for {self.peers} has {len(self.key)} bytes, expected 1 to "
                f"{LONGEST_KEY}"
            )

    def __repr__(self) -> str:
        """Show all but the key."""
        return f"Md5Key({self.peers})"


def require_md5(opened: socket.socket, key: Md5Key) -> None:
    """Sign and check from now on; on a listener, for connections that it will accept.

    Raises `UsageError` where the kernel cannot.
    """
    _set_md5(opened, key, key.key)


def forget_md5(opened: socket.socket, key: Md5Key) -> None:
    """Neither sign nor check for these peers any more."""
    _set_md5(opened, key, b"")


def _set_md5(opened: socket.socket, key: Md5Key, secret: bytes) -> None:
    flags = _PREFIX | (_INTERFACE if key.interface else 0)
    option = _MD5SIG.pack(
        sockaddr(key.peers), flags, key.peers.length, len(secret), key.interface, secret
    )
    try:
        opened.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG_EXT, option)
    except OSError as error:
        if error.errno != errno.ENOPROTOOPT:
            raise
        raise UsageError("this kernel has no TCP-MD5 (CONFIG_TCP_MD5SIG)") from None


def drop_below(opened: socket.socket, family: int, least: int) -> None:
    """Drop what comes with a lower hop limit (RFC 5082 3); 0 drops nothing."""
    if family == 4:
        opened.setsockopt(socket.IPPROTO_IP, IP_MINTTL, least)
    else:
        opened.setsockopt(socket.IPPROTO_IPV6, IPV6_MINHOPCOUNT, least)


def remember_syns(listener: socket.socket) -> None:
    """Let `hop_limit_of_syn` answer for what a listener accepts."""
    listener.setsockopt(socket.IPPROTO_TCP, TCP_SAVE_SYN, 1)


def hop_limit_of_syn(opened: socket.socket) -> int | None:
    """With which hop limit the peer's SYN came, once; None where the kernel does not know (it
    answered by a cookie).

    What a listener takes from whom depends on the peer, and the kernel has one least hop limit for
    all of them. So what came before the connection has its own is told by its first packet: who
    is too far to have sent that is too far for the rest.
    """
    headers = opened.getsockopt(socket.IPPROTO_TCP, TCP_SAVED_SYN, 256)
    if len(headers) < 20:
        return None
    return headers[8] if headers[0] >> 4 == 4 else headers[7]
