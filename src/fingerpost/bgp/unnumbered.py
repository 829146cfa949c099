"""Who is at the other end of an unnumbered link: found by router advertisements, as FRR does it.

On each interface that a neighbour is configured for by its name we send Router Advertisements (RFC
4861 6.2) with a lifetime of 0, which make nobody's default router of us, and hear those of others:
the link-local address that one comes from is the neighbour's. What is there already is asked for by
Router Solicitations. The first of both come fast: an address that is new cannot be sent from before
it is known to be nobody else's (RFC 4862 5.4). A connection that comes in from a link-local address
there tells the same. The first one who is found stays while there is a session with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fingerpost.addr import Address
from fingerpost.bgp.fsm import State
from fingerpost.bgp.timers import Timer, jittered
from fingerpost.errors import DecodeError
from fingerpost.forwarding.durations import SECOND
from fingerpost.protocol.events import ListenOn, PacketReceived, SendPacket, StopListening
from fingerpost.protocol.instance import RawIp
from fingerpost.wire.icmpv6_message import Icmpv6Type
from fingerpost.wire.nd import RouterAdvertisement, RouterSolicitation
from fingerpost.wire.protocol import IpProtocol

if TYPE_CHECKING:
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer

LISTENING: Final = RawIp(6, int(IpProtocol.ICMPV6))
ALL_NODES: Final = Address("ff02::1")
ALL_ROUTERS: Final = Address("ff02::2")
HOP_LIMIT: Final = 255  # of what was not forwarded (RFC 4861 6.1.2)
INTERVAL: Final = 10 * SECOND
SOONEST: Final = 3 * SECOND  # between two to a group (RFC 4861 6.2.4)
FAST: Final = 4 * SECOND  # the interval of the first ones (RFC 4861 6.3.7)
FIRST: Final = 3


class Unnumbered:
    """Says that we are there, and hears who else is."""

    def __init__(self, bgp: Bgp) -> None:
        """Nothing is sent before an interface is up."""
        self._bgp = bgp
        self._sent: dict[str, int] = {}
        self._fast: dict[str, int] = {}  # how many more come fast

    def went_up(self, name: str) -> None:
        """An interface is up, or has other addresses."""
        self._fast[name] = FIRST
        for peer in self._peers(name):
            self._bgp.put(ListenOn(name, LISTENING))
            self._ask(name)
            self._say(peer)

    def went_down(self, name: str) -> None:
        """It is not any more; who was there has to be found again."""
        self._sent.pop(name, None)
        self._fast.pop(name, None)
        for peer in self._peers(name):
            self.forget(peer)
            peer.address = None

    def forget(self, peer: Peer) -> None:
        """Say nothing to a neighbour any more."""
        self._bgp.timers.stop((Timer.ADVERTISE, peer, None))
        if peer.config.interface is not None:
            self._bgp.put(StopListening(peer.config.interface, LISTENING))

    def due(self, peer: Peer) -> None:
        """Say it again, and ask again for who was not found."""
        name = peer.config.interface
        if name is not None and peer.address is None and self._fast.get(name, 0):
            self._ask(name)
        self._say(peer)

    def take(self, event: PacketReceived) -> None:
        """An ICMPv6 message came."""
        source = event.source.without_zone
        if event.hop_limit != HOP_LIMIT or not source.is_link_local:
            return
        if event.payload[:1] == bytes((Icmpv6Type.ROUTER_SOLICITATION,)):
            self._asked(event, source)
        if event.payload[:1] != bytes((Icmpv6Type.ROUTER_ADVERTISEMENT,)):
            return
        for peer in self._peers(event.interface):
            if peer.address == source or source in self._own(event.interface):
                continue
            try:
                RouterAdvertisement.decode(event.payload, source, event.destination.without_zone)
            except DecodeError:
                return
            self._found(peer, source)

    def _ask(self, name: str) -> None:
        source = next(iter(self._own(name)), None)
        if source is not None:
            message = RouterSolicitation().encode(source, ALL_ROUTERS)
            self._bgp.put(SendPacket(name, source, ALL_ROUTERS, HOP_LIMIT, message))

    def _asked(self, event: PacketReceived, source: Address) -> None:
        """Say at once that we are there, but not to everybody who floods us (RFC 4861 6.2.6)."""
        try:
            RouterSolicitation.decode(event.payload, source, event.destination.without_zone)
        except DecodeError:
            return
        for peer in self._peers(event.interface):
            if source not in self._own(event.interface):
                self._say_soon(peer)

    def _found(self, peer: Peer, source: Address) -> None:
        if peer.state in (State.OPEN_SENT, State.OPEN_CONFIRM, State.ESTABLISHED):
            return
        peer.find(source)
        self._say_soon(peer)  # so that it finds us at once, too

    def _say_soon(self, peer: Peer) -> None:
        """At once, or when it may be said again."""
        sent = self._sent.get(peer.config.interface or "")
        if sent is None or self._bgp.now - sent >= SOONEST:
            self._say(peer)
        else:
            self._bgp.timers.start((Timer.ADVERTISE, peer, None), sent + SOONEST)

    def _say(self, peer: Peer) -> None:
        name = peer.config.interface
        if name is None or not self._bgp.links.is_up(name):
            return
        left = self._fast.get(name, 0)
        self._fast[name] = max(left - 1, 0)
        wait = jittered(FAST if left else INTERVAL, self._bgp.rng)
        self._bgp.timers.start((Timer.ADVERTISE, peer, None), self._bgp.now + wait)
        source = next(iter(self._own(name)), None)
        if source is None:
            return
        self._sent[name] = self._bgp.now
        message = RouterAdvertisement().encode(source, ALL_NODES)
        self._bgp.put(SendPacket(name, source, ALL_NODES, HOP_LIMIT, message))

    def _own(self, name: str) -> list[Address]:
        return [one for one in self._bgp.links.addresses(name, 6) if one.is_link_local]

    def _peers(self, name: str) -> list[Peer]:
        return [
            one
            for one in self._bgp.peers.values()
            if one.config.interface == name and not one.is_shut
        ]
