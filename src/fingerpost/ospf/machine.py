"""OSPF: one machine for version 2 (RFC 2328) and version 3 (RFC 5340), without I/O.

The way of a packet through it: `reception` checks it, in the order of the RFCs; a Hello goes to
`hearing`, which finds out who is there; a description or request to `exchange`; updates and
acknowledgments go as bytes to the database. What follows is a matter of two tables, that of
interfaces (`interface_state`, with the actions in `interface_machine` and the `election`) and that
of neighbours (`neighbor_state`, `adjacencies`). Whoever changes what our LSAs say tells the
originator, and what the database learns is made into routes by the routing part (`parts`). What
shall leave is collected while an event is looked at, and given back at its end.

A neighbour that is not full says why: `refusals` keeps what was not taken of whom, with both
values, and `diagnosis` puts it into words.

Ours: see `hello` for Hellos that come sooner than the RFC has them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from fingerpost._core import LinkStateDatabase
from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.ospf.adjacencies import Adjacencies
from fingerpost.ospf.area import Area
from fingerpost.ospf.authentication import SequenceNumbers
from fingerpost.ospf.config import OspfConfig
from fingerpost.ospf.constants import IP_PROTOCOL
from fingerpost.ospf.dialect_v2 import DialectV2
from fingerpost.ospf.dialect_v3 import DialectV3
from fingerpost.ospf.exchange import Exchanges
from fingerpost.ospf.explain import OspfAnswer, explain
from fingerpost.ospf.happening import HANDLERS
from fingerpost.ospf.hearing import Hearing
from fingerpost.ospf.hello import Hellos
from fingerpost.ospf.helping import Helping
from fingerpost.ospf.interface import Interface
from fingerpost.ospf.interface_machine import InterfaceMachine
from fingerpost.ospf.interface_state import InterfaceEvent
from fingerpost.ospf.journal import Journal
from fingerpost.ospf.links import Links
from fingerpost.ospf.liveliness import Liveliness
from fingerpost.ospf.making import make_parts
from fingerpost.ospf.places import Places
from fingerpost.ospf.reception import Reception
from fingerpost.ospf.reconfiguration import Reconfiguration
from fingerpost.ospf.refusals import Refusals
from fingerpost.ospf.restarting import Restarting
from fingerpost.ospf.sending import Sender
from fingerpost.ospf.snapshot import Snapshot, snapshot_of
from fingerpost.ospf.timers import Timer, TimerKey
from fingerpost.ospf.told import explain_told
from fingerpost.ospf.virtual_links import VirtualLinks
from fingerpost.protocol.events import PacketReceived
from fingerpost.protocol.instance import RawIp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from random import Random

    from fingerpost.addr import Prefix
    from fingerpost.ospf.dialect import Dialect
    from fingerpost.ospf.faults import Fault
    from fingerpost.ospf.neighbor import Neighbor
    from fingerpost.ospf.parts import MakeParts
    from fingerpost.protocol.events import Event, Output
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter

Duty: TypeAlias = "tuple[Callable[[], int | None], Callable[[int], None]]"
"""When a part has something to do, and what does it."""
ROUNDS = 8  # what is due after that many is due at once, and left to the next event


class Ospf:
    """One instance of OSPF; `rng` draws all that is left to chance. `now` is the last instant."""

    def __init__(
        self,
        config: OspfConfig,
        rng: Random,
        *,
        version: Literal[2, 3],
        parts: MakeParts = make_parts,
    ) -> None:
        """Begin with no interface; nothing is sent before one is up."""
        self.version = version
        self.now = 0
        self.is_stopped = False
        self._rng = rng
        self._make_parts = parts
        self._out: list[Output] = []
        self.put: Callable[[Output], None] = self._out.append
        self.journal = Journal(self.put, config.limits.events)
        self._deadline: int | None = None
        self.sequences = SequenceNumbers()  # which go on whatever is configured
        self._begin(config)

    def _begin(self, config: OspfConfig) -> None:
        """Be an instance that knows nothing but its configuration."""
        self.config = config
        self.router_id = config.router_id
        self.dialect: Dialect = DialectV2(config) if self.version == 2 else DialectV3(config)
        self.areas: dict[int, Area] = {}
        self.interfaces: dict[str, Interface] = {}
        self.by_number: dict[int, Interface] = {}
        self.virtual: dict[tuple[int, int], Interface] = {}
        self.neighbors: dict[int, Neighbor] = {}
        self.faults: Counter[Fault] = Counter()
        self.refusals = Refusals()
        self.phase = self._rng.getrandbits(40)  # where the Hellos of an interval begin
        self._numbers = self._scopes = 0
        self.timers: Timers[TimerKey] = Timers()
        self.sender = Sender(self)
        self.places = Places(self, self.sequences)
        self.hellos = Hellos(self)
        self.hearing = Hearing(self)
        self.interface_machine = InterfaceMachine(self)
        self.adjacencies = Adjacencies(self)
        self.exchanges = Exchanges(self, self._rng)
        self.reception = Reception(self)
        self.links = Links(self)
        self.liveliness = Liveliness(self)
        self.helping = Helping(self)
        self.restarting = Restarting(self)
        self._remember()
        self.virtual_links = VirtualLinks(self)
        self.reconfiguration = Reconfiguration(self)
        self.database = LinkStateDatabase(
            self.version,
            config.router_id,
            config.limits.lsas,
            min_arrival_ns=config.min_ls_arrival_ns,
        )
        self.originator, self.routing = self._make_parts(self)
        if self.restarting.until is None:
            self.resume_duties()
        else:
            self.suspend_duties()
        self.has_news = False  # something in the database is another than before
        self._had_changes = False

    def _remember(self) -> None:
        """Go on with the numbers of the one before us (RFC 3623 2.1, RFC 5187 3)."""
        self.numbers_before = self.restarting.numbers
        self._numbers = max(self.numbers_before.values(), default=0)
        if self.restarting.sequences is not None:
            self.sequences.go_on(self.restarting.sequences)

    @property
    def listens(self) -> tuple[RawIp, ...]:
        """The protocol number of OSPF (RFC 2328 A.1, RFC 5340 A.1)."""
        return (RawIp(self.dialect.family, IP_PROTOCOL),)

    # ---- the one way in

    def receive(self, event: Event, now: int) -> list[Output]:
        """Take an event in and give what is to be done.

        Raises nothing, whatever comes in by the network.
        """
        if type(event) is PacketReceived and self.reception.is_repeated(event, now):
            return []
        if self.is_stopped:
            return []
        self.now = now
        handle = HANDLERS.get(type(event))
        if handle is not None:
            handle(self, event)
        if not self.is_stopped:
            self._settle(now)
        out = self._out.copy()
        self._out.clear()
        return out

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is owed; None if nothing waits."""
        return self._deadline

    def explain(self, prefix: Prefix) -> OspfAnswer:
        """Why a prefix is as it is here."""
        return explain(self, prefix)

    def explain_told(self, prefix: Prefix, offered: RibRoute | None) -> OspfAnswer:
        """What others are told of a prefix; `offered`: what the table tells us."""
        return explain_told(self, prefix, offered)

    def policies(self) -> Iterator[tuple[str, Filter]]:
        """The policies of redistribution, each with the place where it stands."""
        for source, rule in self.config.redistributes.items():
            if rule.policy is not None:
                yield f"redistribution of {source}", rule.policy

    def snapshot(self, now: int | None = None) -> Snapshot:
        """All that is known, as plain data in a stable order, for JSON; see `snapshot`.

        `now` is the instant of the last event if it is not said.
        """
        return snapshot_of(self, self.now if now is None else now)

    def resume_duties(self) -> None:
        """Let every part do what is due: neighbours hear first, then routes are calculated."""
        self._duties: tuple[Duty, ...] = (
            (self.originator.next_deadline, self.originator.pass_time),
            (self.database.next_deadline, self._flood),
            (self.routing.next_deadline, self.routing.pass_time),
        )

    def suspend_duties(self) -> None:
        """Let nothing be told of us and no route be calculated while we restart (RFC 3623 2.2)."""
        self._duties = (
            (self.restarting.next_deadline, self.restarting.pass_time),
            (self.database.next_deadline, self._flood),
        )

    # ---- what the parts share

    def number_of(self, name: str) -> int:
        """A number of an interface: that which it had before a restart, else a new one."""
        before = self.numbers_before.pop(name, None)
        return self.new_number() if before is None or before in self.by_number else before

    def new_number(self) -> int:
        """A number of an interface or neighbour, which none had before."""
        self._numbers += 1
        return self._numbers

    def new_scope(self) -> int:
        """A number of an area or link in the database, which none had before."""
        self._scopes += 1
        return self._scopes

    @property
    def gives_way_ns(self) -> int:
        """How long before our end nobody shall go through us any more (RFC 6987 2)."""
        return self.config.stub_router.before_end_ns

    @property
    def may_restart(self) -> bool:
        """Whether neighbours would be asked to go on while we are gone."""
        return self.config.graceful_restart.is_enabled

    @property
    def is_restarting(self) -> bool:
        """Whether we wait for all neighbours to be there again, and calculate no routes."""
        return self.restarting.until is not None

    @property
    def is_prepared(self) -> bool:
        """Whether all neighbours know that we restart."""
        return self.restarting.unaware == 0

    def keep(self) -> Mapping[str, object] | None:
        """What the one after us has to know; None if neighbours do not wait for it."""
        return self.restarting.keep()

    def leave(self) -> None:
        """Take back what we told, say goodbye, and take our routes out of the routing table."""
        self.originator.shut_down(self.now)
        self.sender.flood(self.now)
        for interface in self.interfaces.values():
            if interface.speaks:
                self.hellos.say_goodbye(interface)
        self.routing.shut_down(self.now)

    def stop(self) -> None:
        """Take nothing in any more."""
        self.is_stopped = True
        self._deadline = None

    def begin_anew(self, config: OspfConfig) -> None:
        """Leave, and come back as somebody else."""
        self.leave()
        for interface in list(self.interfaces.values()):
            self.interface_machine.happen(interface, InterfaceEvent.INTERFACE_DOWN)
        known = list(self.links.known.values())
        self._begin(config)
        for event in known:
            self.links.went_up(event)

    # ---- time

    def _settle(self, now: int) -> None:
        """Do what follows and what is due, and note when more is due."""
        for _ in range(ROUNDS):
            self.interface_machine.settle()
            deadline = self.timers.next_deadline()
            if deadline is not None and deadline <= now:
                self._take_timers(now)
                deadline = self.timers.next_deadline()
            self._tell_of_news(now)
            is_done = True
            for next_deadline, pass_time in self._duties:
                due = next_deadline()
                if due is None:
                    continue
                if due <= now:
                    pass_time(now)
                    is_done = False
                elif deadline is None or due < deadline:
                    deadline = due
            if is_done:
                self._deadline = deadline
                return
        self._deadline = now

    def _take_timers(self, now: int) -> None:
        """Let happen what is due here."""
        while (key := self.timers.take(now)) is not None:
            timer, owner = key
            _TIMERS[timer](self, owner)
            self.interface_machine.settle()

    def _flood(self, now: int) -> None:
        """Let the database age, and send what may leave."""
        if aged := self.database.pass_time(now):
            self.has_news = True
            self.helping.changed((scope, key[0]) for scope, key in aged)
        self.sender.flood(now)
        self._tell_of_news(now)

    def _tell_of_news(self, now: int) -> None:
        """Tell the routing part of what is new in the database, whoever put it there."""
        has_changes = self.database.has_changes
        if has_changes and (self.has_news or not self._had_changes):
            self.routing.database_changed(now)
        self.has_news, self._had_changes = False, has_changes


def _wait_ended(ospf: Ospf, interface: Interface) -> None:
    ospf.interface_machine.happen(interface, InterfaceEvent.WAIT_TIMER)


_TIMERS: Mapping[Timer, Callable[[Ospf, Any], None]] = {
    Timer.HELLO: lambda ospf, interface: ospf.hellos.tick(interface),
    Timer.HELLO_SOON: lambda ospf, interface: ospf.hellos.send(interface),
    Timer.WAIT: _wait_ended,
    Timer.INACTIVITY: lambda ospf, neighbor: ospf.hellos.silent(neighbor),
    Timer.POLL: lambda ospf, neighbor: ospf.hellos.poll(neighbor),
    Timer.DESCRIPTION: lambda ospf, neighbor: ospf.exchanges.repeat(neighbor),
    Timer.ANSWER: lambda ospf, _: ospf.restarting.answer(),
    Timer.GRACE: lambda ospf, neighbor: ospf.helping.expired(neighbor),
    Timer.REQUEST: lambda ospf, neighbor: ospf.exchanges.ask_again(neighbor),
}
