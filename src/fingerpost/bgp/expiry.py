"""What happens when a timer of a session or of a neighbour comes due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost.bgp.constants import ErrorCode
from fingerpost.bgp.fsm import Event
from fingerpost.bgp.packet import Notification
from fingerpost.bgp.session import Session
from fingerpost.bgp.timers import Timer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fingerpost.bgp.family import Family
    from fingerpost.bgp.peer import Peer

_SESSION_TIMERS: Mapping[Timer, Event] = {
    Timer.CONNECT_RETRY: Event.CONNECT_RETRY_TIMER_EXPIRES,
    Timer.HOLD: Event.HOLD_TIMER_EXPIRES,
    Timer.KEEPALIVE: Event.KEEPALIVE_TIMER_EXPIRES,
    Timer.DELAY_OPEN: Event.DELAY_OPEN_TIMER_EXPIRES,
    Timer.SEND_HOLD: Event.SEND_HOLD_TIMER_EXPIRES,
}
_TOLD: Mapping[Timer, ErrorCode] = {
    Timer.HOLD: ErrorCode.HOLD_TIMER_EXPIRED,
    Timer.SEND_HOLD: ErrorCode.SEND_HOLD_TIMER_EXPIRED,
}


def _advertise(peer: Peer) -> None:
    peer.bgp.unnumbered.due(peer)


_PEER_TIMERS: Mapping[Timer, Callable[[Peer, Any], None]] = {
    Timer.IDLE_HOLD: lambda peer, _: peer.rested(),
    Timer.RESTART: lambda peer, _: peer.keeping.expired(),
    Timer.ADVERTISE: lambda peer, _: _advertise(peer),
    Timer.STALE: lambda peer, family: peer.keeping.told_all(family),
}


def expire(timer: Timer, owner: Session | Peer, family: Family | None) -> None:
    """A timer of somebody's came due."""
    if not isinstance(owner, Session):
        _PEER_TIMERS[timer](owner, family)
        return
    told = _TOLD.get(timer)
    owner.happen(_SESSION_TIMERS[timer], None if told is None else Notification(told))
