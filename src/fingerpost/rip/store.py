"""The entries of one instance with their deadlines, and what the routing table is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.route import NextHop
from fingerpost.rib.events import AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.route import RibRoute
from fingerpost.rip.changes import ChangeLog
from fingerpost.rip.deadlines import Deadlines
from fingerpost.rip.route import Entry, Path
from fingerpost.rip.route_state import State

if TYPE_CHECKING:
    from fingerpost.addr import Address, Prefix
    from fingerpost.rip.config import RipConfig


class Store:
    """What `learned` and `own_routes` share. `config` may be exchanged at any time."""

    def __init__(self, config: RipConfig, source: str) -> None:
        """Nothing is known."""
        self.config = config
        self.source = source
        self.entries: dict[Prefix, Entry] = {}
        self.changes = ChangeLog()
        self.deadlines: Deadlines[Path | Entry] = Deadlines()
        self._next_hops: dict[tuple[str, Address], NextHop] = {}

    def entry(self, prefix: Prefix) -> Entry:
        """Give the entry of a prefix, a new one if there is none."""
        found = self.entries.get(prefix)
        if found is None:
            found = self.entries[prefix] = Entry(prefix)
        return found

    def start_garbage(self, entry: Entry, now: int) -> None:
        """Tell the prefix as unreachable from now until the garbage time ends (RFC 2453 3.8)."""
        entry.since = now
        self.deadlines.start(entry, now + self.config.timers.garbage_ns)

    def drop_if_empty(self, entry: Entry) -> None:
        """Forget an entry that nobody has anything to say about."""
        if entry.is_empty and self.entries.get(entry.prefix) is entry:
            self.deadlines.stop(entry)
            self.changes.moved(entry.prefix)
            if entry.announced is None:
                self._remove(entry.prefix)

    def take_announcements(self) -> list[AnnounceRoutes | WithdrawRoutes]:
        """What the routing table has not heard of yet, as at most one batch of each kind."""
        new: list[RibRoute] = []
        gone: list[Prefix] = []
        for prefix in self.changes.take_dirty():
            entry = self.entries.get(prefix)
            if entry is None:
                continue
            route = self._rib_route(entry)
            if route is None and entry.announced is not None:
                gone.append(prefix)
            elif route is not None and route != entry.announced:
                new.append(route)
            entry.announced = route
            if entry.is_empty:
                self._remove(prefix)
        out: list[AnnounceRoutes | WithdrawRoutes] = []
        if gone:
            out.append(WithdrawRoutes(self.source, tuple(gone)))
        if new:
            out.append(AnnounceRoutes(tuple(new)))
        return out

    def _remove(self, prefix: Prefix) -> None:
        del self.entries[prefix]
        self.changes.dropped(prefix)

    def _rib_route(self, entry: Entry) -> RibRoute | None:
        """The learned route as the routing table takes it; None if ours wins or there is none."""
        if entry.state is not State.VALID or entry.ours:
            return None
        hops = dict.fromkeys((path.interface, path.gateway) for path in entry.paths)
        return RibRoute(
            entry.prefix,
            self.source,
            self.config.distance,
            entry.metric,
            tuple(self._next_hop(*hop) for hop in hops),
            tag=entry.tag,
            learned_from=entry.paths[0].neighbor,
            since=entry.since,
        )

    def _next_hop(self, interface: str, gateway: Address) -> NextHop:
        """One value for all routes by the same gateway; at most as many as neighbours are kept."""
        found = self._next_hops.get((interface, gateway))
        if found is None:
            if len(self._next_hops) >= self.config.limits.neighbors:
                self._next_hops.clear()
            found = self._next_hops[interface, gateway] = NextHop(interface, gateway)
        return found
