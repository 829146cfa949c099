"""What neighbours say: offers come in, `route_state` says what becomes of them.

The life of a route: a neighbour offers it (`offer`), `_event` names what that means for what is
there, the table of transitions says what to do, and one method an action does it. That a router
says again what it said before is nearly all that ever happens, and has a short way (`is_known`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.rip.constants import INFINITY
from fingerpost.rip.faults import Fault
from fingerpost.rip.refused import refuse, remember
from fingerpost.rip.route import Entry, Path
from fingerpost.rip.route_state import Action, Event, State, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from fingerpost.addr import Address
    from fingerpost.rip.dialect import Offer
    from fingerpost.rip.store import Store


class LearnedRoutes:
    """The learned side of the entries; `count` is how many routes are not absent."""

    def __init__(self, store: Store) -> None:
        """Nothing was heard."""
        self._store = store
        self.count = 0

    def is_known(
        self, offer: Offer, interface: str, neighbor: Address, metric: int, now: int
    ) -> bool:
        """Whether an offer says nothing new; the timeout of a route begins again.

        It does what `offer` would do for the same, and never less: `offer` decides what is new.
        `metric` has the cost added.
        """
        prefix, _, tag, next_hop = offer
        entry = self._store.entries.get(prefix)
        if entry is None:
            return metric >= INFINITY
        for path in entry.paths:
            if path.neighbor == neighbor and path.interface == interface:
                if entry.state is not State.VALID or metric != path.metric:
                    return False
                if tag != path.tag or (next_hop or neighbor) != path.gateway:
                    return False
                path.heard, path.said = now, offer
                self._store.deadlines.start(path, now + self._store.config.timers.timeout_ns)
                return True
        loser = entry.refused.get((interface, neighbor))
        if metric >= INFINITY:
            return loser is None
        if loser is None or metric <= entry.metric:
            return False
        remember(entry, loser, metric, Event.OTHER_WORSE, now, offer)  # as bad as ever
        return True

    def offer(self, path: Path, now: int) -> Fault | None:
        """Take what a router says about a prefix; a fault if the table is full."""
        entry = self._store.entries.get(path.prefix)
        if entry is None or entry.state is State.ABSENT:
            if path.metric >= INFINITY:
                return None  # RFC 2453 3.9.2: no use to add what cannot be reached
            if self.count >= self._store.config.limits.routes:
                return Fault.ROUTE_LIMIT
            entry = entry or self._store.entry(path.prefix)
        event = self._event(entry, path)
        action, state = step(entry.state, event)
        if action is Action.IGNORE:
            refuse(entry, path, event, self._store.config.limits.refused_offers)
        else:
            entry.refused.pop((path.interface, path.neighbor), None)
            self._move(entry, state)
            _ACTIONS[action](self, entry, path, now)
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
        config = self._store.config
        if len(entry.paths) < config.maximum_paths:  # 3. or as good
            return Event.OTHER_EQUAL
        oldest = min(one.heard for one in entry.paths)
        is_late = 2 * (path.heard - oldest) >= config.timers.timeout_ns
        if is_late and config.maximum_paths == 1:
            return Event.OTHER_EQUAL_LATE
        return Event.OTHER_EQUAL_FULL

    def _move(self, entry: Entry, state: State) -> None:
        self.count += (state is not State.ABSENT) - (entry.state is not State.ABSENT)
        entry.state = state

    # ---- what a transition does

    def _adopt(self, entry: Entry, path: Path, now: int) -> None:
        before = (entry.metric, entry.tag, [(one.interface, one.gateway) for one in entry.paths])
        self._stop(entry)
        entry.paths = [path]
        entry.metric, entry.tag = path.metric, path.tag
        entry.lost_local = False
        self._start(path)
        if before != (path.metric, path.tag, [(path.interface, path.gateway)]):
            entry.since = now
            self._store.changes.changed(entry.prefix)
        else:  # perhaps another router says it
            self._store.changes.moved(entry.prefix)

    def _share(self, entry: Entry, path: Path, now: int) -> None:
        """One more router: neighbours need not hear, as the metric is the same."""
        del now
        entry.paths.append(path)
        entry.paths.sort(key=lambda one: (one.interface, one.gateway))
        self._start(path)
        self._store.changes.moved(entry.prefix)
        self._lead(entry)

    def _refresh(self, entry: Entry, path: Path, now: int) -> None:
        held = _held(entry, path)
        if held is None:
            return
        is_moved = held.gateway != path.gateway
        held.heard, held.gateway, held.tag, held.said = now, path.gateway, path.tag, path.said
        self._start(held)
        if is_moved:
            self._store.changes.moved(entry.prefix)
        self._lead(entry)

    def _release(self, entry: Entry, path: Path, now: int) -> None:
        del now
        held = _held(entry, path)
        if held is None:
            return
        self._store.deadlines.stop(held)
        entry.paths.remove(held)
        self._store.changes.moved(entry.prefix)
        self._lead(entry)

    def _delete(self, entry: Entry, path: Path, now: int) -> None:
        """Keep the last router, for split horizon and for those who ask."""
        del path
        self._stop(entry)
        entry.paths = entry.paths[:1]
        entry.metric = INFINITY
        self._store.start_garbage(entry, now)
        self._store.changes.changed(entry.prefix)

    def _forget(self, entry: Entry, path: Path, now: int) -> None:
        del path, now
        self._stop(entry)
        entry.paths = []
        entry.metric, entry.tag = INFINITY, 0
        self._store.drop_if_empty(entry)

    def _lead(self, entry: Entry) -> None:
        """The first router that shares a route gives it its tag."""
        if entry.tag != entry.paths[0].tag:
            entry.tag = entry.paths[0].tag
            self._store.changes.changed(entry.prefix)

    def _start(self, path: Path) -> None:
        self._store.deadlines.start(path, path.heard + self._store.config.timers.timeout_ns)

    def _stop(self, entry: Entry) -> None:
        self._store.deadlines.stop(entry)
        for path in entry.paths:
            self._store.deadlines.stop(path)

    # ---- time, and links that go

    def time_out(self, path: Path, now: int) -> None:
        """A router was silent for the timeout."""
        self._lose(self._store.entries[path.prefix], path, now)

    def end_garbage(self, entry: Entry, now: int) -> None:
        """The garbage time is over."""
        self._run(entry, Event.GARBAGE_END, entry.paths[0], now)

    def lose(self, interface: str, now: int, neighbor: Address | None = None) -> None:
        """Leave a router, or all routers of an interface."""
        for entry in list(self._store.entries.values()):
            for path in tuple(entry.paths):
                is_meant = path.interface == interface and neighbor in (None, path.neighbor)
                if is_meant and entry.state is State.VALID:
                    self._lose(entry, path, now)

    def goes_through(self, interface: str, neighbor: Address) -> bool:
        """Whether any route goes through a router."""
        return any(
            path.interface == interface and path.neighbor == neighbor
            for entry in self._store.entries.values()
            if entry.state is State.VALID
            for path in entry.paths
        )

    def clear(self, entry: Entry) -> None:
        """Know nothing of a prefix."""
        self._stop(entry)
        entry.paths = []
        entry.metric = INFINITY
        self._move(entry, State.ABSENT)

    def _lose(self, entry: Entry, path: Path, now: int) -> None:
        event = Event.SHARER_TIMEOUT if len(entry.paths) > 1 else Event.TIMEOUT
        self._run(entry, event, path, now)

    def _run(self, entry: Entry, event: Event, path: Path, now: int) -> None:
        action, state = step(entry.state, event)
        if action is not Action.IGNORE:
            self._move(entry, state)
            _ACTIONS[action](self, entry, path, now)


def _held(entry: Entry, path: Path) -> Path | None:
    """The path of the same router; None if the route does not go through it."""
    for held in entry.paths:
        if held.neighbor == path.neighbor and held.interface == path.interface:
            return held
    return None


_ACTIONS: dict[Action, Callable[[LearnedRoutes, Entry, Path, int], None]] = {
    Action.ADOPT: LearnedRoutes._adopt,
    Action.SHARE: LearnedRoutes._share,
    Action.REFRESH: LearnedRoutes._refresh,
    Action.RELEASE: LearnedRoutes._release,
    Action.DELETE: LearnedRoutes._delete,
    Action.FORGET: LearnedRoutes._forget,
}
