"""`Exchange`: tables and protocols of a router, and the ways of a change between them.

A change of a table is told to the forwarding table, to other tables by leaks, and to every protocol
through its channel; what a protocol announces in turn changes a table again, until nobody has
anything to add. That ends: no route comes back to its source, and a leak never goes in a circle.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeVar

from fingerpost.forwarding.events import Happened
from fingerpost.protocol.events import (
    FollowGateway,
    LeaveGateway,
    SendPacket,
    TellClient,
    UnwatchNeighbor,
    WatchNeighbor,
)
from fingerpost.rib.changes import ChangeSet
from fingerpost.rib.channel import Channel
from fingerpost.rib.events import (
    AnnounceAlike,
    AnnounceRoutes,
    Change,
    RoutesChanged,
    WithdrawRoutes,
)
from fingerpost.rib.path import Path
from fingerpost.rib.route import RibRoute
from fingerpost.rib.table import Rib
from fingerpost.rib.tables import Tables
from fingerpost.router.config import RouterConfig
from fingerpost.router.events import FibChanged, FromProtocol, Output
from fingerpost.router.followed import Followed
from fingerpost.router.reachability import Watches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fingerpost.forwarding.interface import Interface
    from fingerpost.protocol.events import Event as ProtocolEvent
    from fingerpost.protocol.events import NeighborReachability
    from fingerpost.protocol.events import Output as ProtocolOutput
    from fingerpost.rib.events import RibEvent
    from fingerpost.rib.intake import Said
    from fingerpost.router.followed import News
    from fingerpost.router.running import Running

R = TypeVar("R", RibRoute, Path)

BFD = "bfd"
_SAID = (AnnounceRoutes, AnnounceAlike, WithdrawRoutes)
FORWARDING = "forwarding"
CONNECTED = "connected"
MOST_ROUNDS = 100  # of gateways that move because of what protocols make of their moving


class Exchange:
    """The tables that a configuration wants. `interfaces` are those of the router, live."""

    def __init__(self, config: RouterConfig, interfaces: dict[str, Interface]) -> None:
        """Start with empty tables and no protocol."""
        tables = config.all_tables()
        self.tables = Tables(
            {
                name: Rib(name, width=one.width, via_default=one.via_default)
                for name, one in tables.items()
            },
            config.leaks,
        )
        self.forwarding = {
            name: Channel(FORWARDING, self.tables[name], export_policy=one.export_policy)
            for name, one in tables.items()
        }
        self.protocols: dict[str, Running] = {}
        self.clients: dict[str, Callable[[NeighborReachability, int], None]] = {}
        self.followed = Followed(self.tables)
        self._watches = Watches()
        self._interfaces = interfaces
        self._out: list[Output] = []

    def tell(self, output: Output) -> None:
        """Let the host hear this, after what it hears already."""
        self._out.append(output)

    def take_out(self) -> list[Output]:
        """What the host is to hear, in order; nothing waits any more."""
        if not self._out:
            return []
        out, self._out = self._out, []
        return out

    # -- changes -------------------------------------------------------------------------------

    def give(self, one: Running, event: ProtocolEvent, now: int) -> None:
        """Let an instance take an event, and carry on what follows."""
        self.follow(one, one.machine.receive(event, now), now)

    def follow(self, one: Running, outputs: Sequence[ProtocolOutput], now: int) -> None:
        """Do what an instance asks, and carry on what follows."""
        if outputs:
            self._spread(self._take(one, outputs, now), now)

    def _take(
        self, one: Running, outputs: Sequence[ProtocolOutput], now: int
    ) -> list[tuple[str, Sequence[Change]]]:
        """Do what an instance asks; gives what that changed, which nobody but we knows yet.

        The forwarding table is told at once: what the instance says to neighbours comes after.
        """
        changed: list[tuple[str, Sequence[Change]]] = []
        said: list[Said] = []
        for output in outputs:
            if isinstance(output, _SAID):
                said.append(output)
                continue
            if said:
                changed += self._take_in(one, said, now)
                said = []
            if type(output) is SendPacket:  # by far the most frequent
                self._out.append(FromProtocol(one.name, output))
                continue
            match output:
                case Happened(kind, interface, detail, address):
                    what = f"{one.name} {kind}"
                    self._out.append(Happened(what, interface, detail, address))
                case WatchNeighbor() | UnwatchNeighbor():
                    self.watch(one.name, output, now)
                case FollowGateway() | LeaveGateway():
                    self.followed.ask(one.name, one.config.table, output)
                case TellClient(client, event):
                    self._tell_client(client, event, now)
                case _:
                    self._out.append(FromProtocol(one.name, output))
        if said:
            changed += self._take_in(one, said, now)
        return changed

    def _take_in(
        self, one: Running, said: list[Said], now: int
    ) -> list[tuple[str, Sequence[Change]]]:
        """Let an instance tell its table something, all at once."""
        told: list[tuple[str, Sequence[Change]]] = []
        for changes in one.channel.receive_all(said, now):
            told += self.tables.spread(one.config.table, changes, now)
        self._forward(told)
        return told

    # -- neighbours that BFD watches -----------------------------------------------------------

    def watch(self, client: str, asked: WatchNeighbor | UnwatchNeighbor, now: int) -> None:
        """Ask BFD, or ask it no more, in the name of an instance or of one of `clients`."""
        if isinstance(asked, WatchNeighbor):
            self._tell_bfd((self._watches.add(client, asked),), now)
        else:
            self._tell_bfd((self._watches.remove(client, asked),), now)

    def begin_watching(self, now: int) -> None:
        """Tell BFD, which has just started, what everybody asks."""
        self._tell_bfd(self._watches.all(), now)

    def end_watching(self, client: str, now: int) -> None:
        """A client has ended."""
        self._tell_bfd(self._watches.remove_all(client), now)

    def _tell_bfd(self, events: Iterable[ProtocolEvent], now: int) -> None:
        for one in tuple(self.protocols.values()):
            if one.config.kind == BFD:
                for event in events:
                    self.give(one, event, now)

    def _tell_client(self, client: str, event: NeighborReachability, now: int) -> None:
        running, other = self.protocols.get(client), self.clients.get(client)
        if running is not None:
            self.give(running, event, now)
        elif other is not None:
            other(event, now)

    # -- tables --------------------------------------------------------------------------------

    def apply(self, table: str, events: Iterable[RibEvent], now: int) -> None:
        """Tell a table something, and carry on what follows."""
        self.carry_on(table, self.tables[table].apply_all(events, now), now)

    def carry_on(self, table: str, changes: Sequence[Change], now: int) -> None:
        """Tell everybody of what has changed in a table."""
        told = self.tables.spread(table, changes, now)
        self._forward(told)
        self._spread(told, now)

    def _forward(self, changed: Iterable[tuple[str, Sequence[Change]]]) -> None:
        for table, changes in changed:
            self.tell_forwarding(table, self.forwarding[table].export(changes).changes)

    def tell_forwarding(self, table: str, changes: Sequence[Change]) -> None:
        """Tell what a table wants to be forwarded by; it has passed the export policy."""
        told = self._forwarded(changes)
        if told:
            self._out.append(FibChanged(table, told))

    def _forwarded(self, changes: Sequence[Change]) -> Sequence[Change]:
        """The changes without the networks of loopbacks, whose addresses are all our own."""
        if isinstance(changes, ChangeSet):
            return changes.told(self._without_loopbacks)
        told = []
        for change in changes:
            before, after = self._without_loopbacks(change.before, change.after)
            if before is not None or after is not None:
                told.append(Change(change.prefix, before, after))
        return tuple(told)

    def _without_loopbacks(self, before: R | None, after: R | None) -> tuple[R | None, R | None]:
        return self._unless_loopback(before), self._unless_loopback(after)

    def _unless_loopback(self, route: R | None) -> R | None:
        kind, _, name = ("", "", "") if route is None else route.source.partition(":")
        held = self._interfaces.get(name) if kind == CONNECTED else None
        return None if held is not None and held.is_loopback else route

    def _spread(self, changed: Iterable[tuple[str, Sequence[Change]]], now: int) -> None:
        """Tell the protocols what changed, until none of them has anything to add."""
        self._spread_changes(changed, now)
        for _ in range(MOST_ROUNDS) if self.followed else ():
            news = self.followed.news()
            if not news:
                return
            for one in news:
                self._tell_follower(one, now)
        if self.followed:
            self._out.append(Happened("gateways do not settle", None, f"{MOST_ROUNDS} rounds"))

    def _tell_follower(self, news: News, now: int) -> None:
        one, told = self.protocols.get(news[0]), self.followed.told(news)
        if one is not None and told is not None:
            self._spread_changes(self._take(one, one.machine.receive(told, now), now), now)

    def _spread_changes(self, changed: Iterable[tuple[str, Sequence[Change]]], now: int) -> None:
        work = deque(changed)
        while work:
            table, changes = work.popleft()
            for one in tuple(self.protocols.values()):
                if one.config.table != table or not one.has_routes:
                    continue
                told = one.channel.export(changes)
                if told.changes:
                    work += self._take(one, one.machine.receive(told, now), now)

    def fed(self, table: str) -> RoutesChanged:
        """Everything that a forwarding table should hold, as for one that begins."""
        return RoutesChanged(self._forwarded(self.forwarding[table].feed().changes))
