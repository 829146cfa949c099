"""Restarting without a gap (RFC 3623 2, RFC 5187 3): neighbours go on sending us packets meanwhile.

Who shall be stopped to come back asks its neighbours for a time by grace LSAs, changes nothing from
then on, and goes when all have acknowledged. What the next one has to know is `kept` by the host,
which gives it back as `OspfConfig.resumption` where the kernel still forwards by our routes.

Who starts with that tells and calculates nothing until it is adjacent to all that its last
router-LSAs name; these it gets from its neighbours. Then it takes its LSAs over, calculates, and
takes the grace LSAs back. Who was not stopped but fell asks before its first Hello (RFC 3623 5), if
an operator wants that. A router that nobody knows from before, or whom a neighbour has given up,
begins at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import SECOND
from fingerpost.ospf.grace import ask, call_out, take_back, unaware
from fingerpost.ospf.kept import Kept
from fingerpost.ospf.lsa.grace import RestartReason
from fingerpost.ospf.lsa.header import LsaKey, read_header
from fingerpost.ospf.neighbor_state import NeighborState
from fingerpost.ospf.text import dotted
from fingerpost.ospf.timers import Timer
from fingerpost.ospf.told_before import is_given_up, is_joined, is_known, is_whole
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from fingerpost.ospf.interface import Interface
    from fingerpost.ospf.machine import Ospf

ANSWER_AFTER = 10 * SECOND  # by then all that is told at all is told, summaries too


class Restarting:
    """The restart of an instance; `until` is None when there is none, or when it is over.

    `leaves_by`: until when the neighbours wait for the one after us. `ended` and `outcome`: when
    and how the restart ended; None if it did not, or if there was none.
    """

    def __init__(self, ospf: Ospf) -> None:
        """A planned restart goes on at once, an unplanned one begins with the first interface."""
        self._ospf = ospf
        self.until: int | None = None
        self.leaves_by: int | None = None
        self.ended: int | None = None
        self.outcome: str | None = None
        self.is_planned = False
        self._was_told = False
        self._own: dict[tuple[int, LsaKey], int] = {}  # what we told before, by sequence number
        self._kept: Kept | None = None
        said, resumption = ospf.config.graceful_restart, ospf.config.resumption
        self._may_begin = False
        if not said.is_enabled or resumption is None:
            return
        if resumption.kept is None:
            self._may_begin = said.covers_outages
            return
        kept = Kept.of(resumption.kept)
        if kept is not None and kept.router_id == ospf.router_id:
            self._kept = kept
            self.is_planned = True
            self.until = kept.until_ns - ospf.config.epoch_ns

    @property
    def numbers(self) -> dict[str, int]:
        """The numbers that interfaces had before, by name."""
        return {} if self._kept is None else dict(self._kept.numbers)

    @property
    def sequences(self) -> tuple[int, int, int] | None:
        """The last numbers of signed packets from before."""
        return None if self._kept is None else self._kept.sequences

    # ---- before we go

    def prepare(self) -> None:
        """Ask the neighbours for time and change nothing from now on (RFC 3623 2.1)."""
        ospf = self._ospf
        period_s = ospf.config.graceful_restart.period_s
        if not ospf.config.graceful_restart.is_enabled or self.leaves_by is not None:
            return
        self.until = None
        self.leaves_by = ospf.now + period_s * SECOND
        ospf.suspend_duties()
        for interface in ospf.interfaces.values():
            if interface.speaks and not interface.is_virtual:
                ask(ospf, interface, RestartReason.SOFTWARE_RESTART)
                self._tell_of_deaf(interface)
        self._tell(f"is about to restart, and asks for {period_s} s")

    def _tell_of_deaf(self, interface: Interface) -> None:
        """Say which neighbours cannot be asked, as some of version 2 (RFC 5250 2)."""
        ospf = self._ospf
        for neighbor in interface.at_least(NeighborState.FULL):
            if not ospf.dialect.takes_opaque(neighbor.options):
                detail = f"{dotted(neighbor.router_id)} takes no opaque LSAs and will not wait"
                ospf.journal.add(
                    ospf.now, "graceful restart", interface.name, detail, neighbor.address
                )

    @property
    def unaware(self) -> int:
        """How many neighbours were asked for time and have not acknowledged it."""
        return 0 if self.leaves_by is None else sum(1 for _ in unaware(self._ospf))

    def keep(self) -> dict[str, object] | None:
        """What the one after us has to know; None if the neighbours were not asked to wait."""
        ospf = self._ospf
        if self.leaves_by is None:
            return None
        return Kept(
            ospf.router_id,
            ospf.config.clock(self.leaves_by),
            tuple(sorted(area.id for area in ospf.areas.values() if is_joined(area))),
            {one.name: one.number for one in ospf.interfaces.values()},
            ospf.sequences.last,
        ).as_dict()

    # ---- while it goes on

    def came_up(self, interface: Interface) -> None:
        """An interface is up, and no Hello was sent there yet."""
        ospf = self._ospf
        if self._may_begin:
            self._may_begin = False
            self.until = ospf.now + ospf.config.graceful_restart.period_s * SECOND
            ospf.suspend_duties()
        if self.until is None:
            return
        if not self._was_told:
            self._was_told = True
            self._tell("restarts, and tells nothing until it is known again")
        if not self.is_planned and interface.speaks and not interface.is_virtual:
            call_out(ospf, interface, RestartReason.UNKNOWN)

    def received_own(self, scope: int, lsa: bytes) -> bool:
        """Keep an LSA of ours from before for the end; False: we are not restarting (2.2)."""
        if self.until is None:
            return self.leaves_by is not None  # then the one after us answers it
        header = read_header(Reader(lsa, "ospf"), self._ospf.version)
        self._own[scope, header.key] = header.sequence
        return True

    def resume(self, interface: Interface, designated: int, backup: int) -> None:
        """A neighbour says who it takes for Designated Router: perhaps ourselves (RFC 3623 2)."""
        own = self._ospf.dialect.designation(interface, self._ospf.router_id)
        if self.until is not None:
            interface.designated = own if designated == own else interface.designated
            interface.backup = own if backup == own else interface.backup

    def look(self) -> None:
        """See whether everybody is there again, or somebody has given us up (RFC 3623 2.2)."""
        if self.until is None:
            return
        ospf = self._ospf
        joined = [area for area in ospf.areas.values() if is_joined(area)]
        known = [area for area in joined if is_known(ospf, area)]
        if any(is_given_up(ospf, area) for area in known):
            self.end("a neighbor has given it up")
        elif not self._misses_areas({area.id for area in joined}) and joined:
            if not known:
                self.end("nobody knows it from before")
            elif all(is_whole(ospf, area) for area in known):
                self.end("all neighbors are there again")

    def _misses_areas(self, joined: set[int]) -> bool:
        """Whether there is an area whose neighbours we had, and where we have none yet."""
        return self._kept is not None and not joined.issuperset(self._kept.areas)

    def next_deadline(self) -> int | None:
        """When it is over at the latest."""
        return self.until

    def pass_time(self, now: int) -> None:
        """The time that was asked for is over."""
        if self.until is not None and self.until <= now:
            self.end("the grace period is over")

    # ---- afterwards

    def end(self, why: str) -> None:
        """Tell and calculate again, take over what was told before, ask no more (RFC 3623 2.3)."""
        ospf = self._ospf
        self.until = None
        self.ended, self.outcome = ospf.now, why
        self._tell(f"has restarted: {why}")
        ospf.resume_duties()
        ospf.timers.start((Timer.ANSWER, None), ospf.now + ANSWER_AFTER)
        ospf.originator.recall(ospf.now)
        for area in ospf.areas.values():
            ospf.originator.router_changed(area, ospf.now)
        for interface in ospf.interfaces.values():
            ospf.originator.network_changed(interface, ospf.now)
            ospf.originator.link_changed(interface, ospf.now)
            take_back(ospf, interface)
        ospf.routing.database_changed(ospf.now)

    def answer(self) -> None:
        """Take back what was told before and is not told again (RFC 3623 2.3, 5)."""
        ospf = self._ospf
        for (scope, key), sequence in self._own.items():
            held = ospf.database.find(scope, key, ospf.now)
            if held is None:
                continue
            if read_header(Reader(held, "ospf"), ospf.version).sequence <= sequence:
                ospf.originator.received_own(scope, held, ospf.now)
        self._own.clear()

    def snapshot(self) -> dict[str, object]:
        """How far it is, as plain data for JSON; instants as everywhere."""
        return {
            "until": self.until,
            "leaves_by": self.leaves_by,
            "unaware": self.unaware,
            "planned": self.is_planned,
            "ended": self.ended,
            "outcome": self.outcome,
        }

    def _tell(self, what: str) -> None:
        self._ospf.journal.add(self._ospf.now, "graceful restart", None, what)
