"""Hellos that come in: who is there, and whether it hears us (RFC 2328 10.5, RFC 5340 4.2.2.1).

What both sides must have alike is compared first. A Hello that is, byte for byte, the last one of
its sender says nothing new; it is remembered, and the next one passes by `Reception.is_repeated`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.faults import Fault, Reason
from fingerpost.ospf.interface_state import InterfaceEvent, InterfaceState
from fingerpost.ospf.lsa.options import OptionsV2
from fingerpost.ospf.neighbor import Neighbor
from fingerpost.ospf.neighbor_state import NeighborEvent, NeighborState

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.packet import Hello, PacketHeader
    from fingerpost.protocol.events import PacketReceived


class Hearing:
    """The Hello protocol of one instance, as it hears others."""

    def __init__(self, ospf: Ospf) -> None:
        """Hear for `ospf`."""
        self._ospf = ospf

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
            self._ospf.hellos.soon(interface)  # it is new, or begins again
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
            self._ospf.hellos.send_to(interface, neighbor.address)

    def _remember(self, neighbor: Neighbor, event: PacketReceived) -> None:
        """Let the same bytes pass at once the next time, if nothing about them can change."""
        interface = neighbor.interface
        if interface.repeats.get(neighbor.payload) is neighbor:
            del interface.repeats[neighbor.payload]
        can_repeat = interface.keeps_hellos and not interface.is_virtual
        # one that does not name us says something new where descriptions were believed meanwhile
        hears_us = neighbor.hello is not None and self._ospf.router_id in neighbor.hello.neighbors
        if can_repeat and hears_us and neighbor.state >= NeighborState.TWO_WAY:
            neighbor.payload = event.payload
            neighbor.destination, neighbor.hop_limit = event.destination, event.hop_limit
            interface.repeats[event.payload] = neighbor


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
