"""The states and events of an interface (RFC 2328 9.1, 9.2)."""

from __future__ import annotations

from enum import Enum


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
