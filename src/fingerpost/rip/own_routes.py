"""What we tell of our own: networks, the default route, routes of other sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.rip.route_state import State

if TYPE_CHECKING:
    from fingerpost.addr import Prefix
    from fingerpost.rip.route import Entry, Local
    from fingerpost.rip.store import Store


class OwnRoutes:
    """Prefixes by who in us says them."""

    def __init__(self, store: Store) -> None:
        """Nothing is told."""
        self._store = store
        self._said: dict[str, dict[Prefix, None]] = {}

    def say(self, prefix: Prefix, key: str, local: Local) -> None:
        """Tell a prefix of our own; `key` is who in us says so."""
        entry = self._store.entry(prefix)
        if entry.locals.get(key) == local:
            return
        told = entry.told
        entry.locals[key] = local
        self._said.setdefault(key, {})[prefix] = None
        if entry.lost_local:
            entry.lost_local = False
            self._store.deadlines.stop(entry)
        self._told_again(entry, told)

    def unsay(self, prefix: Prefix, key: str, now: int) -> None:
        """Tell it no more: with metric 16 for the garbage time, unless somebody else tells it."""
        entry = self._store.entries.get(prefix)
        if entry is None or key not in entry.locals:
            return
        told = entry.told
        del entry.locals[key]
        del self._said[key][prefix]
        if not entry.locals and entry.state is not State.VALID:
            entry.lost_local = entry.state is State.ABSENT
            self._store.start_garbage(entry, now)
        self._told_again(entry, told)

    def said(self, key: str) -> list[Prefix]:
        """What somebody in us tells."""
        return list(self._said.get(key, ()))

    def clear(self) -> None:
        """Nobody in us says anything any more."""
        self._said.clear()

    def _told_again(self, entry: Entry, before: tuple[int, int]) -> None:
        if entry.told != before:
            self._store.changes.changed(entry.prefix)
        else:
            self._store.changes.moved(entry.prefix)
