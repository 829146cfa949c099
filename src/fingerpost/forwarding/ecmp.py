"""Equal cost: which next hop a flow takes, the same one every time (RFC 2992, RFC 6438)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.forwarding.packet import Packet
    from fingerpost.forwarding.route import NextHop

_MASK = (1 << 64) - 1
_FACTOR = 0x9E3779B97F4A7C15
_PORTED = frozenset(
    (IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP, IpProtocol.DCCP, IpProtocol.UDPLITE)
)


def flow_hash(packet: Packet, seed: int) -> int:
    """64 bits that depend on the flow and the router's seed alone."""
    key = packet.source.packed + packet.destination.packed
    key += packet.flow_label.to_bytes(3, "big") + bytes((packet.protocol,))
    if packet.protocol in _PORTED and not packet.is_fragment:
        key += packet.payload[:4]
    value = seed
    for at in range(0, len(key), 8):
        value ^= int.from_bytes(key[at : at + 8].ljust(8, b"\0"), "big")
        value = value * _FACTOR & _MASK
        value ^= value >> 32
    value = value * _FACTOR & _MASK
    return value ^ value >> 29


class Buckets:
    """Shares of the hash space: each member has as many buckets as its weight asks for."""

    def __init__(self, members: tuple[NextHop, ...]) -> None:
        """Share the buckets out among `members`."""
        self.members: tuple[NextHop, ...] = ()
        self.change(members)

    def change(self, members: tuple[NextHop, ...]) -> None:
        """Move no more buckets than the change of members needs."""
        self.members = members
        self._slots = [member for member in members for _ in range(member.weight)]

    def choose(self, value: int) -> NextHop:
        """The member of a flow's hash."""
        return self._slots[value % len(self._slots)]
