"""`Routing`: the tables and protocols of one router, and the channels between them, no I/O.

What comes in by `receive` is carried to its end before it returns: an interface changes connected
routes; those change a table; what changed is told to the forwarding table, to other tables by
leaks, and to every protocol through its channel, which may announce something in turn.

A router with a forwarding plane of its own stands in `Router`; where a kernel forwards, the host
runs a `Routing` alone and gives `FibChanged` to the kernel.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.forwarding.events import TimePassed
from fingerpost.forwarding.neighbor.timers import earliest
from fingerpost.protocol import events as protocol_events
from fingerpost.rib.channel import Channel
from fingerpost.rib.connected import Connected
from fingerpost.rib.events import AnnounceRoutes, Change, RoutesChanged, WithdrawRoutes
from fingerpost.rib.static import StaticRoutes
from fingerpost.rib.tables import Tables
from fingerpost.router.config import MAIN, ProtocolConfig, RouterConfig
from fingerpost.router.events import (
    ConfigurationChanged,
    Event,
    InterfaceChanged,
    InterfaceRemoved,
    Output,
    ProtocolStarted,
    ProtocolStopped,
    ShutdownRequested,
    ToProtocol,
)
from fingerpost.router.exchange import Exchange
from fingerpost.router.kinds import KINDS
from fingerpost.router.running import Running, open_channel, told_of_interface
from fingerpost.router.why import RouteWhy, why
from fingerpost.router.why_not import RouteWhyNot, why_not

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from fingerpost.addr import AddressLike, PrefixLike
    from fingerpost.forwarding.interface import Interface


class Routing:
    """The routing process of the router `name`. `rng` draws what protocols need.

    It begins without interfaces and with an empty configuration.
    """

    def __init__(self, name: str, rng: Random) -> None:
        """Nothing runs before the first event."""
        self.name = name
        self.config = RouterConfig()
        self.interfaces: dict[str, Interface] = {}
        self.is_stopped = False
        self._rng = rng
        self._set_up()

    def _set_up(self) -> None:
        self._exchange = Exchange(self.config, self.interfaces)
        self._statics = {name: StaticRoutes() for name in self._exchange.tables.tables}
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

    # -- the one way in ------------------------------------------------------------------------

    def receive(self, event: Event, now: int) -> list[Output]:
        """Take one event; gives what is to be done, in order.

        Raises `UsageError` for a protocol or a configuration that does not exist as said; what
        comes by the network raises nothing.
        """
        match event:
            case ToProtocol(name, inner):
                self._exchange.give(self._running(name), inner, now)
            case TimePassed():
                self._pass_time(now)
            case InterfaceChanged(interface):
                self._set_interface(interface, now)
            case InterfaceRemoved(name):
                self._remove_interface(name, now)
            case ConfigurationChanged(config):
                self._configure(config, now)
            case ShutdownRequested(is_polite):
                self._shut_down(now, is_polite=is_polite)
        return self._exchange.take_out()

    def announce(self, event: AnnounceRoutes | WithdrawRoutes, now: int) -> list[Output]:
        """Take routes of a source that is no protocol here, into the main table."""
        self._exchange.apply(MAIN, (event,), now)
        return self._exchange.take_out()

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is due; None while nothing waits."""
        return earliest(*(one.machine for one in self.protocols.values()))

    def _running(self, name: str) -> Running:
        held = self.protocols.get(name)
        if held is None:
            known = ", ".join(self.protocols) or "none"
            raise UsageError(f"{self.name} runs no protocol {name!r}; it runs {known}")
        return held

    def _pass_time(self, now: int) -> None:
        for one in tuple(self.protocols.values()):
            due = one.machine.next_deadline()
            if due is not None and due <= now:
                self._exchange.give(one, TimePassed(), now)

    # -- interfaces ----------------------------------------------------------------------------

    def _set_interface(self, interface: Interface, now: int) -> None:
        before = self.interfaces.get(interface.name)
        self.interfaces[interface.name] = interface
        self._exchange.apply(MAIN, self._connected.set_interface(interface), now)
        for event in told_of_interface(before, interface):
            self._tell_all(event, now)

    def _remove_interface(self, name: str, now: int) -> None:
        before = self.interfaces.get(name)
        if before is None:
            return
        self._exchange.apply(MAIN, self._connected.remove_interface(name), now)
        del self.interfaces[name]
        if before.is_up:
            self._tell_all(protocol_events.InterfaceWentDown(name), now)

    def _tell_all(self, event: protocol_events.Event, now: int) -> None:
        for one in tuple(self.protocols.values()):
            self._exchange.give(one, event, now)

    # -- configuration -------------------------------------------------------------------------

    def _configure(self, config: RouterConfig, now: int) -> None:
        """Change what differs. Other tables, or leaks, make all routing begin anew."""
        if self.is_stopped:
            raise UsageError(f"{self.name} has been shut down; start another")
        before, self.config = self.config, config
        if _frame(before) != _frame(config):
            self._begin_anew(now)
        for name in [one for one in self.protocols if one not in config.protocols]:
            self._stop(name, now, is_polite=True)
        for table, statics in self._statics.items():
            self._exchange.apply(table, statics.replace(config.table(table).statics), now)
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
        machine = KINDS[config.kind].start(config.settings, self._rng)
        channel = open_channel(name, self.tables[config.table], config.channel)
        one = self.protocols[name] = Running(name, config, machine, channel)
        self._exchange.tell(ProtocolStarted(name, machine.listens))
        for interface in self.interfaces.values():
            for event in told_of_interface(None, interface):
                self._exchange.give(one, event, now)
        self._exchange.give(one, channel.feed(), now)

    def _reconfigure(self, one: Running, now: int) -> None:
        before, one.config = one.config, self.config.protocols[one.name]
        after = one.config
        if before.settings != after.settings:
            self._exchange.give(one, protocol_events.ConfigurationChanged(after.settings), now)
            # what was not told before may be told now
            self._exchange.give(one, one.channel.feed(), now)
        self._set_channel(one, now)

    def _set_channel(self, one: Running, now: int) -> None:
        channel, wanted = one.channel, one.config.channel
        is_limited_otherwise = channel.limit != wanted.limit
        if channel.import_policy != wanted.import_policy:
            channel.limit = wanted.limit  # what the policy lets in now is within it
            changes = channel.set_import_policy(wanted.import_policy, now)
            self._exchange.carry_on(one.config.table, changes, now)
        if is_limited_otherwise:
            self._exchange.carry_on(one.config.table, channel.set_limit(wanted.limit, now), now)
        if channel.export_policy != wanted.export_policy:
            self._exchange.give(one, channel.set_export_policy(wanted.export_policy), now)

    def _stop(self, name: str, now: int, *, is_polite: bool) -> None:
        """End an instance; its routes leave the table only where it ends politely."""
        one = self.protocols[name]
        self._exchange.give(one, protocol_events.ShutdownRequested(is_polite), now)
        del self.protocols[name]
        if is_polite:
            self._exchange.carry_on(one.config.table, one.channel.close(now), now)
        self._exchange.tell(ProtocolStopped(name))

    def _shut_down(self, now: int, *, is_polite: bool) -> None:
        for name in tuple(self.protocols):
            self._stop(name, now, is_polite=is_polite)
        for table, statics in self._statics.items() if is_polite else ():
            self._exchange.apply(table, statics.replace(()), now)
        self.is_stopped = True

    # -- asking --------------------------------------------------------------------------------

    def explain(self, asked: PrefixLike | AddressLike, table: str = MAIN) -> RouteWhy:
        """Why a prefix, or the one that an address falls to, is forwarded as it is."""
        return why(self, asked, table)

    def explain_not(
        self,
        prefix: PrefixLike,
        source: str | None = None,
        table: str = MAIN,
        *,
        to: str | None = None,
    ) -> RouteWhyNot:
        """Why a prefix, or the route of one source for it, is not used; with `to`, why that
        protocol does not tell its neighbours of it.

        A `source` is one ("connected:eth0") or all of a kind ("connected"). Raises `UsageError` for
        a table or a protocol `to` that is not there.
        """
        return why_not(self, prefix, source, table, to)

    def fed(self, table: str = MAIN) -> RoutesChanged:
        """Everything that a forwarding table should hold, as for one that begins."""
        return self._exchange.fed(table)

    def snapshot(self) -> Mapping[str, object]:
        """The state as plain data, for JSON."""
        return {
            "name": self.name,
            "router_id": None if self.config.router_id is None else str(self.config.router_id),
            "tables": {name: rib.snapshot() for name, rib in self.tables.tables.items()},
            "protocols": {
                name: {
                    "kind": one.config.kind,
                    "table": one.config.table,
                    "channel": one.channel.snapshot(),
                    "state": one.machine.snapshot(),
                }
                for name, one in self.protocols.items()
            },
        }


def _undone(change: Change) -> Change:
    """The change that takes back what another one brought."""
    return replace(change, before=change.after, after=None)


def _frame(config: RouterConfig) -> object:
    """What cannot change under tables that stand."""
    names = dict.fromkeys((MAIN, *config.tables))
    tables = {name: config.table(name) for name in names}
    return [(name, one.width, one.via_default) for name, one in tables.items()], config.leaks


def _place(config: ProtocolConfig) -> tuple[str, str, int]:
    """What an instance cannot change while it runs."""
    return config.kind, config.table, config.channel.tag


def _begins_anew(held: Running, wanted: ProtocolConfig) -> bool:
    """Whether an instance has to say all again: elsewhere, or past a limit that ended it."""
    is_over = not held.channel.is_enabled and held.channel.limit != wanted.channel.limit
    return is_over or _place(held.config) != _place(wanted)
