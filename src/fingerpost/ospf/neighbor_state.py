"""The states and events of a neighbour, and its machine as a table (RFC 2328 10.1 to 10.3).

A state and an event give what is to be done and the states that may follow, as in
`interface_state`. A pair that is not in the table changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Final, NamedTuple


class NeighborState(IntEnum):
    """The state of a conversation, in the order of its progress (RFC 2328 10.1)."""

    DOWN = 0
    ATTEMPT = 1
    INIT = 2
    TWO_WAY = 3
    EX_START = 4
    EXCHANGE = 5
    LOADING = 6
    FULL = 7

    def __str__(self) -> str:
        """As the RFC spells it."""
        return _STATES[self]


_STATES = ("Down", "Attempt", "Init", "2-Way", "ExStart", "Exchange", "Loading", "Full")


class NeighborEvent(Enum):
    """What changes the state of a neighbour (RFC 2328 10.2)."""

    HELLO_RECEIVED = "HelloReceived"
    START = "Start"
    TWO_WAY_RECEIVED = "2-WayReceived"
    NEGOTIATION_DONE = "NegotiationDone"
    EXCHANGE_DONE = "ExchangeDone"
    BAD_LS_REQ = "BadLSReq"
    LOADING_DONE = "Loading Done"
    ADJ_OK = "AdjOK?"
    SEQ_NUMBER_MISMATCH = "SeqNumberMismatch"
    ONE_WAY_RECEIVED = "1-WayReceived"
    KILL_NBR = "KillNbr"
    INACTIVITY_TIMER = "InactivityTimer"
    LL_DOWN = "LLDown"

    def __str__(self) -> str:
        """As the RFC spells it."""
        return self.value


class NeighborAction(Enum):
    """What a transition does besides."""

    NONE = "nothing"
    HEAR = "start the inactivity timer anew"
    ATTEMPT = "send it a Hello, and start the inactivity timer"
    DECIDE = "become adjacent if we should (10.4)"
    KEEP = "stay adjacent if we should (10.4)"
    LIST = "list the database, and send descriptions of it"
    FINISH = "ask for what was described, or be full"
    RESTART = "forget the exchange, and begin it again"
    FORGET = "forget the exchange"
    END = "forget the exchange, and the neighbour"


class NeighborTransition(NamedTuple):
    """What is done and which states may follow: one, unless the action decides."""

    action: NeighborAction
    states: tuple[NeighborState, ...]


_EVERY = tuple(NeighborState)
_HEARD = tuple(state for state in NeighborState if state >= NeighborState.INIT)
_MUTUAL = tuple(state for state in NeighborState if state >= NeighborState.TWO_WAY)
_ADJACENT = tuple(state for state in NeighborState if state >= NeighborState.EX_START)
_EXCHANGING = tuple(state for state in NeighborState if state >= NeighborState.EXCHANGE)


def _same(
    states: tuple[NeighborState, ...],
    event: NeighborEvent,
    action: NeighborAction,
    *following: NeighborState,
) -> dict[tuple[NeighborState, NeighborEvent], NeighborTransition]:
    """One rule for several states; without a state that follows, each stays as it is."""
    return {(state, event): NeighborTransition(action, following or (state,)) for state in states}


NEIGHBOR_TRANSITIONS: Final[Mapping[tuple[NeighborState, NeighborEvent], NeighborTransition]] = (
    MappingProxyType(
        {
            **_same(
                (NeighborState.DOWN,),
                NeighborEvent.START,
                NeighborAction.ATTEMPT,
                NeighborState.ATTEMPT,
            ),
            **_same(
                (NeighborState.DOWN, NeighborState.ATTEMPT),
                NeighborEvent.HELLO_RECEIVED,
                NeighborAction.HEAR,
                NeighborState.INIT,
            ),
            **_same(_HEARD, NeighborEvent.HELLO_RECEIVED, NeighborAction.HEAR),
            **_same(
                (NeighborState.INIT,),
                NeighborEvent.TWO_WAY_RECEIVED,
                NeighborAction.DECIDE,
                NeighborState.TWO_WAY,
                NeighborState.EX_START,
            ),
            **_same(
                (NeighborState.EX_START,),
                NeighborEvent.NEGOTIATION_DONE,
                NeighborAction.LIST,
                NeighborState.EXCHANGE,
            ),
            **_same(
                (NeighborState.EXCHANGE,),
                NeighborEvent.EXCHANGE_DONE,
                NeighborAction.FINISH,
                NeighborState.LOADING,
                NeighborState.FULL,
            ),
            **_same(
                (NeighborState.LOADING,),
                NeighborEvent.LOADING_DONE,
                NeighborAction.NONE,
                NeighborState.FULL,
            ),
            **_same(
                (NeighborState.TWO_WAY,),
                NeighborEvent.ADJ_OK,
                NeighborAction.DECIDE,
                NeighborState.TWO_WAY,
                NeighborState.EX_START,
            ),
            **{
                (state, NeighborEvent.ADJ_OK): NeighborTransition(
                    NeighborAction.KEEP, (state, NeighborState.TWO_WAY)
                )
                for state in _ADJACENT
            },
            **_same(
                _EXCHANGING,
                NeighborEvent.SEQ_NUMBER_MISMATCH,
                NeighborAction.RESTART,
                NeighborState.EX_START,
            ),
            **_same(
                _EXCHANGING,
                NeighborEvent.BAD_LS_REQ,
                NeighborAction.RESTART,
                NeighborState.EX_START,
            ),
            **_same(
                _MUTUAL, NeighborEvent.ONE_WAY_RECEIVED, NeighborAction.FORGET, NeighborState.INIT
            ),
            **_same(_EVERY, NeighborEvent.KILL_NBR, NeighborAction.END, NeighborState.DOWN),
            **_same(_EVERY, NeighborEvent.LL_DOWN, NeighborAction.END, NeighborState.DOWN),
            **_same(_EVERY, NeighborEvent.INACTIVITY_TIMER, NeighborAction.END, NeighborState.DOWN),
        }
    )
)
"""RFC 2328 10.3."""
