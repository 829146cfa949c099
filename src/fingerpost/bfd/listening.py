"""On which interfaces the ports of BFD are heard: where sessions are, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bfd.constants import MULTIHOP_PORT, SINGLE_HOP_PORT
from fingerpost.protocol.events import ListenOn, StopListening
from fingerpost.protocol.instance import UdpPort

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.bfd.links import Links
    from fingerpost.bfd.sessions import Sessions
    from fingerpost.protocol.events import Output

FAMILIES = (4, 6)


class Listening:
    """Has the host open and close what `sessions` need; `put` takes what it is asked."""

    def __init__(self, sessions: Sessions, links: Links, put: Callable[[Output], None]) -> None:
        """Nothing is heard."""
        self._sessions = sessions
        self._links = links
        self._put = put
        self._open: set[tuple[str | None, int]] = set()

    def update(self, interface: str | None) -> None:
        """Sessions of an interface came or went, or it did; None: those over several hops."""
        is_up = self._links.is_up(interface)
        for family in FAMILIES:
            key = (interface, family)
            port = UdpPort(family, MULTIHOP_PORT if interface is None else SINGLE_HOP_PORT)
            is_wanted = is_up and self._sessions.has_any(interface, family)
            if is_wanted and key not in self._open:
                self._open.add(key)
                self._put(ListenOn(interface, port))
            elif not is_wanted and key in self._open:
                self._open.discard(key)
                self._put(StopListening(interface, port))
