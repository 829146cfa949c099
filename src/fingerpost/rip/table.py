"""The routes of one instance: what neighbours say, what we say of our own, and time for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.rip.learned import LearnedRoutes
from fingerpost.rip.own_routes import OwnRoutes
from fingerpost.rip.route import Path
from fingerpost.rip.route_state import State
from fingerpost.rip.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Prefix
    from fingerpost.rib.events import AnnounceRoutes, WithdrawRoutes
    from fingerpost.rip.changes import ChangeLog
    from fingerpost.rip.config import RipConfig
    from fingerpost.rip.route import Entry


class RouteTable:
    """Routes by prefix; `learned` and `own` change them, all others only look."""

    def __init__(self, config: RipConfig, source: str) -> None:
        """Nothing is known."""
        self._store = Store(config, source)
        self.learned = LearnedRoutes(self._store)
        self.own = OwnRoutes(self._store)

    @property
    def config(self) -> RipConfig:
        """The configuration that counts now."""
        return self._store.config

    @config.setter
    def config(self, config: RipConfig) -> None:
        self._store.config = config

    @property
    def source(self) -> str:
        """Our name in the routing table."""
        return self._store.source

    @property
    def entries(self) -> dict[Prefix, Entry]:
        """All that is known, by prefix."""
        return self._store.entries

    @property
    def changes(self) -> ChangeLog:
        """What others have not heard of yet."""
        return self._store.changes

    def next_deadline(self) -> int | None:
        """The first timeout or garbage time that ends; None if there is none."""
        return self._store.deadlines.next_deadline()

    def expire(self, now: int) -> None:
        """Let time pass: routers that are silent are left, what is garbage is forgotten."""
        for item in self._store.deadlines.expired(now):
            if isinstance(item, Path):
                self.learned.time_out(item, now)
            elif item.state is State.DELETED:
                self.learned.end_garbage(item, now)
            else:
                item.lost_local = False
                self._store.drop_if_empty(item)

    def changed_since(self, serial: int) -> Iterator[Entry]:
        """Give the entries that changed after a serial, the last first."""
        entries = self._store.entries
        return (entries[prefix] for prefix in self.changes.since(serial) if prefix in entries)

    def take_announcements(self) -> list[AnnounceRoutes | WithdrawRoutes]:
        """What the routing table has not heard of yet, as at most one batch of each kind."""
        return self._store.take_announcements()

    def withdraw_all(self, now: int) -> None:
        """Know nothing any more; what was announced is withdrawn."""
        self.own.clear()
        for entry in self._store.entries.values():
            self.learned.clear(entry)
            entry.locals.clear()
            entry.lost_local = False
            entry.since = now
            self.changes.moved(entry.prefix)
