"""Neighbours as they are heard, described and lost: the actions behind `neighbor_state`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.config import NetworkType
from fingerpost.ospf.interface_state import InterfaceEvent, InterfaceState
from fingerpost.ospf.neighbor_state import (
    NEIGHBOR_TRANSITIONS,
    NeighborAction,
    NeighborEvent,
    NeighborState,
)
from fingerpost.ospf.text import dotted
from fingerpost.ospf.timers import Timer

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.ospf.faults import Reason
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.neighbor import Neighbor

OF_NEIGHBORS = (
    Timer.INACTIVITY, Timer.POLL, Timer.DESCRIPTION, Timer.REQUEST, Timer.GRACE,
)  # fmt: skip
OTHER, BACKUP, DESIGNATED = 0, 1, 2  # roles, as the database knows them


class Adjacencies:
    """The state machine of all neighbours of an instance."""

    def __init__(self, ospf: Ospf) -> None:
        """Move the neighbours of `ospf`."""
        self._ospf = ospf
        self._actions: dict[NeighborAction, Callable[[Neighbor], NeighborState | None]] = {
            NeighborAction.HEAR: self._hear,
            NeighborAction.ATTEMPT: self._attempt,
            NeighborAction.DECIDE: self._decide,
            NeighborAction.KEEP: self._keep,
            NeighborAction.LIST: self._list,
            NeighborAction.FINISH: self._finish,
            NeighborAction.RESTART: self._forget,
            NeighborAction.FORGET: self._forget,
            NeighborAction.END: self._end,
        }

    def happen(
        self, neighbor: Neighbor, event: NeighborEvent, reason: Reason | None = None
    ) -> None:
        """Let an event happen (RFC 2328 10.3); `reason` says more than the event."""
        transition = NEIGHBOR_TRANSITIONS.get((neighbor.state, event))
        if transition is None:
            return
        if reason is not None:
            neighbor.reason = reason
        action = self._actions.get(transition.action)
        decided = None if action is None else action(neighbor)
        state = transition.states[0] if decided is None else decided
        if state is not neighbor.state:
            self._enter(neighbor, state, event, reason)
        if transition.action is NeighborAction.END:
            self._remove(neighbor)

    def add(self, key: int, neighbor: Neighbor) -> None:
        """A router was heard that was no neighbour before."""
        neighbor.interface.neighbors[key] = neighbor
        self._ospf.neighbors[neighbor.number] = neighbor

    def moved(self, neighbor: Neighbor) -> None:
        """A neighbour has another address, or calls its interface otherwise."""
        ospf = self._ospf
        if neighbor.state < NeighborState.TWO_WAY:
            return
        ospf.liveliness.watch(neighbor)
        ospf.routing.neighbors_changed(ospf.now)
        if neighbor.is_adjacent:
            ospf.originator.router_changed(neighbor.interface.area, ospf.now)

    def tell_database(self, neighbor: Neighbor) -> None:
        """Let flooding know how far a conversation is, and who is Designated Router."""
        interface = neighbor.interface
        if neighbor.state < NeighborState.EXCHANGE:
            return
        state = neighbor.state - NeighborState.EXCHANGE + 1
        role = OTHER
        if interface.is_multi_access:
            if neighbor.designation == interface.designated:
                role = DESIGNATED
            elif neighbor.designation == interface.backup:
                role = BACKUP
        takes_opaque = self._ospf.dialect.takes_opaque(neighbor.options)
        self._ospf.database.set_neighbor(
            neighbor.number, interface.number, state, role=role, takes_opaque=takes_opaque
        )

    def should_be_adjacent(self, neighbor: Neighbor) -> bool:
        """Decide whether to exchange databases (RFC 2328 10.4)."""
        interface = neighbor.interface
        if not interface.is_multi_access:
            return True
        if interface.state is InterfaceState.WAITING:
            return False
        designated = (interface.designated, interface.backup)
        return interface.elects_us or neighbor.designation in designated

    # ---- actions

    def _hear(self, neighbor: Neighbor) -> None:
        neighbor.heard = self._ospf.now
        self._ospf.timers.stop((Timer.POLL, neighbor))

    def _attempt(self, neighbor: Neighbor) -> None:
        ospf = self._ospf
        config = neighbor.interface.config
        ospf.hellos.send_to(neighbor.interface, neighbor.address)
        neighbor.heard = ospf.now  # it has a dead interval to answer
        neighbor.is_watched = True
        ospf.timers.start((Timer.INACTIVITY, neighbor), ospf.now + config.dead_s * SECOND)

    def _decide(self, neighbor: Neighbor) -> NeighborState:
        if self.should_be_adjacent(neighbor):
            return NeighborState.EX_START
        return NeighborState.TWO_WAY

    def _keep(self, neighbor: Neighbor) -> NeighborState:
        if self.should_be_adjacent(neighbor):
            return neighbor.state
        self._forget(neighbor)
        return NeighborState.TWO_WAY

    def _list(self, neighbor: Neighbor) -> None:
        """List the database; what is installed from now on is flooded to it (10.3)."""
        ospf = self._ospf
        ospf.database.set_neighbor(
            neighbor.number,
            neighbor.interface.number,
            1,
            takes_opaque=ospf.dialect.takes_opaque(neighbor.options),
        )
        ospf.database.begin_summary(neighbor.number, ospf.now)

    def _finish(self, neighbor: Neighbor) -> NeighborState:
        if self._ospf.database.requests_left(neighbor.number) == 0:
            return NeighborState.FULL
        return NeighborState.LOADING

    def _forget(self, neighbor: Neighbor) -> None:
        """Forget the exchange; one that begins anew starts in `_enter`."""
        ospf = self._ospf
        if neighbor.state >= NeighborState.EXCHANGE:
            ospf.database.remove_neighbor(neighbor.number)
        if neighbor.exchange is not None:
            neighbor.sequence = neighbor.exchange.sequence  # the next one goes on from it
            neighbor.exchange = None
        ospf.timers.stop((Timer.DESCRIPTION, neighbor))
        ospf.timers.stop((Timer.REQUEST, neighbor))

    def _end(self, neighbor: Neighbor) -> None:
        self._forget(neighbor)
        for timer in OF_NEIGHBORS:
            self._ospf.timers.stop((timer, neighbor))
        neighbor.is_watched = False
        self._ospf.helping.forget(neighbor)

    # ---- what follows

    def _enter(
        self,
        neighbor: Neighbor,
        state: NeighborState,
        event: NeighborEvent,
        reason: Reason | None,
    ) -> None:
        """Enter a state, and tell those whom it concerns."""
        ospf = self._ospf
        before = neighbor.state
        interface = neighbor.interface
        neighbor.state, neighbor.since = state, ospf.now
        neighbor.changes += 1
        if (before >= NeighborState.INIT) != (state >= NeighborState.INIT):
            ospf.hellos.changed(interface)
        self._tell(neighbor, before, event, reason)
        self.tell_database(neighbor)
        if state is NeighborState.EX_START:
            ospf.exchanges.start(neighbor)
        if (before >= NeighborState.TWO_WAY) != (state >= NeighborState.TWO_WAY):
            ospf.interface_machine.later(interface, InterfaceEvent.NEIGHBOR_CHANGE)
            ospf.routing.neighbors_changed(ospf.now)
            if before < state:
                ospf.liveliness.watch(neighbor)
        if NeighborState.FULL in (before, state):
            self._tell_of_full(neighbor)
        ospf.helping.entered(neighbor)

    def _tell_of_full(self, neighbor: Neighbor) -> None:
        """An adjacency has come or gone (RFC 2328 12.4, events 4 and 5)."""
        ospf = self._ospf
        interface = neighbor.interface
        if neighbor.state is NeighborState.FULL:
            neighbor.adjacencies += 1
            neighbor.reason = None
        ospf.originator.router_changed(interface.area, ospf.now)
        if interface.state is InterfaceState.DR:
            ospf.originator.network_changed(interface, ospf.now)
        ospf.routing.neighbors_changed(ospf.now)
        ospf.restarting.look()

    def _tell(
        self,
        neighbor: Neighbor,
        before: NeighborState,
        event: NeighborEvent,
        reason: Reason | None,
    ) -> None:
        ospf = self._ospf
        why = f"{event}: {reason}" if reason is not None else str(event)
        detail = f"{dotted(neighbor.router_id)} {before} to {neighbor.state} ({why})"
        ospf.journal.add(
            ospf.now, "neighbor state", neighbor.interface.name, detail, neighbor.address
        )

    def _remove(self, neighbor: Neighbor) -> None:
        """Forget a neighbour; one that an operator names is expected again."""
        ospf = self._ospf
        interface = neighbor.interface
        ospf.neighbors.pop(neighbor.number, None)
        ospf.liveliness.unwatch(neighbor)
        interface.authenticator.forget(neighbor.router_id, neighbor.address)
        for key in [key for key, one in interface.neighbors.items() if one is neighbor]:
            del interface.neighbors[key]
        interface.forget_speakers()
        if neighbor.static is not None:
            _expect_again(neighbor)
            self._poll(interface, neighbor)

    def _poll(self, interface: Interface, neighbor: Neighbor) -> None:
        ospf = self._ospf
        if interface.network_type is NetworkType.NON_BROADCAST and interface.speaks:
            ospf.timers.start((Timer.POLL, neighbor), ospf.now + interface.config.poll_ns)


def _expect_again(neighbor: Neighbor) -> None:
    """Make of a neighbour that is gone one that was never heard."""
    neighbor.router_id = neighbor.options = neighbor.interface_id = 0
    neighbor.designated = neighbor.backup = 0
    neighbor.hello = None
    neighbor.payload = b""
    if neighbor.static is not None:
        neighbor.priority = neighbor.static.priority
        neighbor.address = neighbor.static.address
