"""Octets of Established sessions: given to the core, which hands up what is not for it.

Not more is done at a time than `BUDGET` messages of one neighbour; what is left waits for its turn,
and so does everybody's: none of them keeps another waiting, or its KEEPALIVEs. One that makes us
fall behind by more than `BEHIND_MOST` octets is told that it asks for too much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.config import BeyondLimit
from fingerpost.bgp.constants import CeaseError, MessageType
from fingerpost.bgp.family import family_of
from fingerpost.bgp.fsm import Event
from fingerpost.bgp.packet import MessageError, Notification

if TYPE_CHECKING:
    from fingerpost._core import BgpReceived
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.session import Session

BUDGET: Final = 4_000
"""Messages of one neighbour at a time."""
RARE: Final = 64
"""Messages of one neighbour at a time that are not the core's."""
PIECE: Final = 64 << 10
BEHIND_MOST: Final = 4 << 20
FAULTS_MOST: Final = 100
"""Faults of a neighbour that are kept with their octets."""


class Reception:
    """Serves neighbours in turn whose messages wait."""

    def __init__(self, bgp: Bgp) -> None:
        """None waits."""
        self._bgp = bgp
        self._behind: dict[Peer, tuple[bytes, bool]] = {}
        self._held: dict[Peer, None] = {}  # until what concerns whole tables is done

    def take(self, peer: Peer, session: Session, data: bytes) -> None:
        """Octets came for the core."""
        peer.tally.octets_in += len(data)
        waits = self._behind.get(peer)
        if waits is not None:
            if len(waits[0]) + len(data) > BEHIND_MOST:
                peer.reset(CeaseError.OUT_OF_RESOURCES)
                return
            self._behind[peer] = (waits[0] + data, waits[1])
            return
        self._go_on(peer, session, data, has_more=False)

    def hold(self, peer: Peer) -> None:
        """Read no more of a neighbour before all is done that is under way in the tables."""
        self._held[peer] = None

    def forget(self, peer: Peer) -> None:
        """Its session is over."""
        self._held.pop(peer, None)
        self._behind.pop(peer, None)

    def settle(self) -> bool:
        """Serve the one that waits longest; True: somebody waits."""
        if not self._bgp.is_dirty:
            self._held.clear()
        peer = next((one for one in self._behind if one not in self._held), None)
        if peer is not None:
            data, has_more = self._behind.pop(peer)
            if peer.established is not None:
                self._go_on(peer, peer.established, data, has_more=has_more)
        return bool(self._behind)

    def _go_on(self, peer: Peer, session: Session, data: bytes, *, has_more: bool) -> None:
        """Read a slice; `has_more`: the core has whole messages already."""
        left, at, rare = BUDGET, 0, 0
        while left > 0 and rare < RARE and (has_more or at < len(data)) and peer not in self._held:
            # a piece at a time, for the core moves what it has not read each time it hands one up
            piece = b"" if has_more else data[at : at + PIECE]
            at += len(piece)
            got = self._bgp.table.receive(peer.number, piece, self._bgp.now, left)
            has_more = got.is_more
            left -= got.updates + got.keepalives
            rare += got.message is not None
            self._account(peer, session, got)
            if peer.established is not session:
                return
        if has_more or at < len(data) or peer in self._held:
            self._behind[peer] = (data[at:], has_more)

    def _account(self, peer: Peer, session: Session, got: BgpReceived) -> None:
        """Do what follows from messages that came."""
        tally = peer.tally
        tally.updates_in += got.updates
        tally.keepalives_in += got.keepalives
        session.received[MessageType.UPDATE] += got.updates
        session.received[MessageType.KEEPALIVE] += got.keepalives
        tally.announced += got.announced
        tally.withdrawn += got.withdrawn
        if got.updates:
            self._bgp.is_dirty = True
            session.happen(Event.UPDATE_MSG)
        elif got.keepalives:
            session.happen(Event.KEEPALIVE_MSG)
        if got.fault_count:
            self._note_faults(peer, got)
        for code in got.end_of_rib:
            peer.keeping.told_all(family_of(code))
            self._bgp.waiting_for.told_all(peer, family_of(code))
        if got.announced:
            self._check_limits(peer)
        if peer.established is not session:
            return
        if got.reset is not None:
            code, subcode, octets, reason = got.reset
            is_header = code == 1
            event = Event.BGP_HEADER_ERR if is_header else Event.UPDATE_MSG_ERR
            session.happen(event, Notification(code, subcode, octets), reason)
        elif got.message is not None:
            self._hand_up(peer, session, *got.message)

    def _hand_up(self, peer: Peer, session: Session, number: int, body: bytes) -> None:
        kind = MessageType(number)
        if kind is not MessageType.ROUTE_REFRESH:
            session.take_message(kind, body)
            return
        session.received[kind] += 1
        session.happen(Event.UPDATE_MSG)  # the hold timer counts any message but a NOTIFICATION
        try:
            self._bgp.refreshing.take(peer, session, body)
        except MessageError as fault:
            session.happen(Event.UPDATE_MSG_ERR, Notification.of(fault), str(fault))

    def _note_faults(self, peer: Peer, got: BgpReceived) -> None:
        peer.tally.faults += got.fault_count
        for action, subcode, attribute, reason, octets in got.faults:
            if len(peer.faults) >= FAULTS_MOST:
                del peer.faults[0]
            peer.faults.append((self._bgp.now, action, subcode, attribute, reason, octets))

    def _check_limits(self, peer: Peer) -> None:
        """RFC 4486 4, subcode 1."""
        for one in peer.config.families:
            limit = one.limit
            if limit is None:
                continue
            count, _ = self._bgp.table.peer_counts(peer.number, one.family.code)
            is_near = count * 100 >= limit.prefixes * limit.warning_percent
            if is_near and one.family.code not in peer.warned:
                peer.warned.add(one.family.code)
                what = f"{peer.name}: {count} prefixes of {one.family}, limit {limit.prefixes}"
                self._bgp.put_happened("prefix limit near", peer, what)
            if count > limit.prefixes and limit.beyond is BeyondLimit.ENDS:
                peer.exceed(one.family, limit)
                return
