"""UDP sockets of a virtual host (RFC 768, RFC 1122 4.1).

A socket has a port and may have an address of its own and a peer. What arrives goes to the socket
that fits most exactly: both ends, then the own address, then the port alone. It lands in `inbox`,
which is bounded, or in `on_receive` where there is one; ICMP errors about what the socket sent land
in `errors` (RFC 1122 4.1.3.3).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fingerpost.errors import DecodeError, UsageError
from fingerpost.wire.protocol import IpProtocol
from fingerpost.wire.udp import Udp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Address
    from fingerpost.host.arrival import Arrival
    from fingerpost.host.notice import Notice
    from fingerpost.host.virtual import VirtualHost
    from fingerpost.router.router import Output

INBOX = 1_000  # datagrams that wait for their reader; later ones are dropped and counted
_EPHEMERAL = range(49152, 65536)  # RFC 6335 6


class Datagram(NamedTuple):
    """What a UDP socket has received."""

    data: bytes
    source: Address
    source_port: int
    destination: Address
    destination_port: int
    interface: str | None
    hop_limit: int
    instant: int


OnReceive: TypeAlias = "Callable[[Datagram, int], list[Output]]"


class UdpSocket:
    """One socket, made by `UdpSockets.open`. Sending gives outputs, as all of a host does."""

    def __init__(
        self, host: VirtualHost, port: int, address: Address | None, on_receive: OnReceive | None
    ) -> None:
        """`address` None: whatever address of the host a datagram is for."""
        self.host = host
        self.port = port
        self.address = address
        self.peer: tuple[Address, int] | None = None
        self.on_receive = on_receive
        self.inbox: deque[Datagram] = deque()
        self.errors: deque[Notice] = deque(maxlen=INBOX)
        self.dropped = 0

    def connect(self, address: Address, port: int) -> None:
        """Take datagrams of this peer alone, and send to it by `send`."""
        self.peer = address, port

    def send(self, data: bytes, now: int) -> list[Output]:
        """Send to the peer of `connect`; raises `UsageError` without one."""
        if self.peer is None:
            raise UsageError("this socket has no peer: connect it, or name one with send_to")
        return self.send_to(data, *self.peer, now)

    def send_to(
        self,
        data: bytes,
        address: Address,
        port: int,
        now: int,
        *,
        interface: str | None = None,
        hop_limit: int | None = None,
    ) -> list[Output]:
        """Send one datagram; `interface` is needed for link-local and multicast destinations.

        Raises `UsageError` where the host has no address to send from.
        """
        source = self.address or self.host.source_for(address, interface)
        if source is None:
            raise UsageError(f"{self.host.name} has no address to send to {address} from")
        payload = Udp(self.port, port, data).encode(source, address)
        return self.host.send(
            source, address, IpProtocol.UDP, payload, now, interface=interface, hop_limit=hop_limit
        )

    def take(self, datagram: Datagram, now: int) -> list[Output]:
        """A datagram has come for this socket."""
        if self.on_receive is not None:
            return self.on_receive(datagram, now)
        if len(self.inbox) >= INBOX:
            self.dropped += 1
        else:
            self.inbox.append(datagram)
        return []

    def close(self) -> None:
        """Give the port back; what arrives for it afterwards is refused."""
        self.host.udp.close(self)


class UdpSockets:
    """The UDP of one host: its sockets by port."""

    def __init__(self, host: VirtualHost) -> None:
        """No socket is open."""
        self._host = host
        self._by_port: dict[int, list[UdpSocket]] = {}
        self._next = 0
        self.malformed = 0

    def open(
        self,
        port: int = 0,
        address: Address | None = None,
        on_receive: OnReceive | None = None,
    ) -> UdpSocket:
        """Bind a port, a free one if 0; raises `UsageError` if it is taken."""
        if port == 0:
            port = self._free_port()
        if not 0 < port < 65536:
            raise UsageError(f"{port} is no UDP port; give 1 to 65535, or 0 for a free one")
        held = self._by_port.setdefault(port, [])
        if any(one.address == address and one.peer is None for one in held):
            raise UsageError(f"{self._host.name}: UDP port {port} is taken")
        socket = UdpSocket(self._host, port, address, on_receive)
        held.append(socket)
        return socket

    def close(self, socket: UdpSocket) -> None:
        """Forget a socket; one that is closed already is no error."""
        held = self._by_port.get(socket.port, [])
        if socket in held:
            held.remove(socket)
        if not held:
            self._by_port.pop(socket.port, None)

    def _free_port(self) -> int:
        for _ in _EPHEMERAL:
            port = _EPHEMERAL[self._next % len(_EPHEMERAL)]
            self._next += 1
            if port not in self._by_port:
                return port
        raise UsageError(f"{self._host.name} has no UDP port left")

    def take(self, arrival: Arrival, now: int) -> list[Output] | None:
        """Give a datagram to its socket, a multicast one to each; None: no socket takes it."""
        try:
            found = Udp.decode(arrival.payload, arrival.source, arrival.destination)
        except DecodeError:
            self.malformed += 1  # silently (RFC 1122 4.1.3.4)
            return []
        datagram = Datagram(
            found.payload,
            arrival.source,
            found.source_port,
            arrival.destination,
            found.destination_port,
            arrival.interface,
            arrival.hop_limit,
            now,
        )
        takers = list(self._takers(datagram))
        if not takers:
            return None
        is_for_all = arrival.destination.is_multicast
        return [
            output
            for socket in (takers if is_for_all else takers[:1])
            for output in socket.take(datagram, now)
        ]

    def _takers(self, datagram: Datagram) -> Iterator[UdpSocket]:
        """The sockets that fit, the most exact first."""
        peer = datagram.source, datagram.source_port
        fitting = [
            one
            for one in self._by_port.get(datagram.destination_port, ())
            if one.address in (None, datagram.destination) and one.peer in (None, peer)
        ]
        return iter(sorted(fitting, key=lambda one: (one.peer is None, one.address is None)))

    def fault(self, notice: Notice) -> None:
        """Tell the socket that sent what an ICMP error quotes."""
        quote = notice.quote
        if quote is None or len(quote.head) < 4:
            return
        port = int.from_bytes(quote.head[:2], "big")
        for socket in self._by_port.get(port, ()):
            if socket.address in (None, quote.source):
                socket.errors.append(notice)
