"""TCP for the user of a lab: what waits lets the time of the network pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.host.tcp_connection import TcpState
from fingerpost.host.tcp_events import Accepted, Refused, Reset, TimedOut
from fingerpost.lab.instant import Time, nanoseconds

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.host.tcp_connection import Connection, Listener
    from fingerpost.host.tcp_events import TcpEvent
    from fingerpost.lab.network import Network
    from fingerpost.lab.station import Station
    from fingerpost.router.router import Output

_FAILURES = {Refused: "refused", Reset: "reset", TimedOut: "timed out"}
PATIENCE = "60s"


class Stream:
    """One end of a TCP connection; `failure` says how it broke, "" while it has not."""

    def __init__(self, network: Network, station: Station, connection: Connection) -> None:
        """Made by `LabNode.connect` and `Server.accept`."""
        self.connection = connection
        self.failure = ""
        self._network, self._station = network, station

    def told(self, event: TcpEvent) -> None:
        """Take note of an event of the connection."""
        self.failure = _FAILURES.get(type(event), self.failure)

    @property
    def state(self) -> TcpState:
        """Where the connection stands, in the names of RFC 9293."""
        return self.connection.state

    def send(self, data: bytes, wait: Time = PATIENCE) -> None:
        """Send all of it, however small the window; raises `UsageError` where that takes too long
        or the connection is over.
        """
        end = self._network.now + nanoseconds(wait, "wait")
        left = memoryview(data)
        while left:
            taken = self.connection.send(bytes(left), self._network.now)
            self._flush()
            left = left[taken:]
            if left and not self._wait_some(end):
                hint = "" if self.connection.is_over else "; more fits once the peer has received"
                sent = f"{len(left):,} of {len(data):,} bytes not sent: {self._said()}{hint}"
                raise UsageError(sent)

    def receive(self, least: int = 1, wait: Time = PATIENCE) -> bytes:
        """What has arrived: `least` bytes or more, fewer where no more come in time."""
        end = self._network.now + nanoseconds(wait, "wait")
        found = bytearray(self._read())
        while len(found) < least and not self.connection.has_ended and self._wait_some(end):
            found += self._read()
        return bytes(found + self._read())

    def close(self) -> None:
        """Send no more than what was taken, then finish."""
        self.connection.close(self._network.now)
        self._flush()

    def _read(self) -> bytes:
        data = self.connection.receive(self._network.now)
        if data:
            self._flush()  # the window has opened
        return data

    def _flush(self) -> None:
        self._station.carry(self._station.host.tcp.flush(self._network.now))

    def _wait_some(self, end: int) -> bool:
        """Let one more thing happen before `end`; False when the time or the connection is over."""
        return not self.connection.is_over and self._network.step(end)

    def _said(self) -> str:
        return self.failure or f"{self.state} at {self._network.now / 1e9:.3f} s"

    def __repr__(self) -> str:
        """The ends and the state."""
        return repr(self.connection)


class Server:
    """A port that accepts connections."""

    def __init__(self, network: Network, station: Station, port: int) -> None:
        """Made by `LabNode.listen`."""
        self._network, self._station = network, station
        self._accepted: list[Stream] = []
        tcp = station.host.tcp
        self.listener: Listener = tcp.sockets.listen(port)
        self._streams: dict[int, Stream] = {}
        tcp.watch(self.listener, self._event)

    def _event(self, event: TcpEvent, _now: int) -> list[Output]:
        if isinstance(event, Accepted):
            stream = Stream(self._network, self._station, event.connection)
            self._streams[id(event.connection)] = stream
            self._accepted.append(stream)
        elif (found := self._streams.get(id(event.connection))) is not None:
            found.told(event)
        return []

    def accept(self, wait: Time = PATIENCE) -> Stream:
        """The next connection; raises `UsageError` where none comes in time."""
        end = self._network.now + nanoseconds(wait, "wait")
        while not self._accepted:
            if not self._network.step(end):
                raise UsageError(f"nobody connects to {self._station.name} in time")
        return self._accepted.pop(0)

    def close(self) -> None:
        """Accept no more."""
        self.listener.close(self._network.now)
        self._station.carry(self._station.host.tcp.flush(self._network.now))


def connect(
    network: Network, station: Station, local: Address, remote: Address, port: int, wait: Time
) -> Stream:
    """Open a connection; raises `UsageError` where it is refused or nobody answers in time."""
    tcp = station.host.tcp
    connection = tcp.sockets.connect(local, remote, port, network.now)
    stream = Stream(network, station, connection)

    def told(event: TcpEvent, _now: int) -> list[Output]:
        stream.told(event)
        return []

    tcp.watch(connection, told)
    station.carry(tcp.flush(network.now))
    end = network.now + nanoseconds(wait, "wait")
    while stream.state in (TcpState.SYN_SENT, TcpState.SYN_RECEIVED):
        if not network.step(end):
            break
    if stream.failure or stream.state in (TcpState.SYN_SENT, TcpState.SYN_RECEIVED):
        said = stream.failure or "nobody answered in time"
        raise UsageError(f"{station.name} to {remote} port {port}: {said}")
    return stream
