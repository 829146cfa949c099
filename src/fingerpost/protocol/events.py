"""What every routing protocol is told and what it may ask for; all of it values.

Times are integers in nanoseconds and are handed in beside the event. A protocol adds events of its
own where it has some; these it shares with all others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from fingerpost.forwarding.events import Happened, TimePassed
from fingerpost.rib.events import AnnounceAlike, AnnounceRoutes, RoutesChanged, WithdrawRoutes

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.forwarding.route import NextHop
    from fingerpost.protocol.ao_keys import AoKey
    from fingerpost.protocol.instance import Listening, UdpPort

__all__ = [
    "AddressesChanged",
    "AnnounceAlike",
    "AnnounceRoutes",
    "AppendFile",
    "CloseStream",
    "ConfigurationChanged",
    "DatagramReceived",
    "EndAnnounced",
    "Event",
    "FileRead",
    "FinishFile",
    "FollowGateway",
    "GatewayChanged",
    "GiveBackPort",
    "Happened",
    "InterfaceWentDown",
    "InterfaceWentUp",
    "JoinGroup",
    "LeaveGateway",
    "LeaveGroup",
    "ListenOn",
    "ListenStream",
    "NeighborReachability",
    "NeighborUnwatched",
    "NeighborWatched",
    "OpenStream",
    "Output",
    "PacketReceived",
    "RoutesChanged",
    "SendDatagram",
    "SendPacket",
    "SendStream",
    "ShutdownRequested",
    "StopListening",
    "StopListeningStream",
    "StreamAccepted",
    "StreamClosed",
    "StreamConnected",
    "StreamOptions",
    "StreamReceived",
    "StreamSent",
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
class FileRead:
    """A file that the configuration names was written anew; `content` is of the protocol's type."""

    path: str
    content: object


@dataclass(frozen=True, slots=True)
class NeighborAsked:
    """An operator wants something of a neighbour, by its name: that its session ends for good, or
    begins anew, that this is taken back, that all is told again. `text` is what it may be told;
    `direction` who tells again: it ("in"), we ("out"), or both.
    """

    name: str
    action: Literal["shut", "reset", "enable", "refresh"]
    text: str = ""
    direction: Literal["in", "out", "both"] = "in"


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
class StreamAccepted:
    """Somebody opened a TCP connection to a port of ours. `stream` is the host's number, below 0.

    `interface` is the one that it came by where an end is link-local, otherwise None.
    """

    stream: int
    local: Address
    local_port: int
    remote: Address
    remote_port: int
    interface: str | None = None


@dataclass(frozen=True, slots=True)
class StreamConnected:
    """The connection that `OpenStream` asked for stands."""

    stream: int
    local: Address
    local_port: int


class StreamReceived(NamedTuple):
    """Octets came, in order; at most 256 KiB at a time."""

    stream: int
    data: bytes


class StreamSent(NamedTuple):
    """The host has got rid of so many octets more of what `SendStream` handed it."""

    stream: int
    octets: int


@dataclass(frozen=True, slots=True)
class StreamClosed:
    """A connection is over, or could not be opened; its number means nothing any more.

    `reason`: None when the other end finished in good order, otherwise what happened: "refused",
    "reset", "timed out", "unreachable", or what the host calls it. Not told of what `CloseStream`
    ended.
    """

    stream: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class GatewayChanged:
    """How far a next hop is that `FollowGateway` asked for: told at once, and when it changes.

    `metric` None: no route leads there. Otherwise it is that of the route, 0 on a link of ours;
    `next_hops` are what packets would take.
    """

    address: Address
    metric: int | None
    next_hops: tuple[NextHop, ...] = ()


@dataclass(frozen=True, slots=True)
class RestartRequested:
    """A shutdown will follow, and soon after it another start: ask the neighbours to wait."""


@dataclass(frozen=True, slots=True)
class EndAnnounced:
    """A shutdown will follow, after `Departing.gives_way_ns`: let others go round us meanwhile."""


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
    | FileRead
    | NeighborAsked
    | NeighborReachability
    | NeighborWatched
    | NeighborUnwatched
    | StreamAccepted
    | StreamConnected
    | StreamReceived
    | StreamSent
    | StreamClosed
    | GatewayChanged
    | RestartRequested
    | EndAnnounced
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
class StreamOptions:
    """How a TCP connection is opened or taken.

    `hop_limit` of what we send, None: the host's own; `least_hop_limit`: what comes with less is
    dropped (RFC 5082 3). `md5`: RFC 2385; `ao`: RFC 5925, the first key is the one to begin with;
    a host that has no TCP-AO takes and opens no such connection.
    """

    hop_limit: int | None = None
    least_hop_limit: int | None = None
    md5: bytes | None = field(default=None, repr=False)
    ao: tuple[AoKey, ...] = ()


@dataclass(frozen=True, slots=True)
class ListenStream:
    """Take TCP connections to a port, at `address` or at all addresses of both families.

    To say it again replaces what was said for the same place. `peers`: options for those who come
    from inside a prefix, the longest that fits; who fits none is taken without.
    """

    port: int
    address: Address | None = None
    interface: str | None = None
    peers: tuple[tuple[Prefix, StreamOptions], ...] = ()


@dataclass(frozen=True, slots=True)
class StopListeningStream:
    """Take none any more; those that were taken stay."""

    port: int
    address: Address | None = None
    interface: str | None = None


@dataclass(frozen=True, slots=True)
class OpenStream:
    """Open a TCP connection; `StreamConnected` or `StreamClosed` follows.

    `stream` is the instance's number for it, above 0, and never used again. `interface`: where
    `remote` is link-local. `local` None: the host takes one that fits.
    """

    stream: int
    remote: Address
    port: int
    local: Address | None = None
    interface: str | None = None
    options: StreamOptions = StreamOptions()


class SendStream(NamedTuple):
    """Send octets, in order, with IP precedence 6 (DSCP CS6); `StreamSent` tells when they went.

    They may be said before the stream stands; those for one that is over are lost.
    """

    stream: int
    data: bytes


@dataclass(frozen=True, slots=True)
class CloseStream:
    """Have no more to do with a connection; nothing is heard of it any more.

    What was handed over is sent first, within a time that the host bounds, and then the end
    (FIN); with `is_abrupt` it is reset at once.
    """

    stream: int
    is_abrupt: bool = False


@dataclass(frozen=True, slots=True)
class AppendFile:
    """Write octets to the end of a file that is being made, beside `path`, until `FinishFile`.

    `is_compressed`: by gzip; the same for all of a file.
    """

    path: str
    data: bytes
    is_compressed: bool = False


@dataclass(frozen=True, slots=True)
class FinishFile:
    """A file is whole: have it at its path, in place of what was there. None is made of nothing."""

    path: str


@dataclass(frozen=True, slots=True)
class FollowGateway:
    """Tell how far an address is by our table, now and when that changes (RFC 4271 9.1.2).

    To ask again has it told again. A link-local address is in no table.
    """

    address: Address


@dataclass(frozen=True, slots=True)
class LeaveGateway:
    """Tell it no more."""

    address: Address


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
    | ListenStream
    | StopListeningStream
    | OpenStream
    | SendStream
    | CloseStream
    | AppendFile
    | FinishFile
    | FollowGateway
    | LeaveGateway
    | AnnounceRoutes
    | AnnounceAlike
    | WithdrawRoutes
    | Happened
)
