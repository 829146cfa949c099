"""`ProtocolListeners`: the TCP ports at which protocol instances of a virtual host are reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.errors import UsageError
from fingerpost.forwarding.events import Happened
from fingerpost.host.tcp_events import Accepted
from fingerpost.host.tcp_options import TcpOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.addr import Address, Prefix
    from fingerpost.host.tcp_connection import Connection, Listener
    from fingerpost.host.tcp_events import TcpEvent
    from fingerpost.host.virtual import VirtualHost
    from fingerpost.protocol.events import ListenStream, StreamOptions
    from fingerpost.router.router import Output

Place: TypeAlias = "tuple[str, int, Address | None, str | None]"  # instance, port, address, link
BACKLOG = 128
BUFFER = 1 << 14  # at each end of each stream: a lab has thousands
MS = 1_000_000
OPTIONS = TcpOptions(nagle=False, ack_delay_ns=100 * MS, receive_buffer=BUFFER, send_buffer=BUFFER)
NO_AO = "there is no TCP-AO on virtual hosts; use TCP-MD5 keys, with GTSM where the peer is near"


@dataclass(slots=True)
class Listening:
    """What an instance has asked for, and the listeners of it, by the interface of their stack."""

    asked: ListenStream
    listeners: dict[str | None, Listener] = field(default_factory=dict)


class ProtocolListeners:
    """Where the instances of one host listen.

    `accepted` gets the instance, the interface if an end is link-local, and the connection. One
    that listens on an interface alone is reached there by link-local addresses.
    """

    def __init__(
        self, host: VirtualHost, accepted: Callable[[str, str | None, Connection], None]
    ) -> None:
        """Listen nowhere."""
        self._host = host
        self._accepted = accepted
        self._places: dict[Place, Listening] = {}

    def listen(self, instance: str, asked: ListenStream) -> list[Happened]:
        """Take connections at a place, or other peers than before; gives what cannot be."""
        place = (instance, asked.port, asked.address, asked.interface)
        held = self._places.setdefault(place, Listening(asked))
        held.asked = asked
        tcp = self._host.tcp
        tcp.on_new_link = self._listen_on_link
        if any(options.md5 is not None for _, options in asked.peers):
            tcp.leave_room()
        tcp.rules.listen(asked.port, self._peers(asked.port))
        faults = [f"{peer}: {NO_AO}" for peer, options in asked.peers if options.ao]
        for link in self._links(asked):
            faults += self._listen_at(place, link)
        return [_failed(place, fault) for fault in faults]

    def stop_listening(self, place: Place, now: int) -> None:
        """Take none there any more; nothing if nobody listens there."""
        held = self._places.pop(place, None)
        if held is None:
            return
        tcp, port = self._host.tcp, place[1]
        for listener in held.listeners.values():
            listener.close(now)
            tcp.unwatch(listener)
        if any(one[1] == port for one in self._places):
            tcp.rules.listen(port, self._peers(port))
        else:
            tcp.rules.stop_listening(port)

    def stop(self, instance: str, now: int) -> bool:
        """An instance has ended; gives whether it listened anywhere."""
        places = [one for one in self._places if one[0] == instance]
        for place in places:
            self.stop_listening(place, now)
        return bool(places)

    def _peers(self, port: int) -> list[tuple[Prefix, StreamOptions]]:
        """What holds for who comes to a port, at whatever address."""
        asked = (held.asked for place, held in self._places.items() if place[1] == port)
        return [peer for one in asked for peer in one.peers]

    def _links(self, asked: ListenStream) -> list[str | None]:
        """The stacks at which to listen; None is that of all but link-local addresses."""
        if asked.interface is not None:
            return [asked.interface]
        return [None] if asked.address is not None else [None, *self._host.tcp.links]

    def _listen_on_link(self, interface: str) -> None:
        """There is a stack more: who listens everywhere listens there too."""
        for place in self._places:
            if place[2:] == (None, None):
                self._listen_at(place, interface)

    def _listen_at(self, place: Place, link: str | None) -> list[str]:
        instance, port, address, _ = place
        tcp, held = self._host.tcp, self._places[place]
        stack = tcp.sockets if link is None else tcp.on_link(link)
        if link in held.listeners:
            return []
        own = None if address is None else address.without_zone
        try:
            listener = stack.listen(port, own, backlog=BACKLOG, options=OPTIONS)
        except UsageError as error:
            return [str(error)]
        held.listeners[link] = listener
        tcp.watch(listener, partial(self._hear, instance, link))
        return []

    def _hear(self, instance: str, link: str | None, event: TcpEvent, _: int) -> list[Output]:
        if isinstance(event, Accepted):
            self._accepted(instance, link, event.connection)
        return []


def _failed(place: Place, why: str) -> Happened:
    instance, port, _, interface = place
    return Happened(f"{instance} cannot listen", interface, f"port {port}: {why}")
