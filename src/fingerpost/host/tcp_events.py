"""What happens to TCP connections, told to whoever uses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from fingerpost.host.tcp_connection import Connection, Listener


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection that was opened here is established."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Accepted:
    """A listener has a new established connection."""

    connection: Connection
    listener: Listener


@dataclass(frozen=True, slots=True)
class DataArrived:
    """More can be received than before."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class SpaceFreed:
    """After a `send` that did not take everything, there is room again."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Ended:
    """The peer sends no more; what it sent can still be received, and more can be sent to it."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection is over; both directions were finished in order."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is over: the peer reset it (RFC 9293 3.10.7.4)."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Refused:
    """The connection did not come about: nobody listens there (RFC 9293 3.10.7.3)."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The connection is over: the peer was silent for the user timeout (RFC 9293 3.10.8)."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The connection did not come about: somebody on the way cannot deliver to the peer."""

    connection: Connection


TcpEvent: TypeAlias = (
    Connected
    | Accepted
    | DataArrived
    | SpaceFreed
    | Ended
    | Closed
    | Reset
    | Refused
    | TimedOut
    | Unreachable
)
