"""TCP as a transport of a virtual host: segments in, segments and events out.

Events of a connection go to the `on_event` that watches it, so that a protocol above, such as BGP,
gets them as they come; those that nobody watches gather in `events`, which is bounded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.forwarding.events import PacketOriginated
from fingerpost.host.tcp import TcpSockets
from fingerpost.host.tcp_connection import Connection, Listener
from fingerpost.host.tcp_events import Accepted, TcpEvent

if TYPE_CHECKING:
    from random import Random

    from fingerpost.host.arrival import Arrival
    from fingerpost.router import Router
    from fingerpost.router.router import Output

MOST_EVENTS = 10_000  # that nobody watches; the oldest go first
LEAST_MTU = 576  # RFC 9293 3.7.1: what is assumed where no interface says

OnEvent: TypeAlias = "Callable[[TcpEvent, int], list[Output]]"


class TcpTransport:
    """The TCP of one host. `sockets` opens connections; call `flush` after using them."""

    def __init__(self, router: Router, rng: Random) -> None:
        """`rng` draws sequence numbers and ports."""
        mtus = [one.mtu for one in router.interfaces.values() if not one.is_loopback]
        self.sockets = TcpSockets(rng, mtu=min(mtus, default=LEAST_MTU))
        self.events: deque[TcpEvent] = deque(maxlen=MOST_EVENTS)
        self._router = router
        self._watched: dict[int, tuple[Connection | Listener, OnEvent]] = {}

    def watch(self, one: Connection | Listener, on_event: OnEvent) -> None:
        """Hand the events of a connection, or of all that a listener accepts, to `on_event`."""
        self._watched[id(one)] = one, on_event

    def take(self, arrival: Arrival, now: int) -> list[Output]:
        """Take a segment; the stack resets what belongs to nothing (RFC 9293 3.10.7.1)."""
        self.sockets.packet_received(arrival.packet, now)
        return self.flush(now)

    def advance(self, now: int) -> list[Output]:
        """Do what is due."""
        return self.flush(now)

    def next_deadline(self) -> int | None:
        """The instant at which `advance` is due."""
        return self.sockets.next_deadline()

    def flush(self, now: int) -> list[Output]:
        """Send what is due and tell what happened, until neither brings anything new."""
        out: list[Output] = []
        while True:
            packets = self.sockets.outgoing(now)
            events = self.sockets.events()
            if not packets and not events:
                return out
            for packet in packets:
                out += self._router.receive(PacketOriginated(packet), now)
            for event in events:
                out += self._tell(event, now)

    def _tell(self, event: TcpEvent, now: int) -> list[Output]:
        watched = self._watched.get(id(event.connection))
        if watched is None and isinstance(event, Accepted):
            watched = self._watched.get(id(event.listener))
            if watched is not None:
                self.watch(event.connection, watched[1])
        if watched is None:
            self.events.append(event)
            return []
        if event.connection.is_over:
            self._watched.pop(id(event.connection), None)
        return watched[1](event, now)
