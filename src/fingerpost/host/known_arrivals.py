"""Packets for a protocol above IP whose like was delivered before: the short way in.

The forwarding plane looks at every field of a header and at nothing behind it, where the packet is
no fragment and its protocol means nothing to the plane. So what it decided for one packet holds for
all whose link and IP headers are the same but for length, identification and checksum, as long as
the interface and our own addresses are what they were; the two are asked for with each packet.
What is left is done for each: length and checksum, the rate of its class, and the counters.

`learn` is told of a packet that took the long way, and decides whether those like it may take this
one: never where the table had a say (reverse path), nor while somebody wants the trace of each.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from fingerpost.forwarding.interface import ReversePath
from fingerpost.forwarding.packet import parse
from fingerpost.forwarding.reason import Reason
from fingerpost.forwarding.traffic_class import class_of
from fingerpost.protocol.events import PacketReceived
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.forwarding.control_plane import Policer
    from fingerpost.forwarding.counters import Counters
    from fingerpost.forwarding.events import DeliverPacket
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.own import OwnAddresses
    from fingerpost.forwarding.packet import Packet

MOST_WAYS = 256  # remembered for one interface
LARGEST_KEPT = 256  # octets of a frame that is kept because it may come again
_LINK = 14
_MEANT = frozenset(
    (IpProtocol.ICMP, IpProtocol.IGMP, IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMPV6)
)
_IPV4 = 0x08  # the first octet of its ethertype
_END_IPV4, _END_IPV6 = _LINK + 20, _LINK + 40
_VARYING_IPV4 = Struct("!HH4xH")  # total length, identification, checksum; from octet 16 on


class Known:
    """What follows from the headers of packets that are alike; `last` is the latest of them."""

    __slots__ = (
        "destination",
        "event",
        "hop_limit",
        "last",
        "listeners",
        "policer",
        "source",
        "sum",
    )

    def __init__(self, packet: Packet, listeners: tuple[str, ...], policer: Policer | None) -> None:
        """`packet` stands for all of them; `listeners` are the instances that hear it."""
        self.listeners = listeners
        self.source = packet.source
        self.destination = packet.destination
        self.hop_limit = packet.hop_limit
        self.policer = policer
        self.sum = 0  # of the header without what varies, IPv4
        self.last = b""
        self.event: PacketReceived | None = None


class _Port:
    """The packets that come in on one interface, as it is now."""

    __slots__ = ("counters", "interface", "known", "own")

    def __init__(self, interface: Interface, own: OwnAddresses, counters: Counters) -> None:
        self.interface = interface
        self.own = own
        self.counters = counters
        self.known: dict[bytes, Known] = {}


class KnownArrivals:
    """What a plane has delivered, by interface and header."""

    def __init__(self, plane: Forwarder) -> None:
        """Know nothing."""
        self._plane = plane
        self._ports: dict[str, _Port] = {}

    def forget(self) -> None:
        """Other protocols are listened to from now on."""
        self._ports.clear()

    def recall(
        self, interface: str, frame: bytes, now: int
    ) -> tuple[Known, PacketReceived | None] | None:
        """What a frame brings, counted; nothing, where its class is beyond its rate.

        None: it has to go the long way.
        """
        port = self._ports.get(interface)
        if port is None or len(frame) < _END_IPV4:
            return None
        plane = self._plane
        if port.own is not plane.own or port.interface is not plane.interfaces.get(interface):
            del self._ports[interface]
            return None
        known = port.known.get(_key(frame))
        if known is None or plane.tracer is not None:
            return None
        event = known.event if frame == known.last else _read(interface, frame, known)
        if event is None:
            return None
        plane.now = now
        counters = port.counters
        counters.packets_in += 1
        counters.bytes_in += len(frame) - _LINK
        policer = known.policer
        if policer is not None and not policer.passes(now):
            counters.ends[Reason.POLICED] += 1
            return known, None
        counters.ends[Reason.DELIVERED] += 1
        return known, event

    def learn(
        self,
        frame: bytes,
        delivered: DeliverPacket,
        listeners: Mapping[tuple[int, int], tuple[str, ...]],
    ) -> None:
        """Take note of what became of a frame: it was delivered, and nothing else came of it.

        `listeners`: who hears which version and protocol, where those who speak IP itself do.
        """
        plane, name = self._plane, delivered.interface
        packet = parse(delivered.packet)
        if name is None or isinstance(packet, Reason) or plane.tracer is not None:
            return
        names = listeners.get((packet.version, packet.protocol))
        if names is None or packet.protocol in _MEANT or not _is_plain(frame, packet):
            return
        interface = plane.interfaces[name]
        if interface.reverse_path is not ReversePath.OFF:
            return
        port = self._ports.get(name)
        if port is None or port.own is not plane.own or port.interface is not interface:
            port = self._ports[name] = _Port(interface, plane.own, plane.counters[name])
        if len(port.known) >= MOST_WAYS:
            port.known.clear()
        known = Known(packet, names, plane.control_plane.policers.get(class_of(packet)))
        if packet.version == 4:
            known.sum = -sum(_VARYING_IPV4.unpack_from(frame, 16))  # the whole of it comes to zero
        port.known[_key(frame)] = known


def _key(frame: bytes) -> bytes:
    """The headers without length, identification and checksum."""
    if frame[12] == _IPV4:
        return frame[:16] + frame[20:24] + frame[26:34]
    return frame[:18] + frame[20:54]


def _is_plain(frame: bytes, packet: Packet) -> bool:
    """Whether what was delivered is what came in the frame, with no more than the fixed header."""
    if packet.version == 4 and (packet.header_length != 20 or packet.is_fragment):
        return False
    return frame[_LINK : _LINK + len(packet.data)] == packet.data


def _read(interface: str, frame: bytes, known: Known) -> PacketReceived | None:
    """Check what varies; None: length or checksum is wrong."""
    if frame[12] == _IPV4:
        total, identification, checksum = _VARYING_IPV4.unpack_from(frame, 16)
        if (total + identification + checksum + known.sum) % 0xFFFF:
            return None
        start, end = _END_IPV4, _LINK + total
    else:
        start, end = _END_IPV6, _END_IPV6 + (frame[18] << 8 | frame[19])
    if not start <= end <= len(frame):
        return None
    event = PacketReceived(
        interface, known.source, known.destination, known.hop_limit, frame[start:end]
    )
    if len(frame) <= LARGEST_KEPT:
        known.last, known.event = frame, event
    return event
