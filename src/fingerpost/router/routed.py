"""`RoutedTable`: a forwarding table that a routing process fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.rib.distance import NEVER
from fingerpost.rib.events import AnnounceRoutes, WithdrawRoutes
from fingerpost.rib.feed import feed
from fingerpost.rib.route import RibRoute
from fingerpost.router.config import MAIN
from fingerpost.router.events import Event, FibChanged, InterfaceChanged, Output

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fingerpost.addr import PrefixLike
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.route import Route
    from fingerpost.router.routing import Routing

HEARSAY = NEVER - 1  # what a host heard on its link is used where no protocol knows better
MANUAL = "manual"


class RoutedTable:
    """The table of a forwarding plane, as `routing` wants it."""

    def __init__(self, plane: Forwarder, routing: Routing) -> None:
        """Let `routing` fill the plane's table from now on."""
        self._plane, self.routing = plane, routing
        self._learned: dict[Prefix, str] = {}  # whose each route is

    def receive(self, event: Event, now: int) -> list[Output]:
        """Give the routing process an event, and bring the table up to date."""
        return self.obey(self.routing.receive(event, now))

    def obey(self, outputs: list[Output]) -> list[Output]:
        """Bring the table up to date with what the routing process gave; gives that."""
        for output in outputs:
            if type(output) is FibChanged and output.table == MAIN:
                feed(self._plane.fib, output.changes)
        return outputs

    # -- interfaces ----------------------------------------------------------------------------

    def interface_changed(self, _: Interface | None, after: Interface, now: int) -> list[Output]:
        """An interface is new, or is not as it was."""
        return self.receive(InterfaceChanged(after), now)

    def readdressed(self, before: Interface, after: Interface, now: int) -> list[Output]:
        """An interface has other addresses, and is what it was otherwise."""
        return self.interface_changed(before, after, now)

    def link_changed(self, interface: Interface, now: int) -> list[Output]:
        """The link of an interface went up or down."""
        return self.interface_changed(None, interface, now)

    # -- routes --------------------------------------------------------------------------------

    def install_many(self, prefixes: Iterable[PrefixLike], routes: list[Route]) -> None:
        """Put routes by hand: to the table they are those of one more source."""
        put = tuple(
            _rib_route(Prefix(prefix), MANUAL, 1, route)
            for prefix, route in zip(prefixes, routes, strict=True)
        )
        self.obey(self.routing.announce(AnnounceRoutes(put), 0))

    def withdraw(self, prefix: PrefixLike) -> None:
        """Take a route out that was put by hand; one that is not there is no error."""
        self.obey(self.routing.announce(WithdrawRoutes(MANUAL, (Prefix(prefix),)), 0))

    def learned(self, prefix: Prefix, route: Route | None, now: int) -> list[Output]:
        """Take what a host heard on its link about a prefix; None: it holds no more."""
        out: list[Output] = []
        source = self._learned.pop(prefix, None)
        if source is not None and (route is None or route.origin != source):
            out += self.routing.announce(WithdrawRoutes(source, (prefix,)), now)
        if route is not None:
            self._learned[prefix] = route.origin
            heard = _rib_route(prefix, route.origin, HEARSAY, route)
            out += self.routing.announce(AnnounceRoutes((heard,)), now)
        return self.obey(out)


def _rib_route(prefix: Prefix, source: str, distance: int, route: Route) -> RibRoute:
    return RibRoute(prefix, source, distance, route.metric, route.next_hops, route.kind)
