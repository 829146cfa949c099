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
        self._open: dict[tuple[str, UdpPort], None] = {}

    def update(self, interface: str | None) -> None:
        """Sessions of an interface came or went, or it did; None: those over several hops.

        The latter may be heard by any interface.
        """
        names = self._links.names() if interface is None else (interface,)
        for name in names:
            is_up = self._links.is_up(name)
            for family in FAMILIES:
                near = is_up and self._sessions.has_any(name, family)
                far = is_up and self._sessions.has_any(None, family)
                self._let(name, UdpPort(family, SINGLE_HOP_PORT), is_wanted=near)
                self._let(name, UdpPort(family, MULTIHOP_PORT), is_wanted=far)

    def _let(self, name: str, port: UdpPort, *, is_wanted: bool) -> None:
        key = (name, port)
        if is_wanted and key not in self._open:
            self._open[key] = None
            self._put(ListenOn(name, port))
        elif not is_wanted and key in self._open:
            del self._open[key]
            self._put(StopListening(name, port))
