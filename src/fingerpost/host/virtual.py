"""A router or host of the lab with what stands above IP: sockets, applications, services.

Sans-I/O as the router below it: `receive(event, now) -> outputs`, `next_deadline()`. A packet that
the router delivers is offered, in this order, to the applications that watch its protocol, then to
the transport that it belongs to. What nobody takes is handed back to the router as refused, which
answers with the ICMP error that is owed (RFC 1122 3.2.2.1).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from fingerpost.errors import UsageError
from fingerpost.forwarding.events import (
    DeliverPacket,
    FrameReceived,
    Happened,
    PacketOriginated,
    PacketRefused,
    TimePassed,
)
from fingerpost.host.application import PacketArrived, Started
from fingerpost.host.arrival import Arrival, arrival_of
from fingerpost.host.ip_packet import ip_packet
from fingerpost.host.notice import notice_of
from fingerpost.host.protocols import ProtocolSockets
from fingerpost.host.source import Choice, choose_source
from fingerpost.host.tcp_transport import TcpTransport
from fingerpost.host.udp import UdpSockets
from fingerpost.router.events import FromProtocol, ProtocolStarted, ProtocolStopped
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from fingerpost.addr import Address
    from fingerpost.host.application import Application
    from fingerpost.router import Router
    from fingerpost.router.router import Event, Output

MOST_AT_ONCE = 10_000  # packets to itself that one event may cause
_ICMP = (IpProtocol.ICMP, IpProtocol.ICMPV6)
# what the host does itself; the rest is for the links
_OURS = frozenset((DeliverPacket, FromProtocol, ProtocolStarted, ProtocolStopped))
# the router's business, by version; each is an unknown protocol in the other one
_OWN = {
    4: frozenset((IpProtocol.ICMP, IpProtocol.IGMP)),
    6: frozenset((IpProtocol.ICMPV6, IpProtocol.NO_NEXT)),
}


class Transport(Protocol):
    """What takes the packets of one IP protocol, such as TCP."""

    def take(self, arrival: Arrival, now: int) -> list[Output] | None:
        """Take a packet; None: nobody there wants it, and its sender is to be told."""
        ...

    def advance(self, now: int) -> list[Output]:
        """Do what is due."""
        ...

    def next_deadline(self) -> int | None:
        """The instant at which `advance` is due."""
        ...


class VirtualHost:
    """A `Router` with sockets.

    `udp` opens UDP sockets, `run` starts an application, `transports` holds what other protocols
    are given to, by number. Instants are nanoseconds.
    """

    def __init__(self, router: Router, *, rng: Random) -> None:
        """`rng` draws identifications and initial values."""
        self.router = router
        self.rng = rng
        self.udp = UdpSockets(self)
        self.protocols = ProtocolSockets(self)
        self.transports: dict[int, Transport] = {}
        self.applications: list[Application] = []
        self._tcp: TcpTransport | None = None
        self._is_delivering = False
        self._identification = rng.getrandbits(16)

    @property
    def name(self) -> str:
        """The router's name."""
        return self.router.name

    @property
    def tcp(self) -> TcpTransport:
        """Its TCP, made when it is first needed; most routers of a lab never speak it."""
        if self._tcp is None:
            self._tcp = self.transports[IpProtocol.TCP] = TcpTransport(self.router, self.rng)
        return self._tcp

    # -- the one way in ------------------------------------------------------------------------

    def receive(self, event: Event, now: int) -> list[Output]:
        """Take one event; gives what is to be done on links, and what happened, in order."""
        out = self.router.receive(event, now)
        if type(event) is TimePassed:
            out += self._advance(now)
        return self._obeyed(out, now)

    def receive_frame(self, interface: str, frame: bytes, now: int) -> list[Output]:
        """Take a frame: what `receive` does with `FrameReceived`."""
        if not self.applications:  # those may listen to what is delivered
            known = self.protocols.raw.take_known(interface, frame, now)
            if known is not None:
                return self._obeyed(known, now) if known else known
        out = self.router.receive(FrameReceived(interface, frame), now)
        self.protocols.raw.learn(frame, out)
        return self._obeyed(out, now)

    def _obeyed(self, out: list[Output], now: int) -> list[Output]:
        for output in out:
            if type(output) in _OURS:
                return self._deliver_all(out, now)
        return self._deliver_all(out, now) if self.protocols.streams.has_more else out

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is due; None while nothing waits."""
        first = self.router.next_deadline()
        if not self.applications and not self.transports:
            return first
        waiting: Iterable[Application | Transport] = (*self.applications, *self.transports.values())
        for one in waiting:
            due = one.next_deadline()
            if due is not None and (first is None or due < first):
                first = due
        return first

    def _advance(self, now: int) -> list[Output]:
        out: list[Output] = []
        if not self.applications and not self.transports:
            return out
        for transport in self.transports.values():
            out += transport.advance(now)
        for application in tuple(self.applications):
            deadline = application.next_deadline()
            if deadline is not None and deadline <= now:
                out += self._originate(application.receive(TimePassed(), now), now)
        self._let_go()
        return out

    # -- applications --------------------------------------------------------------------------

    def run(self, application: Application, now: int) -> list[Output]:
        """Start an application; it runs until it is done."""
        self.applications.append(application)
        out = self._originate(application.receive(Started(), now), now)
        self._let_go()
        return self._deliver_all(out, now)

    def _let_go(self) -> None:
        if any(one.is_done for one in self.applications):
            self.applications = [one for one in self.applications if not one.is_done]

    def _originate(self, packets: Iterable[PacketOriginated], now: int) -> list[Output]:
        return [output for packet in packets for output in self.router.receive(packet, now)]

    # -- what arrives --------------------------------------------------------------------------

    def _deliver_all(self, out: Iterable[Output], now: int) -> list[Output]:
        """Hand packets up until none is left; a packet to ourselves may bring the next."""
        if self._is_delivering:
            return list(out)  # what is being delivered caused it; the loop that is on does the rest
        self._is_delivering = True
        try:
            return self._deliver_each(deque(out), now)
        finally:
            self._is_delivering = False

    def _deliver_each(self, left: deque[Output], now: int) -> list[Output]:
        kept: list[Output] = []
        delivered = 0
        streams = self.protocols.streams
        while left or streams.has_more:
            if not left:
                left.extend(streams.go_on(now))
                continue
            output = left.popleft()
            if type(output) not in _OURS:
                kept.append(output)
                continue
            if type(output) is not DeliverPacket:
                sent = self.protocols.send_known(output, now)
                if sent is not None:
                    kept.append(sent)
                else:
                    left.extendleft(reversed(self.protocols.obey(output, now)))
                continue
            delivered += 1
            if delivered > MOST_AT_ONCE:
                kept.append(Happened("storm", None, f"over {MOST_AT_ONCE:,} packets to itself"))
                break
            left.extendleft(reversed(self._deliver(output, now)))
        return kept

    def _deliver(self, delivered: DeliverPacket, now: int) -> list[Output]:
        arrival = arrival_of(delivered.packet, delivered.interface)
        if arrival is None:
            return []
        out: list[Output] = []
        is_watched = False
        for application in tuple(self.applications):
            if arrival.protocol in application.protocols:
                is_watched = True
                out += self._originate(application.receive(PacketArrived(arrival), now), now)
        if is_watched:
            self._let_go()
        if (answer := self._give(arrival, now)) is not None:
            return out + answer
        if is_watched and arrival.protocol != IpProtocol.UDP:
            return out  # a raw socket takes a protocol that nothing else speaks
        refused = PacketRefused(
            delivered.packet,
            delivered.interface,
            arrival.protocol == IpProtocol.UDP,
            delivered.to_group,
        )
        return out + self.router.receive(refused, now)

    def _give(self, arrival: Arrival, now: int) -> list[Output] | None:
        """Give it to its transport; None: it is refused."""
        if arrival.protocol == IpProtocol.UDP:
            return self.udp.take(arrival, now)
        if arrival.protocol in _OWN[arrival.version]:
            if arrival.protocol in _ICMP and (notice := notice_of(arrival)) is not None:
                self.udp.fault(notice)
                if self._tcp is not None:
                    return self._tcp.fault(notice, now)
            return self.protocols.raw.take(arrival, now) or []
        if arrival.protocol == IpProtocol.TCP:
            return self.tcp.take(arrival, now)
        transport = self.transports.get(arrival.protocol)
        if transport is not None:
            return transport.take(arrival, now)
        return self.protocols.raw.take(arrival, now)

    # -- sending -------------------------------------------------------------------------------

    def send(
        self,
        source: Address,
        destination: Address,
        protocol: int,
        payload: bytes,
        now: int,
        *,
        interface: str | None = None,
        hop_limit: int | None = None,
        traffic_class: int = 0,
        dont_fragment: bool = False,
    ) -> list[Output]:
        """Send an upper-layer payload as an IP packet; multicasts go one hop if not told."""
        if hop_limit is None:
            hop_limit = self._hop_limit(destination, interface)
        if destination.version == 4:
            self._identification = (self._identification + 1) & 0xFFFF
        packet = ip_packet(
            source,
            destination,
            protocol,
            payload,
            hop_limit=hop_limit,
            identification=self._identification,
            traffic_class=traffic_class,
            dont_fragment=dont_fragment,
        )
        return self.transmit(packet, now, interface)

    def transmit(self, packet: bytes, now: int, interface: str | None = None) -> list[Output]:
        """Send a whole IP packet."""
        return self.receive(PacketOriginated(packet, interface), now)

    def _hop_limit(self, destination: Address, interface: str | None) -> int:
        """One for groups (RFC 1112 6.1), else what a router of the link said (RFC 4861 6.3.4)."""
        if destination.is_multicast:
            return 1
        plane = self.router.plane
        if destination.version == 4 or not plane.neighbors.discovery.hop_limits:
            return plane.policy.default_hop_limit
        return plane.neighbors.hop_limit(interface or self._way_out(destination))

    def _way_out(self, destination: Address) -> str | None:
        """The interface that the table leads to."""
        found = self.router.fib.match(destination)
        hops = self.router.plane.resolved(found[1]) if found is not None else ()
        return next((hop.interface for hop in hops), None)

    def choose_source(self, destination: Address, interface: str | None = None) -> Choice | None:
        """The address that packets to `destination` come from, and the rule that chose it."""
        egress = interface if interface is not None else self._way_out(destination)
        neighbors = self.router.plane.neighbors
        return choose_source(destination, self.router.interfaces.values(), egress, neighbors)

    def source_for(self, destination: Address, interface: str | None = None) -> Address | None:
        """The address that packets to `destination` come from; None: there is none."""
        choice = self.choose_source(destination, interface)
        return None if choice is None else choice.address

    # -- groups --------------------------------------------------------------------------------

    def join(self, group: Address, interface: str, now: int) -> list[Output]:
        """Take packets to a multicast group on an interface; raises `UsageError` for no group."""
        if not group.is_multicast:
            raise UsageError(f"{group} is no multicast group")
        if interface not in self.router.interfaces:
            known = ", ".join(self.router.interfaces)
            raise UsageError(f"{self.name} has no interface {interface!r}; it has {known}")
        return [*self.router.plane.join(group, interface, now)]

    def leave(self, group: Address, interface: str, now: int) -> list[Output]:
        """Take them no more, as soon as nobody else here wants them."""
        return [*self.router.plane.leave(group, interface, now)]
