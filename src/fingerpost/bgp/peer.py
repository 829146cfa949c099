"""`Peer`: a neighbour, with the connection that it has or tries, and perhaps a second (RFC 4271 8).

Its first session is the one that starts connections. A connection that comes in while that one has
its own gets a session beside it; which of both stays is decided when the OPEN comes (6.8). What has
failed rests for the idle hold time, which doubles with each failure in a row: a neighbour that
comes and goes is damped, one that cannot be reached is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.collision import CROSSING, keeps_own
from fingerpost.bgp.constants import CeaseError, ErrorCode
from fingerpost.bgp.fsm import Event, State
from fingerpost.bgp.graceful import Keeping
from fingerpost.bgp.oscillation import Oscillation
from fingerpost.bgp.packet import Notification
from fingerpost.bgp.relation import Relation, expected_relation, local_asn
from fingerpost.bgp.session import Session
from fingerpost.bgp.tally import Ended, Tally
from fingerpost.bgp.timers import Timer, jittered
from fingerpost.protocol.events import CloseStream

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.bgp.config import Neighbor, PeerFamily, PrefixLimit
    from fingerpost.bgp.family import Family
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.negotiation import Agreed
    from fingerpost.protocol.events import StreamAccepted

HARD = (
    CeaseError.ADMINISTRATIVE_SHUTDOWN,
    CeaseError.PEER_DECONFIGURED,
    CeaseError.MAXIMUM_PREFIXES,
)
"""Ends that are meant: nobody keeps routes for them (RFC 8538 5)."""
_ALIVE = (State.OPEN_SENT, State.OPEN_CONFIRM, State.ESTABLISHED)


class Peer:
    """One neighbour by its number in the core; compared by identity.

    `address` is None while nobody knows it, as on an unnumbered link; `interface` is where a
    link-local one is. `is_dynamic`: it came from a prefix, and is gone with its session.
    """

    def __init__(
        self,
        bgp: Bgp,
        number: int,
        config: Neighbor,
        *,
        is_dynamic: bool = False,
    ) -> None:
        """At rest."""
        self.bgp = bgp
        self.number = number
        self.config = config
        self.is_dynamic = is_dynamic
        self.address: Address | None = None
        if config.address is not None:
            self.address = config.address.without_zone
        self.interface = config.interface
        if config.address is not None and config.address.zone is not None:
            self.interface = config.address.zone
        self.is_shut = not config.is_enabled
        self.is_over_limit = False
        self.retry_counter = 0
        self.oscillation = Oscillation()
        self.first = Session(self)
        self.second: Session | None = None
        self.established: Session | None = None
        self.established_at: int | None = None
        self.ended: Ended | None = None
        self.sent_notification: Notification | None = None
        self.received_notification: Notification | None = None
        self.keeping = Keeping(self)
        self.tally = Tally()
        self.faults: list[tuple[int, str, int, int, str, bytes]] = []
        self.faults_told = 0  # how many there were, and when, as they were last logged
        self.faults_told_at: int | None = None
        self.watched: tuple[str | None, Address] | None = None
        self.warned: set[int] = set()

    @property
    def name(self) -> str:
        """As it is configured; who came from a prefix has its address behind that."""
        return self.config.name

    @property
    def agreed(self) -> Agreed | None:
        """What the session that exchanges routes rests on."""
        return None if self.established is None else self.established.agreed

    @property
    def relation(self) -> Relation:
        """Where it stands to us, as far as is known."""
        agreed = self.agreed
        return (
            expected_relation(self.bgp.config, self.config) if agreed is None else agreed.relation
        )

    @property
    def asn(self) -> int:
        """Its AS; 0 while that is not known."""
        agreed, wanted = self.agreed, self.config.remote_as
        if agreed is not None:
            return agreed.asn
        if wanted == "internal":
            return self.bgp.config.asn
        return wanted if isinstance(wanted, int) else 0

    def family(self, family: Family) -> PeerFamily | None:
        """What is configured of a family."""
        return next((one for one in self.config.families if one.family == family), None)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """One, or both."""
        return (self.first,) if self.second is None else (self.first, self.second)

    @property
    def state(self) -> State:
        """Of the session that is farthest."""
        order = list(State)
        return max((one.state for one in self.sessions), key=order.index)

    # ---- start and stop

    def start(self) -> None:
        """Begin to connect, or to wait for the other (RFC 4271 8.1.2)."""
        if self.is_shut or self.first.state is not State.IDLE:
            return
        self.bgp.timers.stop((Timer.IDLE_HOLD, self, None))
        passive = self.config.is_passive or self.address is None
        self._begin(is_passive=passive)

    def _begin(self, *, is_passive: bool) -> None:
        event = Event.AUTOMATIC_START_DAMPED
        if is_passive:
            event = Event.AUTOMATIC_START_DAMPED_PASSIVE
        self.first.happen(event)

    def find(self, address: Address) -> None:
        """This is where it is, on an unnumbered link: connect."""
        self.address = address
        if self.first.state is State.ACTIVE and not self.config.is_passive:
            self.first.happen(Event.CONNECT_RETRY_TIMER_EXPIRES)
        elif self.first.state is State.IDLE and not self.oscillation.failures:
            self.start()

    def rest(self, wait_ns: int | None = None) -> None:
        """Start when the idle hold time is over (RFC 4271 8.1.3, event 13)."""
        if wait_ns is None:
            wait_ns = jittered(self.oscillation.idle_hold_ns(self.config.timers), self.bgp.rng)
        self.bgp.timers.start((Timer.IDLE_HOLD, self, None), self.bgp.now + wait_ns)

    def rested(self) -> None:
        """The idle hold time is over."""
        self.first.happen(Event.IDLE_HOLD_TIMER_EXPIRES)
        self.is_over_limit = False
        self.start()

    def stop(self, subcode: CeaseError, text: str = "") -> None:
        """End by hand, and stay so (ManualStop). `text` is told where it may be (RFC 9003)."""
        self.is_shut = True
        self._end(Event.MANUAL_STOP, subcode, text)
        self.bgp.timers.stop((Timer.IDLE_HOLD, self, None))

    def reset(self, subcode: CeaseError, text: str = "") -> None:
        """End, and begin again (AutomaticStop)."""
        self._end(Event.AUTOMATIC_STOP, subcode, text)

    def exceed(self, family: Family, limit: PrefixLimit) -> None:
        """It told more prefixes than it may (RFC 4486 4, subcode 1)."""
        self.is_over_limit = True
        data = family.afi.to_bytes(2, "big") + bytes((family.safi,))
        self._tell_end(
            Event.AUTOMATIC_STOP,
            CeaseError.MAXIMUM_PREFIXES,
            Notification(
                ErrorCode.CEASE,
                CeaseError.MAXIMUM_PREFIXES,
                data + limit.prefixes.to_bytes(4, "big"),
            ),
        )
        if limit.restart_ns is not None:
            self.rest(limit.restart_ns)

    def lose(self, reason: str) -> None:
        """Its session is gone without a word."""
        if self.established is not None:
            self._lost(self.established, reason)

    def enable(self) -> None:
        """Take back a `stop`."""
        self.is_shut = self.is_over_limit = False
        self.oscillation.forgive()
        self.start()

    def _end(self, event: Event, subcode: CeaseError, text: str) -> None:
        told = Notification(ErrorCode.CEASE, subcode)
        if subcode in (CeaseError.ADMINISTRATIVE_SHUTDOWN, CeaseError.ADMINISTRATIVE_RESET):
            told = Notification.shutdown(subcode, text)
        self._tell_end(event, subcode, told)

    def _tell_end(self, event: Event, subcode: CeaseError, told: Notification) -> None:
        agreed = None if self.established is None else self.established.agreed
        if agreed is not None and agreed.for_notification and subcode in HARD:
            told = Notification.hard_reset(told)
        for session in reversed(self.sessions):
            session.happen(event, told, str(told))

    # ---- connections

    def connect(self, session: Session) -> None:
        """Open a connection for a session (its action)."""
        if self.address is None:
            return
        session.stream = self.bgp.streams.open(session)

    def accept(self, event: StreamAccepted) -> bool:
        """Take a connection that came from the neighbour; False: it is not wanted now."""
        if not self._is_welcome():
            return False
        if self.first.state is State.IDLE:
            self.bgp.timers.stop((Timer.IDLE_HOLD, self, None))
            self._begin(is_passive=True)
        session = self.first
        if session.state is not State.ACTIVE or session.stream is not None:
            if self.second is not None:  # who opens another has given that one up
                self._forget_second("it opened another connection")
            session = self.second = Session(self, is_incoming=True)
        session.is_incoming = True
        self.bgp.streams.adopt(event.stream, session)
        session.opened(event.stream, event.local, event.remote)
        session.ports = (event.local_port, event.remote_port)
        return True

    def _is_welcome(self) -> bool:
        if self.is_shut or self.is_over_limit:
            return False
        return self.oscillation.lets_in(self.bgp.now)

    def _was_gone(self) -> bool:
        """Whether an OPEN on another connection says that it has lost the one that is established.

        Two that connected at the same instant say that too, of a session that has just begun.
        """
        agreed, since = self.agreed, self.established_at
        if agreed is None or since is None or not agreed.restarts:
            return False
        return self.bgp.now - since >= CROSSING

    def _lost(self, session: Session, reason: str) -> None:
        stream = session.stream
        session.closed(reason)
        if stream is not None:
            self.bgp.put(CloseStream(stream, True))

    def _forget_second(self, reason: str) -> None:
        held = self.second
        if held is not None:
            told = Notification(ErrorCode.CEASE, CeaseError.CONNECTION_REJECTED)
            held.happen(Event.MANUAL_STOP, told, reason)
            self.second = None

    def survives_collision(self, session: Session) -> bool:
        """Whether a session stays whose OPEN has come; the other ends if it is that one (6.8)."""
        other = self.second if session is self.first else self.first
        if other is None or other is session:
            return True
        if other.is_established:
            if self._was_gone():
                self._lost(other, "it opened another connection (RFC 4724 4.2)")
                return True
            return False
        if other.state is not State.OPEN_CONFIRM or session.agreed is None:
            return True  # who decides is the one whose OPEN comes second
        relation = expected_relation(self.bgp.config, self.config)
        ours = (self.bgp.config.router_id, local_asn(self.bgp.config, self.config, relation))
        theirs = (session.agreed.router_id, session.agreed.asn)
        own_stays = keeps_own(ours, theirs)
        if session.is_incoming == (not own_stays):
            told = Notification(ErrorCode.CEASE, CeaseError.COLLISION)
            other.happen(Event.OPEN_COLLISION_DUMP, told, "another connection stays (6.8)")
            return True
        return False

    # ---- what sessions tell

    def ending(
        self, session: Session, event: Event, said: Notification | None, reason: str
    ) -> None:
        """A session is about to go to Idle."""
        self.keeping.judge(session, event, said)
        self.oscillation.judge(said)
        session.is_abrupt = event is Event.SEND_HOLD_TIMER_EXPIRES
        since = self.bgp.now if self.established_at is None else self.established_at
        long_ns = self.config.timers.idle_hold_most_ns
        if session is self.established and self.bgp.now - since >= long_ns:
            self.oscillation.forgive()
        is_collision = event is Event.OPEN_COLLISION_DUMP
        if not is_collision:
            self.ended = Ended(self.bgp.now, reason, session.is_established)

    def changed(self, session: Session, before: State, event: Event) -> None:
        """A session is in another state."""
        state = session.state
        detail = f"{self.name}: {before} to {state}"
        if state is State.ESTABLISHED:
            self._established(session)
        elif before is State.ESTABLISHED:
            self.bgp.put_happened("session ended", self, f"{detail}: {session.reason}")
        if session is self.second:
            if state is State.IDLE or session.stream is None:
                self._drop_second()
        elif state is State.IDLE and session is self.first:  # not one that another took over from
            self._idle(event)

    def _drop_second(self) -> None:
        held, self.second = self.second, None
        if held is not None:
            self.bgp.neighbors.forget_session(held)

    def _idle(self, event: Event) -> None:
        second, self.second = self.second, None
        if second is not None and second.state in _ALIVE:
            self.bgp.neighbors.forget_session(self.first)
            self.first = second
            return
        if self.is_shut or event is Event.MANUAL_STOP:
            return
        if self.is_dynamic:
            self.bgp.dynamic.ended(self)
        elif not self.is_over_limit:
            self.rest()

    def _established(self, session: Session) -> None:
        other = self.second if session is self.first else self.first
        if other is not None and other is not session:
            self.first, self.second = session, None
            told = Notification(ErrorCode.CEASE, CeaseError.COLLISION)
            if other.state is not State.IDLE:
                other.happen(Event.OPEN_COLLISION_DUMP, told, "another connection stays (6.8)")
            self.bgp.neighbors.forget_session(other)
        self.established, self.established_at = session, self.bgp.now
        self.tally.established += 1
        self.warned.clear()
        self.bgp.put_happened("session established", self, f"{self.name}: Established")
        self.bgp.neighbors.open_tables(self, session)

    def lose_routes(self, session: Session) -> None:
        """The session that exchanged routes is over (its action)."""
        if session is self.established:
            self.bgp.monitoring.went_down(self, session)
            self.established = self.established_at = None
            self.bgp.neighbors.close_tables(self, self.keeping.begin())

    def notified(self, said: Notification) -> None:
        """It told why it ends the session."""
        self.received_notification = said

    def notifies(self, said: Notification) -> None:
        """We tell it."""
        self.sent_notification = said

    def damp(self) -> None:
        """Another failure in a row (8.1.1, DampPeerOscillations), unless the end was meant."""
        self.oscillation.fail(self.config.timers, self.bgp.now)
