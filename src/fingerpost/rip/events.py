"""What a RIP instance is told and what it asks for; all of it values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.rib.events import AnnounceRoutes, RoutesChanged, WithdrawRoutes

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.rip.config import RipConfig, RipInterface


@dataclass(frozen=True, slots=True)
class DatagramReceived:
    """A datagram came to our port. `hop_limit` is None where the host cannot tell."""

    interface: str
    source: Address
    source_port: int
    destination: Address
    hop_limit: int | None
    payload: bytes


@dataclass(frozen=True, slots=True)
class InterfaceWentUp:
    """An interface carries packets from now on. One that the configuration does not name, and that
    comes by its name alone, is not RIP's.

    `mtu` counts bytes of an IP packet.
    """

    interface: RipInterface | str
    addresses: tuple[InterfaceAddress, ...]
    mtu: int = 1500


@dataclass(frozen=True, slots=True)
class InterfaceWentDown:
    """An interface carries nothing from now on, or is gone."""

    name: str


@dataclass(frozen=True, slots=True)
class AddressesChanged:
    """An interface has these addresses from now on, and no others."""

    name: str
    addresses: tuple[InterfaceAddress, ...]


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The instant that `next_deadline` named has come."""


@dataclass(frozen=True, slots=True)
class ConfigurationChanged:
    """This is the configuration from now on; what it no longer tells is told to be unreachable."""

    config: RipConfig


@dataclass(frozen=True, slots=True)
class ShutdownRequested:
    """Stop. `is_polite` tells the neighbours that nothing can be reached through us any more;
    otherwise, and where routes are to stay, nobody is told.
    """

    is_polite: bool = True


Event: TypeAlias = (
    DatagramReceived
    | InterfaceWentUp
    | InterfaceWentDown
    | AddressesChanged
    | RoutesChanged
    | TimePassed
    | ConfigurationChanged
    | ShutdownRequested
)


@dataclass(frozen=True, slots=True)
class SendDatagram:
    """Send this from our address on the interface."""

    interface: str
    destination: Address
    destination_port: int
    source_port: int
    hop_limit: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class JoinGroup:
    """Hear what is sent to a group on an interface."""

    interface: str
    group: Address


@dataclass(frozen=True, slots=True)
class Happened:
    """Something to tell: a stable kind in few words, where, and a sentence."""

    kind: str
    interface: str | None
    detail: str


Output: TypeAlias = SendDatagram | AnnounceRoutes | WithdrawRoutes | JoinGroup | Happened
