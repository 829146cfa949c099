"""Who the neighbours of an instance are: by number, by name, by where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp import peer_tables
from fingerpost.bgp.peer import Peer
from fingerpost.bgp.timers import Timer
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.addr import Address
    from fingerpost.bgp.config import Neighbor
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.session import Session

LAST_PEER = 0xFFFF


class Neighbors:
    """Those that there are; `by_number` has them by the number that the core knows them by."""

    def __init__(self, bgp: Bgp) -> None:
        """None is there."""
        self._bgp = bgp
        self.by_number: dict[int, Peer] = {}
        self._leaving: dict[Peer, None] = {}
        self._free: list[int] = []
        self._next = 1

    def add(self, neighbor: Neighbor, *, is_dynamic: bool = False) -> Peer | None:
        """Have a neighbour; None: there are 65,535 already."""
        if self._free:
            number = self._free.pop()
        elif self._next <= LAST_PEER:
            number, self._next = self._next, self._next + 1
        else:
            return None
        peer = self.by_number[number] = Peer(self._bgp, number, neighbor, is_dynamic=is_dynamic)
        peer_tables.set_peer(self._bgp, peer)
        return peer

    def remove(self, peer: Peer) -> None:
        """Have it no more; its sessions are over."""
        bgp = self._bgp
        for session in peer.sessions:
            self.forget_session(session)
        for timer in (Timer.IDLE_HOLD, Timer.RESTART):
            bgp.timers.stop((timer, peer, None))
        if peer.config.interface is not None:
            bgp.unnumbered.forget(peer)
        peer.keeping.forget()
        bgp.liveliness.unwatch(peer)
        bgp.reception.forget(peer)
        bgp.sending.forget(peer)
        bgp.table.tell_no_more(peer.number)
        bgp.table.remove_peer(peer.number)
        bgp.is_dirty = True
        del self.by_number[peer.number]
        self._free.append(peer.number)

    def leaves(self, peer: Peer) -> None:
        """It is removed when all else that happens now is over."""
        self._leaving[peer] = None

    def settle(self) -> bool:
        """Remove who leaves; True: somebody was."""
        leaving, self._leaving = self._leaving, {}
        for peer in leaving:
            self.remove(peer)
        return bool(leaving)

    # ---- who

    def named(self, name: str) -> Peer:
        """A neighbour by its name. Raises `UsageError` for a name that none has."""
        for peer in self.by_number.values():
            if peer.name == name:
                return peer
        raise UsageError(f"no neighbor is called {name!r}")

    def at(self, remote: Address, interface: str | None) -> Peer | None:
        """Whoever is to connect from there; one that is known by its interface is so from then."""
        bare = remote.without_zone
        for peer in self.by_number.values():
            if peer.address == bare and (not bare.is_link_local or peer.interface == interface):
                return peer
        if bare.is_link_local:
            for peer in self.by_number.values():
                is_there = peer.config.interface is not None and peer.interface == interface
                if is_there and peer.established is None:
                    peer.address = bare
                    return peer
        return None

    def on(self, interface: str) -> list[Peer]:
        """Those that are reached by an interface, as its addresses say now."""
        return [peer for peer in self.by_number.values() if self._is_on(peer, interface)]

    def _is_on(self, peer: Peer, interface: str) -> bool:
        if peer.interface is not None:
            return peer.interface == interface
        return peer.address is not None and self._bgp.links.toward(peer.address) == interface

    # ---- their sessions

    def forget_session(self, session: Session) -> None:
        """Nothing of a session comes due any more."""
        for timer in Timer:
            self._bgp.timers.stop((timer, session, None))
        self._bgp.streams.forget(session.stream)

    def open_tables(self, peer: Peer, session: Session) -> None:
        """A session is Established."""
        agreed, bgp = session.agreed, self._bgp
        if agreed is None:
            return
        peer_tables.open_session(bgp, peer, session, agreed)
        bgp.monitoring.came_up(peer, session)
        peer.keeping.back(agreed)
        bgp.liveliness.watch(peer, session)
        bgp.sending.may_be_owed(peer)
        bgp.is_dirty = True
        if session.octets:
            octets, session.octets = session.octets, b""
            bgp.reception.take(peer, session, octets)
        bgp.waiting_for.look()

    def close_tables(self, peer: Peer, kept: Iterable[Family]) -> None:
        """A session that was Established is over."""
        bgp = self._bgp
        peer_tables.close_session(bgp, peer, kept)
        bgp.reception.forget(peer)
        bgp.sending.forget(peer)
        bgp.is_dirty = True
