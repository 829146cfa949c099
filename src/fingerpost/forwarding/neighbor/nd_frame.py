"""Frames that carry ND messages: IPv6 with hop limit 255, which nobody off the link can send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fingerpost.forwarding.events import SendFrame
from fingerpost.wire.ethernet import Ethernet, EtherType
from fingerpost.wire.ipv6 import Ipv6
from fingerpost.wire.mac import Mac
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.interface import Interface

HOP_LIMIT = 255  # RFC 4861 4.1 to 4.5


class Message(Protocol):
    """An ICMPv6 message."""

    def encode(self, source: Address, destination: Address) -> bytes:
        """Its bytes, with the checksum between these addresses."""


def nd_packet(source: Address, destination: Address, message: Message) -> bytes:
    """The IPv6 packet of a message."""
    payload = message.encode(source, destination)
    return Ipv6(source, destination, IpProtocol.ICMPV6, payload, HOP_LIMIT).encode()


def nd_frame(
    interface: Interface,
    source: Address,
    destination: Address,
    message: Message,
    station: Mac | None = None,
) -> SendFrame:
    """The frame of a message to a group, or to `station` for any other destination."""
    to = Mac(destination.multicast_mac) if station is None else station
    packet = nd_packet(source, destination, message)
    return SendFrame(interface.name, Ethernet(to, interface.mac, EtherType.IPV6, packet).encode())
