"""`Ledger`: our LSAs as they stand in the database, and when they may and must be told again.

Everything that is told goes through `tell`: it compares with what was told before, originates what
is new, and takes back what is no more. One set of subjects waits:

- a subject that changed waits until MinLSInterval after it was last told (RFC 2328 12.4); to take
  it back, or to tell it after that, MinLSArrival is enough, before which nobody would take it
  (RFC 2328 13 step 5a);
- an LSA is told again after LSRefreshTime (RFC 2328 12.4), a little sooner, in groups that fill
  packets; where we tell many, those that began together come apart;
- where the sequence numbers are used up the LSA is made MaxAge, and begins anew when it is gone
  from the database (RFC 2328 12.1.6);
- an LSA of ours that comes from elsewhere is taken over by a newer one, or taken back (13.4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.forwarding.durations import SECOND
from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.ospf.constants import (
    INITIAL_SEQUENCE_NUMBER,
    LS_REFRESH_TIME,
    MAX_SEQUENCE_NUMBER,
)
from fingerpost.ospf.lsa.checksum import sealed
from fingerpost.ospf.lsa.header import HEADER_LENGTH, LsaHeader, LsaKey, read_header
from fingerpost.ospf.origination.content import Subject, Topic
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost._core import LinkStateDatabase
    from fingerpost.ospf.origination.content import Content

Place: TypeAlias = tuple[int, LsaKey]  # scope and key

REFRESH_GROUP = 60  # seconds; LSAs that are refreshed at a time fill packets
REFRESH_SPREAD = 180  # seconds by which a refresh may come sooner than LSRefreshTime
REFRESHED_AT_ONCE = 256  # LSAs of ours that are not worth being spread: a few packets
_SPREAD_BY = 0x9E3779B1  # an odd number without small pattern: neighbouring LSAs come apart


@dataclass(slots=True, eq=False)
class Own:
    """An LSA of ours. `content` None: whatever is told next is told anew."""

    subject: Subject
    content: Content | None
    sequence: int
    wraps: bool = False  # it goes, to begin anew


@dataclass(slots=True, eq=False)
class _Told:
    """The LSAs that say a subject, by key, and the instants before which it is not told again, and
    not taken back."""

    lsas: dict[LsaKey, Own] = field(default_factory=dict)
    rests_until: int = 0
    stays_until: int = 0


class Ledger:
    """The LSAs of a router in `database`. Durations are nanoseconds."""

    def __init__(
        self,
        database: LinkStateDatabase,
        router_id: int,
        *,
        min_interval_ns: int,
        min_arrival_ns: int,
    ) -> None:
        """Nothing is told."""
        self.router_id = router_id
        self.min_interval_ns = min_interval_ns
        self.min_arrival_ns = min_arrival_ns
        self.originated = self.refreshed = self.flushed = 0  # how many, since the beginning
        self._database = database
        self._version = database.version
        self._told: dict[Subject, _Told] = {}
        self._lsas: dict[Place, Own] = {}
        # subjects that wait, and LSAs until they are told again
        self._timers: Timers[Subject | Place] = Timers()
        self.news = 0  # how often the database came to say something else by us
        self._changed: dict[tuple[int, int], None] = {}  # scope and type of these news
        self._wrapping: dict[Place, Subject] = {}
        self._now = 0

    def __len__(self) -> int:
        """How many LSAs are told."""
        return len(self._lsas)

    # ---- what waits

    def mark(self, subject: Subject, now: int, *, gather_ns: int = 0) -> None:
        """Something that a subject says may have changed; the first time it waits for more."""
        told = self._told.get(subject)
        if told is not None:
            may_end = subject.topic is not Topic.ROUTER
            now = max(now, told.stays_until if may_end else told.rests_until)
        elif gather_ns:
            begun = self._timers.instant(subject)
            now = now + gather_ns if begun is None else begun
        self._timers.start(subject, now)

    def next_deadline(self) -> int | None:
        """When there is something to do; it may lie in the past."""
        if self._wrapping and self._has_gone():
            return 0
        return self._timers.next_deadline()

    def take_due(self, now: int) -> Subject | None:
        """A subject to be told now, which does not wait any more; tells again what has to be."""
        self._now = now
        self._begin_anew(now)
        while (due := self._timers.take(now)) is not None:
            if isinstance(due, Subject):
                return due
            own = self._lsas[due]
            if own.content is not None:
                self.refreshed += 1
                self._originate(own, due[1], own.content, now)
        return None

    def _begin_anew(self, now: int) -> None:
        """Mark what was told by LSAs that are gone, and whose sequence numbers may begin anew."""
        for scope, key in self._database.take_flushed():
            subject = self._wrapping.pop((scope, LsaKey(*key)), None)
            if subject is not None:
                self._forget(subject, scope, LsaKey(*key))
                self.mark(subject, now)

    def _has_gone(self) -> bool:
        return any(self._database.find(*place, self._now) is None for place in self._wrapping)

    # ---- telling

    def tell(self, subject: Subject, contents: Iterable[Content], now: int) -> bool:
        """Let a subject be said by these LSAs and by no others; whether that changed anything."""
        told = self._told.get(subject)
        if told is None:
            told = self._told[subject] = _Told()
        changed = False
        rests = now < told.rests_until
        wanted = set()
        for content in contents:
            key = LsaKey(content.kind, content.id, self.router_id)
            wanted.add(key)
            own = told.lsas.get(key)
            if own is not None and own.content == content:
                continue
            if rests:
                self._timers.start(subject, told.rests_until)
                continue
            if own is None:
                own = told.lsas[key] = self._take_over(subject, key, now)
            self._originate(own, key, content, now)
            changed = True
        for key in [key for key in told.lsas if key not in wanted]:
            self._take_back(told.lsas.pop(key), key, now)
            changed = True
        if not told.lsas:
            self._end(subject, told, now)
        return changed

    def _take_over(self, subject: Subject, key: LsaKey, now: int) -> Own:
        """Begin an LSA, also where another subject said it before or it is in the database yet."""
        place = (subject.scope, key)
        held = self._lsas.get(place)
        sequence = INITIAL_SEQUENCE_NUMBER - 1
        if held is not None:
            sequence = held.sequence
            self._told[held.subject].lsas.pop(key, None)
        found = self._database.find(*place, now)
        if found is not None:
            sequence = max(sequence, _header(found, self._version).sequence)
        self._lsas[place] = Own(subject, None, sequence)
        return self._lsas[place]

    def _originate(self, own: Own, key: LsaKey, content: Content, now: int) -> None:
        """Put the next instance into the database, and flood it."""
        subject = own.subject
        own.content = content
        if own.wraps:
            return  # it is told when the last instance is gone
        if own.sequence >= MAX_SEQUENCE_NUMBER:
            self._wrap(own, key, now)
            return
        own.sequence += 1
        length = HEADER_LENGTH + len(content.body)
        header = LsaHeader(0, content.options, *key, own.sequence, 0, length)
        lsa = sealed(header.encode(self._version) + content.body)
        self._note(subject.scope, key, is_new=self._database.originate(subject.scope, lsa, now))
        self.originated += 1
        told = self._told[subject]
        told.rests_until = now + self.min_interval_ns
        told.stays_until = now + self.min_arrival_ns
        self._timers.start((subject.scope, key), self._refreshed_at(key, now))

    def _refreshed_at(self, key: LsaKey, now: int) -> int:
        """LSRefreshTime from now, in a group; of many sooner, by what their keys differ by."""
        due = now + LS_REFRESH_TIME
        if len(self._lsas) > REFRESHED_AT_ONCE:
            due -= (key.id * _SPREAD_BY + key.type + key.router >> 8) % REFRESH_SPREAD * SECOND
        return due - due % (REFRESH_GROUP * SECOND)

    def _wrap(self, own: Own, key: LsaKey, now: int) -> None:
        """Let the sequence numbers begin anew (RFC 2328 12.1.6)."""
        place = (own.subject.scope, key)
        own.wraps = True
        self._wrapping[place] = own.subject
        self._timers.stop(place)
        self._note(*place, is_new=self._database.flush(*place, now))

    def _note(self, scope: int, key: LsaKey, *, is_new: bool) -> None:
        if is_new:
            self.news += 1
            self._changed[scope, key.type] = None

    def take_changed(self) -> list[tuple[int, int]]:
        """Scope and type of what said something else since this was asked before."""
        changed = list(self._changed)
        self._changed.clear()
        return changed

    # ---- taking back

    def _take_back(self, own: Own, key: LsaKey, now: int) -> None:
        """Age an LSA before its time (RFC 2328 14.1)."""
        place = (own.subject.scope, key)
        del self._lsas[place]
        self._wrapping.pop(place, None)
        self._timers.stop(place)
        self._note(*place, is_new=self._database.flush(*place, now))
        self.flushed += 1
        told = self._told[own.subject]
        told.rests_until = max(told.rests_until, now + self.min_arrival_ns)

    def _end(self, subject: Subject, told: _Told, now: int) -> None:
        """Forget a subject that has nothing to say, when it may say something again."""
        if told.rests_until <= now:
            del self._told[subject]
        elif self._timers.instant(subject) is None:
            self._timers.start(subject, told.rests_until)

    def _forget(self, subject: Subject, scope: int, key: LsaKey) -> None:
        self._lsas.pop((scope, key), None)
        self._told[subject].lsas.pop(key, None)

    def flush_all(self, now: int) -> None:
        """Take everything back, and let nothing wait."""
        for scope, key in list(self._lsas):
            self._database.flush(scope, key, now)
            self.flushed += 1
        self.forget_all()

    def forget_all(self) -> None:
        """Know of nothing that was told; it stays in the database."""
        self._told.clear()
        self._lsas.clear()
        self._wrapping.clear()
        self._timers = Timers()

    def forget_scope(self, scope: int) -> None:
        """Know of nothing that was told into a scope, which is no more."""
        for subject in [one for one in self._told if one.scope == scope]:
            for key in self._told.pop(subject).lsas:
                del self._lsas[scope, key]
                self._timers.stop((scope, key))
                self._wrapping.pop((scope, key), None)
            self._timers.stop(subject)

    # ---- what comes from elsewhere

    def received(self, scope: int, lsa: bytes, now: int) -> None:
        """Take an LSA of ours that is newer than what we told (RFC 2328 13.4)."""
        header = _header(lsa, self._version)
        own = self._lsas.get((scope, header.key))
        if own is None:
            self._database.flush(scope, header.key, now)
            return
        if not own.wraps:
            own.sequence = max(own.sequence, header.sequence)
            own.content = None
            self.mark(own.subject, now)

    # ---- who looks

    def subjects(self, scope: int | None = None) -> Iterator[Subject]:
        """What is told, in the order in which it began."""
        return (one for one in self._told if scope is None or one.scope == scope)

    def told(self, subject: Subject) -> tuple[Content, ...]:
        """The LSAs that say a subject."""
        told = self._told.get(subject)
        if told is None:
            return ()
        return tuple(one.content for one in told.lsas.values() if one.content is not None)


def _header(lsa: bytes, version: int) -> LsaHeader:
    return read_header(Reader(lsa[:HEADER_LENGTH], "ospf lsa"), version)
