"""Keys of TCP-AO (RFC 5925) in the kernel: Linux 6.7 and later, built with CONFIG_TCP_AO.

What a peer that has keys sends without one is dropped. A connection that is opened begins with the
first of its keys; one that is taken uses what the peer begins with, and either end may ask the
other for another of those that both have (RFC 5925 7.5.2).
"""

from __future__ import annotations

import errno
import socket
import struct
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.errors import UsageError
from fingerpost.host.linux.sockets.options import TCP_AO_ADD_KEY, TCP_AO_DEL_KEY
from fingerpost.host.linux.sockets.tcp_address import sockaddr

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.protocol.ao_keys import AoKey

# struct tcp_ao_add: sockaddr_storage, algorithm, ifindex, bits, reserved, prefix length, send id,
# receive id, length of the code, flags, length of the key, key
_ADD = struct.Struct("=128s64siIH6B80s")
# struct tcp_ao_del: sockaddr_storage, ifindex, bits, reserved, prefix length, send id, receive id,
# current key, wanted key, flags
_DELETE = struct.Struct("=128siIH6B")
_ALGORITHMS: Final = {
    "hmac-sha-1-96": (b"hmac(sha1)", 12),
    "aes-128-cmac-96": (b"cmac(aes128)", 12),
    "hmac-sha-256-128": (b"hmac(sha256)", 16),
}
# the first bits of a word of bit-fields, as compilers of either byte order lay them out
_SET_CURRENT, _SET_WANTED, _ASYNCHRONOUS = (
    1 << (at if sys.byteorder == "little" else 31 - at) for at in range(3)
)


@dataclass(frozen=True, slots=True)
class AoKeys:
    """All segments from and to `peers` are signed by one of `keys`; others are dropped."""

    peers: Prefix
    keys: tuple[AoKey, ...]


def require_ao(opened: socket.socket, held: AoKeys, *, begins: bool = False) -> None:
    """Sign and check from now on; on a listener, for connections that it will accept.

    `begins`: the first key signs, and is asked for. Raises `UsageError` where the kernel cannot.
    """
    for place, key in enumerate(held.keys):
        _set(opened, TCP_AO_ADD_KEY, added(held.peers, key, is_first=begins and not place), key)


def forget_ao(listener: socket.socket, held: AoKeys) -> None:
    """Take keys away from a listener; connections that were accepted keep theirs."""
    for key in held.keys:
        _set(listener, TCP_AO_DEL_KEY, deleted(held.peers, key), key)


def added(peers: Prefix, key: AoKey, *, is_first: bool = False) -> bytes:
    """The option that adds a key."""
    name, length = _ALGORITHMS[key.algorithm]
    bits = _SET_CURRENT | _SET_WANTED if is_first else 0
    ids = key.send_id, key.receive_id
    return _ADD.pack(
        *(sockaddr(peers), name, 0, bits, 0, peers.length, *ids, length, 0),
        *(len(key.secret), key.secret),
    )


def deleted(peers: Prefix, key: AoKey) -> bytes:
    """The option that takes it away again, from a listener."""
    ids = key.send_id, key.receive_id
    return _DELETE.pack(sockaddr(peers), 0, _ASYNCHRONOUS, 0, peers.length, *ids, 0, 0, 0)


def _set(opened: socket.socket, option: int, value: bytes, key: AoKey) -> None:
    try:
        opened.setsockopt(socket.IPPROTO_TCP, option, value)
    except OSError as error:
        raise UsageError(_reason(error, key)) from None


def _reason(error: OSError, key: AoKey) -> str:
    if error.errno == errno.ENOPROTOOPT:
        return (
            "this kernel has no TCP-AO (Linux 6.7 with CONFIG_TCP_AO); use TCP-MD5 keys, with GTSM "
            "where the peer is near"
        )
    return f"TCP-AO key {key}: {error.strerror}"
