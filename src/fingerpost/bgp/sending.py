"""What neighbours are owed by the core goes out: whole messages, a window of octets at a time.

The host has at most `MOST` octets of a session that did not go yet; it gets more when less than
`LEAST` are left. So a neighbour that stops reading costs that much, and no other waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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
        data = self._bgp.table.outgoing(
            peer.number, min(CHUNK, MOST - session.unsent), self._bgp.now
        )
        if data:
            session.send(data)
            self._bgp.monitoring.sent(peer, data)
            peer.tally.octets_out += len(data)
        return len(data)

    def next_deadline(self) -> int | None:
        """When something that waits for its time may be told (RFC 4271 9.2.1.1)."""
        return self._bgp.table.told_deadline()

    def pass_time(self) -> None:
        """Who waits for the time that has come is owed something."""
        due = self.next_deadline()
        if due is not None and due <= self._bgp.now:
            self.all_may_be_owed()

    def went(self, peer: Peer, unsent: int) -> None:
        """The host got rid of something."""
        if unsent < LEAST:
            self._waiting[peer] = None
