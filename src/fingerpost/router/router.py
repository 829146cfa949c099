"""`Router`: interfaces, table and forwarding plane of one router or host, wired together, no I/O.

It adds to the forwarding plane what configuration means for the table: each address of a live
interface brings its connected prefix, and a static route goes out of the table while the
interface that it names is down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.forwarding.events import (
    AddAddress,
    InstallRoute,
    InterfaceWentDown,
    InterfaceWentUp,
    RemoveAddress,
    WithdrawRoute,
)
from fingerpost.forwarding.forwarder import Forwarder
from fingerpost.forwarding.policy import STRICT, ForwardingPolicy
from fingerpost.forwarding.route import NextHop, Route

if TYPE_CHECKING:
    from random import Random

    from fingerpost.addr import Address, PrefixLike
    from fingerpost.addr import Interface as InterfaceAddress
    from fingerpost.fib import Fib
    from fingerpost.forwarding.events import Event, Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.trace import Trace

LEARNED = ("ra", "redirect")  # origins of routes that a host learned from its link


class Router:
    """One router, or with `forwards=False` one host, without I/O.

    `receive(event, now)` is the one way in, `next_deadline()` the one question about time. `fib` is
    the live table; change it by `install`, `install_many` and `withdraw`, which know which
    interfaces are up. Instants are nanoseconds.
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
    ) -> None:
        """Build it with its interfaces' connected routes; nothing is sent before an event."""
        self.name = name
        self.plane = Forwarder(name, rng=rng, policy=policy, forwards=forwards, router_id=router_id)
        # routes that are configured but out of the table: dead, or behind a connected prefix
        self._dormant: dict[Prefix, Route] = {}
        for interface in interfaces:
            self.plane.set_interface(interface, 0)
            self._connect(interface)

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

        Raises `UsageError` for an interface that does not exist; packets raise nothing.
        """
        out = self.plane.receive(event, now)
        match event:
            case InterfaceWentUp(name):
                self._connect(self.interfaces[name])
                self._wake()
            case InterfaceWentDown(name):
                self._disconnect(self.interfaces[name])
        return self._obeyed(out, now)

    def next_deadline(self) -> int | None:
        """The instant at which `TimePassed` is due; None while nothing waits."""
        return self.plane.next_deadline()

    def _obeyed(self, out: list[Output], now: int) -> list[Output]:
        """Obey each of `out`; gives them with what followed."""
        followed = [more for output in out for more in self._obey(output, now)]
        return out + followed if followed else out

    def _obey(self, output: Output, now: int) -> list[Output]:
        """Carry out what concerns the router itself; gives what follows from it."""
        match output:
            case InstallRoute(prefix, route):
                if not self._is_configured(prefix):
                    self.install(prefix, route)
            case WithdrawRoute(prefix):
                if not self._is_configured(prefix):
                    self.withdraw(prefix)
            case AddAddress(name, address):
                return self._change_addresses(name, (*self._addresses(name), address), now)
            case RemoveAddress(name, address):
                left = tuple(own for own in self._addresses(name) if own != address)
                return self._change_addresses(name, left, now)
        return []

    def _is_configured(self, prefix: Prefix) -> bool:
        """Whether somebody put a route of this prefix by hand, which counts more than hearsay."""
        held = self._dormant.get(prefix) or self.fib.get(prefix)
        return held is not None and held.origin not in (*LEARNED, "connected")

    def _addresses(self, name: str) -> tuple[InterfaceAddress, ...]:
        return self.interfaces[name].addresses

    # -- interfaces ----------------------------------------------------------------------------

    def set_interface(self, interface: Interface, now: int) -> list[Output]:
        """Add an interface, or change what one is; its connected routes follow."""
        if (before := self.interfaces.get(interface.name)) is not None:
            self._disconnect(before)
        out = self.plane.set_interface(interface, now)
        self._connect(interface)
        self._wake()
        return self._obeyed(out, now)

    def _change_addresses(
        self, name: str, addresses: tuple[InterfaceAddress, ...], now: int
    ) -> list[Output]:
        before = self.interfaces[name]
        after = replace(before, addresses=addresses)
        out = self.plane.set_interface(after, now)
        left = {own.prefix for own in addresses}
        if gone := [own.prefix for own in before.addresses if own.prefix not in left]:
            self._disconnect_prefixes(name, gone)
        self._connect(after)
        return self._obeyed(out, now)

    def _disconnect_prefixes(self, name: str, prefixes: list[Prefix]) -> None:
        """Take connected prefixes of an interface out; others that stand in them take them over."""
        for prefix in prefixes:
            held = self.fib.get(prefix)
            if held is None or held.origin != "connected":
                continue
            if any(hop.interface == name for hop in held.next_hops):
                del self.fib[prefix]
        self._take_over(name)

    def _take_over(self, name: str) -> None:
        """Give what an interface left to who stands in the same network, and to dormant routes."""
        for other in self.interfaces.values():
            if other.name != name:
                self._connect(other)
        self._wake()

    def _connect(self, interface: Interface) -> None:
        if not interface.is_up or interface.is_loopback:
            return  # loopback addresses are ours; nobody else is on that link
        route = Route((NextHop(interface.name),), origin="connected")
        for own in interface.addresses:
            if own.version == 6 and own.address.is_link_local:
                continue  # fe80::/10 is on every link; packets name theirs
            held = self.fib.get(own.prefix)
            if held is not None and held.origin == "connected":
                continue
            if held is not None:
                self._dormant[own.prefix] = held
            self.fib[own.prefix] = route

    def _disconnect(self, interface: Interface) -> None:
        """Take out what the interface carried: connected prefixes, and routes with no other way."""
        prefixes, routes = self.fib.columns()
        dead: dict[int, bool] = {}
        gone = []
        for prefix, route in zip(prefixes, routes, strict=True):
            if id(route) not in dead:
                dead[id(route)] = self._is_dead(route, interface.name)
            if dead[id(route)]:
                gone.append(prefix)
                if route.origin != "connected":
                    self._dormant[prefix] = route
        self.fib.apply(drop=gone)
        self._take_over(interface.name)

    def _is_dead(self, route: Route, gone: str = "") -> bool:
        """Whether every next hop is direct, and none is alive (once `gone` is)."""
        hops = route.next_hops
        return bool(hops) and all(
            hop.interface == gone or (hop.interface is not None and not self.plane.is_usable(hop))
            for hop in hops
        )

    def _wake(self) -> None:
        """Put back dormant routes that have a live next hop and no connected prefix before them."""
        for prefix, route in list(self._dormant.items()):
            if not self._is_dead(route) and prefix not in self.fib:
                self.fib[prefix] = self._dormant.pop(prefix)

    # -- routes --------------------------------------------------------------------------------

    def install(self, prefix: PrefixLike, route: Route) -> None:
        """Put a route; it waits outside the table while no interface of its next hops is up."""
        self.install_many((prefix,), [route])

    def install_many(self, prefixes: Iterable[PrefixLike], routes: list[Route]) -> None:
        """Put many routes in one batch; a connected prefix stays what it is."""
        alive: list[tuple[Prefix, Route]] = []
        dead: dict[int, bool] = {}  # by identity: large tables have few different routes
        for prefix, route in zip(map(Prefix, prefixes), routes, strict=True):
            if id(route) not in dead:
                dead[id(route)] = self._is_dead(route)
            before = self.fib.get(prefix)
            is_behind = before is not None and before.origin == "connected"
            if is_behind or dead[id(route)]:
                self._dormant[prefix] = route
            else:
                self._dormant.pop(prefix, None)
                alive.append((prefix, route))
        self.fib.update(alive)

    def adopt(self, table: Fib[Route]) -> None:
        """Take a whole table in place of our own, which is faster than to install its routes.

        It must hold what `install_many` would have made of them, connected prefixes included.
        """
        self.plane.fib = table

    def withdraw(self, prefix: PrefixLike) -> None:
        """Take a route out that `install` put; a prefix that is not there is no error."""
        prefix = Prefix(prefix)
        self._dormant.pop(prefix, None)
        held = self.fib.get(prefix)
        if held is not None and held.origin != "connected":
            del self.fib[prefix]

    # -- looking -------------------------------------------------------------------------------

    def explain(self, packet: bytes, interface: str | None = None) -> Trace:
        """What would happen to an IP packet that came in on `interface` (None: if we sent it)."""
        return self.plane.explain(packet, interface)

    def snapshot(self) -> dict[str, object]:
        """The state as plain data, for JSON."""
        return {
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
