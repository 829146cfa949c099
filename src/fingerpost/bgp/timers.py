"""What may come due in an instance."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from random import Random

    from fingerpost.bgp.family import Family
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.session import Session


class Timer(Enum):
    """Timers of a connection (RFC 4271 8.1.1, RFC 9687), then those of a neighbour."""

    CONNECT_RETRY = auto()
    HOLD = auto()
    KEEPALIVE = auto()
    DELAY_OPEN = auto()
    SEND_HOLD = auto()
    IDLE_HOLD = auto()
    RESTART = auto()  # it may be gone for so long (RFC 4724 4.2)
    ADVERTISE = auto()  # that we are there, on an unnumbered link
    STALE = auto()  # its routes of a family are stale for so long

    __hash__ = object.__hash__  # that of an enumeration hashes its name each time


TimerKey: TypeAlias = "tuple[Timer, Session | Peer, Family | None]"


def jittered(duration_ns: int, rng: Random) -> int:
    """From three quarters of a duration to all of it (RFC 4271 10)."""
    return duration_ns - rng.randrange(duration_ns // 4 + 1)
