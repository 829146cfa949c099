"""Addresses of peers as options of TCP have them: the first of a prefix, no port."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost.addr import Prefix

_SOCKADDR_IN = struct.Struct("=HH4s")
_SOCKADDR_IN6 = struct.Struct("=HHI16sI")


def sockaddr(peers: Prefix) -> bytes:
    """As a `sockaddr_in` or `sockaddr_in6`; what is behind it is zero."""
    packed = peers.network.packed
    if peers.version == 4:
        return _SOCKADDR_IN.pack(socket.AF_INET, 0, packed)
    return _SOCKADDR_IN6.pack(socket.AF_INET6, 0, 0, packed, 0)
