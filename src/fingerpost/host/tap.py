"""A TAP device: the kernel's end is an ordinary interface, ours a file of Ethernet frames.

Linux Documentation/networking/tuntap.rst. Without the virtio header the kernel computes checksums
and cuts large segments before it hands a frame over, so what is read is what a wire would carry.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct

from fingerpost.errors import UsageError
from fingerpost.host.port import BATCH

_TUNSETIFF = 0x400454CA
_IFF_TAP = 0x0002
_IFF_NO_PI = 0x1000
_LARGEST = 65536 + 18
# the interface is down, or its queue is full: what a wire would lose
_LOST = {errno.EIO, errno.EAGAIN, errno.ENOBUFS, errno.ENETDOWN}


class TapPort:
    """A TAP device made by `open`; it is gone when it is closed, unless it is persistent.

    It may be moved into another network namespace while it is open (`ip link set NAME netns X`):
    the descriptor stays with it.
    """

    def __init__(self, name: str) -> None:
        """Make or join the device `name`.

        Raises `UsageError` for a name that Linux does not take, `OSError` without the right to.
        """
        if not 0 < len(name.encode()) < 16 or "/" in name or name != name.strip():
            raise UsageError(f"{name!r} is no device name; Linux takes 1 to 15 bytes without '/'")
        self.name = name
        self._fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            request = struct.pack("16sH22x", name.encode(), _IFF_TAP | _IFF_NO_PI)
            fcntl.ioctl(self._fd, _TUNSETIFF, request)
        except OSError as error:
            os.close(self._fd)
            raise OSError(error.errno, error.strerror, name) from None

    def fileno(self) -> int:
        """The descriptor; -1 when closed."""
        return self._fd

    def receive(self) -> list[bytes]:
        """The frames that the kernel has sent into the device."""
        frames: list[bytes] = []
        while len(frames) < BATCH:
            try:
                frames.append(os.read(self._fd, _LARGEST))
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno in _LOST:
                    break
                raise
        return frames

    def send(self, frame: bytes) -> bool:
        """Hand the kernel a frame as if it came in by the wire."""
        try:
            os.write(self._fd, frame)
        except OSError as error:
            if error.errno in _LOST:
                return False
            raise
        return True

    def close(self) -> None:
        """Close the device."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
