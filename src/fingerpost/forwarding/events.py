"""What a forwarding plane is told and what it asks for; all of it values, none of it a call.

The way in is `receive(event, now)`, the way out the list that it returns. Interfaces are named by
their names everywhere ("eth0"); packets and frames are bytes as they stand on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.forwarding.route import Route


@dataclass(frozen=True, slots=True)
class FrameReceived:
    """An Ethernet frame came in, without its check sequence."""

    interface: str
    frame: bytes


@dataclass(frozen=True, slots=True)
class InterfaceWentUp:
    """The link of an interface carries packets from now on."""

    interface: str


@dataclass(frozen=True, slots=True)
class InterfaceWentDown:
    """The link of an interface carries nothing from now on."""

    interface: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The instant that `next_deadline` named has come."""


@dataclass(frozen=True, slots=True)
class PacketOriginated:
    """Somebody above us sends an IP packet. The checksum of an IPv4 header is filled in.

    `interface`: leave here whatever the table says; needed for link-local and multicast
    destinations, which no table knows.
    """

    packet: bytes
    interface: str | None = None


@dataclass(frozen=True, slots=True)
class PacketRefused:
    """Nobody above us takes a packet that was delivered: an unreachable port or protocol.

    `to_group` is that of the delivery: nobody is told about a frame to many (RFC 1812 4.3.2.7).
    """

    packet: bytes
    interface: str | None
    is_port: bool
    to_group: bool = False


Event: TypeAlias = (
    FrameReceived
    | InterfaceWentUp
    | InterfaceWentDown
    | TimePassed
    | PacketOriginated
    | PacketRefused
)


@dataclass(frozen=True, slots=True)
class SendFrame:
    """Put this frame on the link of `interface`."""

    interface: str
    frame: bytes


@dataclass(frozen=True, slots=True)
class DeliverPacket:
    """A whole, checked IP packet for us; `interface` is None where it never left us.

    `to_group`: the frame was a broadcast or for a group.
    """

    interface: str | None
    packet: bytes
    to_group: bool = False


@dataclass(frozen=True, slots=True)
class AddAddress:
    """An interface has made itself an address (RFC 4862); who owns the configuration adds it."""

    interface: str
    address: InterfaceAddress


@dataclass(frozen=True, slots=True)
class RemoveAddress:
    """An address is not ours any more: its lifetime ended, or it is a duplicate."""

    interface: str
    address: InterfaceAddress


@dataclass(frozen=True, slots=True)
class InstallRoute:
    """A host has learned a route from a router's advertisement or a redirect."""

    prefix: Prefix
    route: Route


@dataclass(frozen=True, slots=True)
class WithdrawRoute:
    """A route that was learned is gone."""

    prefix: Prefix


@dataclass(frozen=True, slots=True)
class Happened:
    """Something to tell: a stable kind in few words, where, about which address, and a sentence."""

    kind: str
    interface: str | None
    detail: str
    address: Address | None = None


Output: TypeAlias = (
    SendFrame | DeliverPacket | AddAddress | RemoveAddress | InstallRoute | WithdrawRoute | Happened
)
