"""All stations of an instance, and the log that they read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from fingerpost._core import (
    bgp_mirror,
    bgp_mirror_forget,
    bgp_mirror_note,
    bgp_mirror_peer,
    bgp_mirror_sent,
)
from fingerpost.bgp.bmp import heads
from fingerpost.bgp.bmp.station import ROOM, Station
from fingerpost.mrt import SessionState

if TYPE_CHECKING:
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.session import Session

_BMP: Final = 0


class Monitoring:
    """Serves the stations in turn; without any it costs nothing."""

    def __init__(self, bgp: Bgp) -> None:
        """Not begun."""
        self._bgp = bgp
        self.stations: dict[str, Station] = {}

    @property
    def is_on(self) -> bool:
        """Whether anybody is told, or messages are recorded."""
        return bool(self.stations) or self._bgp.recording.takes_messages

    @property
    def _shows_sent(self) -> bool:
        return any(one.config.adj_rib_out for one in self.stations.values())

    def configure(self) -> None:
        """Have the stations that are configured; those that did not change go on."""
        bgp = self._bgp
        wanted = {one.name: one for one in bgp.config.bmp}
        for name, station in list(self.stations.items()):
            if wanted.get(name) != station.config:
                station.stop()
                del self.stations[name]
        is_logged = bool(wanted) or bool(bgp.config.mrt and bgp.config.mrt.updates)
        bgp_mirror(bgp.table, ROOM if is_logged else 0, bgp.config.epoch_ns)
        bgp.recording.configure()
        for name, config in wanted.items():
            if name not in self.stations:
                self.stations[name] = Station(bgp, config)
        for peer in bgp.peers.values():
            if peer.established is not None:
                self._watch(peer, peer.established)

    def stop(self) -> None:
        """Say goodbye."""
        for station in self.stations.values():
            station.stop()

    def snapshot(self) -> list[dict[str, object]]:
        """Each station as plain data."""
        return [one.snapshot() for one in self.stations.values()]

    def find(self, stream: int) -> Station | None:
        """The station behind a connection."""
        return next((one for one in self.stations.values() if one.stream == stream), None)

    # ---- what happens to neighbours

    def came_up(self, peer: Peer, session: Session) -> None:
        """A session is Established; nothing that it tells was read yet."""
        if self.is_on and session.agreed is not None:
            self._watch(peer, session)
            self._bgp.recording.changed(peer, session, SessionState.OPEN_CONFIRM)
            self._note(heads.peer_up(peer, session, heads.instant_of(self._bgp)))

    def went_down(self, peer: Peer, session: Session) -> None:
        """An Established session is over."""
        if self.is_on and session.agreed is not None:
            self._bgp.recording.changed(peer, session, SessionState.ESTABLISHED)
            self._note(heads.peer_down(peer, session, heads.instant_of(self._bgp)))
            for is_sent in (False, True):
                bgp_mirror_peer(self._bgp.table, peer.number, is_sent)

    def sent(self, peer: Peer, octets: bytes) -> None:
        """Messages of the core went to a neighbour."""
        if self.is_on:
            bgp_mirror_sent(self._bgp.table, peer.number, octets, self._bgp.now)

    def _watch(self, peer: Peer, session: Session) -> None:
        table, head = self._bgp.table, heads.header_of(peer, session, 0)
        told = self._bgp.recording.head_of(peer, session)
        bgp_mirror_peer(table, peer.number, False, head.encode(), told)
        if self._shows_sent:
            out = replace(head, flags=head.flags | heads.OUT)
            bgp_mirror_peer(table, peer.number, True, out.encode())

    def _note(self, octets: bytes) -> None:
        bgp_mirror_note(self._bgp.table, _BMP, octets)

    # ---- time

    def settle(self) -> bool:
        """Serve each station; True: one has room for more."""
        more = [one.settle() for one in self.stations.values()]
        if self.is_on:
            seen = [one.cursor for one in self.stations.values() if one.is_up]
            seen += [self._bgp.recording.cursor] * self._bgp.recording.takes_messages
            end = bgp_mirror(self._bgp.table)
            bgp_mirror_forget(self._bgp.table, min(seen, default=end))
        return any(more)

    def next_deadline(self) -> int | None:
        """When a station is due."""
        due = [one.due for one in self.stations.values() if one.due is not None]
        return min(due, default=None)
