"""What goes out: regular and triggered updates, questions, answers and goodbyes.

Each link has an update timer of its own, so that a router does not speak on all its links in one
moment: everything every 30 seconds, give or take 5 (RFC 2453 3.8). Changes are told at once, then
at most every 1 to 5 seconds (3.10.1). A link is told the same bytes again if nothing has changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.protocol.events import Happened, Output, SendDatagram
from fingerpost.rip.authentication import room
from fingerpost.rip.constants import INFINITY
from fingerpost.rip.updates import offers_for, poisoned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from random import Random

    from fingerpost.addr import Address, Prefix
    from fingerpost.rip.config import RipConfig
    from fingerpost.rip.dialect import Dialect, Offer
    from fingerpost.rip.interface import Link
    from fingerpost.rip.table import RouteTable

UPDATE, TRIGGERED = "update", "triggered"


class Announcer:
    """The way out for datagrams of one instance. `put` takes what is to be done."""

    def __init__(
        self, dialect: Dialect, table: RouteTable, rng: Random, put: Callable[[Output], None]
    ) -> None:
        """Nothing waits."""
        self.timers: Timers[tuple[str, str]] = Timers()
        self._dialect = dialect
        self._table = table
        self._rng = rng
        self._put = put
        self._flushed = 0

    @property
    def _config(self) -> RipConfig:
        return self._table.config

    # ---- the beginning and the end of a link

    def start(self, link: Link, now: int) -> None:
        """Ask the neighbours for all they know, and tell them everything soon."""
        link.sent = self._table.changes.serial
        link.held_until = now
        if link.updates:  # RFC 2453 3.9.1
            link.counters.requests_out += 1
            request = self._dialect.asks_all(link, self._config.clock(now))
            self.send(link, self._targets(link), [request])
        first = now + self._rng.randint(0, self._config.timers.first_most_ns)
        self.timers.start((link.name, UPDATE), first)

    def stop(self, link: Link) -> None:
        """Say nothing there any more."""
        self.timers.stop((link.name, UPDATE))
        self.timers.stop((link.name, TRIGGERED))

    # ---- time

    def pass_time(self, links: Mapping[str, Link], now: int) -> None:
        """Do all that is due."""
        while (key := self.timers.take(now)) is not None:
            name, kind = key
            if kind == UPDATE:
                self.update(links[name], now)
            else:
                self._trigger(links[name], now)

    def update(self, link: Link, now: int) -> None:
        """Tell a link everything, and set its timer anew (RFC 2453 3.8)."""
        timers = self._config.timers
        jitter = self._rng.randint(-timers.jitter_ns, timers.jitter_ns)
        self.timers.start((link.name, UPDATE), now + timers.update_ns + jitter)
        self._warn_of_keys(link, now)
        if link.updates:
            link.counters.updates_out += 1
            self._has_told(link)
            self._respond(link, self._everything(link, now), now)

    def tell_changes(self, links: Mapping[str, Link], now: int) -> None:
        """Let each link know what changed, now or when its waiting time is over."""
        changes = self._table.changes
        if self._flushed == changes.serial:
            return
        self._flushed = changes.serial
        speaking = [link for link in links.values() if link.updates]
        for link in speaking:
            if now >= link.held_until:
                self._trigger(link, now)
            else:
                self.timers.start((link.name, TRIGGERED), link.held_until)
        changes.forget(min((link.sent for link in speaking), default=self._flushed))

    def _trigger(self, link: Link, now: int) -> None:
        """Send a triggered update, and none after it for a while (RFC 2453 3.10.1)."""
        offers = self._changed(link)
        self._has_told(link)
        if offers:
            timers = self._config.timers
            wait = self._rng.randint(timers.triggered_least_ns, timers.triggered_most_ns)
            link.held_until = now + wait
            link.counters.triggered_out += 1
            self._say(link, offers, now)

    def _has_told(self, link: Link) -> None:
        link.sent = self._table.changes.serial
        self.timers.stop((link.name, TRIGGERED))

    def _warn_of_keys(self, link: Link, now: int) -> None:
        """Tell once that no key may sign any more."""
        keys, clock = link.config.authenticator, self._config.clock(now)
        is_expired = keys is not None and keys.is_expired(clock)
        if is_expired and not link.is_warned:
            detail = "the last key goes on, for want of another (RFC 4822 3)"
            self._put(Happened("keys expired", link.name, detail))
        link.is_warned = is_expired

    # ---- what is said

    def reachable(self, link: Link) -> set[Prefix]:
        """What a link is told that it can reach through us."""
        offers = offers_for(link, self._table.entries.values(), self._dialect)
        return {offer.prefix for offer in offers if offer.metric < INFINITY}

    def poison(self, link: Link, prefixes: Iterable[Prefix], now: int) -> None:
        """Tell a link that these cannot be reached through us any more."""
        self._say(link, poisoned(prefixes), now)

    def _everything(self, link: Link, now: int) -> list[bytes]:
        """Give the entries of the whole table; those of the last time if nothing has changed."""
        clock = self._config.clock(now)
        rests_on = (self._table.changes.version, room(link.config.authenticator, clock))
        if link.told is not None and link.told[0] == rests_on:
            return link.told[1]
        offers = offers_for(link, self._table.entries.values(), self._dialect)
        bodies = self._dialect.bodies(link, offers, clock, self._dialect.speaks(link))
        # a policy may be of another mind the next time
        link.told = None if link.config.policy_out else (rests_on, bodies)
        return bodies

    def _changed(self, link: Link) -> list[Offer]:
        """Give what has changed since the link was told; an entry may stand for several routes."""
        changed = list(self._table.changed_since(link.sent))
        if not self._dialect.summarizes(link):
            return offers_for(link, changed, self._dialect)
        offers = offers_for(link, self._table.entries.values(), self._dialect)
        prefixes = [entry.prefix for entry in changed]
        return [offer for offer in offers if any(_covers(offer.prefix, one) for one in prefixes)]

    def _say(self, link: Link, offers: Sequence[Offer], now: int) -> None:
        clock, version = self._config.clock(now), self._dialect.speaks(link)
        self._respond(link, self._dialect.bodies(link, offers, clock, version), now)

    def _respond(self, link: Link, bodies: Sequence[bytes], now: int) -> None:
        if bodies:
            version, clock = self._dialect.speaks(link), self._config.clock(now)
            payloads = self._dialect.responses(link, bodies, clock, version)
            self.send(link, self._targets(link), payloads)

    def _targets(self, link: Link) -> list[tuple[Address, int]]:
        common = [] if link.config.is_passive else self._dialect.destinations(link)
        return [(one, self._dialect.port) for one in (*common, *link.config.neighbors)]

    def send(
        self, link: Link, targets: Sequence[tuple[Address, int]], payloads: Sequence[bytes]
    ) -> None:
        """Send each datagram to each address and port."""
        dialect = self._dialect
        for payload in payloads:
            for address, port in targets:
                link.counters.datagrams_out += 1
                self._put(
                    SendDatagram(link.name, address, port, dialect.port, dialect.hop_limit, payload)
                )


def _covers(whole: Prefix, prefix: Prefix) -> bool:
    return whole == prefix or (whole.length > 0 and prefix.is_subnet_of(whole))
