"""`Routing`: the tables and protocols of one router, and the channels between them, no I/O.

What comes in by `receive` is carried to its end before it returns: an interface changes connected
routes; those change a table; what changed is told to the forwarding table, to other tables by
leaks, and to every protocol through its channel, which may announce something in turn.

A router with a forwarding plane of its own stands in `Router`; where a kernel forwards, the host
runs a `Routing` alone and gives `FibChanged` to the kernel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.errors import UsageError
from fingerpost.forwarding.events import TimePassed
from fingerpost.protocol import events as protocol_events
from fingerpost.protocol.instance import Departing, Restartable
from fingerpost.rib.events import AnnounceRoutes, RoutesChanged, WithdrawRoutes
from fingerpost.router.config import MAIN
from fingerpost.router.configured import Configured
from fingerpost.router.events import (
    ConfigurationChanged,
    EndAnnounced,
    Event,
    InterfaceChanged,
    InterfaceRemoved,
    Output,
    RestartRequested,
    ShutdownRequested,
    ToProtocol,
)
from fingerpost.router.running import told_of_interface
from fingerpost.router.why import RouteWhy, why
from fingerpost.router.why_not import RouteWhyNot, why_not

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fingerpost.addr import AddressLike, PrefixLike
    from fingerpost.forwarding.interface import Interface
    from fingerpost.router.running import Running


class Routing(Configured):
    """The routing process of the router `name`. `rng` draws what protocols need.

    It begins without interfaces and with an empty configuration.
    """

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
            case RestartRequested():
                self._tell_all(protocol_events.RestartRequested(), now)
            case EndAnnounced():
                self._tell_all(protocol_events.EndAnnounced(), now)
            case ShutdownRequested(is_polite):
                self._shut_down(now, is_polite=is_polite)
        return self._exchange.take_out()

    def give(self, protocol: str, event: protocol_events.Event, now: int) -> list[Output]:
        """Give an event to an instance: what `receive` does with `ToProtocol`."""
        exchange = self._exchange
        one = exchange.protocols.get(protocol) or self._running(protocol)
        outputs = one.machine.receive(event, now)
        if not outputs:
            return []  # as for most packets
        exchange.follow(one, outputs, now)
        return exchange.take_out()

    def announce(self, event: AnnounceRoutes | WithdrawRoutes, now: int) -> list[Output]:
        """Take routes of a source that is no protocol here, into the main table."""
        self._exchange.apply(MAIN, (event,), now)
        return self._exchange.take_out()

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is due; None while nothing waits."""
        first: int | None = None
        for one in self._exchange.protocols.values():  # asked after every packet
            due = one.machine.next_deadline()
            if due is not None and (first is None or due < first):
                first = due
        return first

    @property
    def gives_way_ns(self) -> int:
        """How long before the end `EndAnnounced` is wanted, for traffic to go round us."""
        machines = (one.machine for one in self.protocols.values())
        return max((one.gives_way_ns for one in machines if isinstance(one, Departing)), default=0)

    # -- restarting ----------------------------------------------------------------------------

    @property
    def restartable(self) -> dict[str, Restartable]:
        """The instances, by name, that would ask their neighbours to wait for the next run."""
        found = ((one.name, one.machine) for one in self.protocols.values())
        return {
            name: machine
            for name, machine in found
            if isinstance(machine, Restartable) and machine.may_restart
        }

    def keep(self) -> dict[str, Mapping[str, object]]:
        """After `RestartRequested`: what the instances of the next run have to know, by name."""
        kept = {name: machine.keep() for name, machine in self.restartable.items()}
        return {name: one for name, one in kept.items() if one is not None}

    def _running(self, name: str) -> Running:
        held = self._exchange.protocols.get(name)
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
