"""RIP: one machine for RIPv2 with RIPv1 (RFC 2453, 4822) and for RIPng (RFC 2080).

The way of a route through it: a datagram comes in (`reception`), its entries are judged by the
dialect (`dialect_v2`, `dialect_ng`), each is offered to the table (`learned`, whose transitions
stand in `route_state`), changes leave as batches for the routing table at the end of `receive`, and
links are told of them (`announcer`, `updates`). Nothing is sent by an interface that is down,
silent or a loopback.

Ours: a prefix that we tell ourselves is learned only from who offers it with a lower metric, the
network of a link of ours from nobody. RFC 2091 (demand circuits) is not spoken.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.forwarding.neighbor.timers import earliest
from fingerpost.protocol.events import (
    AddressesChanged,
    ConfigurationChanged,
    DatagramReceived,
    Event,
    InterfaceWentDown,
    InterfaceWentUp,
    NeighborReachability,
    Output,
    RoutesChanged,
    ShutdownRequested,
)
from fingerpost.protocol.instance import UdpPort
from fingerpost.rip.announcer import UPDATE, Announcer
from fingerpost.rip.complaints import Complaints
from fingerpost.rip.config import RipConfig
from fingerpost.rip.dialect_ng import RipNg
from fingerpost.rip.dialect_v2 import RipV2
from fingerpost.rip.explain import RipTrace, trace
from fingerpost.rip.faults import Fault
from fingerpost.rip.filters import policy_of
from fingerpost.rip.links import Links
from fingerpost.rip.reception import Reception
from fingerpost.rip.redistribution import Redistributor
from fingerpost.rip.route import Local, Origin
from fingerpost.rip.snapshot import Snapshot, snapshot_of
from fingerpost.rip.table import RouteTable
from fingerpost.rip.told import RipTold, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from fingerpost.addr import Address
    from fingerpost.rib.route import RibRoute
    from fingerpost.rib.verdict import Filter
    from fingerpost.rip.dialect import Dialect
    from fingerpost.rip.interface import Link

OURSELVES = "default"


class Rip:
    """One instance of RIP. `version` is 2, or "ng" for IPv6; `rng` draws all jitter."""

    def __init__(self, config: RipConfig, rng: Random, *, version: Literal[2, "ng"] = 2) -> None:
        """Begin with no interface; nothing is sent before one is up."""
        self.dialect: Dialect = RipNg() if version == "ng" else RipV2()
        self.now = 0
        self.is_stopped = False
        self.faults: Counter[Fault] = Counter()
        self.table = RouteTable(config, config.source or self.dialect.name)
        self._out: list[Output] = []
        put = self._out.append
        self._complaints = Complaints(put)
        self._announcer = Announcer(self.dialect, self.table, rng, put)
        self.reception = Reception(self.dialect, self.table, self._complaints, self._is_own, put)
        self._links = Links(self.dialect, self.table, self._announcer, self.reception.leave, put)
        self._redistributor = Redistributor(self.table, self.dialect.family)
        self._originate_default(0)

    @property
    def config(self) -> RipConfig:
        """The configuration that counts now."""
        return self.table.config

    @property
    def listens(self) -> tuple[UdpPort, ...]:
        """The port of its version (RFC 2453 3.6, RFC 2080 2.1)."""
        return (UdpPort(self.dialect.family, self.dialect.port),)

    @property
    def links(self) -> dict[str, Link]:
        """The interfaces that are or were up, by name."""
        return self._links.by_name

    # ---- the one way in

    def receive(self, event: Event, now: int) -> list[Output]:
        """Take an event in and give what is to be done.

        Raises nothing, whatever comes in by the network.
        """
        if self.is_stopped:
            return []
        self.now = now
        handle = _HANDLERS.get(type(event))
        if handle is not None:
            handle(self, event, now)
        if not self.is_stopped:
            self._pass_time(now)
            self._announcer.tell_changes(self.links, now)
        # the routing table hears first: neighbours are told of what we can forward already
        out = [*self.table.take_announcements(), *self._out]
        self._out.clear()
        return out

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is owed; None if nothing waits."""
        return None if self.is_stopped else earliest(self.table, self._announcer.timers)

    def next_update(self, interface: str) -> int | None:
        """The instant of the next regular update there; None if none will be sent."""
        return self._announcer.timers.instant((interface, UPDATE))

    def explain(self, prefix: Prefix | str) -> RipTrace:
        """Why a prefix is routed as it is: winners, losers and the rules that decided."""
        key = Prefix(prefix)
        refusals = self.reception.policing.refusals(key, self.now, self.links)
        answer = trace(key, self.table.entries.get(key), self.dialect.name, refusals)
        if answer.winners or key.version != self.dialect.family:
            return answer
        ignored = self.reception.ignored.all(self.now, self.config.timers.timeout_ns)
        return replace(answer, ignored=tuple(ignored))

    def explain_told(self, prefix: Prefix | str, offered: RibRoute | None) -> RipTold:
        """What the neighbours are told of a prefix, and why; `offered`: what the table tells us."""
        return told(self, Prefix(prefix), offered)

    def policies(self) -> Iterator[tuple[str, Filter]]:
        """The policies of interfaces and of redistribution, each with the place where it stands."""
        for interface in self.config.interfaces:
            for way, held in (("in", interface.policy_in), ("out", interface.policy_out)):
                for one in filter(None, map(policy_of, held)):
                    yield f"{way} of {interface.name}", one
        for source, rule in self.config.redistributes.items():
            for one in filter(None, map(policy_of, rule.policy)):
                yield f"redistribution of {source}", one

    def snapshot(self, now: int | None = None) -> Snapshot:
        """All that is known, as plain data in a stable order, for JSON; see `snapshot`.

        `now` is the instant of the last event if it is not said.
        """
        return snapshot_of(self, self.now if now is None else now)

    # ---- what happens

    def _went_up(self, event: InterfaceWentUp, now: int) -> None:
        self._links.went_up(event, now)

    def _went_down(self, event: InterfaceWentDown, now: int) -> None:
        self._links.went_down(event.name, now)

    def _addresses_changed(self, event: AddressesChanged, now: int) -> None:
        self._links.addresses_changed(event, now)

    def _received(self, event: DatagramReceived, now: int) -> None:
        link = self.links.get(event.interface)
        if link is None:
            self._complaints.message(Fault.UNKNOWN_INTERFACE, self.faults, event)
            return
        self._pass_time(now)  # what is overdue is lost before anybody is heard
        answers = self.reception.take(event, link, now)
        if answers:
            target = (event.source.without_zone, event.source_port)
            self._announcer.send(link, [target], answers)

    def _routes_changed(self, event: RoutesChanged, now: int) -> None:
        refused = self._redistributor.apply(event.changes, now)
        if refused:
            self.faults[Fault.ROUTE_LIMIT] += refused

    def _reachability(self, event: NeighborReachability, now: int) -> None:
        self.reception.liveliness.told(event, now)

    def _originate_default(self, now: int) -> None:
        prefix = Prefix("0.0.0.0/0" if self.dialect.family == 4 else "::/0")
        metric = self.config.default_metric
        if metric is None:
            self.table.own.unsay(prefix, OURSELVES, now)
        else:
            local = Local(Origin.DEFAULT, metric, source="default")
            self.table.own.say(prefix, OURSELVES, local)

    def _is_own(self, address: Address, link: Link) -> bool:
        return self._links.is_own(address, link)

    def _pass_time(self, now: int) -> None:
        """Do all that is due."""
        self.table.expire(now)
        self.reception.pass_time(now)
        self._announcer.pass_time(self.links, now)

    # ---- configuration, and the end

    def _configuration_changed(self, event: ConfigurationChanged, now: int) -> None:
        """Take a configuration, and take back what it does not tell any more."""
        if not isinstance(event.config, RipConfig):
            raise UsageError(f"rip is given a {type(event.config).__name__}, expected a RipConfig")
        announcer = self._announcer
        told = {link.name: announcer.reachable(link) for link in self._speaking()}
        self.table.config = event.config
        self._links.configure(event.config, now)
        self._originate_default(now)
        self._redistributor.configure(now)
        self.reception.liveliness.configure(now)
        for link in self._speaking():
            before = told.get(link.name)
            if before is not None:
                announcer.poison(link, before - announcer.reachable(link), now)
                announcer.update(link, now)

    def _shutdown(self, event: ShutdownRequested, now: int) -> None:
        """Say goodbye, and take our routes out of the routing table."""
        if event.is_polite:
            for link in self._speaking():
                self._announcer.poison(link, self._announcer.reachable(link), now)
            self.table.withdraw_all(now)
        self.is_stopped = True

    def _speaking(self) -> list[Link]:
        return [link for link in self.links.values() if link.updates]


# TimePassed has no handler: time passes with every event
_HANDLERS: dict[type, Callable[[Rip, Any, int], None]] = {
    InterfaceWentUp: Rip._went_up,
    InterfaceWentDown: Rip._went_down,
    AddressesChanged: Rip._addresses_changed,
    DatagramReceived: Rip._received,
    RoutesChanged: Rip._routes_changed,
    NeighborReachability: Rip._reachability,
    ConfigurationChanged: Rip._configuration_changed,
    ShutdownRequested: Rip._shutdown,
}
