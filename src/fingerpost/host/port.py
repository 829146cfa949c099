"""Where a virtual network meets the machine: a device that frames are read from and written to."""

from __future__ import annotations

from typing import Protocol

BATCH = 64  # frames read at a time, so that a flood does not keep timers waiting


class Port(Protocol):
    """An Ethernet device of this machine, opened without blocking."""

    name: str

    def fileno(self) -> int:
        """The descriptor that becomes readable when frames are there."""
        ...

    def receive(self) -> list[bytes]:
        """The frames that are there, `BATCH` at most, each whole and with its checksums done."""
        ...

    def send(self, frame: bytes) -> bool:
        """Put a frame on the link; False where the device takes none now, and it is lost."""
        ...

    def close(self) -> None:
        """Give the device back; a second call does nothing."""
        ...
