"""What neighbours are owed by the core goes out: whole messages, a window of octets at a time.

With an advertisement interval all that changed meanwhile is told at once when it is over: it holds
for the neighbour as a whole, as in other daemons, withdrawals included (RFC 4271 9.2.1.1).

The host has at most `MOST` octets of a session that did not go yet; it gets more when less than
`LEAST` are left. So a neighbour that stops reading costs that much, and no other waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.timers import Timer, jittered

if TYPE_CHECKING:
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer

MOST: Final = 512 << 10
LEAST: Final = 256 << 10
CHUNK: Final = 64 << 10
SLICE: Final = 2 << 20
"""Octets that are handed out at a time to all together."""


class Sending:
    """Serves the neighbours in turn."""

    def __init__(self, bgp: Bgp) -> None:
        """Nobody is owed anything."""
        self._bgp = bgp
        self._waiting: dict[Peer, None] = {}  # who may be owed something, in turn
        self._telling: dict[Peer, None] = {}  # who is in the middle of being told

    def all_may_be_owed(self) -> None:
        """The tables changed."""
        for peer in self._bgp.peers.values():
            if peer.established is not None:
                self._waiting[peer] = None

    def may_be_owed(self, peer: Peer) -> None:
        """One neighbour may be owed something."""
        self._waiting[peer] = None

    def forget(self, peer: Peer) -> None:
        """It is owed nothing."""
        self._waiting.pop(peer, None)
        self._telling.pop(peer, None)
        self._bgp.timers.stop((Timer.INTERVAL, peer, None))

    def settle(self) -> bool:
        """Hand a slice out; True: somebody who has room is owed more."""
        left = SLICE
        while self._waiting and left > 0:
            peer = next(iter(self._waiting))
            del self._waiting[peer]
            sent = self._serve(peer)
            left -= sent
            if sent:
                self._waiting[peer] = None
        return bool(self._waiting)

    def _serve(self, peer: Peer) -> int:
        """Hand out what one neighbour has room for, within limits; gives how much that was."""
        session = peer.established
        if session is None or (session.unsent >= LEAST and session.unsent + CHUNK > MOST):
            return 0
        if self._rests(peer):
            return 0
        data = self._bgp.table.outgoing(peer.number, min(CHUNK, MOST - session.unsent))
        if data:
            session.send(data)
            self._bgp.monitoring.sent(peer, data)
            peer.tally.octets_out += len(data)
        if peer.config.timers.advertisement_ns:
            self._note(peer, has_more=bool(data))
        return len(data)

    def _rests(self, peer: Peer) -> bool:
        return self._bgp.timers.instant((Timer.INTERVAL, peer, None)) is not None

    def _note(self, peer: Peer, *, has_more: bool) -> None:
        """When all is told that there is, a neighbour hears nothing more for the interval."""
        if has_more:
            self._telling[peer] = None
        elif peer in self._telling:
            del self._telling[peer]
            wait = jittered(peer.config.timers.advertisement_ns, self._bgp.rng)
            self._bgp.timers.start((Timer.INTERVAL, peer, None), self._bgp.now + wait)

    def went(self, peer: Peer, unsent: int) -> None:
        """The host got rid of something."""
        if unsent < LEAST:
            self._waiting[peer] = None
