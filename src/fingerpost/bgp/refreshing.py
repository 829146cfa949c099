"""ROUTE-REFRESH (RFC 2918 4, RFC 7313 4): telling again, and hearing again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fingerpost.bgp.constants import MessageType
from fingerpost.bgp.packet import Refresh, RouteRefresh

if TYPE_CHECKING:
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.session import Session


class Refreshing:
    """What neighbours ask to be told again, and what we ask them."""

    def __init__(self, bgp: Bgp) -> None:
        """Nothing is asked."""
        self._bgp = bgp

    def take(self, peer: Peer, session: Session, body: bytes) -> None:
        """A message came; raises `MessageError` for one that cannot be."""
        message = RouteRefresh.decode_body(body)
        agreed = session.agreed
        if agreed is None or agreed.family(message.family) is None:
            return  # RFC 2918 4: of a family that was not agreed on it is ignored
        peer.tally.refreshes_in += 1
        refresh, bgp = message.refresh, self._bgp
        if refresh is Refresh.REQUEST:
            self._tell_again(peer, message.family)
        elif refresh is Refresh.BEGIN and agreed.refreshes_enhanced:
            bgp.table.refresh(peer.number, message.family.code)
            bgp.is_dirty = True
            bgp.reception.hold(peer)  # what comes next is fresh, so it comes after the marks
        elif refresh is Refresh.END and agreed.refreshes_enhanced:
            bgp.table.drop_stale(peer.number, message.family.code)
            bgp.is_dirty = True

    def refresh(self, peer: Peer, direction: Literal["in", "out", "both"]) -> None:
        """Have all of a session's families told again: by the neighbour, by us, or by both.

        What a neighbour that cannot be asked told before is judged again instead.
        """
        bgp = self._bgp
        for one in () if peer.agreed is None else peer.agreed.families:
            if direction != "out" and not self.ask(peer, one.family):
                bgp.table.refeed(one.family.code, peer.number)
                bgp.is_dirty = True
            if direction != "in":
                self._tell_again(peer, one.family)

    def _tell_again(self, peer: Peer, family: Family) -> None:
        is_marked = peer.agreed is not None and peer.agreed.refreshes_enhanced
        self._bgp.table.tell_again(peer.number, family.code, is_marked)
        self._bgp.sending.may_be_owed(peer)

    def ask(self, peer: Peer, family: Family) -> bool:
        """Ask a neighbour to tell a family again; False: it does not know how."""
        session = peer.established
        if session is None or session.agreed is None or not session.agreed.refreshes:
            return False
        peer.tally.refreshes_out += 1
        session.send(RouteRefresh(family).encode(), MessageType.ROUTE_REFRESH)
        return True
