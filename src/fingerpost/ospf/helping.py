"""Helping a neighbour that restarts: go on as if it were there (RFC 3623 3, RFC 5187 3).

A neighbour that is full says by a grace LSA that it restarts and for how long it forwards on. Until
that time is over, or it takes the LSA back, it counts as adjacent in what we tell, whatever becomes
of our conversation with it, and nobody is elected on its network. A topology that changes ends the
help at once, if the operator wants it so: packets might loop through a router that knows nothing of
the change.

Ours: somebody with LSAs still to acknowledge is helped only where changes do not matter; whether
these changed since the restart (RFC 3623 3.1, 2) nobody can tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.constants import MAX_AGE
from fingerpost.ospf.interface_state import InterfaceEvent
from fingerpost.ospf.lsa.grace import OPAQUE_TYPE, GraceLsa
from fingerpost.ospf.lsa.header import HEADER_LENGTH, read_header
from fingerpost.ospf.lsa.types import LsaTypeV2, LsaTypeV3
from fingerpost.ospf.neighbor_state import NeighborEvent, NeighborState
from fingerpost.ospf.text import dotted
from fingerpost.ospf.timers import Timer
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.neighbor import Neighbor

KINDS = {2: LsaTypeV2.OPAQUE_LINK, 3: LsaTypeV3.GRACE}
FUNCTION = {2: 0xFF, 3: 0x1FFF}  # the bits of a type, without its scope
# what says how packets go (RFC 3623 3.2); prefixes have a type of their own in version 3
TOPOLOGY = {2: frozenset({1, 2, 3, 4, 5, 7}), 3: frozenset({1, 2, 3, 4, 5, 7, 9})}


class Helping:
    """Whom an instance helps."""

    def __init__(self, ospf: Ospf) -> None:
        """Nobody restarts."""
        self._ospf = ospf
        self._helped: dict[int, Neighbor] = {}  # by number
        self._refused: dict[int, int] = {}  # until when those asked that are not helped

    def flooded(self, interface: Interface, body: bytes) -> None:
        """An update came in there that changed something: who asks for help, who ends it?"""
        if not (self._helped or self._ospf.database.count(interface.scope)):
            return
        asked = dict(self._asked(interface))
        for neighbor in list(interface.neighbors.values()):
            until = asked.get(neighbor.router_id)
            if until is not None:
                self._ask(neighbor, until)
            elif neighbor.is_helped:
                self.end(neighbor, "it has taken its grace LSA back")
        if self._helped and self._says_topology(body):
            self.topology_changed()

    def topology_changed(self) -> None:
        """Packets go other ways now (RFC 3623 3.2, 3)."""
        if self._helped and self._ospf.config.graceful_restart.is_strict:
            for neighbor in list(self._helped.values()):
                self.end(neighbor, "the topology has changed")

    def expired(self, neighbor: Neighbor) -> None:
        """Its time is over (RFC 3623 3.2, 2)."""
        self.end(neighbor, "its grace period is over")

    def end(self, neighbor: Neighbor, why: str) -> None:
        """Help no more: tell of the neighbour as it is (RFC 3623 3.2)."""
        ospf = self._ospf
        if not neighbor.is_helped:
            return
        self.forget(neighbor)
        ospf.timers.stop((Timer.GRACE, neighbor))
        self._tell(neighbor, f"is not helped any more: {why}")
        interface = neighbor.interface
        if neighbor.heard + interface.config.dead_s * SECOND <= ospf.now:
            ospf.adjacencies.happen(neighbor, NeighborEvent.INACTIVITY_TIMER)
        ospf.interface_machine.later(interface, InterfaceEvent.NEIGHBOR_CHANGE)
        ospf.originator.router_changed(interface.area, ospf.now)
        ospf.originator.network_changed(interface, ospf.now)
        ospf.routing.neighbors_changed(ospf.now)

    def forget(self, neighbor: Neighbor) -> None:
        """A neighbour is gone, or is helped no more."""
        neighbor.is_helped = False
        neighbor.helped_until = None
        self._helped.pop(neighbor.number, None)
        self._refused.pop(neighbor.number, None)

    # ---- who asks

    def _ask(self, neighbor: Neighbor, until: int) -> None:
        """A neighbour asks for help until an instant (RFC 3623 3.1)."""
        ospf = self._ospf
        if neighbor.is_helped and neighbor.helped_until == until:
            return
        refusal = self._refusal(neighbor, until)
        if refusal is not None:
            if self._refused.get(neighbor.number) != until:
                self._tell(neighbor, f"is not helped: {refusal}")
            self._refused[neighbor.number] = until
            return
        if not neighbor.is_helped:
            self._tell(neighbor, f"restarts and is helped for {(until - ospf.now) // SECOND} s")
        self._helped[neighbor.number] = neighbor
        neighbor.is_helped = True
        neighbor.helped_until = until
        ospf.timers.start((Timer.GRACE, neighbor), until)

    def _refusal(self, neighbor: Neighbor, until: int) -> str | None:
        """Why a neighbour is not helped (RFC 3623 3.1)."""
        ospf = self._ospf
        said = ospf.config.graceful_restart
        if not said.helps:
            return "we help nobody"
        if until - ospf.now > said.helps_at_most_s * SECOND:
            return f"it asks for more than {said.helps_at_most_s} s"
        if neighbor.is_helped:
            return None
        if neighbor.state is not NeighborState.FULL:
            return f"it is in {neighbor.state}"
        if said.is_strict and ospf.database.sizes(neighbor.number)[2]:
            return "it has not acknowledged everything"
        return None

    def _asked(self, interface: Interface) -> Iterator[tuple[int, int]]:
        """Routers that have a grace LSA on a link, and until when it holds."""
        ospf = self._ospf
        kind = KINDS[ospf.version]
        for _, lsa in ospf.database.entries(ospf.now, interface.scope, kind):
            header = read_header(Reader(lsa, "ospf"), ospf.version)
            if header.age >= MAX_AGE or (ospf.version == 2 and header.id >> 24 != OPAQUE_TYPE):
                continue
            try:
                period_s = GraceLsa.read(Reader(lsa[HEADER_LENGTH:], "ospf")).period_s
            except DecodeError:
                continue
            if period_s is not None and period_s > header.age:
                began = ospf.database.arrived(interface.scope, header.key)
                age = header.age if began is None else header.age - (ospf.now - began) // SECOND
                since = ospf.now if began is None else began
                yield header.router, since + (period_s - age) * SECOND

    def _says_topology(self, body: bytes) -> bool:
        """Whether an update has LSAs that say how packets go."""
        version = self._ospf.version
        at = 4
        while at + HEADER_LENGTH <= len(body):
            kind = int.from_bytes(body[at + 2 : at + 4], "big") & FUNCTION[version]
            if kind in TOPOLOGY[version]:
                return True
            at += max(int.from_bytes(body[at + 18 : at + 20], "big"), HEADER_LENGTH)
        return False

    def _tell(self, neighbor: Neighbor, what: str) -> None:
        ospf = self._ospf
        detail = f"{dotted(neighbor.router_id)} {what}"
        ospf.journal.add(
            ospf.now, "graceful restart", neighbor.interface.name, detail, neighbor.address
        )
