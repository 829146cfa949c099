"""A speaker that says whatever a test has it say, to machines in `joined.Net`."""

from __future__ import annotations

from bgp.joined import End, Net
from fingerpost.addr import Address
from fingerpost.bgp.constants import HEADER, MessageType
from fingerpost.bgp.family import IPV4
from fingerpost.bgp.packet import Keepalive, Message, Open, decode_message
from fingerpost.bgp.packet.capabilities import As4, Capability, Multiprotocol
from fingerpost.bgp.packet.header import encode_header
from fingerpost.protocol.events import Event, StreamClosed, StreamConnected, StreamSent


class Raw:
    """Connections by number; `said` is what came on each, message for message."""

    def __init__(self, net: Net, address: str) -> None:
        """At an address of the net."""
        self.net = net
        self.address = Address(address)
        self.ends: dict[int, End] = {}
        self.octets: dict[int, bytes] = {}
        self.closed: dict[int, str | None] = {}
        self.listening = True
        self._last = 0
        net.nodes[self.address] = self

    def connect(self, to: str) -> int:
        """Open a connection."""
        self._last += 1
        end = self.ends[self._last] = End(self, self._last)
        self.octets[self._last] = b""
        self.net.connect(end, Address(to), self.address)
        return self._last

    def accept(self, end: End, _remote: Address) -> End:
        """Somebody opens one."""
        self._last += 1
        mine = self.ends[self._last] = End(self, self._last, end)
        end.other = mine
        self.octets[self._last] = b""
        return mine

    def send(self, stream: int, data: bytes) -> None:
        """Send octets."""
        if stream in self.ends:
            self.net.carry(self.ends[stream], data)

    def close(self, stream: int) -> None:
        """End a connection."""
        self.net.close(self.ends.pop(stream), None)

    def give(self, event: Event) -> None:
        """The net tells what became of a connection that was asked for."""
        if isinstance(event, StreamClosed):
            self.closed[event.stream] = event.reason
        else:
            assert isinstance(event, StreamConnected | StreamSent)

    def got(self, end: End, data: bytes) -> None:
        """Octets came."""
        self.octets[end.number] += data

    def ended(self, end: End, reason: str | None) -> None:
        """The other end is gone."""
        self.ends.pop(end.number, None)
        self.closed[end.number] = reason

    def said(self, stream: int) -> list[Message]:
        """What came on a connection."""
        found, rest = [], self.octets[stream]
        while len(rest) >= HEADER:
            length = int.from_bytes(rest[16:18], "big")
            found.append(decode_message(rest[:length], 65_535))
            rest = rest[length:]
        return found

    def updates(self, stream: int) -> int:
        """How many UPDATEs came on a connection."""
        return sum(one.kind is MessageType.UPDATE for one in self.said(stream))

    def open(self, asn: int, number: int, *more: Capability, hold_s: int = 90) -> bytes:
        """An OPEN."""
        able: tuple[Capability, ...] = (Multiprotocol(IPV4), As4(asn), *more)
        return Open.of(asn, hold_s, number, able).encode()

    def establish(self, stream: int, asn: int, number: int, *more: Capability) -> None:
        """Say what brings a session up."""
        self.send(stream, self.open(asn, number, *more) + KEEPALIVE)


KEEPALIVE = Keepalive().encode()
END_OF_RIB = encode_header(MessageType.UPDATE, bytes(4))


def update(prefix: bytes, asn: int, next_hop: bytes, more: bytes = b"") -> bytes:
    """An UPDATE of one IPv4 prefix, in octets of NLRI."""
    path = bytes((2, 1)) + asn.to_bytes(4, "big")
    attributes = bytes((0x40, 1, 1, 0, 0x40, 2, len(path))) + path
    attributes += bytes((0x40, 3, 4)) + next_hop + more
    body = bytes(2) + len(attributes).to_bytes(2, "big") + attributes + prefix
    return encode_header(MessageType.UPDATE, body)


def withdrawal(prefixes: bytes) -> bytes:
    """An UPDATE that withdraws IPv4 prefixes."""
    return encode_header(MessageType.UPDATE, len(prefixes).to_bytes(2, "big") + prefixes + bytes(2))
