"""Helping a neighbour that restarts: go on as if it were there (RFC 3623 3, RFC 5187 3).

A neighbour that is full says by a grace LSA that it restarts and for how long it forwards on. Until
that time is over, or it takes the LSA back, it counts as adjacent in what we tell, whatever becomes
of our conversation with it, and nobody is elected on its network. A topology that changes ends the
help at once, if the operator wants it so: packets might loop through a router that knows nothing of
the change. Such a change is an LSA of the types below that says something else than before
(RFC 2328 13.2) and would go to the neighbour; a refresh is none.

Ours: somebody who has still to acknowledge LSAs of these types is not helped if any of that type
and scope has changed since the oldest of them (RFC 3623 3.1, 2): which one that was nobody knows.
Who takes its LSA back while we still load from it, because it has nothing left to ask us for, is
helped until we have: else what we tell would lose it for as long as its answers are under way.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fingerpost.errors import DecodeError
from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.constants import MAX_AGE
from fingerpost.ospf.grace import KINDS
from fingerpost.ospf.helps import Help, Helps
from fingerpost.ospf.interface_state import InterfaceEvent
from fingerpost.ospf.lsa.grace import OPAQUE_TYPE, GraceLsa
from fingerpost.ospf.lsa.header import HEADER_LENGTH, read_header
from fingerpost.ospf.neighbor_state import NeighborEvent, NeighborState
from fingerpost.ospf.origination.content import AS_SCOPE
from fingerpost.ospf.text import dotted
from fingerpost.ospf.timers import Timer
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.ospf.flooding import Flooded
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf
    from fingerpost.ospf.neighbor import Neighbor

TAKEN_BACK = "it has taken its grace LSA back"
UNDER_WAY = (NeighborState.EXCHANGE, NeighborState.LOADING)
FUNCTION = {2: 0xFF, 3: 0x1FFF}  # the bits of a type, without its scope
# what says how packets go (RFC 3623 3.2); prefixes have a type of their own in version 3
TOPOLOGY = {2: frozenset({1, 2, 3, 4, 5, 7}), 3: frozenset({1, 2, 3, 4, 5, 7, 9})}


class Helping:
    """Whom an instance helps. `ended` counts why help ended."""

    def __init__(self, ospf: Ospf) -> None:
        """Nobody restarts."""
        self._ospf = ospf
        self._helped: dict[int, Neighbor] = {}  # by number
        self._refused: dict[int, int] = {}  # until when those asked that are not helped
        self._taken_back: set[int] = set()  # who is helped until we have loaded
        self._last: dict[tuple[int, int], int] = {}  # when LSAs of a scope and type last changed
        self.helps = Helps()
        self.ended: Counter[str] = Counter()

    def __len__(self) -> int:
        """How many are helped."""
        return len(self._helped)

    def flooded(self, sender: Neighbor, done: Flooded) -> None:
        """An update of a neighbour changed something: who asks for help, who ends it?"""
        interface = sender.interface
        if self._helped or self._ospf.database.count(interface.scope):
            asked = dict(self._asked(interface))
            for neighbor in list(interface.neighbors.values()):
                if neighbor.router_id in asked:
                    self._ask(neighbor, *asked[neighbor.router_id])
                elif neighbor.is_helped:
                    self._taken_back.add(neighbor.number)
                    self.entered(neighbor)
        self.changed(_changed(done), sender)

    def changed(self, places: Iterable[tuple[int, int]], sender: Neighbor | None = None) -> None:
        """LSAs of these scopes and types say something else (RFC 3623 3.2, 3).

        `sender`: whom they came from, to whom they do not go.
        """
        ospf = self._ospf
        is_strict = self._helped and ospf.config.graceful_restart.is_strict
        for scope, kind in places:
            self._last[scope, kind] = ospf.now
            if not is_strict:
                continue
            for neighbor in list(self._helped.values()):
                if neighbor is not sender and self._concerns(neighbor, scope, kind):
                    self.end(neighbor, "the topology has changed")

    def entered(self, neighbor: Neighbor) -> None:
        """A neighbour entered a state: is what it took back over for us too?"""
        if neighbor.number in self._taken_back and neighbor.state not in UNDER_WAY:
            self.end(neighbor, TAKEN_BACK)

    def expired(self, neighbor: Neighbor) -> None:
        """Its time is over (RFC 3623 3.2, 2)."""
        self.end(neighbor, "its grace period is over")

    def end(self, neighbor: Neighbor, why: str) -> None:
        """Help no more: tell of the neighbour as it is (RFC 3623 3.2)."""
        ospf = self._ospf
        if not neighbor.is_helped:
            return
        self.forget(neighbor, why)
        ospf.timers.stop((Timer.GRACE, neighbor))
        self._tell(neighbor, f"is not helped any more: {why}")
        interface = neighbor.interface
        if neighbor.heard + interface.config.dead_s * SECOND <= ospf.now:
            ospf.adjacencies.happen(neighbor, NeighborEvent.INACTIVITY_TIMER)
        ospf.interface_machine.later(interface, InterfaceEvent.NEIGHBOR_CHANGE)
        ospf.originator.router_changed(interface.area, ospf.now)
        ospf.originator.network_changed(interface, ospf.now)
        ospf.routing.neighbors_changed(ospf.now)

    def forget(self, neighbor: Neighbor, why: str = "it is gone") -> None:
        """A neighbour is gone, or is helped no more."""
        if neighbor.is_helped:
            self.helps.end(neighbor.number, self._ospf.now, why)
            self.ended[why] += 1
        neighbor.is_helped = False
        neighbor.helped_until = None
        self._helped.pop(neighbor.number, None)
        self._refused.pop(neighbor.number, None)
        self._taken_back.discard(neighbor.number)

    # ---- who asks

    def _ask(self, neighbor: Neighbor, until: int, reason: int | None) -> None:
        """A neighbour asks for help until an instant (RFC 3623 3.1)."""
        ospf = self._ospf
        self._taken_back.discard(neighbor.number)
        if neighbor.is_helped and neighbor.helped_until == until:
            return
        refusal = self._refusal(neighbor, until)
        if refusal is not None:
            if self._refused.get(neighbor.number) != until:
                self._tell(neighbor, f"is not helped: {refusal}")
            self._refused[neighbor.number] = until
            return
        name, router_id = neighbor.interface.name, neighbor.router_id
        found = self.helps.set(neighbor.number, Help(router_id, name, ospf.now, until, reason))
        if not neighbor.is_helped:
            period_s = (until - ospf.now) // SECOND
            self._tell(neighbor, f"restarts and is helped for {period_s} s ({found.reason_text})")
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
        if ospf.restarting.until is not None or ospf.restarting.leaves_by is not None:
            return "we restart ourselves"
        if until - ospf.now > said.helps_at_most_s * SECOND:
            return f"it asks for more than {said.helps_at_most_s} s"
        if neighbor.is_helped:
            return None
        if neighbor.state is not NeighborState.FULL:
            return f"it is in {neighbor.state}"
        if said.is_strict and self._lacks_topology(neighbor):
            return "it has not acknowledged everything"
        return None

    def _lacks_topology(self, neighbor: Neighbor) -> bool:
        """Whether changes of how packets go wait for its acknowledgment."""
        ospf = self._ospf
        since = ospf.database.unacknowledged_since(neighbor.number)
        if since is None:
            return False
        for scope in (neighbor.interface.area.scope, AS_SCOPE):
            for _, lsa in ospf.database.entries(ospf.now, scope):
                key = read_header(Reader(lsa, "ospf"), ospf.version).key
                if self._last.get((scope, key.type), -1) < since:
                    continue
                if self._concerns(neighbor, scope, key.type) and ospf.database.is_unacknowledged(
                    neighbor.number, scope, key
                ):
                    return True
        return False

    def _concerns(self, neighbor: Neighbor, scope: int, kind: int) -> bool:
        """Whether an LSA says how packets go, and goes to a neighbour (RFC 2328 13.3)."""
        version, interface = self._ospf.version, neighbor.interface
        if kind & FUNCTION[version] not in TOPOLOGY[version]:
            return False
        if scope == AS_SCOPE:
            return interface.area.takes_externals and not interface.is_virtual
        return scope == interface.area.scope

    def _asked(self, interface: Interface) -> Iterator[tuple[int, tuple[int, int | None]]]:
        """Routers that have a grace LSA on a link, until when it holds, and why they restart."""
        ospf = self._ospf
        kind = KINDS[ospf.version]
        for _, lsa in ospf.database.entries(ospf.now, interface.scope, kind):
            header = read_header(Reader(lsa, "ospf"), ospf.version)
            if header.age >= MAX_AGE or (ospf.version == 2 and header.id >> 24 != OPAQUE_TYPE):
                continue
            try:
                said = GraceLsa.read(Reader(lsa[HEADER_LENGTH:], "ospf"))
            except DecodeError:
                continue
            if said.period_s is not None and said.period_s > header.age:
                began = ospf.database.arrived(interface.scope, header.key)
                age = header.age if began is None else header.age - (ospf.now - began) // SECOND
                since = ospf.now if began is None else began
                yield header.router, (since + (said.period_s - age) * SECOND, said.reason)

    def _tell(self, neighbor: Neighbor, what: str) -> None:
        ospf = self._ospf
        detail = f"{dotted(neighbor.router_id)} {what}"
        ospf.journal.add(
            ospf.now, "graceful restart", neighbor.interface.name, detail, neighbor.address
        )


def _changed(done: Flooded) -> Iterator[tuple[int, int]]:
    """Scope and type of what an update changed; what the core handed up among it."""
    yield from done.counts.changed_types
    for one in done.handed_up:
        if one.is_changed and one.scope is not None:
            yield one.scope, int.from_bytes(one.lsa[2:4], "big")
