"""What may come due in an instance, apart from flooding and the calculation of routes."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.neighbor import Neighbor


class Timer(Enum):
    """Timers of interfaces (RFC 2328 9) and of neighbours (10)."""

    HELLO = auto()
    HELLO_SOON = auto()
    WAIT = auto()
    INACTIVITY = auto()
    POLL = auto()
    DESCRIPTION = auto()
    REQUEST = auto()
    GRACE = auto()
    ANSWER = auto()

    __hash__ = object.__hash__  # that of an enumeration hashes its name each time


TimerKey: TypeAlias = "tuple[Timer, Interface | Neighbor | None]"
