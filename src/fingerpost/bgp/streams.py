"""TCP connections by the numbers that the host knows them by, and those that nobody is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.constants import CeaseError, ErrorCode
from fingerpost.bgp.packet import Notification
from fingerpost.bgp.stream_options import options_of
from fingerpost.protocol.events import CloseStream, OpenStream, SendStream, StreamAccepted

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.session import Session

STRANGERS_MOST = 64
"""How many are remembered of those who connect and are no neighbours, the last first to go."""
_REJECTED = Notification(ErrorCode.CEASE, CeaseError.CONNECTION_REJECTED).encode()


class Streams:
    """Which session is behind which connection."""

    def __init__(self, bgp: Bgp) -> None:
        """Without connections."""
        self._bgp = bgp
        self._sessions: dict[int, Session] = {}
        self._last = 0
        self.strangers: dict[Address, tuple[int, int]] = {}  # how often, and when last
        self.rejected = 0

    def __len__(self) -> int:
        """How many there are."""
        return len(self._sessions)

    def find(self, stream: int) -> Session | None:
        """The session behind a number."""
        return self._sessions.get(stream)

    def open(self, session: Session) -> int:
        """Ask for a connection to the neighbour of a session; gives its number."""
        bgp, peer = self._bgp, session.peer
        assert peer.address is not None  # nobody connects to whom he does not know
        self._sessions[self.number()] = session
        config = peer.config
        interface = peer.interface if peer.address.is_link_local else None
        options = options_of(bgp.config, config)
        bgp.put(
            OpenStream(
                self._last, peer.address, config.port, config.local_address, interface, options
            )
        )
        return self._last

    def number(self) -> int:
        """A number for a connection that is about to be opened."""
        self._last += 1
        return self._last

    def adopt(self, stream: int, session: Session) -> None:
        """A connection that came in has a session."""
        self._sessions[stream] = session

    def forget(self, stream: int | None) -> None:
        """A number means nothing any more."""
        if stream is not None:
            self._sessions.pop(stream, None)

    def reject(self, event: StreamAccepted) -> None:
        """Have nothing to do with a connection that came in (RFC 4486 4, subcode 5)."""
        self.rejected += 1
        count, _ = self.strangers.pop(event.remote, (0, 0))
        self.strangers[event.remote] = (count + 1, self._bgp.now)
        while len(self.strangers) > STRANGERS_MOST:
            del self.strangers[next(iter(self.strangers))]
        self._bgp.put(SendStream(event.stream, _REJECTED))
        self._bgp.put(CloseStream(event.stream))
