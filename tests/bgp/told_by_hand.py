"""A neighbour whose octets a test writes, for a routing process that stands in a host."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Protocol

from fingerpost.addr import Address, Prefix
from fingerpost.bgp.attributes import (
    AsPath,
    Attribute,
    Communities,
    MultiExitDisc,
    NextHop,
    Origin,
    OriginCode,
    canonical,
)
from fingerpost.bgp.constants import MessageType
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.nlri import encode_prefix
from fingerpost.bgp.packet import Keepalive, Open
from fingerpost.bgp.packet.capabilities import As4, Multiprotocol
from fingerpost.bgp.packet.header import encode_header
from fingerpost.protocol.events import StreamAccepted, StreamReceived
from fingerpost.router.events import Event, ToProtocol

_STREAMS = count(-1, -1)


class Receives(Protocol):
    """Where a routing process stands."""

    def receive(self, event: Event) -> None:
        """Let it take an event."""


class Told:
    """A neighbour with a session; `say` gives its octets to the process."""

    def __init__(self, host: Receives, instance: str, stream: int, address: str) -> None:
        """Its connection stands."""
        self.host, self.instance, self.stream = host, instance, stream
        self.address = address

    def say(self, octets: bytes) -> None:
        """Send octets; its next hop, where one is missing, is itself."""
        self.host.receive(ToProtocol(self.instance, StreamReceived(self.stream, octets)))


def established(host: Receives, address: str, asn: int, instance: str = "bgp") -> Told:
    """A neighbour at an address that has come to Established by a connection of its own."""
    stream = next(_STREAMS)
    remote, local = Address(address), Address("10.0.0.1")
    host.receive(ToProtocol(instance, StreamAccepted(stream, local, 179, remote, 50_000)))
    told = Told(host, instance, stream, address)
    router_id = int(remote)
    capabilities = (Multiprotocol(IPV4), As4(asn))
    told.say(Open.of(asn, 90, router_id, capabilities).encode())
    told.say(Keepalive().encode())
    return told


def update(
    prefixes: Sequence[str],
    path: Sequence[int],
    *,
    next_hop: str | None = None,
    med: int | None = None,
    communities: Sequence[tuple[int, int]] = (),
) -> bytes:
    """An UPDATE of IPv4 prefixes; without `next_hop` that is 10.0.0.n of neighbour 65000 + n."""
    hop = next_hop or f"10.0.0.{path[0] - 65000}"
    attributes: list[Attribute] = [
        Origin(OriginCode.IGP),
        AsPath.of(*path),
        NextHop.of(Address(hop)),
    ]
    if med is not None:
        attributes.append(MultiExitDisc(med))
    if communities:
        attributes.append(Communities(tuple(high << 16 | low for high, low in communities)))
    octets = canonical(attributes)
    nlri = b"".join(encode_prefix(Prefix(one)) for one in prefixes)
    body = bytes(2) + len(octets).to_bytes(2, "big") + octets + nlri
    return encode_header(MessageType.UPDATE, body)
