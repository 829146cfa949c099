"""A packet that has arrived, as what stands above IP sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fingerpost.errors import DecodeError
from fingerpost.forwarding.packet import parse
from fingerpost.forwarding.reason import Reason
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.addr import Address

_PLAIN = frozenset((IpProtocol.ICMPV6, IpProtocol.UDP, IpProtocol.TCP, IpProtocol.OSPF))


class Arrival(NamedTuple):
    """A whole packet for this host.

    `protocol` is that of `payload`, what the upper layer gets; IPv6 extension headers are passed
    over. `interface` is None where the packet never left the host. `packet` is all of it.
    """

    version: int
    source: Address
    destination: Address
    protocol: int
    payload: bytes
    hop_limit: int
    traffic_class: int
    interface: str | None
    packet: bytes


def arrival_of(packet: bytes, interface: str | None) -> Arrival | None:
    """Take apart what the forwarding plane has delivered; None for what it would not deliver."""
    found = parse(packet)
    if isinstance(found, Reason):
        return None
    protocol, payload = found.protocol, found.payload
    if found.version == 6 and protocol not in _PLAIN:
        from fingerpost.wire.ipv6_extension import walk

        try:
            chain = walk(protocol, payload)
        except DecodeError:
            return None
        protocol, payload = chain.upper, chain.payload
    return Arrival(
        found.version,
        found.source,
        found.destination,
        protocol,
        payload,
        found.hop_limit,
        found.traffic_class,
        interface,
        found.data,
    )
