"""Routes of a neighbour that restarts are kept for a while (RFC 4724 4.2, RFC 8538, RFC 9494).

When a session ends, `judge` says whether its routes stay; they are stale from then on. They go when
the neighbour is not back in the time that it asked for, when it is back and its OPEN does not have
their family any more or says that it lost what it forwarded by, when it has told all anew
(End-of-RIB), or when that takes too long. Where both agreed on it, routes that would go as the
neighbour is not back are kept for long, and nobody prefers them to any other (RFC 9494).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.fsm import Event
from fingerpost.bgp.timers import Timer
from fingerpost.forwarding.durations import SECOND

if TYPE_CHECKING:
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.negotiation import Agreed
    from fingerpost.bgp.packet import Notification
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.session import Session

# ends that RFC 4724 means; with RFC 8538 all others too, but those that somebody wanted
_GONE = (Event.TCP_CONNECTION_FAILS,)
_MEANT = (Event.MANUAL_STOP,)


class Keeping:
    """What of one neighbour is stale, and until when."""

    def __init__(self, peer: Peer) -> None:
        """Nothing is."""
        self._peer = peer
        self.stale: dict[Family, bool] = {}  # whether it is so for long
        self._long_lived_s: dict[Family, int] = {}
        self._restart_s = 0
        self._kept: tuple[Family, ...] = ()

    def judge(self, session: Session, event: Event, said: Notification | None) -> None:
        """A session is about to end by an event; `said` is the NOTIFICATION of it."""
        agreed = session.agreed
        self._kept = ()
        if not session.is_established or agreed is None or not agreed.restarts:
            return
        is_hard = said is not None and said.is_hard_reset
        if event in _GONE or (agreed.for_notification and event not in _MEANT and not is_hard):
            self._kept = tuple(one.family for one in agreed.families if one.keeps)
            self._long_lived_s = {one.family: one.long_lived_s for one in agreed.families}
            self._restart_s = agreed.restart_s

    def begin(self) -> tuple[Family, ...]:
        """The session is over; gives the families that are kept."""
        peer, kept = self._peer, self._kept
        for family in tuple(self.stale):  # what had not come again is not kept twice (4.2)
            self._drop(family)
        self.stale = dict.fromkeys(kept, False)
        if kept:
            until = peer.bgp.now + self._restart_s * SECOND
            peer.bgp.timers.start((Timer.RESTART, peer, None), until)
        return kept

    def expired(self) -> None:
        """It is not back in time."""
        for family, is_long in tuple(self.stale.items()):
            if is_long:
                continue
            stale_s = self._long_lived_s.get(family, 0)
            if not stale_s:
                self._drop(family)
                continue
            self.stale[family] = True
            self._peer.bgp.table.keep_long(self._peer.number, family.code)
            self._peer.bgp.is_dirty = True
            until = self._peer.bgp.now + stale_s * SECOND
            self._peer.bgp.timers.start((Timer.STALE, self._peer, family), until)

    def back(self, agreed: Agreed) -> None:
        """A session is Established again."""
        peer = self._peer
        peer.bgp.timers.stop((Timer.RESTART, peer, None))
        for family in tuple(self.stale):
            held = agreed.family(family)
            if held is None or not held.keeps or not held.is_forwarding:
                self._drop(family)
                continue
            until = peer.bgp.now + peer.config.graceful_restart.stale_ns
            peer.bgp.timers.start((Timer.STALE, peer, family), until)

    def told_all(self, family: Family) -> None:
        """End-of-RIB came, or the time for it is over."""
        if family in self.stale:
            self._drop(family)

    def _drop(self, family: Family) -> None:
        self._stop(family)
        self.stale.pop(family, None)
        self._peer.bgp.table.drop_stale(self._peer.number, family.code)
        self._peer.bgp.is_dirty = True

    def _stop(self, family: Family) -> None:
        self._peer.bgp.timers.stop((Timer.STALE, self._peer, family))

    def forget(self) -> None:
        """The neighbour is no more."""
        for family in tuple(self.stale):
            self._stop(family)
        self.stale.clear()
