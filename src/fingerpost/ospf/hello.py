"""Hellos: saying that we are here, and hearing who is (RFC 2328 9.5, 10.5; RFC 5340 4.2.1.1).

The Hello of an interface changes seldom, so the packets that carry it are kept until something in
them changes. The same holds for what comes in: a Hello that is, byte for byte, the last one of its
sender says nothing new, and only its instant is noted. Nobody's inactivity timer runs as long as
Hellos come: our own Hello timer looks who was not heard, and starts it for these alone.

Ours: a neighbour that is new, or does not hear us any more, gets a Hello within `SOON` and need not
wait for the next regular one. The Hello timers of an instance fall on common instants where their
intervals agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import MILLISECOND, SECOND
from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.constants import ALL_SPF_ROUTERS
from fingerpost.ospf.neighbor import Neighbor
from fingerpost.ospf.neighbor_state import NeighborEvent, NeighborState
from fingerpost.ospf.packet import Hello, PacketType
from fingerpost.ospf.timers import Timer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.addr import Address
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf
    from fingerpost.protocol.events import SendPacket

SOON = 20 * MILLISECOND


class Hellos:
    """The Hello protocol of one instance."""

    def __init__(self, ospf: Ospf) -> None:
        """Speak for `ospf`."""
        self._ospf = ospf

    def start(self, interface: Interface) -> None:
        """Begin to speak on an interface."""
        self.tick(interface)

    def tick(self, interface: Interface) -> None:
        """Send the regular Hello, and see whose is missing."""
        ospf = self._ospf
        self.send(interface)
        interval = interface.config.hello_s * SECOND
        phase = ospf.phase % interval
        following = ospf.now + interval - (ospf.now - phase) % interval
        ospf.timers.start((Timer.HELLO, interface), following)
        for neighbor in interface.neighbors.values():
            self.watch(neighbor, following)

    def watch(self, neighbor: Neighbor, following: int) -> None:
        """Start the inactivity timer if it may end before we look again."""
        due = neighbor.heard + neighbor.interface.config.dead_s * SECOND
        if due <= following and not neighbor.is_watched:
            neighbor.is_watched = True
            self._ospf.timers.start((Timer.INACTIVITY, neighbor), max(due, self._ospf.now))

    def silent(self, neighbor: Neighbor) -> None:
        """The inactivity timer has ended; perhaps somebody was heard meanwhile."""
        now = self._ospf.now
        neighbor.is_watched = False
        interface = neighbor.interface
        if neighbor.is_helped:
            return  # it is given up when its time is over (RFC 3623 3.2)
        if neighbor.heard + interface.config.dead_s * SECOND > now:
            self.watch(neighbor, now + interface.config.hello_s * SECOND)
            return
        self._ospf.adjacencies.happen(neighbor, NeighborEvent.INACTIVITY_TIMER)

    def changed(self, interface: Interface) -> None:
        """What our Hello says is another from now on."""
        interface.hellos = None

    def soon(self, interface: Interface) -> None:
        """Somebody should not have to wait for what our next Hello says."""
        key = (Timer.HELLO_SOON, interface)
        if interface.speaks and self._ospf.timers.instant(key) is None:
            self._ospf.timers.start(key, self._ospf.now + SOON)

    def send(self, interface: Interface) -> None:
        """Send the Hello of an interface to all who shall have it."""
        packets = interface.hellos
        if packets is None:
            packets = tuple(self._packets(interface, self._destinations(interface)))
            if interface.keeps_hellos:
                interface.hellos = packets
            else:
                self._watch_keys(interface)
        put = self._ospf.put
        for packet in packets:
            put(packet)
        interface.sent[PacketType.HELLO] += len(packets)

    def _watch_keys(self, interface: Interface) -> None:
        """Tell somebody, once, when no key may send any more (RFC 5709 3.2, RFC 7166 3)."""
        ospf = self._ospf
        expired = interface.authenticator.is_expired(ospf.config.clock(ospf.now))
        if expired and not interface.has_expired_keys:
            detail = "no key may send any more, the last one goes on"
            ospf.journal.add(ospf.now, "keys expired", interface.name, detail)
        interface.has_expired_keys = expired

    def send_to(self, interface: Interface, address: Address) -> None:
        """Send it to one."""
        for packet in self._packets(interface, (address,)):
            self._ospf.put(packet)
            interface.sent[PacketType.HELLO] += 1

    def say_goodbye(self, interface: Interface) -> None:
        """Send a Hello that names nobody, so that nobody waits until we are thought dead."""
        body = self.body(interface, ())
        for address in self._destinations(interface):
            self._ospf.sender.send(interface, address, body)

    def body(self, interface: Interface, neighbors: Iterable[int]) -> Hello:
        """Give what a Hello says there (RFC 2328 9.5, RFC 5340 4.2.1.1)."""
        config = interface.config
        dialect = self._ospf.dialect
        mask, interface_id = dialect.hello_place(interface)
        return Hello(
            interval_s=config.hello_s,
            dead_interval_s=config.dead_s,
            options=dialect.options(interface.area),
            priority=config.priority,
            designated=interface.designated,
            backup=interface.backup,
            neighbors=tuple(neighbors),
            mask=mask,
            interface_id=interface_id,
        )

    def _packets(
        self, interface: Interface, destinations: Iterable[Address]
    ) -> Iterator[SendPacket]:
        heard = [one.router_id for one in interface.at_least(NeighborState.INIT)]
        body = self.body(interface, heard)
        return (self._ospf.sender.packet(interface, address, body) for address in destinations)

    def _destinations(self, interface: Interface) -> list[Address]:
        """Whom regular Hellos go to (RFC 2328 9.5, 9.5.1)."""
        match interface.network_type:
            case NetworkType.VIRTUAL:
                return [] if interface.far_address is None else [interface.far_address]
            case NetworkType.NON_BROADCAST:
                return [one.address for one in interface.known() if self._is_told(one)]
            case NetworkType.POINT_TO_MULTIPOINT if interface.config.neighbors:
                return [one.address for one in interface.known()]
            case _:
                return [ALL_SPF_ROUTERS[self._ospf.dialect.family]]

    def _is_told(self, neighbor: Neighbor) -> bool:
        """Whether a router of an NBMA network gets our regular Hellos (RFC 2328 9.5.1)."""
        interface = neighbor.interface
        if neighbor.state is NeighborState.DOWN:
            return False  # it is polled
        if interface.elects_us:
            return True
        if interface.config.priority > 0:
            return neighbor.priority > 0
        return neighbor.designation in (interface.designated, interface.backup)

    def poll(self, neighbor: Neighbor) -> None:
        """Try whether a router of an NBMA network is there after all (RFC 2328 9.5.1)."""
        interface = neighbor.interface
        if not interface.speaks or neighbor.state is not NeighborState.DOWN:
            return
        if interface.elects_us or (interface.config.priority > 0 and neighbor.priority > 0):
            self.send_to(interface, neighbor.address)
        self._ospf.timers.start((Timer.POLL, neighbor), self._ospf.now + interface.config.poll_ns)
