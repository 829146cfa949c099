"""Messages that come in: who may speak, who may ask, and what becomes of what they say.

RFC 2453 3.9 and RFC 2080 2.4 in their order: the interface, the sender, the message with its
authentication, its sequence number, its entries one by one. The first check that fails is counted
under its name, and nothing of the message is taken.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import SECOND
from fingerpost.protocol.events import DatagramReceived
from fingerpost.rip.constants import INFINITY
from fingerpost.rip.dialect import Dialect, Message
from fingerpost.rip.faults import Fault
from fingerpost.rip.ignored import IgnoredSpeakers
from fingerpost.rip.keys import KeyChain
from fingerpost.rip.liveliness import Liveliness
from fingerpost.rip.neighbors import Neighbor, Neighbors, is_replayed
from fingerpost.rip.packet import Command
from fingerpost.rip.policing import Policing
from fingerpost.rip.route import Path
from fingerpost.rip.updates import answer_for, offers_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.addr import Address
    from fingerpost.protocol.events import Output
    from fingerpost.rip.complaints import Complaints
    from fingerpost.rip.config import RipConfig
    from fingerpost.rip.interface import Link
    from fingerpost.rip.table import RouteTable


class Reception:
    """The way in for datagrams of one instance. `is_own` tells our own addresses."""

    def __init__(
        self,
        dialect: Dialect,
        table: RouteTable,
        complaints: Complaints,
        is_own: Callable[[Address, Link], bool],
        put: Callable[[Output], None],
    ) -> None:
        """Nobody was heard yet."""
        self.dialect = dialect
        self.table = table
        self.neighbors = Neighbors()
        self.liveliness = Liveliness(table, self.neighbors, complaints, put)
        self.ignored = IgnoredSpeakers()
        self.policing = Policing(table)
        self._complaints = complaints
        self._is_own = is_own

    @property
    def config(self) -> RipConfig:
        """The configuration that counts now."""
        return self.table.config

    def take(self, datagram: DatagramReceived, link: Link, now: int) -> list[bytes]:
        """Take a datagram in; gives the answers that its sender is owed."""
        if datagram.source.zone is not None:
            datagram = replace(datagram, source=datagram.source.without_zone)
        result = self._judged(datagram, link, now)
        if not isinstance(result, Fault):
            return result
        self._complaints.message(result, link.counters.faults, datagram)
        self.ignored.put(link.name, datagram.source, result, now)
        neighbor = self._find(datagram, link, now)
        if neighbor is not None and result is not Fault.OWN_SOURCE:
            neighbor.bad_messages += 1
        return []

    def _judged(self, datagram: DatagramReceived, link: Link, now: int) -> Fault | list[bytes]:
        if not link.speaks:
            return Fault.INTERFACE_DOWN
        if self._is_own(datagram.source, link):
            return Fault.OWN_SOURCE
        fault = self.dialect.refuses(datagram, link)
        if fault is not None:
            return fault
        message = self.dialect.read(datagram, link, self.config.clock(now))
        if isinstance(message, Fault):
            return message
        if self._is_replayed(datagram, message, link, now):
            return Fault.OLD_SEQUENCE
        if message.command is Command.REQUEST:
            return self._answer(datagram, message, link, now)
        return self._learn(datagram, message, link, now)

    def _find(self, datagram: DatagramReceived, link: Link, now: int) -> Neighbor | None:
        timeout = self.config.timers.timeout_ns
        return self.neighbors.find(link.name, datagram.source, now, timeout)

    def _is_replayed(
        self, datagram: DatagramReceived, message: Message, link: Link, now: int
    ) -> bool:
        if message.sequence is None:
            return False
        last = self._find(datagram, link, now)
        chain = link.config.authenticator
        forgives = isinstance(chain, KeyChain) and chain.forgives_restart
        if forgives and last is not None and last.is_silent:
            return False
        is_lost = message.sequence[1] == 0 and not self.table.learned.goes_through(
            link.name, datagram.source
        )
        return is_replayed(message.sequence, last, is_lost=is_lost)

    def pass_time(self, now: int) -> None:
        """Tell of neighbours that were silent for the timeout."""
        timeout_ns = self.config.timers.timeout_ns
        lost = self.neighbors.fall_silent(now, timeout_ns)
        self.liveliness.lost(lost, f"silent for {timeout_ns // SECOND} s")

    def leave(self, interface: str) -> None:
        """Nobody is heard on an interface any more."""
        self.liveliness.lost(self.neighbors.forget_link(interface), "the interface is down")

    # ---- requests (RFC 2453 3.9.1, RFC 2080 2.4.1)

    def _answer(
        self, datagram: DatagramReceived, message: Message, link: Link, now: int
    ) -> Fault | list[bytes]:
        link.counters.requests_in += 1
        self._complaints.entries(message.faults, link.counters.faults, datagram)
        fault = self.dialect.refuses_request(message, link)
        if fault is not None:
            return fault
        from_router = datagram.source_port == self.dialect.port
        # a silent host answers those alone who look at it from another port
        if link.config.is_passive and from_router and datagram.source not in link.config.neighbors:
            return Fault.PASSIVE
        if not link.may_answer(now, self.config.limits.requests_per_s):
            return Fault.REQUEST_RATE
        if message.asks_all:
            offers = offers_for(link, self.table.entries.values(), self.dialect)
        else:  # neither split horizon nor policy: somebody looks for a fault
            entries = self.table.entries
            offers = [answer_for(entries.get(one.prefix), one.prefix) for one in message.offers]
        clock = self.config.clock(now)
        bodies = self.dialect.bodies(link, offers, clock, message.version)
        link.counters.answers_out += bool(bodies)
        return self.dialect.responses(link, bodies, clock, message.version)

    # ---- responses (RFC 2453 3.9.2, RFC 2080 2.4.2)

    def _learn(
        self, datagram: DatagramReceived, message: Message, link: Link, now: int
    ) -> Fault | list[bytes]:
        fault = self.dialect.refuses_response(datagram, link)
        if fault is not None:
            return fault
        neighbor = self._neighbor(datagram, message, link, now)
        if neighbor is None:
            return Fault.NEIGHBOR_LIMIT
        faults = [*message.faults, *self._take_offers(message, neighbor, link, now)]
        link.counters.responses_in += 1
        link.counters.entries_in += len(message.offers) + len(message.faults)
        neighbor.responses += 1
        neighbor.entries += len(message.offers)
        if faults:
            neighbor.bad_entries += len(message.faults)
            self._complaints.entries(faults, link.counters.faults, datagram)
        return []

    def _neighbor(
        self, datagram: DatagramReceived, message: Message, link: Link, now: int
    ) -> Neighbor | None:
        """Give who speaks; None if there is no room for one more."""
        found = self._find(datagram, link, now)
        if found is None:
            found = Neighbor(link.name, datagram.source, message.version, now, now)
            limits, timeout = self.config.limits, self.config.timers.timeout_ns
            if not self.neighbors.add(found, limits.neighbors, timeout):
                return None
            self._complaints.heard(found)
        elif found.is_silent:
            found.since, found.heard, found.version = now, now, message.version
            self.neighbors.speaks_again(found)
            self._complaints.heard(found)
        found.heard, found.version = now, message.version
        self.liveliness.watch(found, link.config.bfd)
        self.ignored.forget(link.name, datagram.source)
        if message.sequence is not None:
            key, number = message.sequence
            found.sequences[key] = number
        return found

    def _take_offers(
        self, message: Message, neighbor: Neighbor, link: Link, now: int
    ) -> list[Fault]:
        """Take what a neighbour says, entry by entry; gives why some are not taken."""
        name, address, cost = link.name, neighbor.address, link.config.cost
        is_known = None if link.config.policy_in else self.table.learned.is_known
        faults = []
        for offer in message.offers:
            metric = min(offer.metric + cost, INFINITY)
            if is_known is not None and is_known(offer, name, address, metric, now):
                continue
            prefix, _, tag, next_hop = offer
            path = Path(prefix, name, address, next_hop or address, metric, tag, now, said=offer)
            is_allowed = self.policing.allows(path, link)
            if not is_allowed:
                path.metric = INFINITY  # a policy that has changed takes back what it let in before
            fault = self.table.learned.offer(path, now)
            fault = fault if is_allowed else Fault.FILTERED
            self.policing.note(path, offer, metric, fault)
            if fault is not None:
                faults.append(fault)
        return faults
