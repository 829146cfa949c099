"""`Configured`: what runs in a routing process, and how it comes to be what a configuration wants.

What does not differ goes on undisturbed. What costs the least is done: a channel gets another
policy or limit, an instance other settings; it begins anew only where it is placed elsewhere, and
all do where the tables themselves are others.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.protocol import events as protocol_events
from fingerpost.rib.connected import Connected
from fingerpost.rib.static import StaticRoutes
from fingerpost.router.config import MAIN, RouterConfig
from fingerpost.router.events import ProtocolStarted, ProtocolStopped
from fingerpost.router.exchange import BFD, Exchange
from fingerpost.router.kinds import KINDS
from fingerpost.router.running import Running, open_channel, told_of_interface
from fingerpost.router.watched_statics import CLIENT, WatchedStatics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from fingerpost.addr import Prefix
    from fingerpost.forwarding.interface import Interface
    from fingerpost.protocol.events import NeighborReachability
    from fingerpost.protocol.instance import Instance
    from fingerpost.rib.channel import Channel
    from fingerpost.rib.events import Change
    from fingerpost.rib.tables import Tables
    from fingerpost.router.config import ProtocolConfig
    from fingerpost.router.kinds import Start


class Configured:
    """The tables, static routes and protocols of the router `name`; `Routing` lets them run.

    It begins without interfaces and with an empty configuration. `rng` draws what protocols need.
    Who sets `run_aside` runs the urgent kinds of protocols himself: it gets an instance's name and
    how to start it, and gives what stands here for it.
    """

    def __init__(self, name: str, rng: Random) -> None:
        """Nothing runs before the first event."""
        self.name = name
        self.config = RouterConfig()
        self.interfaces: dict[str, Interface] = {}
        self.is_stopped = False
        self.run_aside: Callable[[str, Start], Instance] | None = None
        self._rng = rng
        self._set_up()

    def _set_up(self) -> None:
        self._exchange = Exchange(self.config, self.interfaces)
        self._statics = {name: StaticRoutes() for name in self._exchange.tables.tables}
        self._watched = WatchedStatics()
        self._exchange.clients[CLIENT] = self._static_told
        self._connected = Connected()

    @property
    def tables(self) -> Tables:
        """The tables by name."""
        return self._exchange.tables

    @property
    def forwarding(self) -> Mapping[str, Channel]:
        """The channel of each table to what is forwarded by."""
        return self._exchange.forwarding

    @property
    def protocols(self) -> dict[str, Running]:
        """The protocol instances that run, by name."""
        return self._exchange.protocols

    def _configure(self, config: RouterConfig, now: int) -> None:
        """Change what differs. Other tables, or leaks, make all routing begin anew."""
        if self.is_stopped:
            raise UsageError(f"{self.name} has been shut down; start another")
        before, self.config = self.config, config
        if _frame(before) != _frame(config):
            self._begin_anew(now)
        for name in [one for one in self.protocols if one not in config.protocols]:
            self._stop(name, now, is_polite=True)
        self._watch_statics(now)
        for table in self._statics:
            self._set_statics(table, now)
            self._set_forwarding_policy(table)
        for name, protocol in config.protocols.items():
            held = self.protocols.get(name)
            if held is not None and _begins_anew(held, protocol):
                self._stop(name, now, is_polite=True)
                held = None
            if held is None:
                self._start(name, now)
            else:
                self._reconfigure(held, now)

    def _watch_statics(self, now: int) -> None:
        lines = [line for table in self._statics for line in self.config.table(table).statics]
        for asked in self._watched.ask(lines):
            self._exchange.watch(CLIENT, asked, now)

    def _set_statics(self, table: str, now: int) -> None:
        """Let a table have the static routes that it should, as far as BFD reaches their ways."""
        lines = self._watched.usable(self.config.table(table).statics)
        self._exchange.apply(table, self._statics[table].replace(lines), now)

    def _static_told(self, event: NeighborReachability, now: int) -> None:
        self._watched.tell(event)
        for table in self._statics:
            if any(line.watched for line in self.config.table(table).statics):
                self._set_statics(table, now)

    def statics_kept_out(self, table: str, prefix: Prefix) -> list[tuple[str, str]]:
        """The sources of static routes for a prefix that BFD keeps out, each with the reason."""
        return self._watched.kept_out(self.config.table(table).statics, prefix)

    def _begin_anew(self, now: int) -> None:
        for name in tuple(self.protocols):
            self._stop(name, now, is_polite=True)
        for table in self.forwarding:
            undone = tuple(map(_undone, self._exchange.fed(table).changes))
            self._exchange.tell_forwarding(table, undone)
        before = self._exchange.take_out()
        self._set_up()
        for output in before:
            self._exchange.tell(output)
        for interface in self.interfaces.values():
            self._exchange.apply(MAIN, self._connected.set_interface(interface), now)

    def _set_forwarding_policy(self, table: str) -> None:
        channel, policy = self.forwarding[table], self.config.table(table).export_policy
        if policy != channel.export_policy:
            self._exchange.tell_forwarding(table, channel.set_export_policy(policy).changes)

    def _start(self, name: str, now: int) -> None:
        config = self.config.protocols[name]
        kind = KINDS[config.kind]
        start = partial(kind.start, config.settings)
        if kind.is_urgent and self.run_aside is not None:
            machine = self.run_aside(name, start)
        else:
            machine = start(self._rng)
        channel = open_channel(name, self.tables[config.table], config.channel)
        one = self.protocols[name] = Running(name, config, machine, channel, kind.has_routes)
        self._exchange.tell(ProtocolStarted(name, machine.listens))
        for interface in self.interfaces.values():
            for event in told_of_interface(None, interface):
                self._exchange.give(one, event, now)
        self._feed(one, now)
        if config.kind == BFD:
            self._exchange.begin_watching(now)

    def _feed(self, one: Running, now: int) -> None:
        if one.has_routes:
            self._exchange.give(one, one.channel.feed(), now)

    def _reconfigure(self, one: Running, now: int) -> None:
        before, one.config = one.config, self.config.protocols[one.name]
        after = one.config
        if before.settings != after.settings:
            self._exchange.give(one, protocol_events.ConfigurationChanged(after.settings), now)
            # what was not told before may be told now
            self._feed(one, now)
        self._set_channel(one, now)

    def _set_channel(self, one: Running, now: int) -> None:
        channel, wanted = one.channel, one.config.channel
        if (channel.import_policy, channel.limit) != (wanted.import_policy, wanted.limit):
            channel.limit = wanted.limit  # what is let in now is within it
            changes = channel.set_import_policy(wanted.import_policy, now)
            self._exchange.carry_on(one.config.table, changes, now)
            self._exchange.carry_on(one.config.table, channel.keep_limit(now), now)
        if channel.export_policy != wanted.export_policy:
            self._exchange.give(one, channel.set_export_policy(wanted.export_policy), now)

    def _stop(self, name: str, now: int, *, is_polite: bool) -> None:
        """End an instance; its routes leave the table only where it ends politely."""
        one = self.protocols[name]
        self._exchange.give(one, protocol_events.ShutdownRequested(is_polite), now)
        del self.protocols[name]
        self._exchange.end_watching(name, now)
        self._exchange.followed.leave_all(name)
        if is_polite:
            self._exchange.carry_on(one.config.table, one.channel.close(now), now)
        self._exchange.tell(ProtocolStopped(name))

    def _shut_down(self, now: int, *, is_polite: bool) -> None:
        for name in tuple(self.protocols):
            self._stop(name, now, is_polite=is_polite)
        for table, statics in self._statics.items() if is_polite else ():
            self._exchange.apply(table, statics.replace(()), now)
        self.is_stopped = True


def _undone(change: Change) -> Change:
    """The change that takes back what another one brought."""
    return replace(change, before=change.after, after=None)


def _frame(config: RouterConfig) -> object:
    """What cannot change under tables that stand."""
    tables = config.all_tables().items()
    return [(name, one.width, one.via_default) for name, one in tables], config.leaks


def _place(config: ProtocolConfig) -> tuple[str, str, int]:
    """What an instance cannot change while it runs."""
    return config.kind, config.table, config.channel.tag


def _begins_anew(held: Running, wanted: ProtocolConfig) -> bool:
    """Whether an instance has to say all again: elsewhere, or past a limit that ended it."""
    is_over = not held.channel.is_enabled and held.channel.limit != wanted.channel.limit
    return is_over or _place(held.config) != _place(wanted)
