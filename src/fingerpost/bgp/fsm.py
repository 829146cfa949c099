"""The finite state machine of a connection (RFC 4271 8), as one table.

A neighbour has one machine that starts connections, and one for each connection that comes in
(8.2.1). `react` looks up what a state does about an event: actions in order, and the next state.
Actions are names; `session.Session` does them. Nothing is held here.

Session attributes (8.1.1): mandatory ones are the state, the connect retry counter and the timers,
which a session holds; optional ones are `Attributes`, from what is configured. We always allow
automatic start and stop, damp peers that oscillate, and track no TCP states.

Deviations: a header error in Established is answered by Message Header Error, as 6.1 says, and not
by the Finite State Machine Error of 8.2.2; a NOTIFICATION in OpenSent by none, as 6 says. An OPEN
in Established is an error, for CollisionDetectEstablishedState is not set. Who is passive has no
ConnectRetryTimer, so that it never opens a connection. A session that could not
send for too long is an event of its own (RFC 9687 4). An Error of the machine has the subcode of
RFC 6608.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from fingerpost.bgp.constants import StateError


class State(Enum):
    """RFC 4271 8.2.2, in its own spelling."""

    IDLE = "Idle"
    CONNECT = "Connect"
    ACTIVE = "Active"
    OPEN_SENT = "OpenSent"
    OPEN_CONFIRM = "OpenConfirm"
    ESTABLISHED = "Established"

    __hash__ = object.__hash__  # that of an enumeration hashes its name each time

    def __str__(self) -> str:
        """As the RFC writes it."""
        return self.value


class Event(Enum):
    """RFC 4271 8.1, in its own spelling and order; 29 is of RFC 9687 4."""

    MANUAL_START = "ManualStart"
    MANUAL_STOP = "ManualStop"
    AUTOMATIC_START = "AutomaticStart"
    MANUAL_START_PASSIVE = "ManualStart_with_PassiveTcpEstablishment"
    AUTOMATIC_START_PASSIVE = "AutomaticStart_with_PassiveTcpEstablishment"
    AUTOMATIC_START_DAMPED = "AutomaticStart_with_DampPeerOscillations"
    AUTOMATIC_START_DAMPED_PASSIVE = (
        "AutomaticStart_with_DampPeerOscillations_and_PassiveTcpEstablishment"
    )
    AUTOMATIC_STOP = "AutomaticStop"
    CONNECT_RETRY_TIMER_EXPIRES = "ConnectRetryTimer_Expires"
    HOLD_TIMER_EXPIRES = "HoldTimer_Expires"
    KEEPALIVE_TIMER_EXPIRES = "KeepaliveTimer_Expires"
    DELAY_OPEN_TIMER_EXPIRES = "DelayOpenTimer_Expires"
    IDLE_HOLD_TIMER_EXPIRES = "IdleHoldTimer_Expires"
    TCP_CONNECTION_VALID = "TcpConnection_Valid"
    TCP_CR_INVALID = "Tcp_CR_Invalid"
    TCP_CR_ACKED = "Tcp_CR_Acked"
    TCP_CONNECTION_CONFIRMED = "TcpConnectionConfirmed"
    TCP_CONNECTION_FAILS = "TcpConnectionFails"
    BGP_OPEN = "BGPOpen"
    BGP_OPEN_DELAYED = "BGPOpen with DelayOpenTimer running"
    BGP_HEADER_ERR = "BGPHeaderErr"
    BGP_OPEN_MSG_ERR = "BGPOpenMsgErr"
    OPEN_COLLISION_DUMP = "OpenCollisionDump"
    NOTIF_MSG_VER_ERR = "NotifMsgVerErr"
    NOTIF_MSG = "NotifMsg"
    KEEPALIVE_MSG = "KeepAliveMsg"
    UPDATE_MSG = "UpdateMsg"
    UPDATE_MSG_ERR = "UpdateMsgErr"
    SEND_HOLD_TIMER_EXPIRES = "SendHoldTimer_Expires"

    __hash__ = object.__hash__

    def __str__(self) -> str:
        """As the RFC writes it."""
        return self.value

    @property
    def number(self) -> int:
        """Its number in RFC 4271 8.1."""
        return _ORDER.index(self) + 1


class Action(Enum):
    """What a session does."""

    INITIALIZE = "initializes all BGP resources"
    RELEASE = "releases all BGP resources"
    COUNTER_CLEAR = "sets the ConnectRetryCounter to zero"
    COUNTER_ADD = "increments the ConnectRetryCounter by 1"
    RETRY_START = "starts the ConnectRetryTimer"
    RETRY_STOP = "stops the ConnectRetryTimer"
    DELAY_START = "sets the DelayOpenTimer to its initial value"
    DELAY_STOP = "stops the DelayOpenTimer"
    HOLD_LARGE = "sets the HoldTimer to a large value"
    TIMERS_AGREED = "starts KeepaliveTimer and HoldTimer as agreed, neither for zero"
    HOLD_RESTART = "restarts the HoldTimer, unless it is zero"
    KEEPALIVE_RESTART = "restarts the KeepaliveTimer, unless the hold time is zero"
    CONNECT = "initiates a TCP connection"
    DROP = "drops the TCP connection"
    REJECT = "rejects the TCP connection"
    TRACK = "tracks a second TCP connection until its OPEN comes"
    SEND_OPEN = "sends an OPEN"
    SEND_KEEPALIVE = "sends a KEEPALIVE"
    NOTIFY = "sends the NOTIFICATION that the event asks for"
    NOTIFY_EARLY = "sends it if SendNOTIFICATIONwithoutOPEN is set"
    NOTIFY_STATE = "sends a NOTIFICATION: Finite State Machine Error"
    COLLIDE = "looks for a collision"
    ROUTES_DELETE = "deletes all routes of the connection"
    UPDATE = "processes the message"
    DAMP = "performs peer oscillation damping, if DampPeerOscillations is set"

    __hash__ = object.__hash__


_ORDER: Final = tuple(Event)


@dataclass(frozen=True, slots=True)
class Attributes:
    """The optional session attributes (RFC 4271 8.1.1) that make a difference to the table."""

    delay_open: bool = False
    damps_oscillations: bool = True
    notifies_without_open: bool = True


class Reaction(NamedTuple):
    """What is done, in order, and the state then."""

    actions: tuple[Action, ...]
    state: State


A, S, E = Action, State, Event

STARTS: Final = (
    E.MANUAL_START,
    E.AUTOMATIC_START,
    E.MANUAL_START_PASSIVE,
    E.AUTOMATIC_START_PASSIVE,
    E.AUTOMATIC_START_DAMPED,
    E.AUTOMATIC_START_DAMPED_PASSIVE,
)

_BEGIN = (A.INITIALIZE, A.COUNTER_CLEAR, A.RETRY_START)
_ACTIVE_BEGIN = (*_BEGIN, A.CONNECT)
_END = (A.RETRY_STOP, A.DELAY_STOP, A.RELEASE, A.DROP)
_FAIL = (*_END, A.COUNTER_ADD, A.DAMP)
_OPENED = (A.RETRY_STOP, A.DELAY_STOP, A.SEND_OPEN, A.HOLD_LARGE)
_DELAYED = (A.RETRY_STOP, A.DELAY_START)
_DELAYED_OPEN = (A.RETRY_STOP, A.DELAY_STOP, A.SEND_OPEN, A.SEND_KEEPALIVE, A.TIMERS_AGREED)
_LOSE = (A.RETRY_STOP, A.ROUTES_DELETE, A.RELEASE, A.DROP)
_LOSE_BADLY = (*_LOSE, A.COUNTER_ADD, A.DAMP)

_IDLE = Reaction(_FAIL, S.IDLE)
_STATE_ERROR = Reaction((A.NOTIFY_STATE, *_FAIL), S.IDLE)
_LOST_IN_ERROR = Reaction((A.NOTIFY_STATE, *_LOSE_BADLY), S.IDLE)
_NOTIFIED = Reaction((A.NOTIFY, *_FAIL), S.IDLE)
_NOTIFIED_EARLY = Reaction((A.NOTIFY_EARLY, *_FAIL), S.IDLE)
_NOTIFIED_LATE = Reaction((A.NOTIFY, *_LOSE_BADLY), S.IDLE)
_LOST = Reaction((*_LOSE, A.COUNTER_ADD), S.IDLE)
_STOPPED = Reaction((A.NOTIFY, *_END, A.COUNTER_CLEAR), S.IDLE)

# (state, event): what is done. What is not here is `OTHERWISE` of the state.
TABLE: Final[dict[tuple[State, Event], Reaction]] = {
    (S.IDLE, E.MANUAL_START): Reaction(_ACTIVE_BEGIN, S.CONNECT),
    (S.IDLE, E.AUTOMATIC_START): Reaction(_ACTIVE_BEGIN, S.CONNECT),
    (S.IDLE, E.AUTOMATIC_START_DAMPED): Reaction(_ACTIVE_BEGIN, S.CONNECT),
    (S.IDLE, E.MANUAL_START_PASSIVE): Reaction(_BEGIN, S.ACTIVE),
    (S.IDLE, E.AUTOMATIC_START_PASSIVE): Reaction(_BEGIN, S.ACTIVE),
    (S.IDLE, E.AUTOMATIC_START_DAMPED_PASSIVE): Reaction(_BEGIN, S.ACTIVE),
    #
    (S.CONNECT, E.MANUAL_STOP): Reaction((*_END, A.COUNTER_CLEAR), S.IDLE),
    (S.CONNECT, E.CONNECT_RETRY_TIMER_EXPIRES): Reaction(
        (A.DROP, A.RETRY_START, A.DELAY_STOP, A.CONNECT), S.CONNECT
    ),
    (S.CONNECT, E.DELAY_OPEN_TIMER_EXPIRES): Reaction(_OPENED, S.OPEN_SENT),
    (S.CONNECT, E.TCP_CONNECTION_VALID): Reaction((), S.CONNECT),
    (S.CONNECT, E.TCP_CR_INVALID): Reaction((A.REJECT,), S.CONNECT),
    (S.CONNECT, E.TCP_CR_ACKED): Reaction(_OPENED, S.OPEN_SENT),
    (S.CONNECT, E.TCP_CONNECTION_CONFIRMED): Reaction(_OPENED, S.OPEN_SENT),
    (S.CONNECT, E.TCP_CONNECTION_FAILS): Reaction(_END, S.IDLE),
    (S.CONNECT, E.BGP_OPEN_DELAYED): Reaction(_DELAYED_OPEN, S.OPEN_CONFIRM),
    (S.CONNECT, E.BGP_HEADER_ERR): _NOTIFIED_EARLY,
    (S.CONNECT, E.BGP_OPEN_MSG_ERR): _NOTIFIED_EARLY,
    (S.CONNECT, E.NOTIF_MSG_VER_ERR): _IDLE,
    #
    (S.ACTIVE, E.MANUAL_STOP): Reaction((*_END, A.COUNTER_CLEAR), S.IDLE),
    (S.ACTIVE, E.CONNECT_RETRY_TIMER_EXPIRES): Reaction((A.RETRY_START, A.CONNECT), S.CONNECT),
    (S.ACTIVE, E.DELAY_OPEN_TIMER_EXPIRES): Reaction(_OPENED, S.OPEN_SENT),
    (S.ACTIVE, E.TCP_CONNECTION_VALID): Reaction((), S.ACTIVE),
    (S.ACTIVE, E.TCP_CR_INVALID): Reaction((A.REJECT,), S.ACTIVE),
    (S.ACTIVE, E.TCP_CR_ACKED): Reaction(_OPENED, S.OPEN_SENT),
    (S.ACTIVE, E.TCP_CONNECTION_CONFIRMED): Reaction(_OPENED, S.OPEN_SENT),
    (S.ACTIVE, E.TCP_CONNECTION_FAILS): Reaction(
        (A.RETRY_START, A.DELAY_STOP, A.RELEASE, A.COUNTER_ADD, A.DAMP), S.IDLE
    ),
    (S.ACTIVE, E.BGP_OPEN_DELAYED): Reaction(_DELAYED_OPEN, S.OPEN_CONFIRM),
    (S.ACTIVE, E.BGP_HEADER_ERR): _NOTIFIED_EARLY,
    (S.ACTIVE, E.BGP_OPEN_MSG_ERR): _NOTIFIED_EARLY,
    (S.ACTIVE, E.NOTIF_MSG_VER_ERR): _IDLE,
    #
    (S.OPEN_SENT, E.MANUAL_STOP): _STOPPED,
    (S.OPEN_SENT, E.AUTOMATIC_STOP): _NOTIFIED,
    (S.OPEN_SENT, E.HOLD_TIMER_EXPIRES): _NOTIFIED,
    (S.OPEN_SENT, E.TCP_CONNECTION_VALID): Reaction((A.TRACK,), S.OPEN_SENT),
    (S.OPEN_SENT, E.TCP_CR_ACKED): Reaction((A.TRACK,), S.OPEN_SENT),
    (S.OPEN_SENT, E.TCP_CONNECTION_CONFIRMED): Reaction((A.TRACK,), S.OPEN_SENT),
    (S.OPEN_SENT, E.TCP_CR_INVALID): Reaction((), S.OPEN_SENT),
    (S.OPEN_SENT, E.TCP_CONNECTION_FAILS): Reaction((A.DROP, A.RETRY_START), S.ACTIVE),
    (S.OPEN_SENT, E.BGP_OPEN): Reaction(
        (A.DELAY_STOP, A.RETRY_STOP, A.SEND_KEEPALIVE, A.TIMERS_AGREED), S.OPEN_CONFIRM
    ),
    (S.OPEN_SENT, E.BGP_HEADER_ERR): _NOTIFIED,
    (S.OPEN_SENT, E.BGP_OPEN_MSG_ERR): _NOTIFIED,
    (S.OPEN_SENT, E.OPEN_COLLISION_DUMP): _NOTIFIED,
    (S.OPEN_SENT, E.NOTIF_MSG_VER_ERR): Reaction(_END, S.IDLE),
    (S.OPEN_SENT, E.NOTIF_MSG): _IDLE,
    (S.OPEN_SENT, E.SEND_HOLD_TIMER_EXPIRES): _NOTIFIED,
    #
    (S.OPEN_CONFIRM, E.MANUAL_STOP): _STOPPED,
    (S.OPEN_CONFIRM, E.AUTOMATIC_STOP): _NOTIFIED,
    (S.OPEN_CONFIRM, E.HOLD_TIMER_EXPIRES): _NOTIFIED,
    (S.OPEN_CONFIRM, E.KEEPALIVE_TIMER_EXPIRES): Reaction(
        (A.SEND_KEEPALIVE, A.KEEPALIVE_RESTART), S.OPEN_CONFIRM
    ),
    (S.OPEN_CONFIRM, E.TCP_CONNECTION_VALID): Reaction((A.TRACK,), S.OPEN_CONFIRM),
    (S.OPEN_CONFIRM, E.TCP_CR_ACKED): Reaction((A.TRACK,), S.OPEN_CONFIRM),
    (S.OPEN_CONFIRM, E.TCP_CONNECTION_CONFIRMED): Reaction((A.TRACK,), S.OPEN_CONFIRM),
    (S.OPEN_CONFIRM, E.TCP_CR_INVALID): Reaction((), S.OPEN_CONFIRM),
    (S.OPEN_CONFIRM, E.TCP_CONNECTION_FAILS): _IDLE,
    (S.OPEN_CONFIRM, E.NOTIF_MSG): _IDLE,
    (S.OPEN_CONFIRM, E.NOTIF_MSG_VER_ERR): Reaction(_END, S.IDLE),
    (S.OPEN_CONFIRM, E.BGP_OPEN): Reaction((A.COLLIDE,), S.OPEN_CONFIRM),
    (S.OPEN_CONFIRM, E.BGP_HEADER_ERR): _NOTIFIED,
    (S.OPEN_CONFIRM, E.BGP_OPEN_MSG_ERR): _NOTIFIED,
    (S.OPEN_CONFIRM, E.OPEN_COLLISION_DUMP): _NOTIFIED,
    (S.OPEN_CONFIRM, E.KEEPALIVE_MSG): Reaction((A.HOLD_RESTART,), S.ESTABLISHED),
    (S.OPEN_CONFIRM, E.SEND_HOLD_TIMER_EXPIRES): _NOTIFIED,
    #
    (S.ESTABLISHED, E.MANUAL_STOP): Reaction((A.NOTIFY, *_LOSE, A.COUNTER_CLEAR), S.IDLE),
    (S.ESTABLISHED, E.AUTOMATIC_STOP): _NOTIFIED_LATE,
    (S.ESTABLISHED, E.HOLD_TIMER_EXPIRES): _NOTIFIED_LATE,
    (S.ESTABLISHED, E.KEEPALIVE_TIMER_EXPIRES): Reaction(
        (A.SEND_KEEPALIVE, A.KEEPALIVE_RESTART), S.ESTABLISHED
    ),
    (S.ESTABLISHED, E.TCP_CONNECTION_VALID): Reaction((A.TRACK,), S.ESTABLISHED),
    (S.ESTABLISHED, E.TCP_CR_ACKED): Reaction((A.TRACK,), S.ESTABLISHED),
    (S.ESTABLISHED, E.TCP_CONNECTION_CONFIRMED): Reaction((A.TRACK,), S.ESTABLISHED),
    (S.ESTABLISHED, E.TCP_CR_INVALID): Reaction((), S.ESTABLISHED),
    (S.ESTABLISHED, E.TCP_CONNECTION_FAILS): _LOST,
    (S.ESTABLISHED, E.NOTIF_MSG): _LOST,
    (S.ESTABLISHED, E.NOTIF_MSG_VER_ERR): _LOST,
    (S.ESTABLISHED, E.BGP_OPEN): _LOST_IN_ERROR,
    (S.ESTABLISHED, E.BGP_HEADER_ERR): _NOTIFIED_LATE,
    (S.ESTABLISHED, E.OPEN_COLLISION_DUMP): _NOTIFIED_LATE,
    (S.ESTABLISHED, E.KEEPALIVE_MSG): Reaction((A.HOLD_RESTART,), S.ESTABLISHED),
    (S.ESTABLISHED, E.UPDATE_MSG): Reaction((A.HOLD_RESTART, A.UPDATE), S.ESTABLISHED),
    (S.ESTABLISHED, E.UPDATE_MSG_ERR): _NOTIFIED_LATE,
    (S.ESTABLISHED, E.SEND_HOLD_TIMER_EXPIRES): _NOTIFIED_LATE,
}

# where the DelayOpen attribute is set and no OPEN was sent yet
_WITH_DELAY: Final[dict[tuple[State, Event], Reaction]] = {
    (S.CONNECT, E.TCP_CR_ACKED): Reaction(_DELAYED, S.CONNECT),
    (S.CONNECT, E.TCP_CONNECTION_CONFIRMED): Reaction(_DELAYED, S.CONNECT),
    (S.ACTIVE, E.TCP_CR_ACKED): Reaction(_DELAYED, S.ACTIVE),
    (S.ACTIVE, E.TCP_CONNECTION_CONFIRMED): Reaction(_DELAYED, S.ACTIVE),
}

# while the DelayOpenTimer runs
_WHILE_DELAYED: Final[dict[tuple[State, Event], Reaction]] = {
    (S.CONNECT, E.TCP_CONNECTION_FAILS): Reaction((A.RETRY_START, A.DELAY_STOP), S.ACTIVE),
    (S.CONNECT, E.NOTIF_MSG_VER_ERR): Reaction(_END, S.IDLE),
    (S.ACTIVE, E.NOTIF_MSG_VER_ERR): Reaction(_END, S.IDLE),
    (S.ACTIVE, E.MANUAL_STOP): Reaction((A.NOTIFY_EARLY, *_END, A.COUNTER_CLEAR), S.IDLE),
}

OTHERWISE: Final[dict[State, Reaction]] = {
    S.IDLE: Reaction((), S.IDLE),
    S.CONNECT: _IDLE,
    S.ACTIVE: _IDLE,
    S.OPEN_SENT: _STATE_ERROR,
    S.OPEN_CONFIRM: _STATE_ERROR,
    S.ESTABLISHED: _LOST_IN_ERROR,
}

SUBCODES: Final = {
    S.OPEN_SENT: StateError.IN_OPEN_SENT,
    S.OPEN_CONFIRM: StateError.IN_OPEN_CONFIRM,
    S.ESTABLISHED: StateError.IN_ESTABLISHED,
}
"""What a Finite State Machine Error of a state says (RFC 6608 3)."""


def react(
    state: State, event: Event, attributes: Attributes = Attributes(), *, is_delayed: bool = False
) -> Reaction:
    """What RFC 4271 8.2.2 has a session do; `is_delayed`: the DelayOpenTimer runs."""
    at = (state, event)
    found = _WHILE_DELAYED.get(at) if is_delayed else None
    if found is None and attributes.delay_open:
        found = _WITH_DELAY.get(at)
    if found is None:
        found = _usual(state, event)
    left_out = _left_out(attributes)
    if not left_out or left_out.isdisjoint(found.actions):
        return found
    return Reaction(tuple(one for one in found.actions if one not in left_out), found.state)


def _usual(state: State, event: Event) -> Reaction:
    found = TABLE.get((state, event))
    if found is not None:
        return found
    if state is not State.IDLE and event in STARTS:
        return Reaction((), state)
    return OTHERWISE[state]


def _left_out(attributes: Attributes) -> frozenset[Action]:
    left = set[Action]()
    if not attributes.damps_oscillations:
        left.add(Action.DAMP)
    if not attributes.notifies_without_open:
        left.add(Action.NOTIFY_EARLY)
    return frozenset(left)
