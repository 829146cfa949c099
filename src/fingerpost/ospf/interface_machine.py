"""Interfaces as they come, elect and go: the actions behind the table of `interface_state`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.constants import ALL_D_ROUTERS, ALL_SPF_ROUTERS
from fingerpost.ospf.election import Candidate, elect
from fingerpost.ospf.interface_state import (
    INTERFACE_TRANSITIONS,
    InterfaceAction,
    InterfaceEvent,
    InterfaceState,
)
from fingerpost.ospf.neighbor import Neighbor
from fingerpost.ospf.neighbor_state import NeighborEvent, NeighborState
from fingerpost.ospf.timers import Timer
from fingerpost.protocol.events import JoinGroup, LeaveGroup

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.addr import Address
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf

OF_INTERFACES = (Timer.HELLO, Timer.HELLO_SOON, Timer.WAIT)


class InterfaceMachine:
    """The state machine of all interfaces of an instance."""

    def __init__(self, ospf: Ospf) -> None:
        """Move the interfaces of `ospf`."""
        self._ospf = ospf
        self._later: dict[tuple[Interface, InterfaceEvent], None] = {}
        self._actions: dict[InterfaceAction, Callable[[Interface], InterfaceState | None]] = {
            InterfaceAction.START: self._start,
            InterfaceAction.ELECT: self._elect,
            InterfaceAction.RESET: self._reset,
        }

    def happen(self, interface: Interface, event: InterfaceEvent) -> None:
        """Let an event happen (RFC 2328 9.3)."""
        transition = INTERFACE_TRANSITIONS.get((interface.state, event))
        if transition is None:
            return
        if event is InterfaceEvent.NEIGHBOR_CHANGE and _has_helped(interface):
            return  # who restarts keeps its part (RFC 3623 3.1)
        was = (interface.designated, interface.backup)
        action = self._actions.get(transition.action)
        decided = None if action is None else action(interface)
        self._enter(interface, transition.states[0] if decided is None else decided, event)
        if transition.action is InterfaceAction.ELECT:
            self._after_election(interface, was)

    def later(self, interface: Interface, event: InterfaceEvent) -> None:
        """Let an event happen when the one that is looked at is done with (RFC 2328 10.5)."""
        self._later[interface, event] = None

    def settle(self) -> None:
        """Let happen what was put off."""
        while self._later:
            interface, event = next(iter(self._later))
            del self._later[interface, event]
            self.happen(interface, event)

    # ---- actions

    def _start(self, interface: Interface) -> InterfaceState:
        """InterfaceUp (RFC 2328 9.3)."""
        ospf = self._ospf
        if not interface.is_multi_access:
            return InterfaceState.POINT_TO_POINT
        if interface.config.priority == 0:
            return InterfaceState.DR_OTHER
        wait_ns = interface.config.wait_ns
        if wait_ns is None:
            wait_ns = interface.config.dead_s * SECOND
        interface.wait_ends = ospf.now + wait_ns
        ospf.timers.start((Timer.WAIT, interface), interface.wait_ends)
        return InterfaceState.WAITING

    def _elect(self, interface: Interface) -> InterfaceState:
        """Elect (RFC 2328 9.4), and become what we were elected to be."""
        ospf = self._ospf
        ospf.timers.stop((Timer.WAIT, interface))
        interface.wait_ends = None
        own = ospf.dialect.designation(interface, ospf.router_id)
        ourselves = Candidate(
            interface.config.priority,
            ospf.router_id,
            own,
            interface.designated,
            interface.backup,
        )
        others = [
            Candidate(one.priority, one.router_id, one.designation, one.designated, one.backup)
            for one in interface.at_least(NeighborState.TWO_WAY)
        ]
        election = interface.election = elect(ourselves, others)
        interface.designated, interface.backup = election.designated, election.backup
        if election.designated == own:
            return InterfaceState.DR
        return InterfaceState.BACKUP if election.backup == own else InterfaceState.DR_OTHER

    def _reset(self, interface: Interface) -> None:
        """Lose everything that was there (RFC 2328 9.3, InterfaceDown)."""
        ospf = self._ospf
        for timer in OF_INTERFACES:
            ospf.timers.stop((timer, interface))
        for neighbor in list(interface.known()):
            ospf.adjacencies.happen(neighbor, NeighborEvent.KILL_NBR)
            ospf.timers.stop((Timer.POLL, neighbor))
        interface.forget_speakers()
        interface.designated = interface.backup = 0
        interface.election = interface.wait_ends = None
        interface.hellos = None
        for place in [place for place in self._later if place[0] is interface]:
            del self._later[place]

    # ---- what follows

    def _enter(self, interface: Interface, state: InterfaceState, event: InterfaceEvent) -> None:
        """Enter a state, and tell those whom it concerns."""
        before = interface.state
        if state is before:
            return
        ospf = self._ospf
        interface.state, interface.since = state, ospf.now
        ospf.hellos.changed(interface)
        ospf.journal.add(
            ospf.now, "interface state", interface.name, f"{before} to {state} ({event})"
        )
        self.join_groups(interface)
        ospf.places.tell_database(interface)
        if before is InterfaceState.DOWN and interface.speaks:
            ospf.restarting.came_up(interface)
            ospf.hellos.tick(interface)
            self.start_expected(interface)
        ospf.originator.router_changed(interface.area, ospf.now)
        if InterfaceState.DR in (before, state):
            ospf.originator.network_changed(interface, ospf.now)
        if InterfaceState.DOWN in (before, state):
            ospf.originator.link_changed(interface, ospf.now)
        ospf.routing.neighbors_changed(ospf.now)

    def _after_election(self, interface: Interface, was: tuple[int, int]) -> None:
        """Steps 6 and 7 of an election (RFC 2328 9.4)."""
        if was == (interface.designated, interface.backup):
            return
        ospf = self._ospf
        ospf.hellos.changed(interface)
        ospf.hellos.soon(interface)
        if interface.elects_us:
            self.start_expected(interface)
        for neighbor in interface.at_least(NeighborState.TWO_WAY):
            ospf.adjacencies.tell_database(neighbor)
            ospf.adjacencies.happen(neighbor, NeighborEvent.ADJ_OK)
        ospf.originator.router_changed(interface.area, ospf.now)
        ospf.routing.neighbors_changed(ospf.now)

    def start_expected(self, interface: Interface) -> None:
        """Try to reach the neighbours of an NBMA network that an operator names (9.3, 9.4)."""
        if interface.network_type is not NetworkType.NON_BROADCAST:
            return
        may_be_elected = interface.config.priority > 0
        for neighbor in list(interface.expected.values()):
            if neighbor.state is not NeighborState.DOWN:
                continue
            if interface.elects_us or (may_be_elected and neighbor.priority > 0):
                self._ospf.adjacencies.happen(neighbor, NeighborEvent.START)

    def expect(self, interface: Interface) -> None:
        """Take the neighbours that an operator names for those that they are (RFC 2328 C.6)."""
        ospf = self._ospf
        named = {one.address: one for one in interface.config.neighbors}
        for address in [one for one in interface.expected if one not in named]:
            neighbor = interface.expected.pop(address)
            neighbor.static = None
            if interface.network_type is NetworkType.NON_BROADCAST:
                ospf.adjacencies.happen(neighbor, NeighborEvent.KILL_NBR)
            ospf.timers.stop((Timer.POLL, neighbor))
        for address, static in named.items():
            held = interface.expected.get(address)
            if held is None:
                held = next((n for n in interface.neighbors.values() if n.address == address), None)
            if held is None:
                held = Neighbor(interface, ospf.new_number(), 0, address, static.priority)
            held.static = static
            interface.expected[address] = held
        if interface.speaks:
            self.start_expected(interface)

    def join_groups(self, interface: Interface) -> None:
        """Hear all OSPF routers, and what is for Designated Routers if we are one (8.1)."""
        ospf = self._ospf
        groups: tuple[Address, ...] = ()
        if interface.speaks and not interface.is_virtual:
            groups = (ALL_SPF_ROUTERS[ospf.dialect.family],)
            if interface.elects_us:
                groups += (ALL_D_ROUTERS[ospf.dialect.family],)
        for group in groups:
            if group not in interface.groups:
                ospf.put(JoinGroup(interface.name, group))
        for group in interface.groups:
            if group not in groups:
                ospf.put(LeaveGroup(interface.name, group))
        interface.groups = groups


def _has_helped(interface: Interface) -> bool:
    return any(one.is_helped for one in interface.neighbors.values())
