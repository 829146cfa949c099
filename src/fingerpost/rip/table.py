"""The routes of one instance and their timers.

The life of a route: a neighbour offers it (`offer`), `_event` names what that means for what is
there, `route_state` says what to do, and one method an action does it. Each change gets a serial
number; an interface that has told all up to a serial asks for what came after (`changed_since`).
What the routing table must hear of is collected until `take_announcements`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.forwarding.route import NextHop
from fingerpost.rib.events import AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.route import RibRoute
from fingerpost.rip.constants import INFINITY
from fingerpost.rip.faults import Fault
from fingerpost.rip.route import Entry, Local, Path, RefusedOffer
from fingerpost.rip.route_state import Action, Event, State, step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fingerpost.addr import Address, Prefix
    from fingerpost.rip.config import RipConfig

GARBAGE = ("", "")  # the key of an entry's own timer, beside those of its paths
LOCAL = ("", "local")

TimerKey = tuple["Prefix", str, object]


class RouteTable:
    """Routes by prefix; `config` may be exchanged at any time."""

    def __init__(self, config: RipConfig, source: str) -> None:
        """Nothing is known."""
        self.config = config
        self.source = source
        self.entries: dict[Prefix, Entry] = {}
        self.serial = 0
        self.learned = 0
        self._recent: dict[Prefix, int] = {}
        self._dirty: dict[Prefix, None] = {}
        self._timers: Timers[TimerKey] = Timers()

    def next_deadline(self) -> int | None:
        """The first timeout or garbage time that ends; None if there is none."""
        return self._timers.next_deadline()

    # ---- what neighbours say

    def offer(self, prefix: Prefix, path: Path) -> Fault | None:
        """Take what a router says about a prefix; a fault if the table is full."""
        entry = self.entries.get(prefix)
        if entry is None or entry.state is State.ABSENT:
            if path.metric >= INFINITY:
                return None  # RFC 2453 3.9.2: no use to add what cannot be reached
            if self.learned >= self.config.limits.routes:
                return Fault.ROUTE_LIMIT
            entry = entry or self.entries.setdefault(prefix, Entry(prefix))
        event = self._event(entry, path)
        action, state = step(entry.state, event)
        if action is Action.IGNORE:
            self._refuse(entry, path, event)
        else:
            entry.refused.pop((path.interface, path.neighbor), None)
            self._move(entry, state)
            _ACTIONS[action](self, entry, path)
        return None

    def _event(self, entry: Entry, path: Path) -> Event:
        """Name what an offer means, in the order of RFC 2453 3.9.2."""
        held = _held(entry, path)
        if entry.state is not State.VALID:
            return Event.FIRST if path.metric < INFINITY else Event.UNREACHABLE
        if held is not None:  # 1. its own router is believed whatever it says
            if path.metric < entry.metric:
                return Event.SAME_BETTER
            if path.metric == entry.metric:
                return Event.SAME
            if len(entry.paths) > 1:
                return Event.SHARER_WORSE
            return Event.SAME_LOST if path.metric >= INFINITY else Event.SAME_WORSE
        if path.metric >= INFINITY:
            return Event.UNREACHABLE
        if path.metric != entry.metric:  # 2. another one must be better
            better = path.metric < entry.metric
            return Event.OTHER_BETTER if better else Event.OTHER_WORSE
        if len(entry.paths) < self.config.maximum_paths:  # 3. or as good
            return Event.OTHER_EQUAL
        oldest = min(entry.paths, key=lambda one: one.heard)
        is_late = 2 * (path.heard - oldest.heard) >= self.config.timers.timeout_ns
        if is_late and self.config.maximum_paths == 1:
            return Event.OTHER_EQUAL_LATE
        return Event.OTHER_EQUAL_FULL

    def _refuse(self, entry: Entry, path: Path, event: Event) -> None:
        """Remember a loser; the oldest makes room. Poison that comes back is not worth it."""
        if event is Event.UNREACHABLE:
            return
        key = (path.interface, path.neighbor)
        entry.refused.pop(key, None)
        if len(entry.refused) >= self.config.limits.refused_offers:
            entry.refused.pop(next(iter(entry.refused)), None)
        if self.config.limits.refused_offers:
            entry.refused[key] = RefusedOffer(
                *key, path.metric, entry.metric, event.value, path.heard
            )

    def _move(self, entry: Entry, state: State) -> None:
        self.learned += (state is not State.ABSENT) - (entry.state is not State.ABSENT)
        entry.state = state

    # ---- what a transition does

    def _adopt(self, entry: Entry, path: Path) -> None:
        before = (entry.metric, entry.tag, [(one.interface, one.gateway) for one in entry.paths])
        self._stop(entry)
        entry.paths = [path]
        entry.metric, entry.tag = path.metric, path.tag
        entry.lost_local = False
        self._start(entry, path)
        if before != (path.metric, path.tag, [(path.interface, path.gateway)]):
            entry.since = path.heard
            self._changed(entry)

    def _share(self, entry: Entry, path: Path) -> None:
        entry.paths.append(path)
        entry.paths.sort(key=lambda one: (one.interface, one.gateway))
        self._start(entry, path)
        self._dirty[entry.prefix] = None  # neighbours need not hear: the metric is the same

    def _refresh(self, entry: Entry, path: Path) -> None:
        held = _held(entry, path)
        if held is None:
            return
        entry.paths[entry.paths.index(held)] = path
        self._start(entry, path)
        if held.gateway != path.gateway:
            self._dirty[entry.prefix] = None
        if held.tag != path.tag and entry.paths[0] is path:
            entry.tag = path.tag
            self._changed(entry)

    def _release(self, entry: Entry, path: Path) -> None:
        held = _held(entry, path)
        if held is None:
            return
        self._timers.stop((entry.prefix, held.interface, held.neighbor))
        entry.paths.remove(held)
        self._dirty[entry.prefix] = None
        if entry.tag != entry.paths[0].tag:
            entry.tag = entry.paths[0].tag
            self._changed(entry)

    def _delete(self, entry: Entry, path: Path) -> None:
        """Keep the last router, for split horizon and for those who ask."""
        self._stop(entry)
        entry.paths = entry.paths[:1]
        entry.metric = INFINITY
        entry.since = path.heard
        self._timers.start((entry.prefix, *GARBAGE), path.heard + self.config.timers.garbage_ns)
        self._changed(entry)

    def _forget(self, entry: Entry, path: Path) -> None:
        del path
        self._stop(entry)
        entry.paths = []
        entry.metric, entry.tag = INFINITY, 0
        self._drop_if_empty(entry)

    def _start(self, entry: Entry, path: Path) -> None:
        due = path.heard + self.config.timers.timeout_ns
        self._timers.start((entry.prefix, path.interface, path.neighbor), due)

    def _stop(self, entry: Entry) -> None:
        self._timers.stop((entry.prefix, *GARBAGE))
        for path in entry.paths:
            self._timers.stop((entry.prefix, path.interface, path.neighbor))

    # ---- time, and links that go

    def expire(self, now: int) -> int:
        """Let time pass; gives how many routers fell silent."""
        silent = 0
        while (key := self._timers.take(now)) is not None:
            prefix, interface, neighbor = key
            entry = self.entries.get(prefix)
            if entry is None:
                continue
            if (interface, neighbor) == LOCAL:
                entry.lost_local = False
                self._drop_if_empty(entry)
            elif (interface, neighbor) == GARBAGE:
                self._run(entry, Event.GARBAGE_END, entry.paths[0])
            else:
                silent += 1
                self._lose(entry, interface, neighbor, now)
        return silent

    def lose(self, interface: str, now: int, neighbor: Address | None = None) -> None:
        """Leave all routers of an interface, or one of them."""
        for entry in list(self.entries.values()):
            for path in tuple(entry.paths):
                if path.interface == interface and neighbor in (None, path.neighbor):
                    self._lose(entry, interface, path.neighbor, now)

    def goes_through(self, interface: str, neighbor: Address) -> bool:
        """Whether any route goes through a router."""
        return any(
            path.interface == interface and path.neighbor == neighbor
            for entry in self.entries.values()
            if entry.state is State.VALID
            for path in entry.paths
        )

    def _lose(self, entry: Entry, interface: str, neighbor: object, now: int) -> None:
        for path in entry.paths:
            if path.interface == interface and path.neighbor == neighbor:
                event = Event.SHARER_TIMEOUT if len(entry.paths) > 1 else Event.TIMEOUT
                self._run(entry, event, replace(path, heard=now))
                return

    def _run(self, entry: Entry, event: Event, path: Path) -> None:
        action, state = step(entry.state, event)
        if action is not Action.IGNORE:
            self._move(entry, state)
            _ACTIONS[action](self, entry, path)

    # ---- what we say of our own

    def say(self, prefix: Prefix, key: str, local: Local) -> None:
        """Tell a prefix of our own; `key` is who in us says so."""
        entry = self.entries.setdefault(prefix, Entry(prefix))
        if entry.locals.get(key) == local:
            return
        told = entry.told
        entry.locals[key] = local
        entry.lost_local = False
        self._timers.stop((prefix, *LOCAL))
        self._told_again(entry, told)

    def unsay(self, prefix: Prefix, key: str, now: int) -> None:
        """Tell it no more: with metric 16 for the garbage time, unless somebody else tells it."""
        entry = self.entries.get(prefix)
        if entry is None or key not in entry.locals:
            return
        told = entry.told
        del entry.locals[key]
        if not entry.locals and entry.state is State.ABSENT:
            entry.lost_local = True
            entry.since = now
            self._timers.start((prefix, *LOCAL), now + self.config.timers.garbage_ns)
        self._told_again(entry, told)

    def said(self, key: str) -> list[Prefix]:
        """What somebody in us tells."""
        return [entry.prefix for entry in self.entries.values() if key in entry.locals]

    def _told_again(self, entry: Entry, before: tuple[int, int]) -> None:
        self._dirty[entry.prefix] = None
        if entry.told != before:
            self._changed(entry)

    def _drop_if_empty(self, entry: Entry) -> None:
        if entry.is_empty and self.entries.get(entry.prefix) is entry:
            self._timers.stop((entry.prefix, *LOCAL))
            self._dirty[entry.prefix] = None
            if entry.announced is None:
                del self.entries[entry.prefix]
                self._recent.pop(entry.prefix, None)

    # ---- what others must hear of

    def _changed(self, entry: Entry) -> None:
        self.serial += 1
        entry.changed = self.serial
        self._recent.pop(entry.prefix, None)
        self._recent[entry.prefix] = self.serial
        self._dirty[entry.prefix] = None

    def changed_since(self, serial: int) -> Iterator[Entry]:
        """Give the entries that changed after a serial, the last first."""
        for prefix in reversed(self._recent):
            if self._recent[prefix] <= serial:
                return
            entry = self.entries.get(prefix)
            if entry is not None:
                yield entry

    def forget_changes(self, serial: int) -> None:
        """Forget the changes up to a serial, which all have told."""
        while self._recent:
            prefix = next(iter(self._recent))
            if self._recent[prefix] > serial:
                return
            del self._recent[prefix]

    def take_announcements(self) -> list[AnnounceRoutes | WithdrawRoutes]:
        """What the routing table has not heard of yet, as at most one batch of each kind."""
        new: list[RibRoute] = []
        gone: list[Prefix] = []
        for prefix in self._dirty:
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
                del self.entries[prefix]
                self._recent.pop(prefix, None)
        self._dirty.clear()
        out: list[AnnounceRoutes | WithdrawRoutes] = []
        if gone:
            out.append(WithdrawRoutes(self.source, tuple(gone)))
        if new:
            out.append(AnnounceRoutes(tuple(new)))
        return out

    def withdraw_all(self, now: int) -> None:
        """Know nothing any more; what was announced is withdrawn."""
        for entry in self.entries.values():
            self._stop(entry)
            self._timers.stop((entry.prefix, *LOCAL))
            entry.locals.clear()
            entry.paths = []
            entry.lost_local = False
            entry.metric, entry.since = INFINITY, now
            self._move(entry, State.ABSENT)
            self._dirty[entry.prefix] = None

    def _rib_route(self, entry: Entry) -> RibRoute | None:
        """The learned route as the routing table takes it; None if ours wins or there is none."""
        if entry.state is not State.VALID or entry.is_ours:
            return None
        hops = tuple(NextHop(path.interface, path.gateway) for path in entry.paths)
        return RibRoute(
            entry.prefix,
            self.source,
            self.config.distance,
            entry.metric,
            tuple(dict.fromkeys(hops)),
            tag=entry.tag,
            learned_from=entry.paths[0].neighbor,
            since=entry.since,
        )


def _held(entry: Entry, path: Path) -> Path | None:
    """The path of the same router; None if the route does not go through it."""
    for held in entry.paths:
        if held.neighbor == path.neighbor and held.interface == path.interface:
            return held
    return None


_ACTIONS: dict[Action, Callable[[RouteTable, Entry, Path], None]] = {
    Action.ADOPT: RouteTable._adopt,
    Action.SHARE: RouteTable._share,
    Action.REFRESH: RouteTable._refresh,
    Action.RELEASE: RouteTable._release,
    Action.DELETE: RouteTable._delete,
    Action.FORGET: RouteTable._forget,
}
