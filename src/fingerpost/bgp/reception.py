"""Octets of Established sessions: given to the core, which hands up what is not for it.

Not more is done at a time than `BUDGET` messages of one neighbour; what is left waits for its turn,
and so does everybody's: none of them keeps another waiting, or its KEEPALIVEs. One that makes us
fall behind by more than `BEHIND_MOST` octets is told that it asks for too much.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.bgp.config import BeyondLimit
from fingerpost.bgp.constants import CeaseError, MessageType
from fingerpost.bgp.family import family_of
from fingerpost.bgp.fsm import Event
from fingerpost.bgp.packet import MessageError, Notification
from fingerpost.forwarding.durations import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator

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
FAULTS_EVERY: Final = SECOND
"""Of a neighbour one is logged in this time, however many there are."""


@dataclass(slots=True)
class _Waiting:
    """Octets of a neighbour that were not read: each is copied a few times, however they come."""

    chunks: deque[bytearray]
    octets: int
    is_in_core: bool = False  # it has whole messages that it was not let read

    @classmethod
    def of(cls, data: bytes) -> _Waiting:
        """What has come at once."""
        return cls(deque(_pieces(data)), len(data))

    @property
    def has_any(self) -> bool:
        """Whether there is something to read."""
        return self.is_in_core or bool(self.chunks)

    def put(self, data: bytes) -> None:
        """More has come."""
        self.octets += len(data)
        if self.chunks and len(self.chunks[-1]) + len(data) <= PIECE:
            self.chunks[-1] += data
        else:
            self.chunks.extend(_pieces(data))

    def take(self) -> bytes:
        """The first of it."""
        piece = self.chunks.popleft()
        self.octets -= len(piece)
        return bytes(piece)


def _pieces(data: bytes) -> Iterator[bytearray]:
    """Cut what a call may not take long with."""
    return (bytearray(data[at : at + PIECE]) for at in range(0, len(data), PIECE))


class Reception:
    """Serves neighbours in turn whose messages wait."""

    def __init__(self, bgp: Bgp) -> None:
        """None waits."""
        self._bgp = bgp
        self._behind: dict[Peer, _Waiting] = {}
        self._held: dict[Peer, None] = {}  # until what concerns whole tables is done

    def take(self, peer: Peer, session: Session, data: bytes) -> None:
        """Octets came for the core."""
        peer.tally.octets_in += len(data)
        waits = self._behind.get(peer)
        if waits is None:
            self._go_on(peer, session, _Waiting.of(data))
        elif waits.octets + len(data) > BEHIND_MOST:
            peer.reset(CeaseError.OUT_OF_RESOURCES)
        else:
            waits.put(data)

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
            waits = self._behind.pop(peer)
            if peer.established is not None:
                self._go_on(peer, peer.established, waits)
        return bool(self._behind)

    def _go_on(self, peer: Peer, session: Session, waits: _Waiting) -> None:
        """Read a slice."""
        left, rare = BUDGET, 0
        while left > 0 and rare < RARE and waits.has_any and peer not in self._held:
            piece = b"" if waits.is_in_core else waits.take()
            got = self._bgp.table.receive(peer.number, piece, self._bgp.now, left)
            waits.is_in_core = got.is_more
            left -= got.updates + got.keepalives
            rare += got.message is not None
            self._account(peer, session, got)
            if peer.established is not session:
                return
        if waits.has_any or peer in self._held:
            self._behind[peer] = waits

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
        told_at = peer.faults_told_at
        if got.faults and (told_at is None or self._bgp.now >= told_at + FAULTS_EVERY):
            self._tell_fault(peer, got.faults[0])

    def _tell_fault(self, peer: Peer, fault: tuple[str, int, int, str, bytes]) -> None:
        """Have one logged (RFC 7606 6), and how many there were since the last."""
        action, _, attribute, reason, octets = fault
        count = peer.tally.faults - peer.faults_told
        peer.faults_told, peer.faults_told_at = peer.tally.faults, self._bgp.now
        cost = "its prefixes are withdrawn" if action == "withdraw" else "the attribute is dropped"
        more = f"; {count} faults since the last that was told" if count > 1 else ""
        detail = (
            f"{peer.name}: {reason}, {cost}; attribute {attribute}, octets {octets.hex()}{more}"
        )
        self._bgp.put_happened("update ignored", peer, detail)

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
