"""The state machine of a session: what happens, in which state, and what it is then.

RFC 5880 6.2 draws it, 6.8.6 (what is received), 6.8.4 (nothing is) and 6.8.16 (an operator) say it
in words. A pair that is not in `TRANSITIONS` changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Final


class State(IntEnum):
    """bfd.SessionState, by its number on the wire (RFC 5880 4.1)."""

    ADMIN_DOWN = 0
    DOWN = 1
    INIT = 2
    UP = 3

    def __str__(self) -> str:
        """As the RFC spells it."""
        return _STATES[self]


_STATES = {
    State.ADMIN_DOWN: "AdminDown",
    State.DOWN: "Down",
    State.INIT: "Init",
    State.UP: "Up",
}


class Diagnostic(IntEnum):
    """Why a session is as it is (RFC 5880 4.1); the wire has room for 32 of them."""

    NONE = 0
    DETECTION_TIME_EXPIRED = 1
    ECHO_FAILED = 2
    NEIGHBOR_SIGNALED_DOWN = 3
    FORWARDING_RESET = 4
    PATH_DOWN = 5
    CONCATENATED_PATH_DOWN = 6
    ADMINISTRATIVELY_DOWN = 7
    REVERSE_CONCATENATED_PATH_DOWN = 8

    def __str__(self) -> str:
        """As the RFC spells it."""
        return _DIAGNOSTICS[self]


_DIAGNOSTICS = {
    Diagnostic.NONE: "No Diagnostic",
    Diagnostic.DETECTION_TIME_EXPIRED: "Control Detection Time Expired",
    Diagnostic.ECHO_FAILED: "Echo Function Failed",
    Diagnostic.NEIGHBOR_SIGNALED_DOWN: "Neighbor Signaled Session Down",
    Diagnostic.FORWARDING_RESET: "Forwarding Plane Reset",
    Diagnostic.PATH_DOWN: "Path Down",
    Diagnostic.CONCATENATED_PATH_DOWN: "Concatenated Path Down",
    Diagnostic.ADMINISTRATIVELY_DOWN: "Administratively Down",
    Diagnostic.REVERSE_CONCATENATED_PATH_DOWN: "Reverse Concatenated Path Down",
}


def diagnostic_text(number: int) -> str:
    """The words for a diagnostic of the wire, known or not."""
    return str(Diagnostic(number)) if number in _DIAGNOSTICS else f"diagnostic {number}"


class Event(Enum):
    """What can happen to a session."""

    RECEIVED_ADMIN_DOWN = "AdminDown received"
    RECEIVED_DOWN = "Down received"
    RECEIVED_INIT = "Init received"
    RECEIVED_UP = "Up received"
    DETECTION_TIME_EXPIRED = "Detection Time expired"
    PATH_FAILED = "path failed"
    DISABLED = "disabled"
    ENABLED = "enabled"


RECEIVED: Final[Mapping[State, Event]] = MappingProxyType(
    {
        State.ADMIN_DOWN: Event.RECEIVED_ADMIN_DOWN,
        State.DOWN: Event.RECEIVED_DOWN,
        State.INIT: Event.RECEIVED_INIT,
        State.UP: Event.RECEIVED_UP,
    }
)
"""What it is to hear that the neighbour is in a state."""

_SIGNALED = (State.DOWN, Diagnostic.NEIGHBOR_SIGNALED_DOWN)
_EXPIRED = (State.DOWN, Diagnostic.DETECTION_TIME_EXPIRED)
_PATH = (State.DOWN, Diagnostic.PATH_DOWN)
_DISABLED = (State.ADMIN_DOWN, Diagnostic.ADMINISTRATIVELY_DOWN)
_UP = (State.UP, Diagnostic.NONE)

TRANSITIONS: Final[Mapping[tuple[State, Event], tuple[State, Diagnostic | None]]] = (
    MappingProxyType(
        {
            (State.DOWN, Event.RECEIVED_DOWN): (State.INIT, None),
            (State.DOWN, Event.RECEIVED_INIT): _UP,
            (State.DOWN, Event.PATH_FAILED): _PATH,
            (State.DOWN, Event.DISABLED): _DISABLED,
            (State.INIT, Event.RECEIVED_ADMIN_DOWN): _SIGNALED,
            (State.INIT, Event.RECEIVED_INIT): _UP,
            (State.INIT, Event.RECEIVED_UP): _UP,
            (State.INIT, Event.DETECTION_TIME_EXPIRED): _EXPIRED,
            (State.INIT, Event.PATH_FAILED): _PATH,
            (State.INIT, Event.DISABLED): _DISABLED,
            (State.UP, Event.RECEIVED_ADMIN_DOWN): _SIGNALED,
            (State.UP, Event.RECEIVED_DOWN): _SIGNALED,
            (State.UP, Event.DETECTION_TIME_EXPIRED): _EXPIRED,
            (State.UP, Event.PATH_FAILED): _PATH,
            (State.UP, Event.DISABLED): _DISABLED,
            (State.ADMIN_DOWN, Event.ENABLED): (State.DOWN, None),
        }
    )
)
"""The state that follows, and bfd.LocalDiag; None leaves that as it is."""


def after(state: State, event: Event) -> tuple[State, Diagnostic | None]:
    """The state that follows, and the diagnostic that goes with it; None leaves that as it is."""
    return TRANSITIONS.get((state, event), (state, None))
