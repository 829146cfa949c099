"""`Gateways`: the graph of gateways that rest on each other.

Gateway A leads to B if a prefix around A has a candidate that names B and that could be used. The
search for a gateway goes from longer to shorter prefixes and ends at the first that can be used
whatever becomes of other gateways; the prefixes up to there are those around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fingerpost.addr import Prefix
from fingerpost.fib import Fib
from fingerpost.forwarding.route import RouteKind
from fingerpost.rib.best import ties
from fingerpost.rib.distance import NEVER
from fingerpost.rib.gateway import Gateway

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.rib.path import Path
    from fingerpost.rib.store import Store


class Gateways:
    """Every gateway that a path in use names without an interface, and who names what."""

    def __init__(self, store: Store, *, via_default: bool) -> None:
        """`via_default`: gateways may be behind a default route."""
        self.down: set[str] = set()  # interfaces that no route may use
        self.by_interface: dict[str, dict[Path, None]] = {}  # the paths that name each
        self._via_default = via_default
        self._store = store
        self._known: dict[Address, Gateway] = {}
        self._places: Fib[Gateway] = Fib()  # by address
        self._new: list[Gateway] = []
        self._idle: dict[Gateway, None] = {}  # those that lost a user

    def __iter__(self) -> Iterator[Address]:
        """The addresses, in order."""
        return iter(sorted(self._known, key=lambda found: (found.version, found)))

    def __getitem__(self, address: Address) -> Gateway:
        """The gateway of an address; `KeyError` if nobody names it."""
        return self._known[address]

    def get(self, address: Address) -> Gateway | None:
        """The gateway of an address; None if nobody names it."""
        return self._known.get(address)

    def adopt(self, path: Path) -> None:
        """A path is used from now on."""
        for hop in path.next_hops:
            if hop.interface is not None:
                self.by_interface.setdefault(hop.interface, {})[path] = None
            elif hop.gateway is not None:
                self._gateway_of(hop.gateway).users[path] = None

    def forget(self, path: Path) -> None:
        """A path is used no more."""
        for hop in path.next_hops:
            if hop.interface is not None:
                users = self.by_interface.get(hop.interface, {})
                users.pop(path, None)
                if not users:
                    self.by_interface.pop(hop.interface, None)
            elif hop.gateway is not None and hop.gateway in self._known:
                gateway = self._known[hop.gateway]
                gateway.users.pop(path, None)
                self._idle[gateway] = None

    def follow(self, address: Address) -> None:
        """Somebody wants to know where an address is."""
        self._gateway_of(address).is_followed = True

    def leave(self, address: Address) -> None:
        """Nobody does any more."""
        gateway = self._known.get(address)
        if gateway is not None:
            gateway.is_followed = False
            self._idle[gateway] = None

    def unused(self) -> list[Gateway]:
        """Those that nobody names any more, each told once; they are to be dropped."""
        unused = [one for one in self._idle if not one.users and not one.is_followed]
        self._idle.clear()
        return unused

    def drop(self, unused: Iterable[Gateway]) -> None:
        """Let go of gateways."""
        gone = []
        for gateway in unused:
            self._unlink(gateway)
            del self._known[gateway.address]
            gone.append(Prefix(gateway.address))
        if gone:
            self._places.apply((), gone)

    def concerned(self) -> dict[Gateway, None]:
        """The gateways of which the batch may change where they are, linked as it is now."""
        found = self._inside()
        for gateway in found:
            self._link(gateway)
        return _upward(found)

    def around(self, gateway: Gateway) -> Iterator[tuple[Prefix, int]]:
        """The prefixes that a search for a gateway may end at, longest first."""
        for prefix, group in self._store.covering(gateway.address):
            if self._is_searched(prefix):
                yield prefix, group
                if any(self._stands_alone(path) for path in self._store.paths_of(group)):
                    return

    def needs(self, group: int) -> Iterator[Gateway]:
        """The gateways that can make a difference to what a group uses."""
        certain: Path | None = None
        for path in self._store.paths_of(group):
            if path.distance >= NEVER or not (certain is None or ties(certain, path)):
                return
            if certain is None and self._stands_alone(path):
                certain = path
            if path.kind is RouteKind.UNICAST:
                for hop in path.next_hops:
                    if hop.interface is None and hop.gateway is not None:
                        yield self._known[hop.gateway]

    def _stands_alone(self, path: Path) -> bool:
        """Whether a path can be used whatever becomes of gateways."""
        return path.distance < NEVER and (
            path.kind is not RouteKind.UNICAST
            or any(
                hop.interface is not None and hop.interface not in self.down
                for hop in path.next_hops
            )
        )

    def _inside(self) -> dict[Gateway, None]:
        """The new gateways and those whose answer the batch may change."""
        if self._new:
            self._places.apply((Prefix(gateway.address), gateway) for gateway in self._new)
        found = dict.fromkeys(self._new)
        self._new.clear()
        native = self._store.native
        if native.concerned() < len(self._known):
            for prefix in native.moved():
                if self._is_searched(prefix):
                    found.update(dict.fromkeys(value for _, value in self._places.inside(prefix)))
        else:
            gateways = list(self._known.values())
            addresses = [gateway.address for gateway in gateways]
            at_least = 0 if self._via_default else 1
            found.update((gateways[at], None) for at in native.concerns(addresses, at_least))
        return found

    def _gateway_of(self, address: Address) -> Gateway:
        gateway = self._known.get(address)
        if gateway is None:
            gateway = self._known[address] = Gateway(address)
            self._new.append(gateway)
        return gateway

    def _is_searched(self, prefix: Prefix) -> bool:
        return self._via_default or prefix.length > 0

    def _link(self, gateway: Gateway) -> None:
        self._unlink(gateway)
        below = dict.fromkeys(
            other for _, group in self.around(gateway) for other in self.needs(group)
        )
        for other in below:
            other.above = other.above or {}
            other.above[gateway] = None
        gateway.below = tuple(below)

    def _unlink(self, gateway: Gateway) -> None:
        for other in gateway.below:
            if other.above is not None:
                other.above.pop(gateway, None)


def _upward(gateways: dict[Gateway, None]) -> dict[Gateway, None]:
    """These and all that may rest on them."""
    found = dict(gateways)
    work = list(gateways)
    while work:
        for other in work.pop().above or ():
            if other not in found:
                found[other] = None
                work.append(other)
    return found
