"""Neighbour advertisements that come in (RFC 4861 7.2.5, RFC 4862 5.4.4, RFC 9131).

One runs the machine of its target's entry. One for an address that we are checking makes that a
duplicate, one for an address that we use is told of and answered by a defence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fingerpost.forwarding.neighbor.nd_learn import target_station
from fingerpost.forwarding.neighbor.state import Event, State
from fingerpost.forwarding.reason import Reason

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.cache import Cache
    from fingerpost.forwarding.neighbor.claims import Claims
    from fingerpost.forwarding.neighbor.entry import Entry
    from fingerpost.forwarding.neighbor.nd_learn import Learner
    from fingerpost.wire.mac import Mac
    from fingerpost.wire.nd import NeighborAdvertisement

_OTHERS = (Event.SOLICITED_OTHER, Event.UNSOLICITED_OTHER)


class Advertisements:
    """Takes advertisements."""

    def __init__(
        self,
        cache: Cache,
        claims: Claims,
        learner: Learner,
        creates: Callable[[Interface], bool],
    ) -> None:
        """`creates` says whether one that nobody asked for makes an entry (RFC 9131)."""
        self._cache = cache
        self._claims = claims
        self._learner = learner
        self._creates = creates

    def receive(
        self, interface: Interface, message: NeighborAdvertisement, now: int, out: list[Output]
    ) -> Reason:
        """Take a valid advertisement (RFC 4861 7.2.5)."""
        target = message.target
        station = target_station(message)
        if any(own.address == target for own in interface.addresses):
            whose = str(station or "another node")
            self._claims.conflict(interface, target, whose, now, out)
            return Reason.ADDRESS_CONFLICT
        entry = self._cache.find(interface.name, target)
        if entry is None or entry.state is State.FAILED:
            return self._unasked(interface, message, station, now, out)
        event = advertised(message, entry, station)
        if event not in _OTHERS or entry.mac is None:
            self._learner.set_router(entry, message.router, out)
        self._cache.post(interface, target, event, now, out, mac=station)
        return Reason.DELIVERED

    def _unasked(
        self,
        interface: Interface,
        message: NeighborAdvertisement,
        station: Mac | None,
        now: int,
        out: list[Output],
    ) -> Reason:
        """RFC 9131: a router learns from it, a host does not."""
        if (
            station is None
            or not self._creates(interface)
            or not on_link(interface, message.target)
        ):
            return Reason.NOT_ANSWERED
        self._learner.hear(interface, message.target, station, now, out, is_router=message.router)
        return Reason.DELIVERED


def advertised(message: NeighborAdvertisement, entry: Entry, station: Mac | None) -> Event:
    """What an advertisement is to an entry."""
    if station is None or station == entry.mac:
        return Event.SOLICITED_SAME if message.solicited else Event.UNSOLICITED_SAME
    if message.override:
        return Event.SOLICITED_OVERRIDE if message.solicited else Event.UNSOLICITED_OVERRIDE
    return Event.SOLICITED_OTHER if message.solicited else Event.UNSOLICITED_OTHER


def on_link(interface: Interface, address: Address) -> bool:
    """Whether an address is in a subnet of the interface, or link-local."""
    return address.is_link_local or any(address in own.prefix for own in interface.addresses)
