"""Machines that are joined by connections in virtual time: what a network of hosts does for them.

Octets arrive after a delay, in order; a cut makes them vanish, as a link does that is pulled. Every
gateway is on a link, 0 far, unless a test says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from heapq import heappop, heappush
from random import Random
from typing import Any, Literal

from fingerpost.addr import Address, Prefix
from fingerpost.bgp.config import BgpConfig, Neighbor, Network
from fingerpost.bgp.machine import Bgp
from fingerpost.bgp.peer import Peer
from fingerpost.forwarding.durations import SECOND
from fingerpost.protocol.events import (
    AnnounceAlike,
    AnnounceRoutes,
    CloseStream,
    ConfigurationChanged,
    Event,
    FollowGateway,
    GatewayChanged,
    ListenStream,
    NeighborAsked,
    OpenStream,
    Output,
    PacketReceived,
    SendPacket,
    SendStream,
    StreamAccepted,
    StreamClosed,
    StreamConnected,
    StreamReceived,
    StreamSent,
    TimePassed,
    WithdrawRoutes,
)
from fingerpost.rib.route import RibRoute

MILLISECOND = SECOND // 1000


@dataclass
class End:
    """One end of a connection: who holds it, and the number that it knows it by."""

    node: Any
    number: int
    other: End | None = None
    is_open: bool = True
    reads: bool = True
    interface: str | None = None
    held: list[bytes] = field(default_factory=list)  # what is not read


class Node:
    """A machine at an address, with the routes that it has announced."""

    def __init__(self, net: Net, address: str, config: BgpConfig, seed: int = 1) -> None:
        """Not begun: `net.begin` does that."""
        self.net = net
        self.address = Address(address)
        self.bgp = Bgp(config, Random(seed))
        self.routes: dict[Prefix, RibRoute] = {}
        self.outputs: list[object] = []
        self.ends: dict[int, End] = {}
        self.metrics: dict[Address, int | None] = {}
        self.listening: ListenStream | None = None
        self._accepted = 0
        self._due: int | None = None

    def give(self, event: Event) -> None:
        """Let it take an event, and do what it asks."""
        self.do(self.bgp.receive(event, self.net.now))

    def do(self, outputs: Sequence[Output]) -> None:
        """Do what a machine asks."""
        for output in outputs:
            self._do(output)
        due = self.bgp.next_deadline()
        if due is not None and due != self._due:
            self._due = due
            self.net.at(max(due, self.net.now), lambda: self._tick(due))

    def _tick(self, due: int) -> None:
        if self._due == due:
            self._due = None
            if self.bgp.next_deadline() is not None:
                self.give(TimePassed())

    def accept(self, end: End, remote: Address) -> End:
        """A connection comes in."""
        self._accepted -= 1
        mine = self.ends[self._accepted] = End(self, self._accepted, end)
        end.other = mine
        self.give(StreamAccepted(mine.number, self.address, 179, remote, 50000, end.interface))
        return mine

    def got(self, end: End, data: bytes) -> None:
        """Octets came."""
        if end.number in self.ends:
            self.give(StreamReceived(end.number, data))

    def ended(self, end: End, reason: str | None) -> None:
        """The other end is gone."""
        if self.ends.pop(end.number, None) is not None:
            self.give(StreamClosed(end.number, reason))

    def _do(self, output: Output) -> None:
        net = self.net
        match output:
            case AnnounceAlike(like, prefixes):
                self.routes.update(dict.fromkeys(prefixes, like))
            case AnnounceRoutes(routes):
                self.routes.update({one.prefix: one for one in routes})
            case WithdrawRoutes(_, prefixes):
                for one in prefixes:
                    self.routes.pop(one, None)
            case FollowGateway(address):
                metric = self.metrics.get(address, 0)
                net.at(net.now, lambda: self.give(GatewayChanged(address, metric)))
            case ListenStream():
                self.listening = output
            case OpenStream(stream, remote, interface=interface):
                self.ends[stream] = End(self, stream, interface=interface)
                net.connect(self.ends[stream], remote, self.address)
            case SendPacket(interface, source, destination, hop_limit, payload):
                assert source is not None
                heard = PacketReceived(interface or "", source, destination, hop_limit, payload)
                for other in net.nodes.values():
                    if other is not self:
                        net.at(net.now + net.delay, partial(other.give, heard))
            case SendStream(stream, data):
                net.carry(self.ends[stream], data)
            case CloseStream(stream, _):
                end = self.ends.pop(stream, None)
                if end is not None:
                    net.close(end, None)
            case _:
                self.outputs.append(output)

    def ask(
        self, action: Literal["shut", "reset", "enable", "refresh"], name: str, text: str = ""
    ) -> None:
        """Order it what an operator may, of a neighbour."""
        self.give(NeighborAsked(name, action, text))

    def reconfigure(self, **changes: object) -> None:
        """Give it another configuration that differs in these."""
        self.give(ConfigurationChanged(replace(self.bgp.config, **changes)))  # type: ignore[arg-type]

    def give_networks(self, networks: tuple[Network, ...]) -> None:
        """Let it say these networks, and no others."""
        self.reconfigure(networks=networks)

    def peer(self, at: int = 1) -> Peer:
        """A neighbour by its number."""
        return self.bgp.peers[at]


class Net:
    """All nodes by address, and what is under way."""

    def __init__(self, delay: int = MILLISECOND) -> None:
        """Nobody is there."""
        self.now = 0
        self.delay = delay
        self.nodes: dict[Address, Any] = {}
        self.is_cut: Callable[[Address, Address], bool] = lambda _a, _b: False
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def add(self, address: str, config: BgpConfig, seed: int = 1) -> Node:
        """A machine."""
        node = Node(self, address, config, seed)
        self.nodes[node.address] = node
        return node

    def begin(self) -> None:
        """Let all machines begin."""
        for node in self.nodes.values():
            if isinstance(node, Node):
                node.give(TimePassed())

    def at(self, instant: int, act: Callable[[], None]) -> None:
        """Do something later."""
        self._count += 1
        heappush(self._heap, (instant, self._count, act))

    def run(self, seconds: float) -> None:
        """Let time pass."""
        until = self.now + int(seconds * SECOND)
        while self._heap and self._heap[0][0] <= until:
            self.now, _, act = heappop(self._heap)
            act()
        self.now = until

    def connect(self, end: End, remote: Address, local: Address) -> None:
        """Somebody opens a connection."""

        def arrive() -> None:
            node = self.nodes.get(remote)
            if self.is_cut(local, remote) or not end.is_open:
                return
            if node is None or node.listening is None:
                self.at(self.now + self.delay, lambda: end.node.ended(end, "refused"))
                return
            self.at(self.now + self.delay, lambda: self._connected(end, local))
            node.accept(end, local)

        self.at(self.now + self.delay, arrive)

    def _connected(self, end: End, local: Address) -> None:
        if end.number in end.node.ends:
            end.node.give(StreamConnected(end.number, local, 50000))

    def carry(self, end: End, data: bytes) -> None:
        """Octets go to the other end; the host has got rid of them when they were read."""
        other = end.other

        def arrive() -> None:
            if other is None or self.is_cut(end.node.address, other.node.address):
                return
            if not other.reads:
                other.held.append(data)
                return
            if end.number in end.node.ends:
                end.node.give(StreamSent(end.number, len(data)))
            other.node.got(other, data)

        self.at(self.now + self.delay, arrive)

    def close(self, end: End, reason: str | None) -> None:
        """One end is gone."""
        end.is_open = False
        other = end.other

        def arrive() -> None:
            if other is not None and not self.is_cut(end.node.address, other.node.address):
                other.node.ended(other, reason)

        self.at(self.now + self.delay, arrive)


def config(asn: int, number: int, *neighbors: Neighbor, **more: object) -> BgpConfig:
    """A configuration whose router id is a number, without RFC 8212."""
    return BgpConfig(asn, number, neighbors, needs_policy=False, **more)  # type: ignore[arg-type]


def towards(asn: int, address: str, **more: object) -> Neighbor:
    """A neighbour by its address."""
    return Neighbor(f"to {address}", asn, Address(address), **more)  # type: ignore[arg-type]
