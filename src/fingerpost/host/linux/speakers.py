"""`Speakers`: the sockets from which instances speak and on which they hear nothing.

Each is opened when something is first sent from its port, and closed when that is given back, with
its interface, and with its instance.
"""

from __future__ import annotations

import errno
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.host.linux.sockets.speaking import SpeakingSocket

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.host.linux.kernel_interface import KernelInterface
    from fingerpost.protocol.events import SendDatagram

Key: TypeAlias = tuple[str, str | None, int, int]  # instance, interface, family, port


class Speakers:
    """The sockets by instance, interface, version of IP and port."""

    def __init__(self) -> None:
        """None is open."""
        self._open: dict[Key, SpeakingSocket] = {}

    def send(self, instance: str, asked: SendDatagram, interface: KernelInterface | None) -> None:
        """Send a datagram; `interface` is that of `asked`, as it is now. Raises `OSError`."""
        family = asked.destination.version
        key = (instance, asked.interface, family, asked.source_port)
        one = self._open.get(key)
        if one is None:
            if asked.interface is not None and (interface is None or not interface.is_up):
                raise OSError(errno.ENETDOWN, "the interface is not up")
            one = self._open[key] = SpeakingSocket(family, asked.source_port, interface)
        one.interface = interface
        one.send(
            asked.source,
            asked.destination,
            asked.destination_port,
            asked.hop_limit,
            asked.payload,
        )

    def close(self, is_meant: Callable[[Key], bool]) -> None:
        """Close some."""
        for key in [key for key in self._open if is_meant(key)]:
            self._open.pop(key).close()

    def counters(self) -> Counter[str]:
        """What the open ones have counted, together."""
        counted: Counter[str] = Counter()
        for one in self._open.values():
            counted.update(one.counters)
        return counted
