"""Equal cost: which next hop a flow takes, the same one every time (RFC 2992, RFC 6438).

A flow is known by a key, a router by a seed; their hash picks a bucket, and a bucket belongs to one
next hop. `rust/core/src/forward/flow.rs` defines the same hash for the fast path.

```text
 key   source | destination | flow label, 24 bits (0 in IPv4) | protocol | ports, 32 bits
```

The key is taken in words of 64 bits, the last one filled up with zeros. Ports are those of TCP,
UDP, DCCP, SCTP and UDP-Lite, 0 elsewhere. Any fragment, the first too, has none, so that all pieces
of a packet go one way. In IPv6 only what follows the fixed header at once counts, so that no router
has to walk a chain of headers. An ICMP error belongs to the flow that it quotes, seen from the
other end: it takes the way of the answers to the packet that it is about (RFC 7690).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.buckets import Buckets
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.forwarding.packet import Packet

__all__ = ["Buckets", "flow_hash", "flow_key", "hash_of"]

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
_LAST = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_PORTED = frozenset(
    (IpProtocol.TCP, IpProtocol.UDP, IpProtocol.DCCP, IpProtocol.SCTP, IpProtocol.UDPLITE)
)
_ERRORS_IPV4 = frozenset((3, 4, 5, 11, 12))  # RFC 1122 3.2.2


def flow_hash(packet: Packet, seed: int) -> int:
    """64 bits that depend on the flow and the router's seed (64 bits) alone."""
    return hash_of(flow_key(packet), seed)


def hash_of(key: bytes, seed: int) -> int:
    """The hash of a flow key."""
    value = seed
    for at in range(0, len(key), 8):
        value ^= int.from_bytes(key[at : at + 8].ljust(8, b"\0"), "big")
        value = value * _STEP & _MASK
        value ^= value >> 32
    for factor in _LAST:
        value = value * factor & _MASK
        value ^= value >> 32
    return value


def flow_key(packet: Packet) -> bytes:
    """What the packets of one flow have in common."""
    payload = b"" if packet.is_fragment else packet.payload
    quoted = _quoted_flow(packet.protocol, payload)
    if quoted is not None:
        return quoted
    key = _key(packet.source.packed, packet.destination.packed, packet.flow_label, packet.protocol)
    return key + _ports(packet.protocol, payload)


def _key(source: bytes, destination: bytes, label: int, protocol: int) -> bytes:
    return source + destination + label.to_bytes(3, "big") + bytes((protocol,))


def _ports(protocol: int, payload: bytes) -> bytes:
    return payload[:4] if protocol in _PORTED and len(payload) >= 4 else bytes(4)


def _quoted_flow(protocol: int, payload: bytes) -> bytes | None:
    """The key of the answers to the packet that an ICMP error quotes; None where there is none."""
    if not payload:
        return None
    if protocol == IpProtocol.ICMP and payload[0] in _ERRORS_IPV4:
        return _answers4(payload[8:])
    if protocol == IpProtocol.ICMPV6 and payload[0] < 128:  # RFC 4443 2.1
        return _answers6(payload[8:])
    return None


def _answers4(quote: bytes) -> bytes | None:
    if len(quote) < 20 or quote[0] >> 4 != 4:
        return None
    is_fragment = bool((quote[6] << 8 | quote[7]) & 0x3FFF)
    payload = b"" if is_fragment else quote[(quote[0] & 0x0F) * 4 :]
    ports = _ports(quote[9], payload)
    return _key(quote[16:20], quote[12:16], 0, quote[9]) + ports[2:] + ports[:2]


def _answers6(quote: bytes) -> bytes | None:
    if len(quote) < 40 or quote[0] >> 4 != 6:
        return None
    label = int.from_bytes(quote[1:4], "big") & 0xFFFFF
    ports = _ports(quote[6], quote[40:])
    return _key(quote[24:40], quote[8:24], label, quote[6]) + ports[2:] + ports[:2]
