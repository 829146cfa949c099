"""TCP as a transport of a virtual host: segments in, segments and events out.

Events of a connection go to the `on_event` that watches it, so that a protocol above, such as BGP,
gets them as they come; those that nobody watches gather in `events`, which is bounded. Link-local
addresses mean somebody else on each link, so there is a stack for each interface by which they are
spoken to, and one for all other addresses.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.forwarding.events import PacketOriginated
from fingerpost.host.notice import NoticeKind
from fingerpost.host.tcp import TcpSockets
from fingerpost.host.tcp_connection import Connection, Listener, TcpState
from fingerpost.host.tcp_events import Accepted, TcpEvent, Unreachable
from fingerpost.host.tcp_md5 import ROOM
from fingerpost.host.tcp_rules import TcpRules

if TYPE_CHECKING:
    from random import Random

    from fingerpost.host.arrival import Arrival
    from fingerpost.host.notice import Notice
    from fingerpost.router import Router
    from fingerpost.router.router import Output

MOST_EVENTS = 10_000  # that nobody watches; the oldest go first
LEAST_MTU = 576  # RFC 9293 3.7.1: what is assumed where no interface says
_HARMLESS = {
    NoticeKind.TOO_BIG,
    NoticeKind.REDIRECT,
    NoticeKind.REASSEMBLY,
    NoticeKind.PARAMETER,
    NoticeKind.OTHER,
}

OnEvent: TypeAlias = "Callable[[TcpEvent, int], list[Output]]"


def _nobody(_: str) -> None:
    """Tell nobody."""


class TcpTransport:
    """The TCP of one host. `sockets` opens connections, `on_link` those to link-local addresses;
    call `flush` after using them.

    `rules` are those of what crosses links. `on_new_link` is called with the interface of each
    stack that comes to be.
    """

    def __init__(self, router: Router, rng: Random) -> None:
        """`rng` draws sequence numbers and ports."""
        mtus = [one.mtu for one in router.interfaces.values() if not one.is_loopback]
        self.sockets = TcpSockets(rng, mtu=min(mtus, default=LEAST_MTU))
        self.links: dict[str, TcpSockets] = {}
        self.rules = TcpRules()
        self.on_new_link: Callable[[str], None] = _nobody
        self.events: deque[TcpEvent] = deque(maxlen=MOST_EVENTS)
        self._rng = rng
        self._router = router
        self._leaves_room = False
        self._watched: dict[int, tuple[Connection | Listener, OnEvent]] = {}
        self._bounds: dict[int, tuple[Connection, int]] = {}

    def on_link(self, interface: str) -> TcpSockets:
        """The stack of the link-local addresses of an interface."""
        held = self.links.get(interface)
        if held is None:
            held = self.links[interface] = TcpSockets(self._rng, mtu=self._mtu(interface))
            self.on_new_link(interface)
        return held

    def leave_room(self) -> None:
        """Make segments shorter from now on, by what a signature takes."""
        if self._leaves_room:
            return
        self._leaves_room = True
        self.sockets.set_mtu(self._mtu(None))
        for interface, one in self.links.items():
            one.set_mtu(self._mtu(interface))

    def _mtu(self, interface: str | None) -> int:
        known = self._router.interfaces
        mtus = [
            one.mtu
            for name, one in known.items()
            if (name == interface if interface is not None else not one.is_loopback)
        ]
        return min(mtus, default=LEAST_MTU) - (ROOM if self._leaves_room else 0)

    def watch(self, one: Connection | Listener, on_event: OnEvent) -> None:
        """Hand the events of a connection, or of all that a listener accepts, to `on_event`."""
        self._watched[id(one)] = one, on_event

    def unwatch(self, one: Connection | Listener) -> None:
        """Hand them to nobody; one that is over is let go of by itself."""
        self._watched.pop(id(one), None)

    def bound(self, connection: Connection, instant: int) -> None:
        """Reset a connection that is not over by then."""
        self._bounds[id(connection)] = connection, instant

    def take(self, arrival: Arrival, now: int) -> list[Output]:
        """Take a segment; the stack resets what belongs to nothing (RFC 9293 3.10.7.1)."""
        packet = self.rules.admitted(arrival)
        if packet is None:
            return []
        sockets = self.sockets
        if arrival.source.is_link_local and arrival.version == 6 and arrival.interface is not None:
            sockets = self.on_link(arrival.interface)
        sockets.packet_received(packet, now)
        return self.flush(now)

    def fault(self, notice: Notice, now: int) -> list[Output]:
        """Give a connection up that is being opened to where nothing can be delivered.

        One that stands survives such a notice (RFC 5461 4.1): the way may come back.
        """
        quote = notice.quote
        if quote is None or notice.kind in _HARMLESS or len(quote.head) < 4:
            return []
        ports = int.from_bytes(quote.head[:2], "big"), int.from_bytes(quote.head[2:4], "big")
        meant = (quote.source, ports[0]), (quote.destination, ports[1])
        out: list[Output] = []
        for sockets in (self.sockets, *self.links.values()):
            for one in sockets.connections:
                if (one.local, one.remote) == meant and one.state is TcpState.SYN_SENT:
                    one.abort(now)
                    out += self._tell(Unreachable(one), now)
        return out

    def advance(self, now: int) -> list[Output]:
        """Do what is due."""
        for key, (connection, instant) in list(self._bounds.items()):
            if connection.is_over or instant <= now:
                del self._bounds[key]
                connection.abort(now)
        return self.flush(now)

    def next_deadline(self) -> int | None:
        """The instant at which `advance` is due."""
        first = self.sockets.next_deadline()
        if not self.links and not self._bounds:
            return first
        due = [one.next_deadline() for one in self.links.values()]
        due += [instant for _, instant in self._bounds.values()]
        return min((one for one in (first, *due) if one is not None), default=None)

    def flush(self, now: int) -> list[Output]:
        """Send what is due and tell what happened, until neither brings anything new."""
        out = self._flush(self.sockets, None, now)
        for interface, sockets in tuple(self.links.items()):
            out += self._flush(sockets, interface, now)
        return out

    def _flush(self, sockets: TcpSockets, interface: str | None, now: int) -> list[Output]:
        out: list[Output] = []
        while True:
            packets = sockets.outgoing(now)
            events = sockets.events()
            if not packets and not events:
                return out
            for packet in packets:
                dressed = self.rules.dressed(packet)
                out += self._router.receive(PacketOriginated(dressed, interface), now)
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
