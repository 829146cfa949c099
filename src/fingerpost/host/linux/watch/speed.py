"""How fast a link is, which netlink does not tell and drivers do (ethtool, SIOCETHTOOL)."""

from __future__ import annotations

import ctypes
import fcntl
import socket
import struct

_SIOCETHTOOL = 0x8946
_GET = 1  # ETHTOOL_GSET, linux/ethtool.h: every driver answers it, by way of its successor
_SPEED = struct.Struct("=12x H 14x H")  # struct ethtool_cmd: its speed, and what is beyond 16 bits
_ROOM = 64
_REQUEST = struct.Struct("@16sP")
_UNKNOWN = (0, 0xFFFF, 0xFFFFFFFF)
MEGABIT = 1_000_000
LONGEST_NAME = 15


class SpeedReader:
    """Asks for speeds in the network namespace that its maker was in."""

    def __init__(self) -> None:
        """Open it; raises `OSError`."""
        kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC
        self._socket = socket.socket(socket.AF_INET, kind)

    def read(self, name: str) -> int | None:
        """The speed of an interface in bit/s; None where its driver does not know."""
        encoded = name.encode()
        if len(encoded) > LONGEST_NAME:
            return None
        room = ctypes.create_string_buffer(struct.pack("=I", _GET), _ROOM)
        request = _REQUEST.pack(encoded, ctypes.addressof(room))
        try:
            fcntl.ioctl(self._socket, _SIOCETHTOOL, request)
        except OSError:  # no such driver, or no such interface any more
            return None
        low, high = _SPEED.unpack_from(room.raw)
        megabits = high << 16 | low
        return None if megabits in _UNKNOWN else megabits * MEGABIT

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
