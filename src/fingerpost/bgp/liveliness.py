"""BFD as the one who knows first that a neighbour is gone (RFC 5882 10.2, RFC 9384).

It is asked to watch a neighbour once its session is Established. What it finds then ends the
session with Cease/BFD Down, unless somebody switched BFD off: then the hold timer alone counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.constants import CeaseError
from fingerpost.protocol.events import NeighborReachability, UnwatchNeighbor, WatchNeighbor

if TYPE_CHECKING:
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.session import Session

KEY = "bgp"


class Liveliness:
    """What is asked of BFD."""

    def __init__(self, bgp: Bgp) -> None:
        """Nothing."""
        self._bgp = bgp

    def watch(self, peer: Peer, session: Session) -> None:
        """A session is Established."""
        timers, remote = peer.config.bfd, session.remote
        if timers is None or remote is None:
            self.unwatch(peer)
            return
        bare = remote.without_zone
        is_far = peer.config.hops > 1
        place = None
        if not is_far:
            place = peer.interface or self._bgp.links.toward(bare)
            is_far = place is None
        hops = max(peer.config.hops, 2 if is_far else 1)
        if peer.watched not in (None, (place, bare)):
            self.unwatch(peer)
        peer.watched = (place, bare)
        local = None if session.local is None else session.local.without_zone
        self._bgp.put(WatchNeighbor(KEY, place, local, bare, timers, hops))

    def unwatch(self, peer: Peer) -> None:
        """Ask no more."""
        if peer.watched is not None:
            place, remote = peer.watched
            peer.watched = None
            self._bgp.put(UnwatchNeighbor(KEY, place, remote))

    def told(self, event: NeighborReachability) -> None:
        """BFD says that a neighbour is reached, or is not any more."""
        if event.is_up or event.is_administrative:
            return
        for peer in list(self._bgp.peers.values()):
            if peer.watched == (event.interface, event.address) and peer.established is not None:
                peer.reset(CeaseError.BFD_DOWN)
