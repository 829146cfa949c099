"""`ProtocolStreams`: the TCP streams of protocol instances on a virtual host.

What an instance asks is done when it is asked, and what it is to be told waits until all that it
asked before is done: so it never hears of a stream that it has closed, and what it sends keeps its
order. `go_on` then sends what is due and tells one thing at a time. Octets that the stack has no
room for wait here; a stream that is given up sends what is left within `FAREWELL_NS`.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.errors import UsageError
from fingerpost.host.protocol_listeners import NO_AO, OPTIONS, ProtocolListeners
from fingerpost.host.tcp_events import (
    Closed,
    Connected,
    DataArrived,
    Ended,
    Refused,
    Reset,
    SpaceFreed,
    TimedOut,
    Unreachable,
)
from fingerpost.host.tcp_rules import ANYBODY, flow_of
from fingerpost.host.virtual_stream import VirtualStream
from fingerpost.protocol.events import (
    CloseStream,
    ListenStream,
    OpenStream,
    SendStream,
    StopListeningStream,
    StreamClosed,
)
from fingerpost.router.events import ToProtocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Address
    from fingerpost.host.tcp import TcpSockets
    from fingerpost.host.tcp_connection import Connection
    from fingerpost.host.tcp_events import TcpEvent
    from fingerpost.host.tcp_transport import OnEvent
    from fingerpost.host.virtual import VirtualHost
    from fingerpost.router.router import Output

S = 1_000_000_000
FAREWELL_NS = 5 * S
_ENDS: dict[type[TcpEvent], str | None] = {
    Ended: None,
    Closed: None,
    Reset: "reset",
    Refused: "refused",
    TimedOut: "timed out",
    Unreachable: "unreachable",
}

Asked: TypeAlias = ListenStream | StopListeningStream | OpenStream | SendStream | CloseStream


class ProtocolStreams:
    """The streams of the instances of one host."""

    def __init__(self, host: VirtualHost) -> None:
        """There are none."""
        self._host = host
        self._streams: dict[tuple[str, int], VirtualStream] = {}
        self._listeners = ProtocolListeners(host, self._accept)
        self._news: deque[VirtualStream] = deque()
        self._told: list[Output] = []
        self._is_dirty = False
        self._last = 0

    def __iter__(self) -> Iterator[VirtualStream]:
        """The streams that instances have."""
        return iter(self._streams.values())

    # -- what instances ask --------------------------------------------------------------------

    def obey(self, instance: str, asked: Asked, now: int) -> None:
        """Do what an instance asks; `go_on` gives what follows."""
        self._is_dirty = True
        match asked:
            case SendStream(number, data):
                held = self._streams.get((instance, number))
                if held is not None and data:
                    held.send(data, now)
                    self._list(held)
            case OpenStream():
                self._open(instance, asked, now)
            case CloseStream(number, is_abrupt):
                held = self._streams.pop((instance, number), None)
                if held is not None:
                    self._drop(held, now, is_abrupt=is_abrupt)
            case ListenStream():
                self._told += self._listeners.listen(instance, asked)
            case StopListeningStream(port, address, interface):
                self._listeners.stop_listening((instance, port, address, interface), now)

    def stop(self, instance: str, now: int) -> None:
        """An instance has ended."""
        self._is_dirty |= self._listeners.stop(instance, now)
        for key in [one for one in self._streams if one[0] == instance]:
            self._drop(self._streams.pop(key), now, is_abrupt=False)

    # -- what follows --------------------------------------------------------------------------

    @property
    def has_more(self) -> bool:
        """Whether `go_on` is owed."""
        return self._is_dirty or bool(self._news) or bool(self._told)

    def go_on(self, now: int) -> list[Output]:
        """Send what is due, tell one instance one thing; gives what follows."""
        out, self._told = self._told, []
        if self._is_dirty:
            self._is_dirty = False
            out += self._host.tcp.flush(now)
        while self._news:
            held = self._news[0]
            event = None if held.is_dropped else held.next_event(now)
            if event is None:
                self._news.popleft()
                held.is_listed = False
                continue
            self._is_dirty |= held.has_data  # reading opens the window
            if isinstance(event, StreamClosed):
                self._end(held, now)
            return out + self._host.router.receive(ToProtocol(held.instance, event), now)
        return out

    def _list(self, held: VirtualStream) -> None:
        if not held.is_listed and not held.is_dropped:
            held.is_listed = True
            self._news.append(held)

    def _end(self, held: VirtualStream, now: int) -> None:
        """The instance hears that it is over; what is left of it is finished in order."""
        self._streams.pop((held.instance, held.number), None)
        self._drop(held, now, is_abrupt=False)

    # -- opening -------------------------------------------------------------------------------

    def _open(self, instance: str, asked: OpenStream, now: int) -> None:
        remote = asked.remote.without_zone
        link = asked.interface if remote.version == 6 and remote.is_link_local else None
        held = VirtualStream(instance, asked.stream, None, link)
        self._streams[instance, asked.stream] = held
        try:
            local = self._local(asked, link)
            if asked.options.ao:
                raise UsageError(NO_AO)
            connection = self._stack(link).connect(local, remote, asked.port, now, options=OPTIONS)
        except UsageError as error:
            held.ended(str(error))
            self._list(held)
            return
        held.connection = connection
        tcp = self._host.tcp
        if asked.options.md5 is not None:
            tcp.leave_room()
        tcp.rules.hold(flow_of(connection.local.port, connection.remote), asked.options)
        tcp.watch(connection, self._hearing(held))

    def _local(self, asked: OpenStream, link: str | None) -> Address:
        """Where it comes from; raises `UsageError` in the words of `StreamClosed`."""
        remote = asked.remote.without_zone
        if remote.version == 6 and remote.is_link_local:
            if link is None:
                raise UsageError(f"{remote} is link-local and needs an interface")
            known = self._host.router.interfaces.get(link)
            if known is None or not known.is_up:
                raise UsageError("unreachable")
        elif self._host.router.fib.match(remote) is None and not self._is_own(remote):
            raise UsageError("unreachable")
        if asked.local is not None:
            if not self._is_own(asked.local):
                raise UsageError(f"{asked.local} is no address of {self._host.name}")
            return asked.local.without_zone
        found = self._host.source_for(remote, link or asked.interface)
        if found is None:
            raise UsageError("unreachable")
        return found

    def _is_own(self, address: Address) -> bool:
        known = self._host.router.interfaces.values()
        return any(address.without_zone == own.address for one in known for own in one.addresses)

    def _stack(self, link: str | None) -> TcpSockets:
        tcp = self._host.tcp
        return tcp.sockets if link is None else tcp.on_link(link)

    # -- what the stack tells ------------------------------------------------------------------

    def _accept(self, instance: str, link: str | None, connection: Connection) -> None:
        self._last -= 1
        held = VirtualStream(instance, self._last, connection, link)
        held.accepted()
        self._streams[instance, self._last] = held
        tcp = self._host.tcp
        flow = flow_of(connection.local.port, connection.remote)
        tcp.rules.hold(flow, tcp.rules.of(flow) or ANYBODY)
        tcp.watch(connection, self._hearing(held))
        self._list(held)

    def _hearing(self, held: VirtualStream) -> OnEvent:
        def on_event(event: TcpEvent, now: int) -> list[Output]:
            self._hear(held, event, now)
            return []

        return on_event

    def _hear(self, held: VirtualStream, event: TcpEvent, now: int) -> None:
        connection = event.connection
        if isinstance(event, Connected):
            held.connected()
        held.has_data |= isinstance(event, DataArrived)
        if type(event) in _ENDS:
            held.ended(_ENDS[type(event)])
        if connection.is_over:
            self._host.tcp.rules.let_go(flow_of(connection.local.port, connection.remote))
        elif isinstance(event, Connected | SpaceFreed):
            held.push(now)
            self._is_dirty = True
            if held.is_dropped:
                self._finish(held, now)
        if held.is_dropped:
            connection.receive(now)  # nobody reads it
        self._list(held)

    # -- ends ----------------------------------------------------------------------------------

    def _drop(self, held: VirtualStream, now: int, *, is_abrupt: bool) -> None:
        held.is_dropped = True
        self._is_dirty = True
        connection = held.connection
        if connection is None or connection.is_over:
            return
        if is_abrupt:
            connection.abort(now)
            return
        self._host.tcp.bound(connection, now + FAREWELL_NS)
        self._finish(held, now)

    def _finish(self, held: VirtualStream, now: int) -> None:
        """Tell the peer that nothing more comes, once all has gone to the stack."""
        if held.connection is not None and not held.is_waiting:
            held.connection.close(now)
