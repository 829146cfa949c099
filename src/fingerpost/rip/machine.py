"""RIP: one machine for RIPv2 with RIPv1 (RFC 2453, 4822) and for RIPng (RFC 2080).

The way of a route through it: a datagram comes in (`reception`), its entries are judged by the
dialect (`dialect_v2`, `dialect_ng`), each is offered to the table (`table`, whose transitions stand
in `route_state`), changes leave as batches for the routing table at the end of `receive`, and links
are told of them (`updates`): at once, then at most every 1 to 5 seconds (RFC 2453 3.10.1), and
everything every 30 seconds, give or take 5. Nothing is sent by an interface that is down, silent
or a loopback.

Ours: each interface has an update timer of its own, so that a router does not speak on all its
links in one moment. A prefix that we tell ourselves is learned only from who offers it with a lower
metric. RFC 2091 (demand circuits) is not spoken.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from fingerpost.addr import Prefix
from fingerpost.errors import UsageError
from fingerpost.forwarding.neighbor.timers import Timers, earliest
from fingerpost.forwarding.route import NextHop
from fingerpost.protocol.events import (
    AddressesChanged,
    ConfigurationChanged,
    DatagramReceived,
    Event,
    Happened,
    InterfaceWentDown,
    InterfaceWentUp,
    JoinGroup,
    Output,
    RoutesChanged,
    SendDatagram,
    ShutdownRequested,
)
from fingerpost.protocol.instance import UdpPort
from fingerpost.rip.authentication import KeyChain
from fingerpost.rip.config import RipConfig, RipInterface
from fingerpost.rip.constants import INFINITY
from fingerpost.rip.dialect_ng import RipNg
from fingerpost.rip.dialect_v2 import RipV2
from fingerpost.rip.explain import RipTrace, trace
from fingerpost.rip.faults import Fault
from fingerpost.rip.interface import Link
from fingerpost.rip.reception import Reception
from fingerpost.rip.redistribution import Redistributor
from fingerpost.rip.route import Local, Origin
from fingerpost.rip.snapshot import Snapshot, snapshot_of
from fingerpost.rip.table import RouteTable
from fingerpost.rip.updates import offers_for, poisoned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from random import Random

    from fingerpost.addr import Address
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.rip.dialect import Dialect, Offer
    from fingerpost.rip.route import Entry

UPDATE, TRIGGERED = "update", "triggered"
OURSELVES = "default"


class Rip:
    """One instance of RIP. `version` is 2, or "ng" for IPv6; `rng` draws all jitter."""

    def __init__(self, config: RipConfig, rng: Random, *, version: Literal[2, "ng"] = 2) -> None:
        """Begin with no interface; nothing is sent before one is up."""
        self.dialect: Dialect = RipNg() if version == "ng" else RipV2()
        self.config = config
        self.links: dict[str, Link] = {}
        self.table = RouteTable(config, config.source or self.dialect.name)
        self.reception = Reception(self.dialect, self.table)
        self.is_stopped = False
        self._rng = rng
        self._redistributor = Redistributor(self.table, self.dialect.family)
        self._known: dict[str, tuple[tuple[InterfaceAddress, ...], int]] = {}
        self._timers: Timers[tuple[str, str]] = Timers()
        self._flushed = 0
        self.faults: Counter[Fault] = Counter()
        self._out: list[Output] = []
        self._originate_default(0)

    @property
    def listens(self) -> tuple[UdpPort, ...]:
        """The port of its version (RFC 2453 3.1, RFC 2080 2.1)."""
        return (UdpPort(self.dialect.family, self.dialect.port),)

    # ---- the one way in

    def receive(self, event: Event, now: int) -> list[Output]:
        """Take an event in and give what is to be done.

        Raises nothing, whatever comes in by the network.
        """
        if self.is_stopped:
            return []
        handle = _HANDLERS.get(type(event))
        if handle is not None:
            handle(self, event, now)
        if not self.is_stopped:
            self._pass_time(now)
            self._tell_changes(now)
        # the routing table hears first: neighbours are told of what we can forward already
        out = [*self.table.take_announcements(), *self._out]
        self._out = []
        return out

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is owed; None if nothing waits."""
        return None if self.is_stopped else earliest(self.table, self._timers)

    def explain(self, prefix: Prefix | str) -> RipTrace:
        """Why a prefix is routed as it is: winners, losers and the rules that decided."""
        key = Prefix(prefix)
        return trace(key, self.table.entries.get(key))

    def snapshot(self) -> Snapshot:
        """All that is known, as plain data in a stable order, for JSON."""
        return snapshot_of(self)

    # ---- interfaces

    def _went_up(self, event: InterfaceWentUp, now: int) -> None:
        self._known[event.name] = (event.addresses, event.mtu)
        config = self.config.interface(event.name)
        if config is not None:
            self._start(config, now)

    def _start(self, config: RipInterface, now: int) -> None:
        """Bring RIP up on an interface, or tell it what changed there."""
        addresses, mtu = self._known[config.name]
        link = self.links.setdefault(config.name, Link(config, self.dialect.family))
        was_up, link.is_up = link.is_up, True
        link.config, link.mtu, link.addresses = config, mtu, addresses
        self._tell_networks(link, now)
        if not link.speaks or was_up:
            return
        link.sent = self.table.serial  # the first update tells everything
        link.held_until = now
        self._out.append(JoinGroup(link.name, self.dialect.group))
        self._ask(link, now)
        first = now + self._rng.randint(0, self.config.timers.first_most_ns)
        self._timers.start((link.name, UPDATE), first)

    def _ask(self, link: Link, now: int) -> None:
        """Ask the neighbours for all they know (RFC 2453 3.9.1)."""
        if not link.updates:
            return
        link.counters.requests_out += 1
        self._send(link, self._targets(link), [self.dialect.asks_all(link, now)])

    def _went_down(self, event: InterfaceWentDown, now: int) -> None:
        self._known.pop(event.name, None)
        self._stop(event.name, now)

    def _stop(self, name: str, now: int) -> None:
        link = self.links.get(name)
        if link is None or not link.is_up:
            return
        link.is_up = False
        link.addresses = ()
        self._timers.stop((name, UPDATE))
        self._timers.stop((name, TRIGGERED))
        self._tell_networks(link, now)
        self.table.lose(name, now)
        self.reception.neighbors.forget_link(name)

    def _addresses_changed(self, event: AddressesChanged, now: int) -> None:
        if event.name not in self._known:
            return
        self._known[event.name] = (event.addresses, self._known[event.name][1])
        link = self.links.get(event.name)
        if link is not None and link.is_up:
            link.addresses = event.addresses
            self._tell_networks(link, now)

    def _tell_networks(self, link: Link, now: int) -> None:
        """Tell the networks of a link, and no others of it."""
        key = f"connected {link.name}"
        networks = link.networks if link.is_up else []
        for prefix in self.table.said(key):
            if prefix not in networks:
                self.table.unsay(prefix, key, now)
        local = Local(Origin.CONNECTED, next_hops=(NextHop(link.name),))
        for prefix in networks:
            self.table.say(prefix, key, local)

    # ---- datagrams

    def _received(self, event: DatagramReceived, now: int) -> None:
        link = self.links.get(event.interface)
        if link is None:
            self._fault(Fault.UNKNOWN_INTERFACE, self.faults, event)
            return
        self._pass_time(now)  # what is overdue is lost before anybody is heard
        result = self.reception.take(event, link, self.links.values(), now)
        if isinstance(result, Fault):
            self._fault(result, link.counters.faults, event)
            return
        target = [(event.source.without_zone, event.source_port)]
        self._send(link, target, result)

    def _fault(self, fault: Fault, counts: Counter[Fault], event: DatagramReceived) -> None:
        """Count a message that is ignored; tell of the first, the tenth, the hundredth."""
        counts[fault] += 1
        if set(str(counts[fault])[1:]) <= {"0"} and str(counts[fault])[0] == "1":
            detail = f"from {event.source} port {event.source_port}: {fault} ({counts[fault]})"
            self._out.append(Happened("message ignored", event.interface, detail))

    # ---- the routing table's routes

    def _routes_changed(self, event: RoutesChanged, now: int) -> None:
        refused = self._redistributor.apply(event.changes, now)
        if refused:
            self.faults[Fault.ROUTE_LIMIT] += refused

    def _originate_default(self, now: int) -> None:
        prefix = Prefix("0.0.0.0/0" if self.dialect.family == 4 else "::/0")
        metric = self.config.default_metric
        if metric is None:
            self.table.unsay(prefix, OURSELVES, now)
        else:
            local = Local(Origin.DEFAULT, metric, source="default")
            self.table.say(prefix, OURSELVES, local)

    # ---- time

    def _pass_time(self, now: int) -> None:
        """Do all that is due."""
        self.table.expire(now)
        while (key := self._timers.take(now)) is not None:
            name, kind = key
            link = self.links[name]
            if kind == UPDATE:
                self._update(link, now)
            else:
                self._trigger(link, now)

    def _update(self, link: Link, now: int) -> None:
        """Tell a link everything, and set its timer anew (RFC 2453 3.8)."""
        timers = self.config.timers
        jitter = self._rng.randint(-timers.jitter_ns, timers.jitter_ns)
        self._timers.start((link.name, UPDATE), now + timers.update_ns + jitter)
        self._warn_of_keys(link, now)
        if link.updates:
            link.counters.updates_out += 1
            self._tell(link, self.table.entries.values(), now)

    def _warn_of_keys(self, link: Link, now: int) -> None:
        chain = link.config.authenticator
        if isinstance(chain, KeyChain) and chain.is_expired(now):
            detail = f"key {chain.sending(now).id} goes on, which was the last (RFC 4822 3.3)"
            self._out.append(Happened("keys expired", link.name, detail))

    def _tell_changes(self, now: int) -> None:
        """Let each link know what changed, now or when its waiting time is over."""
        if self._flushed == self.table.serial:
            return
        self._flushed = self.table.serial
        for link in self.links.values():
            if not link.updates:
                continue
            if now >= link.held_until:
                self._trigger(link, now)
            else:
                self._timers.start((link.name, TRIGGERED), link.held_until)
        self.table.forget_changes(
            min((link.sent for link in self.links.values() if link.updates), default=self._flushed)
        )

    def _trigger(self, link: Link, now: int) -> None:
        """Send a triggered update, and none after it for a while (RFC 2453 3.10.1)."""
        changed = list(self.table.changed_since(link.sent))
        if self._tell(link, changed, now):
            timers = self.config.timers
            wait = self._rng.randint(timers.triggered_least_ns, timers.triggered_most_ns)
            link.held_until = now + wait
            link.counters.triggered_out += 1

    # ---- what goes out

    def _tell(self, link: Link, entries: Iterable[Entry], now: int) -> bool:
        """Tell a link of routes; False if there is nothing that it may hear."""
        link.sent = self.table.serial
        self._timers.stop((link.name, TRIGGERED))
        return self._say(link, offers_for(link, entries, self.dialect), now)

    def _say(self, link: Link, offers: Sequence[Offer], now: int) -> bool:
        payloads = self.dialect.write(link, offers, now)
        self._send(link, self._targets(link), payloads)
        return bool(payloads)

    def _targets(self, link: Link) -> list[tuple[Address, int]]:
        common = [] if link.config.is_passive else self.dialect.destinations(link)
        return [(one, self.dialect.port) for one in (*common, *link.config.neighbors)]

    def _send(
        self, link: Link, targets: Sequence[tuple[Address, int]], payloads: Sequence[bytes]
    ) -> None:
        dialect = self.dialect
        for payload in payloads:
            for address, port in targets:
                link.counters.datagrams_out += 1
                self._out.append(
                    SendDatagram(link.name, address, port, dialect.port, dialect.hop_limit, payload)
                )

    # ---- configuration, and the end

    def _configuration_changed(self, event: ConfigurationChanged, now: int) -> None:
        """Take a configuration, and take back what it does not tell any more."""
        told = {name: self._reachable(link) for name, link in self.links.items() if link.updates}
        if not isinstance(event.config, RipConfig):
            raise UsageError(f"rip is given a {type(event.config).__name__}, expected a RipConfig")
        self.config = self.table.config = event.config
        for name in [name for name in self.links if event.config.interface(name) is None]:
            self._stop(name, now)
            del self.links[name]
        for interface in event.config.interfaces:
            if interface.name in self._known:
                old = self.links.get(interface.name)
                if old is not None and old.config.is_loopback != interface.is_loopback:
                    self._stop(interface.name, now)
                self._start(interface, now)
        self._originate_default(now)
        self._redistributor.configure(now)
        for name, before in told.items():
            link = self.links.get(name)
            if link is not None and link.updates:
                self._say(link, poisoned(before - self._reachable(link)), now)
                self._update(link, now)

    def _reachable(self, link: Link) -> set[Prefix]:
        offers = offers_for(link, self.table.entries.values(), self.dialect)
        return {offer.prefix for offer in offers if offer.metric < INFINITY}

    def _shutdown(self, event: ShutdownRequested, now: int) -> None:
        """Say goodbye, and take our routes out of the routing table."""
        for link in self.links.values() if event.is_polite else ():
            if link.updates:
                self._say(link, poisoned(self._reachable(link)), now)
        if event.is_polite:
            self.table.withdraw_all(now)
        self.is_stopped = True


# TimePassed has no handler: time passes with every event
_HANDLERS: dict[type, Callable[[Rip, Any, int], None]] = {
    InterfaceWentUp: Rip._went_up,
    InterfaceWentDown: Rip._went_down,
    AddressesChanged: Rip._addresses_changed,
    DatagramReceived: Rip._received,
    RoutesChanged: Rip._routes_changed,
    ConfigurationChanged: Rip._configuration_changed,
    ShutdownRequested: Rip._shutdown,
}
