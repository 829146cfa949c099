"""A recorded peer on a node of a lab: one that MRT files tell of speaks to a router there.

The node connects to the router (port 179) and tells what the peer told the collector, with itself
as the next hop. A session that ends, or that cannot be opened, is begun anew after `RETRY`, from
the beginning of the recording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.bgp.constants import PORT
from fingerpost.bgp.records.playing import Playback, played
from fingerpost.errors import DecodeError
from fingerpost.forwarding.durations import SECOND
from fingerpost.host.tcp_events import Connected, DataArrived, SpaceFreed
from fingerpost.lab.model import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Address
    from fingerpost.host.tcp_connection import Connection
    from fingerpost.host.tcp_events import TcpEvent
    from fingerpost.lab.model import Node, Replayed
    from fingerpost.lab.network import Network
    from fingerpost.lab.scheduler import Timer
    from fingerpost.lab.station import Station
    from fingerpost.router.router import Output

RETRY: Final = 5 * SECOND
HOLD_S: Final = 90
ROOM: Final = 1 << 18


class Replay:
    """One session that goes on by itself while time passes; `who` is played, `sessions` count."""

    def __init__(
        self, network: Network, station: Station, ends: tuple[Address, Address], what: Replayed
    ) -> None:
        """Read the file and connect, from the first of `ends` to the second.

        Raises `LoadError`, `DecodeError`, and `UsageError` where it has nothing to tell.
        """
        self.who, self._messages = played(what.file, what.peer, what.speed)
        self.asn = what.asn or self.who.asn
        self.sessions = 0
        self._network, self._station, self._ends = network, station, ends
        self._timer: Timer | None = None
        self._left = b""
        self._open()

    @property
    def is_done(self) -> bool:
        """Whether all was told."""
        return self.playback.is_done and not self._left

    @property
    def is_established(self) -> bool:
        """Whether the session stands."""
        return self.playback.is_established and not self._connection.is_over

    @property
    def _hops(self) -> Iterator[Address]:
        """Of each family the address by which the router reaches us."""
        local, _ = self._ends
        for one in self._station.interfaces.values():
            own = [held.address for held in one.addresses]
            if local in own:
                yield local
                others = (held for held in own if held.version != local.version)
                yield from [held for held in others if not held.is_link_local][:1]

    # -- the connection ------------------------------------------------------------------------

    def _open(self) -> None:
        (local, remote), now = self._ends, self._network.now
        self._boots = self._station.boots
        told = self._messages(*self._hops)
        router_id = int.from_bytes(local.packed[-4:], "big")
        self.playback = Playback(self.asn, router_id, told, hold_s=HOLD_S)
        self._left = b""
        tcp = self._station.host.tcp
        self._connection: Connection = tcp.sockets.connect(local, remote, PORT, now)
        tcp.watch(self._connection, self._event)
        self._station.carry(tcp.flush(now))

    def _event(self, event: TcpEvent, now: int) -> list[Output]:
        if event.connection is not self._connection:
            return []
        if isinstance(event, Connected):
            self.sessions += 1
            self.playback.connected()
        elif isinstance(event, DataArrived):
            self._read(now)
        elif not isinstance(event, SpaceFreed):
            self._connection.abort(now)
        self._write(now)
        return []

    def _read(self, now: int) -> None:
        while data := self._connection.receive(now):
            try:
                self.playback.receive(data, now)
            except DecodeError:
                self._connection.abort(now)  # whoever that is speaks no BGP

    def _write(self, now: int) -> None:
        if self.playback.ended is not None or self._connection.is_over:
            self._connection.abort(now)
            self._arm(now + RETRY)
            return
        while self._left or (data := self.playback.take(ROOM, now)):
            self._left = self._left or data
            self._left = self._left[self._connection.send(self._left, now) :]
            if self._left:
                return  # room is told of
        due = self.playback.next_deadline(now)
        if due is not None:
            self._arm(due)

    def _arm(self, instant: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._network.scheduler.at(instant, self._tick)

    def _tick(self, _: object) -> None:
        station, now = self._station, self._network.now
        self._timer = None
        if not station.is_on:
            self._arm(now + RETRY)
        elif self._connection.is_over or station.boots != self._boots:
            self._open()
        else:
            self._write(now)
            station.carry(station.host.tcp.flush(now))


def begin(network: Network, node: Node, station: Station) -> Iterator[Replay]:
    """Begin what the file says of a node: a session with each router at a link of it."""
    what = node.replay
    if what is None:
        return
    for spec in node.interfaces.values():
        if spec.link is None:
            continue
        for end in network.lab.link_by_name[spec.link].endpoints:
            other = network.lab.nodes.get(end.node)
            if other is not None and other.kind is NodeKind.ROUTER:
                facing = other.interfaces[end.interface].addresses
                pairs = (
                    (own.address, far.address)
                    for own in spec.addresses
                    for far in facing
                    if own.version == far.version and not far.address.is_link_local
                )
                ends = next(pairs, None)
                if ends is not None:
                    yield Replay(network, station, ends, what)
