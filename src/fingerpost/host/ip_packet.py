"""Make a whole IP packet of either family around an upper-layer payload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.wire.ipv4 import Ipv4
from fingerpost.wire.ipv6 import Ipv6

if TYPE_CHECKING:
    from fingerpost.addr import Address


def ip_packet(
    source: Address,
    destination: Address,
    protocol: int,
    payload: bytes,
    *,
    hop_limit: int = 64,
    identification: int = 0,
    traffic_class: int = 0,
    flow_label: int = 0,
    dont_fragment: bool = False,
) -> bytes:
    """The bytes of the packet; what a family does not have (a flow label, an identification) is
    left out of it. Raises `UsageError` for a field out of range.
    """
    if destination.version == 6:
        return Ipv6(
            source, destination, protocol, payload, hop_limit, traffic_class, flow_label
        ).encode()
    return Ipv4(
        source,
        destination,
        protocol,
        payload,
        hop_limit,
        identification,
        traffic_class,
        dont_fragment=dont_fragment,
    ).encode()
