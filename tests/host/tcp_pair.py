"""Two TCP hosts back to back in virtual time, and a pipe between them that treats packets badly."""

from __future__ import annotations

import heapq
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeVar

from fingerpost.host.tcp import TcpSockets
from fingerpost.host.tcp_connection import Connection
from fingerpost.host.tcp_events import Accepted, TcpEvent
from fingerpost.host.tcp_options import TcpOptions

MS = 1_000_000
S = 1_000 * MS

ADDRESSES = {4: ("192.0.2.1", "192.0.2.2"), 6: ("2001:db8::1", "2001:db8::2")}

E = TypeVar("E")


@dataclass
class Pipe:
    """What happens to a packet on its way."""

    delay: int = 5 * MS
    jitter: int = 0  # packets overtake each other
    loss: float = 0.0
    duplication: float = 0.0
    is_cut: bool = False


@dataclass
class Pair:
    """Host 0 and host 1, and everything that was sent and that happened."""

    seed: int = 1
    mtu: int = 1500
    pipe: Pipe = field(default_factory=Pipe)
    limit: int = 1024
    now: int = 0
    sent: list[tuple[int, bytes]] = field(default_factory=list)
    happened: tuple[list[TcpEvent], list[TcpEvent]] = field(default_factory=lambda: ([], []))
    react: Callable[[int, TcpEvent], None] = lambda _side, _event: None

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.hosts = tuple(
            TcpSockets(Random(self.seed + side), mtu=self.mtu, limit=self.limit) for side in (0, 1)
        )
        self.flying: list[tuple[int, int, int, bytes]] = []

    def connect(
        self,
        version: int = 4,
        port: int = 179,
        *,
        local_port: int = 0,
        options: TcpOptions | None = None,
    ) -> Connection:
        """Open a connection from host 0 to host 1."""
        local, remote = ADDRESSES[version]
        host = self.hosts[0]
        return host.connect(local, remote, port, self.now, local_port=local_port, options=options)

    def established(
        self, version: int = 4, options: TcpOptions | None = None
    ) -> tuple[Connection, Connection]:
        """Give both ends of an established connection."""
        self.hosts[1].listen(179, options=options)
        ours = self.connect(version, options=options)
        self.run(1 * S)
        (accepted,) = self.of(1, Accepted)
        return ours, accepted.connection

    def of(self, side: int, kind: type[E]) -> list[E]:
        """Give the events of a kind that a host saw."""
        return [event for event in self.happened[side] if isinstance(event, kind)]

    def run(self, span: int) -> None:
        """Let `span` nanoseconds pass, every packet and timer at its time."""
        end = self.now + span
        while True:
            self._settle()
            upcoming = [host.next_deadline() for host in self.hosts]
            instants = [instant for instant in upcoming if instant is not None]
            instants += [self.flying[0][0]] if self.flying else []
            if not instants or min(instants) > end:
                self.now = end
                return
            self.now = max(self.now, min(instants))
            while self.flying and self.flying[0][0] <= self.now:
                _, _, side, packet = heapq.heappop(self.flying)
                self.hosts[side].packet_received(packet, self.now)

    def _settle(self) -> None:
        """Send what is due, and let users react until nothing is."""
        is_quiet = False
        while not is_quiet:
            is_quiet = True
            for side, host in enumerate(self.hosts):
                for packet in host.outgoing(self.now):
                    self._carry(1 - side, packet)
                for event in host.events():
                    is_quiet = False
                    self.happened[side].append(event)
                    self.react(side, event)

    def _carry(self, to: int, packet: bytes) -> None:
        self.sent.append((self.now, packet))
        pipe = self.pipe
        copies = 1 + (self.rng.random() < pipe.duplication)
        for _ in range(copies):
            if pipe.is_cut or self.rng.random() < pipe.loss:
                continue
            at = self.now + pipe.delay + (self.rng.randrange(pipe.jitter) if pipe.jitter else 0)
            heapq.heappush(self.flying, (at, len(self.sent), to, packet))

    def write_capture(self, path: Path) -> None:
        """Write everything sent as pcap with nanoseconds, link type raw IP (101)."""
        records = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, 101)]
        for at, packet in self.sent:
            size = len(packet)
            records.append(struct.pack("<IIII", at // S, at % S, size, size) + packet)
        path.write_bytes(b"".join(records))


class Transfer:
    """A sender and a receiver of bulk data, driven by events."""

    def __init__(self, pair: Pair, sender: Connection, data: bytes) -> None:
        self.pair = pair
        self.sender = sender
        self.left = data
        self.arrived = bytearray()
        pair.react = self.on_event
        self.push()

    def push(self) -> None:
        """Send as much as there is room for, and finish after the last byte."""
        taken = self.sender.send(self.left, self.pair.now)
        self.left = self.left[taken:]
        if not self.left:
            self.sender.close(self.pair.now)

    def on_event(self, _side: int, event: TcpEvent) -> None:
        """Go on sending, and read whatever arrives."""
        if event.connection is self.sender:
            if self.left:
                self.push()
            return
        while data := event.connection.receive(self.pair.now):
            self.arrived += data
        if event.connection.has_ended:
            event.connection.close(self.pair.now)
