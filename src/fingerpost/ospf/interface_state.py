"""The states and events of an interface, and its machine as a table (RFC 2328 9.1 to 9.3).

A state and an event give what is to be done and the state that follows; where that depends on what
is done, the table names every state that may follow. A pair that is not in the table changes
nothing: events may come late, and most of them mean something in one state only.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple


class InterfaceState(Enum):
    """The state of an interface (RFC 2328 9.1)."""

    DOWN = "Down"
    LOOPBACK = "Loopback"
    WAITING = "Waiting"
    POINT_TO_POINT = "Point-to-point"
    DR_OTHER = "DR Other"
    BACKUP = "Backup"
    DR = "DR"

    def __str__(self) -> str:
        """As the RFC spells it."""
        return self.value


class InterfaceEvent(Enum):
    """What changes the state of an interface (RFC 2328 9.2)."""

    INTERFACE_UP = "InterfaceUp"
    WAIT_TIMER = "WaitTimer"
    BACKUP_SEEN = "BackupSeen"
    NEIGHBOR_CHANGE = "NeighborChange"
    LOOP_IND = "LoopInd"
    UNLOOP_IND = "UnloopInd"
    INTERFACE_DOWN = "InterfaceDown"

    def __str__(self) -> str:
        """As the RFC spells it."""
        return self.value


class InterfaceAction(Enum):
    """What a transition does besides."""

    NONE = "nothing"
    START = "speak, and enter the state that the network's type asks for"
    ELECT = "elect a Designated Router"
    RESET = "lose all neighbours and stop all timers"


class InterfaceTransition(NamedTuple):
    """What is done and which states may follow: one, unless the action decides."""

    action: InterfaceAction
    states: tuple[InterfaceState, ...]


_ELECT = InterfaceTransition(
    InterfaceAction.ELECT, (InterfaceState.DR_OTHER, InterfaceState.BACKUP, InterfaceState.DR)
)
_START = InterfaceTransition(
    InterfaceAction.START,
    (InterfaceState.POINT_TO_POINT, InterfaceState.DR_OTHER, InterfaceState.WAITING),
)
_DOWN = InterfaceTransition(InterfaceAction.RESET, (InterfaceState.DOWN,))
_LOOP = InterfaceTransition(InterfaceAction.RESET, (InterfaceState.LOOPBACK,))
_UNLOOP = InterfaceTransition(InterfaceAction.NONE, (InterfaceState.DOWN,))

INTERFACE_TRANSITIONS: Final[
    Mapping[tuple[InterfaceState, InterfaceEvent], InterfaceTransition]
] = MappingProxyType(
    {
        (InterfaceState.DOWN, InterfaceEvent.INTERFACE_UP): _START,
        (InterfaceState.WAITING, InterfaceEvent.BACKUP_SEEN): _ELECT,
        (InterfaceState.WAITING, InterfaceEvent.WAIT_TIMER): _ELECT,
        (InterfaceState.DR_OTHER, InterfaceEvent.NEIGHBOR_CHANGE): _ELECT,
        (InterfaceState.BACKUP, InterfaceEvent.NEIGHBOR_CHANGE): _ELECT,
        (InterfaceState.DR, InterfaceEvent.NEIGHBOR_CHANGE): _ELECT,
        (InterfaceState.LOOPBACK, InterfaceEvent.UNLOOP_IND): _UNLOOP,
        **{(state, InterfaceEvent.INTERFACE_DOWN): _DOWN for state in InterfaceState},
        **{(state, InterfaceEvent.LOOP_IND): _LOOP for state in InterfaceState},
    }
)
"""RFC 2328 9.3."""
