"""BFD as the one who knows first that a neighbour is gone (RFC 5882 4.3, 10.1).

A session is asked for once both hear each other. Its end ends the neighbour at once, unless
somebody switched it off: then Hellos alone count again, as they do while BFD was never up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.faults import Fault, Reason
from fingerpost.ospf.neighbor_state import NeighborEvent
from fingerpost.protocol.events import UnwatchNeighbor, WatchNeighbor, WatchTimers

if TYPE_CHECKING:
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.neighbor import Neighbor
    from fingerpost.protocol.events import NeighborReachability

KEY = "ospf"


class Liveliness:
    """The BFD sessions that an instance asks for."""

    def __init__(self, ospf: Ospf) -> None:
        """None is asked for."""
        self._ospf = ospf

    def watch(self, neighbor: Neighbor) -> None:
        """Ask for a session with a neighbour, or for other times of the one that there is."""
        interface = neighbor.interface
        settings = interface.config.bfd
        if settings is None or interface.is_virtual:
            self.unwatch(neighbor)
            return
        if neighbor.watched is not None and neighbor.watched != neighbor.address:
            self.unwatch(neighbor)
        neighbor.watched = neighbor.address
        timers = WatchTimers(settings.transmit_ns, settings.receive_ns, settings.multiplier)
        self._ospf.put(
            WatchNeighbor(KEY, interface.name, interface.address, neighbor.address, timers)
        )

    def unwatch(self, neighbor: Neighbor) -> None:
        """Ask for it no more."""
        if neighbor.watched is not None:
            self._ospf.put(UnwatchNeighbor(KEY, neighbor.interface.name, neighbor.watched))
            neighbor.watched = neighbor.is_reached = None

    def told(self, event: NeighborReachability) -> None:
        """BFD says that a neighbour is reached, or is not any more."""
        interface = self._ospf.interfaces.get(event.interface or "")
        if interface is None:
            return
        for neighbor in list(interface.neighbors.values()):
            if neighbor.watched != event.address:
                continue
            neighbor.is_reached = event.is_up
            if not (event.is_up or event.is_administrative or neighbor.is_helped):
                reason = Reason(Fault.BFD, event.reason)
                self._ospf.adjacencies.happen(neighbor, NeighborEvent.KILL_NBR, reason)
