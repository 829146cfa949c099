"""What waits for a neighbour that is being asked for (RFC 4861 7.2.2, RFC 1122 2.3.2.2).

A packet that a node itself cut into fragments waits as one. Fragments in transit come one by one;
those of one packet count as one and are given up together, as any of them lost is all of them lost
(RFC 8085 3.2). The bound in bytes is for them: a packet of 64 KB is 45 fragments of an Ethernet.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.packet import Packet

    # family, source, destination, protocol, identification (RFC 791 3.2, RFC 8200 4.5)
    Key: TypeAlias = tuple[int, Address, Address, int, int]

PIECE_COST = 128  # what keeping a piece takes beside its bytes; a flood of tiny ones is bounded too
_FRAGMENT = int(IpProtocol.FRAGMENT)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A packet that waits for its neighbour: what to send, and what it was when it came in.

    `packet` and `came_in` are for the ICMP error that is owed when nobody answers.
    """

    ethertype: int
    payloads: tuple[bytes, ...]
    packet: Packet
    came_in: str | None


class WaitingQueue:
    """Packets in the order in which they came; `len` counts packets, not their fragments."""

    __slots__ = ("_bytes", "_packets")

    def __init__(self) -> None:
        """Nothing waits."""
        # a list of fragments each, with the key of the packet that they are pieces of
        self._packets: deque[tuple[Key | None, list[Waiting]]] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        """How many packets wait."""
        return len(self._packets)

    def add(self, waiting: Waiting, most: int, most_bytes: int) -> list[Waiting]:
        """Let a packet wait; gives the oldest ones, which the bounds leave no room for.

        What came last stays, however large: at least one must be kept (RFC 4861 7.2.2).
        """
        key = _key(waiting.packet)
        others = next((held for of, held in self._packets if of == key), None) if key else None
        if others is None:
            self._packets.append((key, [waiting]))
        else:
            others.append(waiting)
        self._bytes += _size(waiting)
        dropped: list[Waiting] = []
        while len(self._packets) > 1 and (len(self._packets) > most or self._bytes > most_bytes):
            dropped += self._drop_oldest(but=waiting)
        if self._bytes > most_bytes and len(self._packets[0][1]) > 1:  # no packet is so large
            dropped += self._drop_oldest()[:-1]
            self._packets.append((key, [waiting]))
            self._bytes = _size(waiting)
        return dropped

    def take_all(self) -> list[Waiting]:
        """What waits, in order; nothing does any more."""
        taken = [waiting for _, held in self._packets for waiting in held]
        self._packets.clear()
        self._bytes = 0
        return taken

    def _drop_oldest(self, but: Waiting | None = None) -> list[Waiting]:
        """Give up the packet that has waited longest, or the next where `but` is a piece of it."""
        at = 1 if self._packets[0][1][-1] is but else 0
        _, held = self._packets[at]
        del self._packets[at]
        self._bytes -= sum(_size(waiting) for waiting in held)
        return held


def _size(waiting: Waiting) -> int:
    return sum(len(payload) + PIECE_COST for payload in waiting.payloads)


def _key(packet: Packet) -> Key | None:
    """What the fragments of one packet have in common; None for a packet that is whole."""
    ends = (packet.version, packet.source, packet.destination)
    if packet.is_fragment:
        return (*ends, packet.protocol, packet.identification)
    if packet.version == 6 and packet.protocol == _FRAGMENT and len(packet.data) >= 48:
        return (*ends, _FRAGMENT, int.from_bytes(packet.data[44:48], "big"))
    return None
