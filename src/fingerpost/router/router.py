"""`Router`: interfaces, tables, protocols and forwarding plane of one router or host, no I/O.

A forwarding plane, and what fills its table: the tables and protocols of a `Routing`, or, where
none is given, routes that are put by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.errors import UsageError
from fingerpost.forwarding import events as forwarding
from fingerpost.forwarding.events import (
    AddAddress,
    InstallRoute,
    InterfaceWentDown,
    InterfaceWentUp,
    RemoveAddress,
    TimePassed,
    WithdrawRoute,
)
from fingerpost.forwarding.forwarder import Forwarder
from fingerpost.forwarding.policy import STRICT, ForwardingPolicy
from fingerpost.router import events as routing_events
from fingerpost.router.direct import DirectTable
from fingerpost.router.events import ConfigurationChanged, ShutdownRequested, ToProtocol
from fingerpost.router.routed import RoutedTable

if TYPE_CHECKING:
    from random import Random

    from fingerpost.addr import Address, AddressLike, PrefixLike
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.fib import Fib
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.route import Route
    from fingerpost.forwarding.trace import Trace
    from fingerpost.protocol.events import Event as ProtocolEvent
    from fingerpost.router.routing import Routing
    from fingerpost.router.why import RouteWhy
    from fingerpost.router.why_not import RouteWhyNot

_FOR_ROUTING = (ToProtocol, ConfigurationChanged, ShutdownRequested)
_OF_LINKS = (InterfaceWentUp, InterfaceWentDown)
Event: TypeAlias = "forwarding.Event | ToProtocol | ConfigurationChanged | ShutdownRequested"
Output: TypeAlias = "forwarding.Output | routing_events.Output"
_TIME_PASSED = TimePassed()


class Router:
    """One router, or with `forwards=False` one host, without I/O.

    `receive(event, now)` is the one way in, `next_deadline()` the one question about time. `fib` is
    the live table. With a `routing` it is that which fills it; without, `install`, `install_many`
    and `withdraw` do, which know which interfaces are up. Instants are nanoseconds.
    """

    def __init__(
        self,
        name: str,
        interfaces: Iterable[Interface] = (),
        *,
        rng: Random,
        policy: ForwardingPolicy = STRICT,
        forwards: bool = True,
        router_id: Address | None = None,
        routing: Routing | None = None,
    ) -> None:
        """Build it with its interfaces' connected routes; nothing is sent before an event."""
        self.name = name
        self.plane = Forwarder(name, rng=rng, policy=policy, forwards=forwards, router_id=router_id)
        self.routing = routing
        self._table: DirectTable | RoutedTable = (
            DirectTable(self.plane) if routing is None else RoutedTable(self.plane, routing)
        )
        for interface in interfaces:
            self.plane.set_interface(interface, 0)
            self._table.interface_changed(None, interface, 0)

    @property
    def fib(self) -> Fib[Route]:
        """The forwarding table."""
        return self.plane.fib

    @property
    def interfaces(self) -> Mapping[str, Interface]:
        """The interfaces by name."""
        return self.plane.interfaces

    # -- events --------------------------------------------------------------------------------

    def receive(self, event: Event, now: int) -> list[Output]:
        """Take one event; gives what is to be done, in order.

        Raises `UsageError` for an interface or protocol that does not exist; packets raise nothing.
        """
        if isinstance(event, _FOR_ROUTING):
            return list(self._routed().receive(event, now))
        if type(event) is TimePassed:
            return self._pass_time(now)
        out: list[Output] = list(self.plane.receive(event, now))
        if isinstance(event, _OF_LINKS):
            out += self._table.link_changed(self.interfaces[event.interface], now)
        return self._obeyed(out, now)

    def give(self, protocol: str, event: ProtocolEvent, now: int) -> list[Output]:
        """Give an event to an instance: what `receive` does with `ToProtocol`."""
        table = self._routed()
        given = table.routing.give(protocol, event, now)
        return [*table.obey(given)] if given else []

    def _pass_time(self, now: int) -> list[Output]:
        """Let those do what is due for whom something is: most often one protocol alone."""
        out: list[Output] = []
        self.plane.now = now
        due = self.plane.next_deadline()
        if due is not None and due <= now:
            out = self._obeyed(list(self.plane.receive(_TIME_PASSED, now)), now)
        if isinstance(self._table, RoutedTable):
            out += self._table.receive(_TIME_PASSED, now)
        return out

    def _routed(self) -> RoutedTable:
        if isinstance(self._table, RoutedTable):
            return self._table
        raise UsageError(f"{self.name} runs no protocols: give it a routing when it is made")

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is due; None while nothing waits."""
        due = self.plane.next_deadline()
        if self.routing is None:
            return due
        other = self.routing.next_deadline()
        return other if due is None or (other is not None and other < due) else due

    def _obeyed(self, out: list[Output], now: int) -> list[Output]:
        """Obey each of `out`; gives them with what followed."""
        followed = [more for output in out for more in self._obey(output, now)]
        return out + followed if followed else out

    def _obey(self, output: Output, now: int) -> list[Output]:
        """Carry out what concerns the router itself; gives what follows from it."""
        match output:
            case InstallRoute(prefix, route):
                return list(self._table.learned(prefix, route, now))
            case WithdrawRoute(prefix):
                return list(self._table.learned(prefix, None, now))
            case AddAddress(name, address):
                return self._change_addresses(name, (*self._addresses(name), address), now)
            case RemoveAddress(name, address):
                left = tuple(own for own in self._addresses(name) if own != address)
                return self._change_addresses(name, left, now)
        return []

    def _addresses(self, name: str) -> tuple[InterfaceAddress, ...]:
        return self.interfaces[name].addresses

    # -- interfaces ----------------------------------------------------------------------------

    def set_interface(self, interface: Interface, now: int) -> list[Output]:
        """Add an interface, or change what one is; its connected routes follow."""
        before = self.interfaces.get(interface.name)
        out: list[Output] = list(self.plane.set_interface(interface, now))
        out += self._table.interface_changed(before, interface, now)
        return self._obeyed(out, now)

    def _change_addresses(
        self, name: str, addresses: tuple[InterfaceAddress, ...], now: int
    ) -> list[Output]:
        before = self.interfaces[name]
        after = replace(before, addresses=addresses)
        out: list[Output] = list(self.plane.set_interface(after, now))
        out += self._table.readdressed(before, after, now)
        return self._obeyed(out, now)

    # -- routes --------------------------------------------------------------------------------

    def install(self, prefix: PrefixLike, route: Route) -> None:
        """Put a route; it waits outside the table while no interface of its next hops is up."""
        self.install_many((prefix,), [route])

    def install_many(self, prefixes: Iterable[PrefixLike], routes: list[Route]) -> None:
        """Put many routes in one batch; a connected prefix stays what it is."""
        self._table.install_many(prefixes, routes)

    def withdraw(self, prefix: PrefixLike) -> None:
        """Take a route out that `install` put; a prefix that is not there is no error."""
        self._table.withdraw(prefix)

    def adopt(self, table: Fib[Route]) -> None:
        """Take a whole table in place of our own, which is faster than to install its routes.

        It must hold what `install_many` would have made of them, connected prefixes included.
        Raises `UsageError` where a routing process keeps the table.
        """
        if not isinstance(self._table, DirectTable):
            raise UsageError(f"the table of {self.name} is kept by its routing process")
        self._table.adopt(table)

    # -- looking -------------------------------------------------------------------------------

    def explain(self, packet: bytes, interface: str | None = None) -> Trace:
        """What would happen to an IP packet that came in on `interface` (None: if we sent it)."""
        return self.plane.explain(packet, interface)

    def explain_route(self, asked: PrefixLike | AddressLike) -> RouteWhy:
        """Why a prefix, or the one that an address falls to, is routed as it is.

        Raises `UsageError` where no routing process fills the table.
        """
        return self._routed().routing.explain(asked)

    def explain_missing(
        self, prefix: PrefixLike, source: str | None = None, *, to: str | None = None
    ) -> RouteWhyNot:
        """Why a prefix, or the route of one source for it, is not used, or not told `to`."""
        return self._routed().routing.explain_not(prefix, source, to=to)

    def snapshot(self) -> dict[str, object]:
        """The state as plain data, for JSON."""
        model: dict[str, object] = {
            "name": self.name,
            "forwards": self.plane.forwards,
            "interfaces": {
                name: {
                    "is_up": interface.is_up,
                    "mac": str(interface.mac),
                    "mtu": interface.mtu,
                    "addresses": [str(own) for own in interface.addresses],
                    "counters": self.plane.counters[name].as_dict(),
                }
                for name, interface in self.interfaces.items()
            },
            "control_plane": self.plane.control_plane.snapshot(),
            "neighbors": [seen.as_dict() for seen in self.plane.neighbors.snapshot()],
            "routes": {str(prefix): str(route) for prefix, route in self.fib.items()},
        }
        return model if self.routing is None else {**model, "routing": self.routing.snapshot()}
