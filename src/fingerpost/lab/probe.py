"""The packets that traceroute sends, and how their answers are told from each other.

Every probe of a flow has the same addresses, ports and ICMP checksum, so that equal-cost routers
send all of them the same way (as Paris traceroute does: Augustin et al., IMC 2006). What differs is
what no router looks at: the UDP checksum (by two bytes of data), the ICMP sequence number (with two
bytes of data that make up for it), the TCP sequence number.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Protocol

from fingerpost.wire.checksum import checksum, pseudo_sum
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.host.arrival import Arrival
    from fingerpost.host.notice import Quote

UDP_PORT = 33434  # where traceroute has always begun
TCP_PORT = 80
_SOURCE_PORTS = 49152  # RFC 6335 6: the first ephemeral one
_PORTS = Struct("!HH")
_UDP = Struct("!HHHH")
_TCP = Struct("!HHIIBBHHH")
# as a host opens a connection: MSS 1460, SACK permitted, timestamps, window scale 2 (RFC 9293
# 3.7.1, RFC 2018 2, RFC 7323 2, 3)
_SYN_OPTIONS = Struct("!HHHHIIBBBB")
_SYN, _RST, _ACK = 0x02, 0x04, 0x10


class Probes(Protocol):
    """A way to probe. `number` counts the probes of a run from 0, `header` the bytes above IP."""

    protocol: int
    header: int

    def make(self, number: int, flow: int, size: int) -> bytes:
        """The upper-layer bytes of a probe with `size` bytes of data."""
        ...

    def quoted(self, quote: Quote) -> int | None:
        """The number of the probe that an ICMP error quotes; None: none of ours."""
        ...

    def answered(self, arrival: Arrival) -> int | None:
        """The number of the probe that the destination answers itself; None: none of ours."""
        ...


class UdpProbes:
    """Datagrams to a port that nobody listens to; the destination says so."""

    protocol = int(IpProtocol.UDP)
    header = 8

    def __init__(self, source: Address, destination: Address, base: int, port: int) -> None:
        """`base` shifts the source ports, so that two runs do not meet."""
        self._ends = source, destination
        self._base, self._port = _SOURCE_PORTS + base % 8192, port
        self._numbers: dict[tuple[int, int], int] = {}

    def make(self, number: int, flow: int, size: int) -> bytes:
        """A datagram whose checksum tells its number."""
        port = self._base + flow
        data = (number & 0xFFFF).to_bytes(2, "big") + _pattern(max(size - 2, 0))
        length = 8 + len(data)
        start = pseudo_sum(*self._ends, self.protocol, length)
        check = checksum(_UDP.pack(port, self._port, length, 0) + data, start) or 0xFFFF
        self._numbers[port, check] = number
        return _UDP.pack(port, self._port, length, check) + data

    def quoted(self, quote: Quote) -> int | None:
        """By source port and checksum."""
        if quote.protocol != self.protocol or len(quote.head) < 8:
            return None
        source, destination, _, check = _UDP.unpack_from(quote.head)
        return self._numbers.get((source, check)) if destination == self._port else None

    def answered(self, arrival: Arrival) -> int | None:  # noqa: ARG002 - a service may answer anything
        """Whoever listens there may answer, but nothing tells to which probe."""
        return None


class IcmpProbes:
    """Echo requests. A flow has an identifier and a checksum of its own."""

    header = 8

    def __init__(self, source: Address, destination: Address, base: int) -> None:
        """`base`: the identifier of the first flow."""
        self._ends, self._base = (source, destination), base
        self._version = source.version
        self.protocol = int(IpProtocol.ICMP if self._version == 4 else IpProtocol.ICMPV6)
        self._request, self._reply = (8, 0) if self._version == 4 else (128, 129)
        self._flows: set[int] = set()

    def make(self, number: int, flow: int, size: int) -> bytes:
        """An echo request whose first data word makes up for its number."""
        identifier = (self._base + flow) & 0xFFFF
        self._flows.add(identifier)
        words = _PORTS.pack(number & 0xFFFF, 0xFFFF - (number & 0xFFFF))
        tail = identifier.to_bytes(2, "big") + words + _pattern(max(size - 2, 0))
        head = bytes((self._request, 0))
        start = 0
        if self._version == 6:
            start = pseudo_sum(*self._ends, self.protocol, len(tail) + 4)
        return head + checksum(head + b"\0\0" + tail, start).to_bytes(2, "big") + tail

    def quoted(self, quote: Quote) -> int | None:
        """By identifier and sequence number."""
        if quote.protocol != self.protocol or len(quote.head) < 8:
            return None
        return self._number(quote.head) if quote.head[0] == self._request else None

    def answered(self, arrival: Arrival) -> int | None:
        """An echo reply."""
        message = arrival.payload
        if arrival.protocol != self.protocol or len(message) < 8 or message[0] != self._reply:
            return None
        return self._number(message)

    def _number(self, message: bytes) -> int | None:
        identifier, sequence = _PORTS.unpack_from(message, 4)
        return sequence if identifier in self._flows else None


class TcpProbes:
    """Half a handshake: the destination answers a SYN with SYN and ACK, or with a reset."""

    protocol = int(IpProtocol.TCP)
    header = 40

    def __init__(self, source: Address, destination: Address, base: int, port: int) -> None:
        """`base` shifts the source ports and sequence numbers."""
        self._ends = source, destination
        self._base, self._port = _SOURCE_PORTS + base % 8192, port
        self._sequence = base << 16
        self._flows: set[int] = set()

    def make(self, number: int, flow: int, size: int) -> bytes:  # noqa: ARG002 - a SYN has no data
        """A SYN whose sequence number tells its number."""
        port = self._base + flow
        self._flows.add(port)
        fields = (port, self._port, self._sequence + number & 0xFFFFFFFF, 0, 0xA0, _SYN, 5840)
        options = _SYN_OPTIONS.pack(0x0204, 1460, 0x0402, 0x080A, number, 0, 1, 3, 3, 2)
        start = pseudo_sum(*self._ends, self.protocol, self.header)
        check = checksum(_TCP.pack(*fields, 0, 0) + options, start)
        return _TCP.pack(*fields, check, 0) + options

    def quoted(self, quote: Quote) -> int | None:
        """By ports and sequence number."""
        if quote.protocol != self.protocol or len(quote.head) < 8:
            return None
        source, destination = _PORTS.unpack_from(quote.head)
        if source not in self._flows or destination != self._port:
            return None
        return int.from_bytes(quote.head[4:8], "big") - self._sequence & 0xFFFFFFFF

    def answered(self, arrival: Arrival) -> int | None:
        """What acknowledges the SYN, be it yes or no."""
        if arrival.protocol != self.protocol or len(arrival.payload) < 20:
            return None
        source, destination = _PORTS.unpack_from(arrival.payload)
        acknowledged = int.from_bytes(arrival.payload[8:12], "big")
        flags = arrival.payload[13]
        if destination not in self._flows or source != self._port or not flags & _ACK:
            return None
        if arrival.source != self._ends[1] or not flags & (_SYN | _RST):
            return None
        return acknowledged - 1 - self._sequence & 0xFFFFFFFF


def _pattern(size: int) -> bytes:
    return bytes(0x40 + at & 0x7F for at in range(size))
