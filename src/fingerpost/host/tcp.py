"""TCP for a virtual host (RFC 9293): packets, calls and time in, packets and events out.

The life of a segment: the host's IP layer hands a whole packet that is for this host to
`packet_received`; the native stack moves the connection; `events` tells what came of it, and
`outgoing` gives the packets to send. After every call that may make something due (a packet, a
`send`, a `close`), and at `next_deadline`, the host calls `outgoing`. Same generator and same
calls, same bytes.

Deliberate deviations: those of smoltcp, which `rust/core/src/tcp/mod.rs` lists. A link-local
address means the same peer on every link: whoever speaks to two neighbours of one link-local
address needs a `TcpSockets` for each interface.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost._core import TcpStack
from fingerpost.addr import Address
from fingerpost.errors import UsageError
from fingerpost.host.tcp_connection import Connection, Listener
from fingerpost.host.tcp_events import (
    Accepted,
    Closed,
    Connected,
    DataArrived,
    Ended,
    Refused,
    Reset,
    SpaceFreed,
    TcpEvent,
    TimedOut,
)
from fingerpost.host.tcp_options import TcpOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from fingerpost.addr.types import AddressLike

_OF_CONNECTIONS: dict[str, Callable[[Connection], TcpEvent]] = {
    "connected": Connected,
    "readable": DataArrived,
    "writable": SpaceFreed,
    "ended": Ended,
    "closed": Closed,
    "reset": Reset,
    "refused": Refused,
    "timed-out": TimedOut,
}
_LAST = {"closed", "reset", "refused", "timed-out"}


@dataclass(frozen=True, slots=True)
class TcpCounters:
    """What was dropped: no TCP segment, too low a hop limit (RFC 5082), replies nobody fetched."""

    ignored: int
    hop_limit: int
    replies_lost: int


class TcpSockets:
    """All TCP connections and listeners of one host.

    `mtu` bounds every packet that is sent, 68 to 65535 bytes; it is that of the narrowest egress.
    `limit` bounds connections, half-open ones included. `rng` decides initial sequence numbers
    and chosen ports. Instants are in nanoseconds and never go back.
    """

    def __init__(self, rng: Random, *, mtu: int = 1500, limit: int = 1024) -> None:
        """Make a stack without connections; UsageError for an `mtu` that cannot be."""
        self._stack = TcpStack(_checked_mtu(mtu), rng.getrandbits(64), limit)
        self._connections: dict[int, Connection] = {}
        self._listeners: dict[int, Listener] = {}
        self._events: list[TcpEvent] = []

    @property
    def connections(self) -> tuple[Connection, ...]:
        """Connections that are not over, oldest first."""
        return tuple(self._connections.values())

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """Listeners that are open, oldest first."""
        return tuple(listener for listener in self._listeners.values() if listener.is_open)

    @property
    def counters(self) -> TcpCounters:
        """What was dropped so far."""
        return TcpCounters(*self._stack.counters())

    def set_mtu(self, mtu: int) -> None:
        """Send no packet longer than `mtu` from now on, also of old data (RFC 1191, RFC 8201)."""
        self._stack.set_mtu(_checked_mtu(mtu))

    def listen(
        self,
        port: int,
        address: AddressLike | None = None,
        *,
        backlog: int = 8,
        options: TcpOptions | None = None,
    ) -> Listener:
        """Accept connections to `port` at `address`, without one at all addresses of both families.

        `backlog` of them may be half open at a time; who comes on top of them is reset.
        Raises UsageError when the port is taken or there is no room.
        """
        own = None if address is None else Address(address)
        if not 0 < backlog < 1 << 16:
            raise UsageError(f"backlog is {backlog}; it must be from 1 to 65535")
        _check_port(port, 1)
        handle = self._stack.listen(port, own, backlog, options or TcpOptions())
        self._listeners = {key: one for key, one in self._listeners.items() if one.is_open}
        self._listeners[handle] = Listener(self._stack, handle, own, port)
        return self._listeners[handle]

    def connect(
        self,
        local: AddressLike,
        remote: AddressLike,
        port: int,
        now: int,
        *,
        local_port: int = 0,
        options: TcpOptions | None = None,
    ) -> Connection:
        """Open a connection; `Connected`, `Refused`, `Reset` or `TimedOut` follows.

        Local port 0 stands for a free one from 49152 on. Raises UsageError for ends that cannot be
        those of a connection or have one already, and when there is no room.
        """
        _check_port(port, 1)
        _check_port(local_port, 0)
        ends = (Address(local), local_port), (Address(remote), port)
        handle = self._stack.connect(*ends, options or TcpOptions(), now)
        return self._add(handle)

    def packet_received(self, packet: bytes, now: int) -> None:
        """Take a whole IP packet, checked and reassembled, that is addressed to this host.

        A segment that belongs to nothing is answered with a reset; what is no TCP is counted.
        """
        self._stack.receive([packet], now)
        self._collect()

    def outgoing(self, now: int) -> list[bytes]:
        """Let timers fire, and give the IP packets to send, in order."""
        packets = self._stack.poll(now)
        self._collect()
        return packets

    def events(self) -> list[TcpEvent]:
        """Give what happened since the last call, in order."""
        events, self._events = self._events, []
        return events

    def next_deadline(self) -> int | None:
        """When to call `outgoing` next; None while only a packet or a call can change anything."""
        return self._stack.next_deadline()

    def _collect(self) -> None:
        for kind, handle, listener in self._stack.events():
            if listener is not None:
                self._events.append(Accepted(self._add(handle), self._listeners[listener]))
                continue
            connection = self._connections[handle]
            connection.has_ended |= kind == "ended"
            self._events.append(_OF_CONNECTIONS[kind](connection))
            if kind in _LAST:
                del self._connections[connection.bury()]

    def _add(self, handle: int) -> Connection:
        self._connections[handle] = Connection(self._stack, handle, self._finish)
        return self._connections[handle]

    def _finish(self, connection: Connection, tell: bool) -> None:
        del self._connections[connection.bury()]
        if tell:
            self._events.append(Closed(connection))


def _checked_mtu(mtu: int) -> int:
    if not 68 <= mtu <= 65_535:
        raise UsageError(f"the mtu is {mtu}; it must be from 68 to 65535 bytes (RFC 791 3.2)")
    return mtu


def _check_port(port: int, low: int) -> None:
    if not low <= port <= 65_535:
        raise UsageError(f"the port is {port}; it must be from {low} to 65535")
