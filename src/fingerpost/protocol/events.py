"""What every routing protocol is told and what it may ask for; all of it values.

Times are integers in nanoseconds and are handed in beside the event. A protocol adds events of its
own where it has some; these it shares with all others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fingerpost.forwarding.events import Happened, TimePassed
from fingerpost.rib.events import AnnounceAlike, AnnounceRoutes, RoutesChanged, WithdrawRoutes

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.protocol.instance import Listening, UdpPort

__all__ = [
    "AddressesChanged",
    "AnnounceAlike",
    "AnnounceRoutes",
    "ConfigurationChanged",
    "DatagramReceived",
    "Event",
    "GiveBackPort",
    "Happened",
    "InterfaceWentDown",
    "InterfaceWentUp",
    "JoinGroup",
    "LeaveGroup",
    "ListenOn",
    "NeighborReachability",
    "NeighborUnwatched",
    "NeighborWatched",
    "Output",
    "PacketReceived",
    "RoutesChanged",
    "SendDatagram",
    "SendPacket",
    "ShutdownRequested",
    "StopListening",
    "TellClient",
    "TimePassed",
    "UnwatchNeighbor",
    "WatchNeighbor",
    "WatchTimers",
    "WithdrawRoutes",
]


@dataclass(frozen=True, slots=True)
class DatagramReceived:
    """A datagram came to our port. `hop_limit` is None where the host cannot tell.

    `waited_ns`: how long ago it came, where the host did not have time for it at once.
    """

    interface: str
    source: Address
    source_port: int
    destination: Address
    hop_limit: int | None
    payload: bytes
    waited_ns: int = field(default=0, compare=False)


class PacketReceived(NamedTuple):  # a tuple is made in a third of the time, for each packet
    """An IP packet of the protocol that we listen to came, to an address of ours or to a group that
    we joined.

    The host has checked the IP header and put fragments together; `payload` is what follows it. An
    address of IPv6 that is link-local is one of the link of `interface`. `hop_limit` is None where
    the host cannot tell.
    """

    interface: str
    source: Address
    destination: Address
    hop_limit: int | None
    payload: bytes


@dataclass(frozen=True, slots=True)
class InterfaceWentUp:
    """An interface carries packets from now on, or what it is has changed.

    `mtu` counts bytes of an IP packet. An `is_loopback` has no link. `index` is the number that
    the host knows it by, 0 where there is none; `speed` counts bit/s, None where nobody knows;
    `is_point_to_point` says that its link has two ends by its nature, such as a tunnel.
    """

    name: str
    addresses: tuple[InterfaceAddress, ...]
    mtu: int = 1500
    is_loopback: bool = False
    index: int = 0
    speed: int | None = None
    is_point_to_point: bool = False


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
class ConfigurationChanged:
    """This is the configuration from now on, in the protocol's own type."""

    config: object


@dataclass(frozen=True, slots=True)
class NeighborReachability:
    """BFD tells of a neighbour that `WatchNeighbor` asked for, by the names of that.

    Told when it is reached, at once if it is, and when it is reached no more; nothing is told of
    one that was not reached yet. `is_administrative`: somebody has switched the session off at one
    end, which is no failure to who has another way to know (RFC 5882 3.2).
    """

    interface: str | None
    address: Address
    is_up: bool
    reason: str
    is_administrative: bool = False


@dataclass(frozen=True, slots=True)
class NeighborWatched:
    """For BFD: `client` asks for this from now on, in place of what it asked by the same names."""

    client: str
    watch: WatchNeighbor


@dataclass(frozen=True, slots=True)
class NeighborUnwatched:
    """For BFD: `client` does not ask for this any more; one that never asked is no error."""

    client: str
    watch: UnwatchNeighbor


@dataclass(frozen=True, slots=True)
class ShutdownRequested:
    """Stop. `is_polite` tells the neighbours that nothing can be reached through us any more;
    otherwise, and where routes are to stay, nobody is told.
    """

    is_polite: bool = True


Event: TypeAlias = (
    DatagramReceived
    | PacketReceived
    | InterfaceWentUp
    | InterfaceWentDown
    | AddressesChanged
    | RoutesChanged
    | TimePassed
    | ConfigurationChanged
    | NeighborReachability
    | NeighborWatched
    | NeighborUnwatched
    | ShutdownRequested
)


@dataclass(frozen=True, slots=True)
class SendDatagram:
    """Send this from our address on the interface, or from `source`.

    `interface` None: by the routing table, from `source`. A `source_port` that the instance does
    not listen to is bound for sending alone.
    """

    interface: str | None
    destination: Address
    destination_port: int
    source_port: int
    hop_limit: int
    payload: bytes
    source: Address | None = None


@dataclass(frozen=True, slots=True)
class ListenOn:
    """Hear one of the instance's ports on an interface, before anything is sent there.

    Until `StopListening`, or the interface goes down.
    """

    interface: str
    listening: Listening


@dataclass(frozen=True, slots=True)
class StopListening:
    """Hear it no more."""

    interface: str
    listening: Listening


@dataclass(frozen=True, slots=True)
class GiveBackPort:
    """Nothing will be sent from a port any more that the instance does not listen to."""

    interface: str | None
    port: UdpPort


@dataclass(frozen=True, slots=True)
class WatchTimers:
    """How closely a neighbour is watched; None: as BFD is told for the interface."""

    min_transmit_ns: int | None = None
    min_receive_ns: int | None = None
    multiplier: int | None = None


@dataclass(frozen=True, slots=True)
class WatchNeighbor:
    """Have BFD watch a neighbour; `NeighborReachability` tells what it finds.

    `key` tells several asks of one instance for the same neighbour apart. `interface` None: the one
    whose network the address is in. With `hops` more than 1 the neighbour may be anywhere
    (RFC 5883), `interface` is None and `local` our address. To ask again replaces what was asked.
    """

    key: str
    interface: str | None
    local: Address | None
    remote: Address
    parameters: WatchTimers = WatchTimers()
    hops: int = 1


@dataclass(frozen=True, slots=True)
class UnwatchNeighbor:
    """What `WatchNeighbor` asked by these names is asked no more."""

    key: str
    interface: str | None
    remote: Address


@dataclass(frozen=True, slots=True)
class TellClient:
    """By BFD: give the event to the instance that is called `client`."""

    client: str
    event: NeighborReachability


class SendPacket(NamedTuple):
    """Send this as an IP packet of the protocol that we listen to, before other traffic (DSCP CS6).

    `interface`: leave there, to a group or to a neighbour on its link, whatever the networks that
    we have there; None: where the routing table leads. `source` None: the host takes the address of
    that interface that fits. A `payload` larger than the link takes goes in fragments.
    """

    interface: str | None
    source: Address | None
    destination: Address
    hop_limit: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class JoinGroup:
    """Hear what is sent to a group on an interface."""

    interface: str
    group: Address


@dataclass(frozen=True, slots=True)
class LeaveGroup:
    """Hear it no more."""

    interface: str
    group: Address


Output: TypeAlias = (
    SendDatagram
    | SendPacket
    | JoinGroup
    | LeaveGroup
    | ListenOn
    | StopListening
    | GiveBackPort
    | WatchNeighbor
    | UnwatchNeighbor
    | TellClient
    | AnnounceRoutes
    | AnnounceAlike
    | WithdrawRoutes
    | Happened
)
