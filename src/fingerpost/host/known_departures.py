"""Packets of protocols above IP whose like was sent before: the short way out.

What the forwarding plane decides about a packet of ours that leaves by a named interface rests on
its addresses, on the interface and on our own addresses, on the station that the destination is at,
and on its size. The first make a `Lane`, once a packet went the long way; the station and the size
are asked for with each packet. The frame of the latest packet is kept: a Hello says the same each
time, and so its frame is the same.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from fingerpost.forwarding.events import SendFrame
from fingerpost.wire.checksum import checksum

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.counters import Counters
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.own import OwnAddresses

MOST_LANES = 4096  # of one host; beyond, all are learned anew
LARGEST_KEPT = 256  # octets of a payload whose frame is kept because it may go again
_LINK = 14
_HEADER = {4: 20, 6: 40}
_IPV4 = Struct("!16sH6sH8s")
_IPV6 = Struct("!18sH34s")


class Lane:
    """Packets that differ in nothing but what they carry."""

    __slots__ = (
        "after",
        "base",
        "before",
        "counters",
        "destination",
        "interface",
        "last",
        "own",
        "sent",
        "station",
        "version",
    )

    def __init__(
        self,
        interface: Interface,
        own: OwnAddresses,
        counters: Counters,
        destination: Address,
        frame: bytes,
    ) -> None:
        """`frame` stands for all; it is that of a packet in one piece, without options."""
        self.interface, self.own, self.counters = interface, own, counters
        self.destination = destination
        self.version = destination.version
        self.station = frame[:6] if not destination.is_multicast else None
        if self.version == 4:
            self.before, self.after = frame[:16], frame[18:24] + frame[26:34]
            header = bytearray(frame[_LINK : _LINK + 20])
            header[2:4] = header[10:12] = b"\0\0"
            self.base = 0xFFFF - checksum(bytes(header))
        else:
            self.before, self.after, self.base = frame[:18], frame[20:54], 0
        self.last: bytes | None = None
        self.sent: SendFrame | None = None

    def frame(self, payload: bytes) -> SendFrame:
        """What goes on the link with this payload."""
        if self.sent is not None and payload == self.last:
            return self.sent
        if self.version == 4:
            length = len(payload) + 20
            total = self.base + length
            head = _IPV4.pack(
                self.before,
                length,
                self.after[:6],
                0xFFFF - (total & 0xFFFF) - (total >> 16),
                self.after[6:],
            )
        else:
            head = _IPV6.pack(self.before, len(payload), self.after)
        sent = SendFrame(self.interface.name, head + payload)
        if len(payload) <= LARGEST_KEPT:
            self.last, self.sent = payload, sent
        return sent


class KnownDepartures:
    """The lanes of a plane, by whatever tells packets of one apart from those of others."""

    def __init__(self, plane: Forwarder) -> None:
        """Know none."""
        self._plane = plane
        self._lanes: dict[object, Lane] = {}

    def forget(self) -> None:
        """Other protocols speak from now on."""
        self._lanes.clear()

    def recall(self, key: object, payload: bytes, now: int) -> SendFrame | None:
        """The frame that a packet leaves in, counted as sent; None: it has to go the long way."""
        lane = self._lanes.get(key)
        if lane is None:
            return None
        plane, interface = self._plane, lane.interface
        if lane.own is not plane.own or plane.interfaces.get(interface.name) is not interface:
            del self._lanes[key]
            return None
        room = plane.neighbors.mtu(interface, lane.version) - _HEADER[lane.version]
        if len(payload) > room or plane.tracer is not None or len(plane.path_mtus):
            return None
        station = lane.station
        if station is not None:
            found = plane.neighbors.settled(interface.name, lane.destination)
            if found is None or found != station:
                return None
        plane.now = now
        sent = lane.frame(payload)
        lane.counters.packets_out += 1
        lane.counters.bytes_out += len(sent.frame) - _LINK
        return sent

    def learn(self, key: object, interface: str, destination: Address, frame: bytes) -> None:
        """Take note of the frame, one alone, that a packet left in."""
        plane = self._plane
        held = plane.interfaces[interface]
        counters = plane.counters[interface]
        if len(self._lanes) >= MOST_LANES:
            self._lanes.clear()
        self._lanes[key] = Lane(held, plane.own, counters, destination, frame)
