"""BFD as the one who knows first that a neighbour is gone (RFC 5882 4.3).

A session is asked for with each neighbour that is heard, where the interface says so, until it is
heard no more. When the session falls, the neighbour is gone at once, and all that was learned of
it lost; it is one again when its next update is heard. While a session was never up, and when
somebody has switched it off, the timeout alone counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.protocol.events import UnwatchNeighbor, WatchNeighbor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fingerpost.protocol.events import NeighborReachability, Output, WatchTimers
    from fingerpost.rip.complaints import Complaints
    from fingerpost.rip.neighbors import Neighbor, Neighbors
    from fingerpost.rip.table import RouteTable

KEY = "rip"


class Liveliness:
    """The BFD sessions that an instance asks for."""

    def __init__(
        self,
        table: RouteTable,
        neighbors: Neighbors,
        complaints: Complaints,
        put: Callable[[Output], None],
    ) -> None:
        """None is asked for."""
        self._table = table
        self._neighbors = neighbors
        self._complaints = complaints
        self._put = put

    def watch(self, neighbor: Neighbor, wanted: WatchTimers | None) -> None:
        """Ask for a session with one that is heard, as its interface wants it."""
        if wanted is None:
            self.unwatch(neighbor)
        elif wanted != neighbor.watched:
            neighbor.watched = wanted
            self._put(WatchNeighbor(KEY, neighbor.interface, None, neighbor.address, wanted))

    def unwatch(self, neighbor: Neighbor) -> None:
        """Ask for it no more."""
        if neighbor.watched is not None:
            neighbor.watched = neighbor.is_reached = None
            self._put(UnwatchNeighbor(KEY, neighbor.interface, neighbor.address))

    def lost(self, neighbors: Iterable[Neighbor], reason: str) -> None:
        """Some are heard no more."""
        for one in neighbors:
            self.unwatch(one)
            self._complaints.lost(one, reason)

    def configure(self, now: int) -> None:
        """The configuration is another one."""
        for one in self._neighbors.all(now, self._table.config.timers.timeout_ns):
            interface = self._table.config.interface(one.interface)
            self.watch(one, None if interface is None else interface.bfd)

    def told(self, event: NeighborReachability, now: int) -> None:
        """BFD says that a neighbour is reached, or is not any more."""
        timeout_ns = self._table.config.timers.timeout_ns
        interface = event.interface or ""
        neighbor = self._neighbors.find(interface, event.address, now, timeout_ns)
        if neighbor is None or neighbor.watched is None:
            return
        neighbor.is_reached = event.is_up
        if not (event.is_up or event.is_administrative):
            neighbor.is_silent = True
            self.lost([neighbor], f"BFD: {event.reason}")
            self._table.learned.lose(interface, now, neighbor.address)
