"""Messages that come in: who may speak, who may ask, and what becomes of what they say.

RFC 2453 3.9 and RFC 2080 2.4 in their order: the interface, the sender, the message with its
authentication, its sequence number, its entries one by one. The first check that fails is counted
under its name, and nothing of the message is taken.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.protocol.events import DatagramReceived
from fingerpost.rib.route import RibRoute
from fingerpost.rip.constants import INFINITY
from fingerpost.rip.dialect import Dialect, Message, Offer
from fingerpost.rip.faults import Fault
from fingerpost.rip.filters import applied
from fingerpost.rip.neighbors import Neighbor, Neighbors, is_replayed
from fingerpost.rip.packet import Command
from fingerpost.rip.route import Path
from fingerpost.rip.updates import answer_for, offers_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.rip.config import RipConfig
    from fingerpost.rip.interface import Link
    from fingerpost.rip.table import RouteTable


class Reception:
    """The way in for datagrams of one instance."""

    def __init__(self, dialect: Dialect, table: RouteTable) -> None:
        """Nobody was heard yet."""
        self.dialect = dialect
        self.table = table
        self.neighbors = Neighbors()

    @property
    def config(self) -> RipConfig:
        """The configuration that counts now."""
        return self.table.config

    def take(
        self, datagram: DatagramReceived, link: Link, links: Iterable[Link], now: int
    ) -> Fault | list[bytes]:
        """Take a datagram in; gives the answers that its sender is owed, or why it is ignored."""
        source = datagram.source.without_zone
        datagram = replace(datagram, source=source)
        if not link.speaks:
            return Fault.INTERFACE_DOWN
        if any(other.is_own(source) for other in links):
            return Fault.OWN_SOURCE
        fault = self.dialect.refuses(datagram, link)
        if fault is not None:
            return fault
        message = self.dialect.read(datagram, link, now)
        if isinstance(message, Fault):
            return message
        if message.command is Command.REQUEST:
            return self._answer(datagram, message, link, now)
        return self._learn(datagram, message, link, now)

    # ---- requests (RFC 2453 3.9.1, RFC 2080 2.4.1)

    def _answer(
        self, datagram: DatagramReceived, message: Message, link: Link, now: int
    ) -> Fault | list[bytes]:
        link.counters.requests_in += 1
        _count(link, message.faults)
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
        answers = self.dialect.write(link, offers, now, version=message.version)
        link.counters.answers_out += bool(answers)
        return answers

    # ---- responses (RFC 2453 3.9.2, RFC 2080 2.4.2)

    def _learn(
        self, datagram: DatagramReceived, message: Message, link: Link, now: int
    ) -> Fault | list[bytes]:
        fault = self.dialect.refuses_response(datagram, link)
        if fault is not None:
            return fault
        neighbor = self._neighbor(datagram, message, link, now)
        if isinstance(neighbor, Fault):
            return neighbor
        link.counters.responses_in += 1
        link.counters.entries_in += len(message.offers) + len(message.faults)
        neighbor.responses += 1
        neighbor.entries += len(message.offers)
        neighbor.faults += len(message.faults)
        _count(link, message.faults)
        for offer in message.offers:
            self._take_offer(offer, neighbor, link, now)
        return []

    def _neighbor(
        self, datagram: DatagramReceived, message: Message, link: Link, now: int
    ) -> Neighbor | Fault:
        """Give who speaks, if its sequence number has not gone down."""
        timeout = self.config.timers.timeout_ns
        source = datagram.source
        found = self.neighbors.find(link.name, source, now, timeout)
        if message.sequence is not None:
            lost = message.sequence[1] == 0 and not self.table.goes_through(link.name, source)
            if is_replayed(message.sequence, found, is_lost=lost):
                return Fault.OLD_SEQUENCE
        if found is None:
            found = Neighbor(link.name, source, message.version, now, now)
            if not self.neighbors.add(found, self.config.limits.neighbors, timeout):
                return Fault.NEIGHBOR_LIMIT
        found.heard, found.version = now, message.version
        if message.sequence is not None:
            key, number = message.sequence
            found.sequences[key] = number
        return found

    def _take_offer(self, offer: Offer, neighbor: Neighbor, link: Link, now: int) -> None:
        gateway = offer.next_hop or neighbor.address
        metric = min(offer.metric + link.config.cost, INFINITY)
        path = Path(link.name, neighbor.address, gateway, metric, offer.tag, now)
        allowed = self._allowed(offer, path, link)
        if allowed is None:
            link.counters.faults[Fault.FILTERED] += 1
            # a policy that has changed takes back what it let in before
            allowed = replace(path, metric=INFINITY)
        fault = self.table.offer(offer.prefix, allowed)
        if fault is not None:
            link.counters.faults[fault] += 1

    def _allowed(self, offer: Offer, path: Path, link: Link) -> Path | None:
        policies = link.config.policy_in
        if not policies or path.metric >= INFINITY:
            return path
        route = RibRoute(
            offer.prefix,
            self.table.source,
            self.config.distance,
            path.metric,
            (),
            tag=path.tag,
            learned_from=path.neighbor,
            since=path.heard,
        )
        changed = applied(policies, route)
        if changed is None:
            return None
        return replace(path, metric=changed.metric, tag=changed.tag & 0xFFFF)


def _count(link: Link, faults: Iterable[Fault]) -> None:
    link.counters.faults.update(faults)
