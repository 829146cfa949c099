"""`DirectTable`: a forwarding table that is filled by hand, without a routing table behind it.

It adds what interfaces mean: each address of a live one brings its connected prefix, and a route
waits outside the table while the interfaces that it names are down. This is what hosts and networks
with computed routes have; a thousand of them cost no more than their tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.forwarding.route import NextHop, Route

if TYPE_CHECKING:
    from fingerpost.addr import PrefixLike
    from fingerpost.fib import Fib
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface
    from fingerpost.router.events import Output

CONNECTED = "connected"
LEARNED = ("ra", "redirect")  # origins of routes that a host learned from its link


class DirectTable:
    """The table of a forwarding plane, kept by hand."""

    def __init__(self, plane: Forwarder) -> None:
        """Start with what the plane's table holds."""
        self._plane = plane
        # routes that were put but are out of the table: dead, or behind a connected prefix
        self._dormant: dict[Prefix, Route] = {}

    @property
    def fib(self) -> Fib[Route]:
        """The table."""
        return self._plane.fib

    # -- interfaces ----------------------------------------------------------------------------

    def interface_changed(self, before: Interface | None, after: Interface, _: int) -> list[Output]:
        """An interface is new, or is not as it was."""
        if before is not None:
            self._disconnect(before)
        self._connect(after)
        self._wake()
        return []

    def readdressed(self, before: Interface, after: Interface, _: int) -> list[Output]:
        """An interface has other addresses, and is what it was otherwise."""
        left = {own.prefix for own in after.addresses}
        if gone := [own.prefix for own in before.addresses if own.prefix not in left]:
            self._disconnect_prefixes(after.name, gone)
        self._connect(after)
        return []

    def link_changed(self, interface: Interface, _: int) -> list[Output]:
        """The link of an interface went up or down."""
        if not interface.is_up:
            self._disconnect(interface)
            return []
        self._connect(interface)
        self._wake()
        return []

    def _disconnect_prefixes(self, name: str, prefixes: Iterable[Prefix]) -> None:
        """Take connected prefixes of an interface out; others that stand in them take them over."""
        for prefix in prefixes:
            held = self.fib.get(prefix)
            if held is None or held.origin != CONNECTED:
                continue
            if any(hop.interface == name for hop in held.next_hops):
                del self.fib[prefix]
        self._take_over(name)

    def _take_over(self, name: str) -> None:
        """Give what an interface left to who stands in the same network, and to dormant routes."""
        for other in self._plane.interfaces.values():
            if other.name != name:
                self._connect(other)
        self._wake()

    def _connect(self, interface: Interface) -> None:
        if not interface.is_up or interface.is_loopback:
            return  # loopback addresses are ours; nobody else is on that link
        route = Route((NextHop(interface.name),), origin=CONNECTED)
        for own in interface.addresses:
            if own.version == 6 and own.address.is_link_local:
                continue  # fe80::/10 is on every link; packets name theirs
            held = self.fib.get(own.prefix)
            if held is not None and held.origin == CONNECTED:
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
                if route.origin != CONNECTED:
                    self._dormant[prefix] = route
        self.fib.apply(drop=gone)
        self._take_over(interface.name)

    def _is_dead(self, route: Route, gone: str = "") -> bool:
        """Whether every next hop is direct, and none is alive (once `gone` is)."""
        hops = route.next_hops
        return bool(hops) and all(
            hop.interface == gone or (hop.interface is not None and not self._plane.is_usable(hop))
            for hop in hops
        )

    def _wake(self) -> None:
        """Put back dormant routes that have a live next hop and no connected prefix before them."""
        for prefix, route in list(self._dormant.items()):
            if not self._is_dead(route) and prefix not in self.fib:
                self.fib[prefix] = self._dormant.pop(prefix)

    # -- routes --------------------------------------------------------------------------------

    def install_many(self, prefixes: Iterable[PrefixLike], routes: list[Route]) -> None:
        """Put many routes in one batch; a connected prefix stays what it is."""
        alive: list[tuple[Prefix, Route]] = []
        dead: dict[int, bool] = {}  # by identity: large tables have few different routes
        for prefix, route in zip(map(Prefix, prefixes), routes, strict=True):
            if id(route) not in dead:
                dead[id(route)] = self._is_dead(route)
            before = self.fib.get(prefix)
            is_behind = before is not None and before.origin == CONNECTED
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
        self._plane.fib = table

    def withdraw(self, prefix: PrefixLike) -> None:
        """Take a route out that `install` put; a prefix that is not there is no error."""
        prefix = Prefix(prefix)
        self._dormant.pop(prefix, None)
        held = self.fib.get(prefix)
        if held is not None and held.origin != CONNECTED:
            del self.fib[prefix]

    def learned(self, prefix: Prefix, route: Route | None, _: int) -> list[Output]:
        """Put what a host heard on its link about a prefix, which counts less than what was put."""
        held = self._dormant.get(prefix) or self.fib.get(prefix)
        if held is not None and held.origin not in (*LEARNED, CONNECTED):
            return []
        if route is None:
            self.withdraw(prefix)
        else:
            self.install_many((prefix,), [route])
        return []
