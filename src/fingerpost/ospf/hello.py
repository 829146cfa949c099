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
from fingerpost.ospf.faults import Fault, Reason
from fingerpost.ospf.interface_state import InterfaceEvent, InterfaceState
from fingerpost.ospf.lsa.options import OptionsV2
from fingerpost.ospf.neighbor import Neighbor
from fingerpost.ospf.neighbor_state import NeighborEvent, NeighborState
from fingerpost.ospf.packet import Hello, PacketType
from fingerpost.ospf.timers import Timer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.addr import Address
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.packet import PacketHeader
    from fingerpost.protocol.events import PacketReceived, SendPacket

SOON = 20 * MILLISECOND
_AREA_BITS = ((Fault.STUB_AREA, "E", OptionsV2.E), (Fault.NSSA, "N", OptionsV2.NP))


class Hellos:
    """The Hello protocol of one instance."""

    def __init__(self, ospf: Ospf) -> None:
        """Speak for `ospf`."""
        self._ospf = ospf

    # ---- out

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
            if _may_be_kept(interface):
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

    # ---- in

    def received(
        self, event: PacketReceived, header: PacketHeader, hello: Hello, interface: Interface
    ) -> Reason | None:
        """Take a Hello (RFC 2328 10.5); gives why it is not taken."""
        reason = self._refusal(hello, interface)
        if reason is not None:
            return reason
        neighbor = self._neighbor(event, header, interface)
        if neighbor is None:
            most = str(self._ospf.config.limits.neighbors)
            return Reason(Fault.NEIGHBOR_LIMIT, "one more", most)
        before = neighbor.hello
        neighbor.hello, neighbor.heard = hello, self._ospf.now
        said = (neighbor.priority, neighbor.designated, neighbor.backup)
        neighbor.priority = hello.priority
        neighbor.designated, neighbor.backup = hello.designated, hello.backup
        if neighbor.exchange is None:
            neighbor.options = hello.options
        self._take_place(neighbor, event.source, hello.interface_id or 0)
        was = neighbor.state
        adjacencies = self._ospf.adjacencies
        adjacencies.happen(neighbor, NeighborEvent.HELLO_RECEIVED)
        if self._ospf.router_id not in hello.neighbors:
            adjacencies.happen(neighbor, NeighborEvent.ONE_WAY_RECEIVED)
            neighbor.reason = Reason(Fault.ONE_WAY)
        else:
            if neighbor.reason is not None and neighbor.reason.fault is Fault.ONE_WAY:
                neighbor.reason = None
            adjacencies.happen(neighbor, NeighborEvent.TWO_WAY_RECEIVED)
            self._compare(neighbor, said, is_first=before is None)
        if was < NeighborState.INIT or neighbor.state < was:
            self.soon(interface)  # it is new, or begins again
        self._answer(neighbor)
        self._remember(neighbor, event)
        return None

    def _refusal(self, hello: Hello, interface: Interface) -> Reason | None:
        """Compare what must be the same on a link (RFC 2328 10.5, RFC 3101 2.4)."""
        reason = self._ospf.dialect.refuses_hello(hello, interface)
        if reason is not None:
            return reason
        config = interface.config
        if hello.interval_s != config.hello_s:
            return Reason(Fault.HELLO_INTERVAL, f"{hello.interval_s} s", f"{config.hello_s} s")
        if hello.dead_interval_s != config.dead_s:
            return Reason(Fault.DEAD_INTERVAL, f"{hello.dead_interval_s} s", f"{config.dead_s} s")
        return _options_refusal(hello.options, self._ospf.dialect.options(interface.area))

    def _neighbor(
        self, event: PacketReceived, header: PacketHeader, interface: Interface
    ) -> Neighbor | None:
        """Give who speaks, who perhaps was not known before; None if there is no room."""
        ospf = self._ospf
        key = ospf.dialect.key(interface, header.router_id, event.source)
        found = interface.neighbors.get(key)
        if found is not None and found.router_id != header.router_id:
            # another router has the address now
            ospf.adjacencies.happen(found, NeighborEvent.KILL_NBR)
            found = None
        if found is None:
            found = interface.expected.get(event.source)
            if found is None or found.router_id not in (0, header.router_id):
                if len(interface.neighbors) >= ospf.config.limits.neighbors:
                    return None
                found = Neighbor(interface, ospf.new_number(), header.router_id, event.source)
            found.router_id = header.router_id
            ospf.adjacencies.add(key, found)
        return found

    def _take_place(self, neighbor: Neighbor, address: Address, interface_id: int) -> None:
        """Note where a neighbour is, and tell those who send packets through it."""
        if neighbor.address == address and neighbor.interface_id == interface_id:
            return
        neighbor.address, neighbor.interface_id = address, interface_id
        self._ospf.adjacencies.moved(neighbor)

    def _compare(self, neighbor: Neighbor, said: tuple[int, int, int], *, is_first: bool) -> None:
        """See whether the election has other grounds (RFC 2328 10.5, 9.2)."""
        interface = neighbor.interface
        if not interface.is_multi_access:
            return
        own = neighbor.designation
        priority, designated, backup = said
        happen = self._ospf.interface_machine.later
        if interface.state is InterfaceState.WAITING:
            self._ospf.restarting.resume(interface, neighbor.designated, neighbor.backup)
            is_alone = neighbor.designated == own and neighbor.backup == 0
            if is_alone or neighbor.backup == own:
                happen(interface, InterfaceEvent.BACKUP_SEEN)
            return
        changed = (
            priority != neighbor.priority,
            (designated == own) != (neighbor.designated == own),
            (backup == own) != (neighbor.backup == own),
        )
        if any(changed) and not is_first:
            happen(interface, InterfaceEvent.NEIGHBOR_CHANGE)

    def _answer(self, neighbor: Neighbor) -> None:
        """Answer at once who may be elected, if we may not (RFC 2328 9.5.1)."""
        interface = neighbor.interface
        if (
            interface.network_type is NetworkType.NON_BROADCAST
            and interface.config.priority == 0
            and neighbor.priority > 0
            and neighbor.designation not in (interface.designated, interface.backup)
        ):
            self.send_to(interface, neighbor.address)

    def _remember(self, neighbor: Neighbor, event: PacketReceived) -> None:
        """Let the same bytes pass at once the next time, if nothing about them can change."""
        interface = neighbor.interface
        if interface.repeats.get(neighbor.payload) is neighbor:
            del interface.repeats[neighbor.payload]
        can_repeat = _may_be_kept(interface) and not interface.is_virtual
        # one that does not name us says something new where descriptions were believed meanwhile
        hears_us = neighbor.hello is not None and self._ospf.router_id in neighbor.hello.neighbors
        if can_repeat and hears_us and neighbor.state >= NeighborState.TWO_WAY:
            neighbor.payload = event.payload
            neighbor.destination, neighbor.hop_limit = event.destination, event.hop_limit
            interface.repeats[event.payload] = neighbor


def _may_be_kept(interface: Interface) -> bool:
    """Whether one Hello is as good as the next: not signed anew, and not for these or those."""
    return (
        interface.config.authentication is None
        and interface.network_type is not NetworkType.NON_BROADCAST
    )


def _options_refusal(theirs: int, ours: int) -> Reason | None:
    """Compare what kind of area both sides take it for; the bits are those of both versions."""
    if (theirs ^ ours) & OptionsV2.E:
        return Reason(
            Fault.STUB_AREA, _bit("E", theirs & OptionsV2.E), _bit("E", ours & OptionsV2.E)
        )
    if (theirs ^ ours) & OptionsV2.NP:
        return Reason(Fault.NSSA, _bit("N", theirs & OptionsV2.NP), _bit("N", ours & OptionsV2.NP))
    return None


def _bit(name: str, value: int) -> str:
    return f"{name} bit {'set' if value else 'clear'}"
