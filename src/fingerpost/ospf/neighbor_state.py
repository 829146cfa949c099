"""The states and events of a neighbour (RFC 2328 10.1, 10.2)."""

from __future__ import annotations

from enum import IntEnum


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
