"""`Session`: one TCP connection with a neighbour, and its finite state machine (RFC 4271 8).

Octets come in by `take`. Until the session is Established its messages are cut out and read here;
from then on they go to the core, which hands up what is not for it. What happens is looked up in
`fsm`, and what that asks for is done here, an action a method.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bgp.constants import (
    HEADER,
    LARGE_HOLD,
    SEND_HOLD,
    CeaseError,
    ErrorCode,
    MessageType,
    OpenError,
)
from fingerpost.bgp.fsm import SUBCODES, Action, Attributes, Event, State, react
from fingerpost.bgp.negotiation import Agreed, agree, offer
from fingerpost.bgp.packet import Keepalive, MessageError, Notification, Open, first_message
from fingerpost.bgp.timers import Timer, jittered
from fingerpost.forwarding.durations import SECOND
from fingerpost.protocol.events import CloseStream, SendStream

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.addr import Address
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.timers import TimerKey
    from fingerpost.forwarding.neighbor.timers import Timers

KEEPALIVE = Keepalive().encode()
_TIMERS = (Timer.HOLD, Timer.KEEPALIVE, Timer.DELAY_OPEN, Timer.SEND_HOLD)
_BEFORE_OPEN = (State.CONNECT, State.ACTIVE)


class Session:
    """A connection of `peer`, which it opened itself if `is_incoming`; compared by identity."""

    __slots__ = (
        "agreed",
        "began",
        "hold_ns",
        "is_abrupt",
        "is_connected",
        "is_incoming",
        "local",
        "notification",
        "octets",
        "ours",
        "peer",
        "ports",
        "reason",
        "received",
        "remote",
        "sent",
        "state",
        "stream",
        "theirs",
        "unsent",
    )

    def __init__(self, peer: Peer, *, is_incoming: bool = False) -> None:
        """Without a connection; a machine for one that came in begins in Active (8.2.1)."""
        self.peer = peer
        self.is_incoming = is_incoming
        self.state = State.ACTIVE if is_incoming else State.IDLE
        self.notification: Notification | None = None
        self.reason = ""
        self.stream: int | None = None
        self._forget()

    def _forget(self) -> None:
        """Know nothing of a connection."""
        self.is_connected = False
        self.is_abrupt = False
        self.local: Address | None = None
        self.ports = (0, 0)  # ours, theirs
        self.remote: Address | None = None
        self.ours: Open | None = None
        self.theirs: Open | None = None
        self.agreed: Agreed | None = None
        self.octets = b""
        self.unsent = 0
        self.hold_ns = 0
        self.began = self.peer.bgp.now
        self.received = [0] * (len(MessageType) + 1)  # messages by type
        self.sent = [0] * (len(MessageType) + 1)

    @property
    def is_established(self) -> bool:
        """Whether routes are exchanged."""
        return self.state is State.ESTABLISHED

    @property
    def is_delayed(self) -> bool:
        """Whether the DelayOpenTimer runs."""
        return self._timers.instant((Timer.DELAY_OPEN, self, None)) is not None

    @property
    def _timers(self) -> Timers[TimerKey]:
        return self.peer.bgp.timers

    # ---- what happens

    def happen(
        self, event: Event, notification: Notification | None = None, reason: str = ""
    ) -> None:
        """Do what the state does about an event; `notification` is what is told of it."""
        before = self.state
        delay = self.peer.config.timers.delay_open_ns > 0
        reaction = react(before, event, Attributes(delay), is_delayed=self.is_delayed)
        self.notification = notification
        if reaction.state is not before or not reason:
            self.reason = reason or str(event)
        if reaction.state is State.IDLE and before is not State.IDLE:
            self.peer.ending(self, event, notification, self.reason)
        for action in reaction.actions:
            _DO[action](self)
        self.state = reaction.state
        if reaction.state is not before:
            self.peer.changed(self, before, event)

    def opened(self, stream: int, local: Address | None, remote: Address) -> None:
        """A connection stands: one that came in, or the one that was asked for."""
        self._forget()
        self.stream, self.local, self.remote = stream, local, remote
        self.is_connected = True
        confirmed = stream < 0
        self.happen(Event.TCP_CONNECTION_CONFIRMED if confirmed else Event.TCP_CR_ACKED)

    def closed(self, reason: str | None) -> None:
        """The connection is gone."""
        self.peer.bgp.streams.forget(self.stream)
        self.stream = None
        self.is_connected = False
        self.happen(Event.TCP_CONNECTION_FAILS, None, reason or "the other end closed")

    def take(self, data: bytes) -> None:
        """Octets came, before the session was Established."""
        self.octets = self.octets + data if self.octets else data
        while self.stream is not None and not self.is_established:
            try:
                message = first_message(self.octets)
            except MessageError as fault:
                self.happen(Event.BGP_HEADER_ERR, Notification.of(fault), str(fault))
                return
            if message is None:
                return
            self.octets = self.octets[len(message) :]
            self.take_message(MessageType(message[HEADER - 1]), message[HEADER:])

    def take_message(self, kind: MessageType, body: bytes) -> None:
        """A message came that is not the core's."""
        self.received[kind] += 1
        if kind is MessageType.OPEN:
            self._take_open(body)
        elif kind is MessageType.KEEPALIVE:
            self.happen(Event.KEEPALIVE_MSG)
        elif kind is MessageType.NOTIFICATION:
            self._take_notification(body)
        else:  # in this state no UPDATE may come, and no ROUTE-REFRESH either
            self.happen(Event.UPDATE_MSG, None, f"{kind.name} in {self.state}")

    def _take_open(self, body: bytes) -> None:
        if self.state not in (*_BEFORE_OPEN, State.OPEN_SENT):
            self.happen(Event.BGP_OPEN)
            return
        try:
            theirs = Open.decode_body(body)
            agreed = agree(self.peer.bgp.config, self.peer.config, self._our_open(), theirs)
        except MessageError as fault:
            self.happen(Event.BGP_OPEN_MSG_ERR, Notification.of(fault), str(fault))
            return
        self.theirs, self.agreed = theirs, agreed
        if not self.peer.survives_collision(self):
            told = Notification(ErrorCode.CEASE, CeaseError.COLLISION)
            self.happen(Event.OPEN_COLLISION_DUMP, told, "another connection stays (RFC 4271 6.8)")
            return
        self.happen(Event.BGP_OPEN_DELAYED if self.is_delayed else Event.BGP_OPEN)

    def _take_notification(self, body: bytes) -> None:
        try:
            said = Notification.decode_body(body)
        except MessageError as fault:  # it is too short to be answered (RFC 4271 6)
            said = Notification(fault.code, fault.subcode)
        is_version = said.code == ErrorCode.OPEN_MESSAGE
        is_version = is_version and said.subcode == OpenError.UNSUPPORTED_VERSION
        self.peer.notified(said)
        event = Event.NOTIF_MSG_VER_ERR if is_version else Event.NOTIF_MSG
        self.happen(event, said, f"it told: {said}")

    # ---- sending

    def send(self, data: bytes, kind: MessageType | None = None) -> None:
        """Hand octets to the host. From then on it may not stand still for too long (RFC 9687)."""
        if self.stream is None or not self.is_connected:
            return
        if kind is not None:
            self.sent[kind] += 1
        self.peer.bgp.put(SendStream(self.stream, data))
        if not self.unsent:
            self._start_send_hold()
        self.unsent += len(data)

    def got_rid(self, octets: int) -> None:
        """The host has sent so many octets."""
        self.unsent = max(self.unsent - octets, 0)
        if self.unsent:
            self._start_send_hold()
        else:
            self._timers.stop((Timer.SEND_HOLD, self, None))

    def _start_send_hold(self) -> None:
        configured = self.peer.config.timers.send_hold_ns
        wait = max(SEND_HOLD, 2 * self.hold_ns) if configured is None else configured
        if wait:
            self._timers.start((Timer.SEND_HOLD, self, None), self.peer.bgp.now + wait)

    # ---- actions, by the names of `fsm`

    def _nothing(self) -> None:
        """What needs no doing."""

    def _release(self) -> None:
        self.octets = b""
        for timer in _TIMERS:
            self._timers.stop((timer, self, None))

    def _retry_start(self) -> None:
        if self.peer.config.is_passive:
            return  # who is passive never opens a connection, as operators mean it
        wait = jittered(self.peer.config.timers.connect_retry_ns, self.peer.bgp.rng)
        self._timers.start((Timer.CONNECT_RETRY, self, None), self.peer.bgp.now + wait)

    def _retry_stop(self) -> None:
        self._timers.stop((Timer.CONNECT_RETRY, self, None))

    def _delay_start(self) -> None:
        wait = self.peer.config.timers.delay_open_ns
        self._timers.start((Timer.DELAY_OPEN, self, None), self.peer.bgp.now + wait)

    def _delay_stop(self) -> None:
        self._timers.stop((Timer.DELAY_OPEN, self, None))

    def _hold_large(self) -> None:
        self._timers.start((Timer.HOLD, self, None), self.peer.bgp.now + LARGE_HOLD)

    def _timers_agreed(self) -> None:
        self.hold_ns = 0 if self.agreed is None else self.agreed.hold_s * SECOND
        if not self.hold_ns:
            self._timers.stop((Timer.HOLD, self, None))
        self._hold_restart()
        self._keepalive_restart()

    def _hold_restart(self) -> None:
        if self.hold_ns:
            self._timers.start((Timer.HOLD, self, None), self.peer.bgp.now + self.hold_ns)

    def _keepalive_restart(self) -> None:
        if self.hold_ns:
            configured = self.peer.config.timers.keepalive_ns
            most = self.hold_ns // 3
            wait = jittered(
                most if configured is None else min(configured, most), self.peer.bgp.rng
            )
            self._timers.start((Timer.KEEPALIVE, self, None), self.peer.bgp.now + wait)

    def _connect(self) -> None:
        self._forget()
        self.peer.connect(self)

    def _drop(self) -> None:
        stream, self.stream = self.stream, None
        self.is_connected = False
        self._timers.stop((Timer.SEND_HOLD, self, None))
        if stream is not None:
            self.peer.bgp.streams.forget(stream)
            self.peer.bgp.put(CloseStream(stream, self.is_abrupt))

    def _our_open(self) -> Open:
        if self.ours is None:
            peer = self.peer
            self.ours = offer(peer.bgp.config, peer.config, has_restarted=peer.bgp.has_restarted)
        return self.ours

    def _send_open(self) -> None:
        self.send(self._our_open().encode(), MessageType.OPEN)

    def _send_keepalive(self) -> None:
        self.send(KEEPALIVE, MessageType.KEEPALIVE)

    def _notify(self) -> None:
        if self.notification is not None:
            self.peer.notifies(self.notification)
            self.send(self.notification.encode(), MessageType.NOTIFICATION)

    def _notify_state(self) -> None:
        subcode = SUBCODES.get(self.state, 0)
        self.notification = Notification(ErrorCode.FINITE_STATE_MACHINE, subcode)
        self._notify()

    def _counter_clear(self) -> None:
        self.peer.retry_counter = 0

    def _counter_add(self) -> None:
        self.peer.retry_counter += 1

    def _routes_delete(self) -> None:
        self.peer.lose_routes(self)

    def _damp(self) -> None:
        self.peer.damp()


_DO: dict[Action, Callable[[Session], None]] = {
    Action.INITIALIZE: Session._nothing,
    Action.RELEASE: Session._release,
    Action.COUNTER_CLEAR: Session._counter_clear,
    Action.COUNTER_ADD: Session._counter_add,
    Action.RETRY_START: Session._retry_start,
    Action.RETRY_STOP: Session._retry_stop,
    Action.DELAY_START: Session._delay_start,
    Action.DELAY_STOP: Session._delay_stop,
    Action.HOLD_LARGE: Session._hold_large,
    Action.TIMERS_AGREED: Session._timers_agreed,
    Action.HOLD_RESTART: Session._hold_restart,
    Action.KEEPALIVE_RESTART: Session._keepalive_restart,
    Action.CONNECT: Session._connect,
    Action.DROP: Session._drop,
    Action.REJECT: Session._nothing,  # who may not connect has no session
    Action.TRACK: Session._nothing,  # the second connection has a session of its own
    Action.SEND_OPEN: Session._send_open,
    Action.SEND_KEEPALIVE: Session._send_keepalive,
    Action.NOTIFY: Session._notify,
    Action.NOTIFY_EARLY: Session._notify,
    Action.NOTIFY_STATE: Session._notify_state,
    Action.COLLIDE: Session._nothing,  # it was looked for before the event
    Action.ROUTES_DELETE: Session._routes_delete,
    Action.UPDATE: Session._nothing,  # the core has done it
    Action.DAMP: Session._damp,
}
