"""Neighbour discovery: who has an IPv6 address on a link (RFC 4861 7), and is it free (RFC 4862).

A message comes here with its IPv6 header (`arrival.py`), is checked (`nd_validity.py`), and then:

- a solicitation for an address of ours teaches us its sender and is answered (7.2.3, 7.2.4); one
  for an address that we are checking, from nobody, makes that a duplicate (RFC 4862 5.4.3), unless
  it is our own come back (RFC 7527 4.2);
- an advertisement runs the machine of its target's entry (7.2.5); one for an address that we are
  checking makes that a duplicate (RFC 4862 5.4.4), one for an address that we use is told of.

Nobody is proxied for. Redirects are the business of the stage that reads them; it may use `learn`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

from fingerpost.addr import Address
from fingerpost.forwarding.neighbor.nd_frame import nd_frame
from fingerpost.forwarding.neighbor.state import Event, State
from fingerpost.forwarding.neighbor.timers import Timers
from fingerpost.forwarding.own import ALL_NODES, ALL_ROUTERS
from fingerpost.forwarding.reason import Reason
from fingerpost.wire.mac import Mac
from fingerpost.wire.nd import (
    NdOption,
    NeighborAdvertisement,
    NeighborSolicitation,
    Nonce,
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
)

if TYPE_CHECKING:
    from random import Random

    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.cache import Cache
    from fingerpost.forwarding.neighbor.claims import Claims
    from fingerpost.forwarding.neighbor.entry import Entry
    from fingerpost.forwarding.neighbor.settings import NeighborSettings
    from fingerpost.forwarding.neighbor.sources import Sources
    from fingerpost.forwarding.packet import Packet

    class HasOptions(Protocol):
        """A message with options."""

        @property
        def options(self) -> tuple[NdOption, ...]:
            """What follows the fixed part."""

    Answer: TypeAlias = tuple[str, Address, Address]
    IsRouter: TypeAlias = Callable[[Interface], bool]

UNSPECIFIED = Address("::")
_MOST_DELAYED = 256  # answers for anycast addresses that wait at once


class NdSpeaker:
    """Asks and answers by ND on all interfaces of one router.

    `router_ended`, which is set by who cares, hears of neighbours that were routers and are no more
    (RFC 4861 7.2.5, 7.3.3).
    """

    def __init__(
        self,
        cache: Cache,
        claims: Claims,
        sources: Sources,
        settings: NeighborSettings,
        rng: Random,
        is_router: IsRouter,
    ) -> None:
        """`is_router` says whether an interface forwards: the R flag."""
        self._cache = cache
        self._claims = claims
        self._sources = sources
        self._settings = settings
        self._rng = rng
        self._is_router = is_router
        self._nonces: dict[tuple[str, Address], Nonce] = {}
        self._delayed: Timers[Answer] = Timers()
        self.router_ended: Callable[[str, Address, list[Output]], None] | None = None

    # -- asking --------------------------------------------------------------------------------

    def ask(
        self,
        interface: Interface,
        target: Address,
        asker: Address | None,
        station: Mac | None,
        out: list[Output],
    ) -> None:
        """Ask who has `target`: its group, or `station` alone. Without a source nobody is asked."""
        source = self._sources.source(interface, target, asker)
        if source is None:
            return
        message = NeighborSolicitation(target, (SourceLinkLayerAddress(interface.mac),))
        destination = target if station is not None else target.solicited_node
        out.append(nd_frame(interface, source, destination, message, station))

    def probe(self, interface: Interface, address: Address, out: list[Output]) -> None:
        """Ask whether an address is free (RFC 4862 5.4.2), with a nonce (RFC 7527 4.1)."""
        nonce = Nonce(self._rng.getrandbits(48).to_bytes(6, "big"))
        self._nonces[interface.name, address] = nonce
        message = NeighborSolicitation(address, (nonce,))
        out.append(nd_frame(interface, UNSPECIFIED, address.solicited_node, message))

    def announce(
        self, interface: Interface, address: Address, out: list[Output], *, overrides: bool
    ) -> None:
        """Say that an address is ours.

        A new one is told to the routers without Override (RFC 9131 6.1.2), one whose station
        changed to all nodes with it (RFC 4861 7.2.6).
        """
        self._nonces.pop((interface.name, address), None)
        destination = ALL_NODES if overrides else ALL_ROUTERS
        message = self._advertisement(interface, address, solicited=False, override=overrides)
        out.append(nd_frame(interface, address, destination, message))

    # -- solicitations -------------------------------------------------------------------------

    def receive_solicitation(
        self,
        interface: Interface,
        packet: Packet,
        message: NeighborSolicitation,
        now: int,
        out: list[Output],
    ) -> Reason:
        """Take a valid solicitation (RFC 4861 7.2.3)."""
        target, source = message.target, packet.source
        if self._claims.is_checked(interface.name, target):
            return self._checked(interface, packet, message, now, out)
        is_anycast = self._sources.is_anycast(interface, target)
        if not is_anycast and not self._sources.answers_for(interface, target, is_weak=False):
            return Reason.NOT_ANSWERED
        station = source_station(message)
        if source != UNSPECIFIED and station is not None:
            self.hear(interface, source, station, now, out)
        answer = (interface.name, target, source)
        if is_anycast and len(self._delayed) < _MOST_DELAYED:
            delay = self._rng.randint(0, self._settings.anycast_delay_ns)  # 7.2.7
            self._delayed.start(answer, now + delay)
        else:
            self._answer(interface, target, source, is_anycast=is_anycast, now=now, out=out)
        return Reason.ANSWERED

    def _checked(
        self,
        interface: Interface,
        packet: Packet,
        message: NeighborSolicitation,
        now: int,
        out: list[Output],
    ) -> Reason:
        """RFC 4862 5.4.3: a question for an address that is not ours yet."""
        if packet.source != UNSPECIFIED:
            return Reason.NOT_ANSWERED  # somebody resolves it; who has it will answer
        sent = self._nonces.get((interface.name, message.target))
        if sent is not None and sent in message.options:
            return Reason.LOOPED_BACK
        whose = "another node that checks it"
        self._claims.conflict(interface, message.target, whose, now, out)
        return Reason.ADDRESS_CONFLICT

    def _answer(
        self,
        interface: Interface,
        target: Address,
        source: Address,
        *,
        is_anycast: bool,
        now: int,
        out: list[Output],
    ) -> None:
        """RFC 4861 7.2.4; from an anycast address nothing is sent (RFC 4291 2.6)."""
        sender = self._sources.source(interface, source, None) if is_anycast else target
        if sender is None:
            return
        is_solicited = source != UNSPECIFIED
        message = self._advertisement(
            interface, target, solicited=is_solicited, override=not is_anycast
        )
        destination = source if is_solicited else ALL_NODES
        entry = self._cache.find(interface.name, source)
        station = entry.mac if entry is not None else None
        if is_solicited and station is None:
            self._sources.originate(interface, sender, destination, message, now, out)
        else:
            out.append(nd_frame(interface, sender, destination, message, station))

    def _advertisement(
        self, interface: Interface, target: Address, *, solicited: bool, override: bool
    ) -> NeighborAdvertisement:
        options = (TargetLinkLayerAddress(interface.mac),)
        is_router = self._is_router(interface)
        return NeighborAdvertisement(target, is_router, solicited, override, options)

    # -- advertisements ------------------------------------------------------------------------

    def receive_advertisement(
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
        if event not in (Event.SOLICITED_OTHER, Event.UNSOLICITED_OTHER) or entry.mac is None:
            self._set_router(entry, message.router, out)
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
        """RFC 9131 6.1.1: a router learns from it, a host does not."""
        is_wanted = self._settings.unsolicited_creates and self._is_router(interface)
        if station is None or not is_wanted or not on_link(interface, message.target):
            return Reason.NOT_ANSWERED
        self.hear(interface, message.target, station, now, out, is_router=message.router)
        return Reason.DELIVERED

    # -- learning ------------------------------------------------------------------------------

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
        entry = self._cache.find(interface.name, address)
        same = entry is not None and entry.mac == station
        event = Event.HEARD_SAME if same else Event.HEARD_OTHER
        entry = self._cache.post(interface, address, event, now, out, mac=station)
        if entry is not None and is_router is not None:
            self._set_router(entry, is_router, out)

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
        if sender == UNSPECIFIED:
            return
        if station is not None:
            self.hear(interface, sender, station, now, out, is_router=is_router)
        elif (entry := self._cache.find(interface.name, sender)) is not None:
            self._set_router(entry, is_router, out)

    def _set_router(self, entry: Entry, is_router: bool, out: list[Output]) -> None:
        ended = entry.is_router and not is_router
        entry.is_router = is_router
        if ended and self.router_ended is not None:
            self.router_ended(entry.interface, entry.address, out)

    # -- time ----------------------------------------------------------------------------------

    def next_deadline(self) -> int | None:
        """When the next delayed answer is due."""
        return self._delayed.next_deadline()

    def advance(self, interfaces: dict[str, Interface], now: int, out: list[Output]) -> None:
        """Send the answers that are due."""
        while (answer := self._delayed.take(now)) is not None:
            name, target, source = answer
            interface = interfaces.get(name)
            if interface is not None and interface.is_up:
                self._answer(interface, target, source, is_anycast=True, now=now, out=out)


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


def source_station(message: HasOptions) -> Mac | None:
    """The station that a message names as its sender's."""
    found = (o.mac for o in message.options if isinstance(o, SourceLinkLayerAddress))
    return next(found, None)


def target_station(message: HasOptions) -> Mac | None:
    """The station that a message names as its target's."""
    found = (o.mac for o in message.options if isinstance(o, TargetLinkLayerAddress))
    return next(found, None)
