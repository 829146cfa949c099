"""What the routing process of a router is told and what it asks for, beside forwarding's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fingerpost.forwarding.events import Happened, TimePassed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerpost.forwarding.interface import Interface
    from fingerpost.protocol.events import Event as ProtocolEvent
    from fingerpost.protocol.events import Output as ProtocolOutput
    from fingerpost.protocol.instance import Listening
    from fingerpost.rib.events import Change
    from fingerpost.router.config import RouterConfig


@dataclass(frozen=True, slots=True)
class InterfaceChanged:
    """An interface is new, or is from now on as it is said here."""

    interface: Interface


@dataclass(frozen=True, slots=True)
class InterfaceRemoved:
    """There is no such interface any more."""

    name: str


@dataclass(frozen=True, slots=True)
class ToProtocol:
    """For the protocol instance of this name, such as a datagram that came to its port."""

    name: str
    event: ProtocolEvent


@dataclass(frozen=True, slots=True)
class ConfigurationChanged:
    """This is the configuration from now on; only what differs from the one before changes."""

    config: RouterConfig


@dataclass(frozen=True, slots=True)
class RestartRequested:
    """Let every protocol that can ask its neighbours to wait; `ShutdownRequested` follows."""


@dataclass(frozen=True, slots=True)
class EndAnnounced:
    """Let traffic go round us; `ShutdownRequested` follows after `Routing.gives_way_ns`."""


@dataclass(frozen=True, slots=True)
class ShutdownRequested:
    """Stop every protocol. `is_polite` lets them say goodbye, and takes their routes out."""

    is_polite: bool = True


Event: TypeAlias = (
    InterfaceChanged
    | InterfaceRemoved
    | ToProtocol
    | TimePassed
    | ConfigurationChanged
    | RestartRequested
    | EndAnnounced
    | ShutdownRequested
)


@dataclass(frozen=True, slots=True)
class ProtocolStarted:
    """An instance runs from now on; the host opens what it listens to before all else."""

    name: str
    listens: tuple[Listening, ...]


@dataclass(frozen=True, slots=True)
class ProtocolStopped:
    """An instance ended; the host closes what it opened for it."""

    name: str


class FromProtocol(NamedTuple):  # one for each packet
    """What an instance asks of the host, such as a datagram to be sent."""

    name: str
    output: ProtocolOutput


@dataclass(frozen=True, slots=True)
class FibChanged:
    """What a table says to forward by, after its export policy. At most one `Change` a prefix.

    Connected routes are among them; a kernel has those already.
    """

    table: str
    changes: Sequence[Change]


Output: TypeAlias = ProtocolStarted | ProtocolStopped | FromProtocol | FibChanged | Happened
