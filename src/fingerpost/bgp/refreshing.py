"""ROUTE-REFRESH (RFC 2918 4, RFC 7313 4): telling again, and hearing again."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
            is_marked = agreed.refreshes_enhanced
            bgp.table.tell_again(peer.number, message.family.code, is_marked)
            bgp.sending.may_be_owed(peer)
        elif refresh is Refresh.BEGIN and agreed.refreshes_enhanced:
            bgp.table.refresh(peer.number, message.family.code)
            bgp.is_dirty = True
            bgp.reception.hold(peer)  # what comes next is fresh, so it comes after the marks
        elif refresh is Refresh.END and agreed.refreshes_enhanced:
            bgp.table.drop_stale(peer.number, message.family.code)
            bgp.is_dirty = True

    def ask(self, peer: Peer, family: Family) -> bool:
        """Ask a neighbour to tell a family again; False: it does not know how."""
        session = peer.established
        if session is None or session.agreed is None or not session.agreed.refreshes:
            return False
        peer.tally.refreshes_out += 1
        session.send(RouteRefresh(family).encode(), MessageType.ROUTE_REFRESH)
        return True
