"""What becomes of sessions: their transitions, their deadlines, and who is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bfd.asks import OPERATOR
from fingerpost.bfd.constants import SLOW_NS
from fingerpost.bfd.faults import Fault
from fingerpost.bfd.reasons import signaled, silent
from fingerpost.bfd.reception import learn
from fingerpost.bfd.state import RECEIVED, Event, State, after
from fingerpost.bfd.timing import retime
from fingerpost.bfd.transmission import TRANSMIT, Transmission
from fingerpost.protocol.events import GiveBackPort, NeighborReachability, TellClient
from fingerpost.protocol.instance import UdpPort

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.bfd.asks import Ask, Asks
    from fingerpost.bfd.complaints import Complaints
    from fingerpost.bfd.packet import ControlPacket
    from fingerpost.bfd.session import Session, Settings
    from fingerpost.bfd.sessions import Sessions
    from fingerpost.bfd.transmission import Due
    from fingerpost.forwarding.neighbor.timers import Timers
    from fingerpost.protocol.events import Output

DETECT = "detect"
FORGET = "forget"  # the neighbour's sequence numbers
LEAVE = "leave"


class Lives:
    """The lives of `sessions`; `removed` hears of each that is over, `put` takes what is told."""

    def __init__(
        self,
        sessions: Sessions,
        timers: Timers[Due],
        transmission: Transmission,
        asks: Asks,
        complaints: Complaints,
        put: Callable[[Output], None],
        removed: Callable[[Session], None],
    ) -> None:
        """Nothing lives yet."""
        self._sessions = sessions
        self._timers = timers
        self._transmission = transmission
        self._asks = asks
        self._complaints = complaints
        self._put = put
        self._removed = removed

    # ---- what happens to one

    def take(self, session: Session, packet: ControlPacket, now: int) -> Fault | None:
        """Let a packet that is believed change a session (RFC 5880 6.8.6); gives what is amiss."""
        learn(session, packet, now)
        is_off = session.state is State.ADMIN_DOWN
        if not is_off:
            self._happen(session, RECEIVED[packet.state], signaled(session), now)
            if packet.poll:
                self._transmission.final(session, now)
        self._watch(session)
        self._transmission.update(session, now)
        return Fault.ADMIN_DOWN if is_off else None

    def set_path(self, session: Session, fault: str | None, now: int) -> None:
        """The neighbour can be spoken to from now on, or cannot because of `fault`."""
        if fault == session.path_fault:
            return
        session.path_fault = fault
        if fault is not None:
            session.remote.forget()
            session.timing.settle()
            session.sent = None
            self._happen(session, Event.PATH_FAILED, fault, now)
            self._stop(session, DETECT)
        self._transmission.update(session, now)

    def set_settings(self, session: Session, settings: Settings, now: int) -> None:
        """Let a session have other settings; what it is told by the neighbour stays."""
        before, session.settings = session.settings, settings
        if before.authentication != settings.authentication:
            session.sequences.received = None
        is_off = settings.is_shut_down or session.leaves
        event = Event.DISABLED if is_off else Event.ENABLED
        self._happen(session, event, "shut down by configuration", now)
        retime(session)
        self._watch(session)
        self._transmission.update(session, now)

    def leave(self, session: Session, why: str, now: int) -> None:
        """Say AdminDown for a Detection Time of the neighbour, then go (RFC 5880 6.8.16)."""
        session.leaves = True
        is_known = session.remote.discriminator and session.path_fault is None
        self._happen(session, Event.DISABLED, why, now)
        self._transmission.update(session, now)
        if is_known:
            lasts = session.settings.timers.multiplier * max(session.transmit_ns, SLOW_NS)
            self._timers.start((session.discriminator, LEAVE), now + lasts)
        else:
            self._remove(session)

    def stay(self, session: Session, now: int) -> None:
        """Somebody asks for a session again that was to leave."""
        session.leaves = False
        self._stop(session, LEAVE)
        self.set_settings(session, session.settings, now)

    # ---- time

    def pass_time(self, now: int) -> None:
        """Do all that is due, in its order."""
        while (due := self._timers.take(now)) is not None:
            session = self._sessions.find(due[0])
            assert session is not None  # its timers end with it
            match due[1]:
                case "transmit":
                    self._transmission.periodic(session, now)
                case "detect":
                    self._expire(session, now)
                case "forget":
                    session.sequences.received = None
                case "leave":
                    self._remove(session)

    def _watch(self, session: Session) -> None:
        """Let the Detection Time run from the last packet (RFC 5880 6.8.4)."""
        heard = session.remote.heard
        if heard is None or not session.remote.discriminator:
            return
        self._timers.start((session.discriminator, DETECT), heard + session.detection_ns)
        if session.settings.authentication is not None:  # RFC 5880 6.8.1: bfd.AuthSeqKnown
            self._timers.start((session.discriminator, FORGET), heard + 2 * session.detection_ns)

    def _expire(self, session: Session, now: int) -> None:
        why = silent(session.detection_ns)
        session.remote.forget()
        session.timing.settle()
        self._happen(session, Event.DETECTION_TIME_EXPIRED, why, now)
        self._transmission.update(session, now)

    def _stop(self, session: Session, *what: str) -> None:
        for one in what:
            self._timers.stop((session.discriminator, one))

    def _remove(self, session: Session) -> None:
        self._stop(session, TRANSMIT, DETECT, FORGET, LEAVE)
        self._sessions.remove(session)
        key = session.key
        self._put(GiveBackPort(key.interface, UdpPort(key.remote.version, session.source_port)))
        self._removed(session)

    # ---- transitions

    def _happen(self, session: Session, event: Event, why: str, now: int) -> None:
        before = session.state
        state, diagnostic = after(before, event)
        if diagnostic is not None:
            session.diagnostic = diagnostic
        if state is before:
            return
        session.state, session.since = state, now
        retime(session)
        if state is State.UP:
            session.counters.ups += 1
            self._complaints.rose(session)
        elif before is State.UP:
            session.counters.downs += 1
            session.fell = why
            self._complaints.fell(session)
        for ask in self._asks.of(session.key):
            self.tell(ask, session, why)

    def tell(self, ask: Ask, session: Session | None, why: str) -> None:
        """Tell who asks, if it is news: that the neighbour is reached, or is not any more."""
        is_up = session is not None and session.state is State.UP
        if is_up is ask.is_told_up:
            return
        ask.is_told_up = is_up
        if ask.name.client == OPERATOR:
            return
        is_off = session is not None and _is_administrative(session)
        said = NeighborReachability(
            ask.watch.interface,
            ask.watch.remote,
            is_up,
            "session up" if is_up else why,
            is_off and not is_up,
        )
        self._put(TellClient(ask.name.client, said))


def _is_administrative(session: Session) -> bool:
    """Whether an end has switched the session off (RFC 5882 3.2)."""
    return State.ADMIN_DOWN in (session.state, session.remote.state)
