"""What ND messages teach of their senders: stations, and who is a router (RFC 4861 C, D)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from fingerpost.forwarding.neighbor.state import Event
from fingerpost.wire.nd import SourceLinkLayerAddress, TargetLinkLayerAddress

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.cache import Cache
    from fingerpost.forwarding.neighbor.entry import Entry
    from fingerpost.wire.mac import Mac
    from fingerpost.wire.nd import NdOption

    class HasOptions(Protocol):
        """A message with options."""

        @property
        def options(self) -> tuple[NdOption, ...]:
            """What follows the fixed part."""


class Learner:
    """Puts into the cache what messages say of neighbours.

    `router_ended`, which is set by who cares, hears of neighbours that were routers and are no more
    (RFC 4861 7.2.5).
    """

    def __init__(self, cache: Cache) -> None:
        """Learn for `cache`."""
        self._cache = cache
        self.router_ended: Callable[[str, Address, list[Output]], None] | None = None

    def hear(
        self,
        interface: Interface,
        address: Address,
        station: Mac,
        now: int,
        out: list[Output],
        *,
        is_router: bool | None = None,
    ) -> None:
        """Take a station from a solicitation, a router advertisement or a redirect.

        It is not a sign that the neighbour can be reached (RFC 4861 7.3.1). `is_router` as in
        appendix D; None leaves the flag as it is.
        """
        if station.is_multicast or station == interface.mac:
            return  # no neighbour is there (as RFC 1812 3.3.2 says of ARP)
        entry = self._cache.find(interface.name, address)
        same = entry is not None and entry.mac == station
        event = Event.HEARD_SAME if same else Event.HEARD_OTHER
        entry = self._cache.post(interface, address, event, now, out, mac=station)
        if entry is not None and is_router is not None:
            self.set_router(entry, is_router, out)

    def hear_sender(
        self,
        interface: Interface,
        sender: Address,
        message: HasOptions,
        now: int,
        out: list[Output],
        *,
        is_router: bool,
    ) -> None:
        """Take what a router's message or one to routers says of its sender (6.2.6, 6.3.4)."""
        station = source_station(message)
        if sender.is_unspecified:
            return
        if station is not None:
            self.hear(interface, sender, station, now, out, is_router=is_router)
        elif (entry := self._cache.find(interface.name, sender)) is not None:
            self.set_router(entry, is_router, out)

    def set_router(self, entry: Entry, is_router: bool, out: list[Output]) -> None:
        """Note whether a neighbour is a router (appendix D)."""
        ended = entry.is_router and not is_router
        entry.is_router = is_router
        if ended and self.router_ended is not None:
            self.router_ended(entry.interface, entry.address, out)


def source_station(message: HasOptions) -> Mac | None:
    """The station that a message names as its sender's."""
    found = (o.mac for o in message.options if isinstance(o, SourceLinkLayerAddress))
    return next(found, None)


def target_station(message: HasOptions) -> Mac | None:
    """The station that a message names as its target's."""
    found = (o.mac for o in message.options if isinstance(o, TargetLinkLayerAddress))
    return next(found, None)
