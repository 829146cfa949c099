"""What the cache keeps per interface: the times of its machine, and which entries could go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.durations import HOUR
from fingerpost.forwarding.neighbor.state import State

if TYPE_CHECKING:
    from random import Random

    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.entry import Entry
    from fingerpost.forwarding.neighbor.settings import NeighborSettings

_REDRAW_NS = 2 * HOUR  # RFC 4861 6.3.2: every few hours
_UNRESOLVED = (State.INCOMPLETE, State.FAILED)


class Link:
    """One interface: `unresolved` and `unused` are entries in the order in which they became so.

    `size` counts entries that were learned; those that somebody configured are not limited.
    """

    def __init__(self, interface: Interface, settings: NeighborSettings, rng: Random) -> None:
        """No entries yet; the times are those of the settings until a router says others."""
        self.interface = interface
        self.unresolved: dict[Entry, None] = {}
        self.unused: dict[Entry, None] = {}
        self.size = 0
        self.retrans_ns = settings.retrans_ns
        self._settings = settings
        self._rng = rng
        self._base_ns = settings.reachable_ns
        self._reachable_ns: int | None = None
        self._drawn = 0

    def move(self, entry: Entry, state: State) -> None:
        """Account for an entry that goes from its state to another."""
        counted_before = entry.state not in (State.ABSENT, State.PERMANENT)
        counted_after = state not in (State.ABSENT, State.PERMANENT)
        self.size += counted_after - counted_before
        self.unused.pop(entry, None)
        if state in _UNRESOLVED:
            self.unresolved[entry] = None  # one that fails keeps its place: the oldest go first
            return
        self.unresolved.pop(entry, None)
        if state is State.STALE:
            self.unused[entry] = None

    def duration(self, state: State, now: int) -> int | None:
        """How long an entry stays in a state by itself; None for ever."""
        match state:
            case State.INCOMPLETE | State.PROBE:
                return self.retrans_ns
            case State.REACHABLE:
                return self._draw(now)
            case State.STALE:
                return self._settings.stale_ns
            case State.DELAY:
                return self._settings.delay_ns
            case State.FAILED:
                return self._settings.failed_ns
        return None

    def set_reachable(self, base_ns: int) -> None:
        """Take the base of the reachable time from a router (RFC 4861 6.3.4)."""
        if base_ns != self._base_ns:
            self._base_ns = base_ns
            self._reachable_ns = None

    def _draw(self, now: int) -> int:
        """RFC 4861 6.3.2: between half and one and a half of the base, drawn anew now and then."""
        if self._reachable_ns is None or now - self._drawn >= _REDRAW_NS:
            self._reachable_ns = self._rng.randint(self._base_ns // 2, self._base_ns * 3 // 2)
            self._drawn = now
        return self._reachable_ns


class Links:
    """The links by name, made when first asked for."""

    def __init__(self, settings: NeighborSettings, rng: Random) -> None:
        """None yet."""
        self._settings = settings
        self._rng = rng
        self._links: dict[str, Link] = {}

    def of(self, interface: Interface) -> Link:
        """The link of an interface, which may have changed since the last time."""
        link = self._links.get(interface.name)
        if link is None:
            link = self._links[interface.name] = Link(interface, self._settings, self._rng)
        link.interface = interface
        return link

    def named(self, name: str) -> Link:
        """The link of an interface that has entries."""
        return self._links[name]
