"""The neighbour cache: entries of both families, their timers, their queues, their limits.

A packet whose neighbour is settled costs a look into a dict (`find`). Every other event goes
through `Cache.post`, which runs the table of `state.py`. Who is to be asked, and how, is the
business of ARP and ND: the cache calls `ask` for it.

Bounds: entries per interface, unresolved entries among them, packets and bytes per entry. At the
limit of unresolved entries the oldest of them makes room, at that of all entries the neighbour that
has been unused for longest; those in use stay, so that a scan of a large prefix harms nobody who
answers (RFC 6583).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.forwarding.events import Happened
from fingerpost.forwarding.neighbor.entry import Entry, flush
from fingerpost.forwarding.neighbor.links import Link, Links
from fingerpost.forwarding.neighbor.state import Action, Event, State, step
from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.forwarding.reason import Reason

if TYPE_CHECKING:
    from random import Random

    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.entry import Neighbor
    from fingerpost.forwarding.neighbor.settings import NeighborSettings
    from fingerpost.forwarding.neighbor.waiting import Waiting
    from fingerpost.wire.mac import Mac

    Ask: TypeAlias = Callable[[Entry, bool, int, list[Output]], None]

_SETTLED = (State.REACHABLE, State.DELAY, State.PROBE, State.PERMANENT)
_COUNTED = (State.INCOMPLETE, State.PROBE)
SUSPECT = (State.ABSENT, State.INCOMPLETE, State.FAILED)  # RFC 4861 6.3.6


class Cache:
    """The neighbours of all interfaces of one router.

    `ask(entry, unicast, now, out)` sends one question, to the neighbour itself or to everybody.
    `lost` collects packets that waited in vain, with the reason; whoever drives the cache takes
    them out. `router_changed`, which is set by who cares, hears of routers that are found to answer
    or not.
    """

    def __init__(self, settings: NeighborSettings, rng: Random, ask: Ask) -> None:
        """An empty cache."""
        self._settings = settings
        self._ask = ask
        self._entries: dict[tuple[str, Address], Entry] = {}
        self._timers: Timers[Entry] = Timers()
        self.links = Links(settings, rng)
        self.lost: list[tuple[Waiting, Reason]] = []
        self.router_changed: Callable[[str, Address, list[Output]], None] | None = None
        self.generation = 0  # another number after every change of a state or a station

    # -- packets -------------------------------------------------------------------------------

    def find(self, interface: str, address: Address) -> Entry | None:
        """The entry of an address; None if there is none."""
        return self._entries.get((interface, address))

    def resolve(
        self,
        interface: Interface,
        address: Address,
        waiting: Waiting,
        now: int,
        out: list[Output],
    ) -> Mac | None:
        """The station to send to. None: `waiting` is kept, or there is no hope (state FAILED)."""
        entry = self._entries.get((interface.name, address))
        if entry is not None and entry.is_settled:
            return entry.mac
        entry = self.post(interface, address, Event.PACKET, now, out, waiting=waiting)
        return entry.mac if entry is not None else None

    # -- events --------------------------------------------------------------------------------

    def post(
        self,
        interface: Interface,
        address: Address,
        event: Event,
        now: int,
        out: list[Output],
        *,
        mac: Mac | None = None,
        waiting: Waiting | None = None,
    ) -> Entry | None:
        """Let something happen to a neighbour; gives its entry, None if there is none (any more).

        `mac` is the address that the message names, `waiting` the packet of `Event.PACKET`.
        """
        link = self.links.of(interface)
        entry = self._entries.get((interface.name, address))
        if entry is None:
            if step(State.ABSENT, event)[1] is State.ABSENT or not self._make_room(link, event):
                if waiting is not None:
                    self.lost.append((waiting, Reason.NEIGHBOR_QUEUE_FULL))
                return None
            entry = Entry(interface.name, address)
            self._entries[interface.name, address] = entry
        self._run(link, entry, event, now, out, mac, waiting)
        return entry if entry.state is not State.ABSENT else None

    def _run(
        self,
        link: Link,
        entry: Entry,
        event: Event,
        now: int,
        out: list[Output],
        mac: Mac | None = None,
        waiting: Waiting | None = None,
    ) -> None:
        actions, state = step(entry.state, event)
        for action in actions:
            match action:
                case Action.QUEUE:
                    self._queue(entry, waiting)
                case Action.ASK | Action.PROBE:
                    entry.asked += 1
                    self._ask(entry, action is Action.PROBE, now, out)
                case Action.RECORD:
                    entry.mac = mac
                    self.generation += 1
                case Action.FLUSH:
                    flush(link.interface, entry, out)
                case Action.FAIL:
                    self._fail(entry, Reason.NEIGHBOR_FAILED)
                case Action.LOSE:
                    detail = f"{entry.address} does not answer any more"
                    out.append(Happened("neighbour lost", entry.interface, detail, entry.address))
        if state is not entry.state:
            is_news = entry.is_router and (entry.state in SUSPECT) != (state in SUSPECT)
            self._enter(link, entry, state, now)
            if is_news and self.router_changed is not None:
                self.router_changed(entry.interface, entry.address, out)
        elif Action.RESTART in actions:
            self._start_timer(link, entry, now)

    def _enter(self, link: Link, entry: Entry, state: State, now: int) -> None:
        self.generation += 1
        link.move(entry, state)
        if state is State.ABSENT:
            del self._entries[entry.interface, entry.address]
        if state not in _COUNTED:
            entry.asked = 0
        entry.state = state
        entry.changed = now
        entry.is_settled = state in _SETTLED
        self._start_timer(link, entry, now)

    def _start_timer(self, link: Link, entry: Entry, now: int) -> None:
        lasts = link.duration(entry.state, now)
        if lasts is None:
            self._timers.stop(entry)
        else:
            self._timers.start(entry, now + lasts)

    # -- what waits ----------------------------------------------------------------------------

    def _queue(self, entry: Entry, waiting: Waiting | None) -> None:
        """RFC 4861 7.2.2: the newest replaces the oldest when the queue is full."""
        if waiting is None:
            return
        if not entry.queue:
            entry.asker = waiting.packet.source
        dropped = entry.queue.add(waiting, self._settings.queue, self._settings.queue_bytes)
        self.lost += [(oldest, Reason.NEIGHBOR_QUEUE_FULL) for oldest in dropped]

    def _fail(self, entry: Entry, reason: Reason) -> None:
        self.lost += [(waiting, reason) for waiting in entry.queue.take_all()]

    # -- room ----------------------------------------------------------------------------------

    def _make_room(self, link: Link, event: Event) -> bool:
        """Whether there is room for one more entry, which may have been made."""
        if event is Event.PACKET and len(link.unresolved) >= self._settings.unresolved:
            self._drop(link, next(iter(link.unresolved)), Reason.NEIGHBOR_QUEUE_FULL)
        if link.size < self._settings.entries:
            return True
        victim = next(iter(link.unused), None)
        if victim is None and event is Event.PACKET:
            victim = next(iter(link.unresolved), None)
        if victim is None:
            return False
        self._drop(link, victim, Reason.NEIGHBOR_QUEUE_FULL)
        return True

    def _drop(self, link: Link, entry: Entry, reason: Reason) -> None:
        self.generation += 1
        self._fail(entry, reason)
        link.move(entry, State.ABSENT)
        self._timers.stop(entry)
        entry.state = State.ABSENT
        entry.is_settled = False
        del self._entries[entry.interface, entry.address]

    # -- by hand -------------------------------------------------------------------------------

    def add_static(
        self, interface: Interface, address: Address, mac: Mac, now: int, out: list[Output]
    ) -> None:
        """Make an entry that stays until `remove`; what waited for the neighbour goes out."""
        link = self.links.of(interface)
        entry = self._entries.get((interface.name, address))
        if entry is None:
            entry = self._entries[interface.name, address] = Entry(interface.name, address)
        entry.mac = mac
        flush(interface, entry, out)
        self._enter(link, entry, State.PERMANENT, now)

    def remove(self, interface: Interface, address: Address) -> bool:
        """Forget a neighbour, whatever is known of it; whether there was one."""
        entry = self._entries.get((interface.name, address))
        if entry is None:
            return False
        self._drop(self.links.of(interface), entry, Reason.NEIGHBOR_FAILED)
        return True

    def clear(self, interface: Interface) -> None:
        """Forget all that was learned on an interface; its link is gone."""
        link = self.links.of(interface)
        mine = [entry for entry in self._entries.values() if entry.interface == interface.name]
        for entry in mine:
            if entry.state is not State.PERMANENT:
                self._drop(link, entry, Reason.NOT_RUNNING)

    # -- time ----------------------------------------------------------------------------------

    def next_deadline(self) -> int | None:
        """When the next entry changes by itself."""
        return self._timers.next_deadline()

    def advance(self, now: int, out: list[Output]) -> None:
        """Run the timers that are due."""
        while (entry := self._timers.take(now)) is not None:
            link = self.links.named(entry.interface)
            limit = self._settings.unicast_probes
            if entry.state is State.INCOMPLETE:
                limit = self._settings.multicast_probes
            is_last = entry.state in _COUNTED and entry.asked >= limit
            self._run(link, entry, Event.EXHAUSTED if is_last else Event.TIMEOUT, now, out)

    # -- looking -------------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._entries)

    def snapshot(self) -> list[Neighbor]:
        """All neighbours, by interface, then by family and address."""
        seen = [entry.seen() for entry in self._entries.values()]
        return sorted(seen, key=lambda n: (n.interface, n.address.version, n.address))
