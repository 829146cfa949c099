"""The neighbours of a router: one cache and one machine for ARP and neighbour discovery.

The life of a packet here: `resolve` finds its station, or keeps it while ARP or ND asks; an answer
comes in by `receive_arp` or `receive_nd`, runs the machine, and the packet goes out; or nobody
answers, and it comes back by `take_lost` for the ICMP error that is owed.

The life of an address: when its link comes up (`presence.py`) it is claimed, that is checked, used,
announced and defended (`claims.py`); routers then advertise (`advertiser.py`) and hosts look for
routers (`discovery.py`).

Deliberately not done: proxying, securing (RFC 3971), optimistic addresses (RFC 4429), asking for
routers beyond three times (RFC 7559), disabling IPv6 when the link-local address is a duplicate
(RFC 4862 5.4.5: the address alone stays unused, and that is told).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.neighbor.advertiser import Advertiser
from fingerpost.forwarding.neighbor.arp import ArpSpeaker
from fingerpost.forwarding.neighbor.cache import Cache
from fingerpost.forwarding.neighbor.claims import Claims
from fingerpost.forwarding.neighbor.consistency import ConsistencyCheck
from fingerpost.forwarding.neighbor.discovery import RouterDiscovery
from fingerpost.forwarding.neighbor.groups import Groups
from fingerpost.forwarding.neighbor.nd_advertised import Advertisements
from fingerpost.forwarding.neighbor.nd_learn import Learner
from fingerpost.forwarding.neighbor.nd_receive import NdReceiver
from fingerpost.forwarding.neighbor.nd_solicited import Solicitations
from fingerpost.forwarding.neighbor.nd_speak import NdSpeaker
from fingerpost.forwarding.neighbor.presence import Presence
from fingerpost.forwarding.neighbor.sources import Sources
from fingerpost.forwarding.neighbor.state import Event, State
from fingerpost.forwarding.neighbor.timers import earliest

if TYPE_CHECKING:
    from random import Random

    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.entry import Entry, Neighbor
    from fingerpost.forwarding.neighbor.nd_validity import NdMessage
    from fingerpost.forwarding.neighbor.waiting import Waiting
    from fingerpost.forwarding.packet import Packet
    from fingerpost.forwarding.reason import Reason
    from fingerpost.wire.mac import Mac


class Neighbors:
    """The neighbours of all interfaces of one router, both families."""

    def __init__(self, plane: Forwarder, rng: Random) -> None:
        """`rng` draws the random times of RFC 4861, RFC 4862 and RFC 5227."""
        self._plane = plane
        self.settings = plane.policy.neighbors
        self.claims = Claims(rng, plane.interfaces, plane.index_addresses)
        self.cache = Cache(self.settings, rng, self._ask)
        self.sources = Sources(plane, self.claims)
        is_weak = self.settings.answers_for_other_interfaces
        self.arp = ArpSpeaker(self.cache, self.claims, self.sources, is_weak=is_weak)
        self.nd = NdSpeaker(self.sources, rng, self._is_router)
        self.claims.speakers = {4: self.arp, 6: self.nd}
        self.groups = Groups(plane.interfaces, self.sources, rng)
        self.advertiser = Advertiser(plane.interfaces, self.sources, rng, self._is_router)
        self.discovery = RouterDiscovery(plane, self.cache, self.sources, rng)
        self.presence = Presence(
            plane, self.cache, self.claims, self.groups, self.advertiser, self.discovery
        )
        self._learner = Learner(self.cache)
        self._learner.router_ended = self.discovery.routes.end_router
        self.cache.router_changed = self.discovery.routes.judge
        self._solicitations = Solicitations(
            self.cache,
            self.claims,
            self.sources,
            self.nd,
            self._learner,
            rng,
            self.settings.anycast_delay_ns,
        )
        self._receiver = NdReceiver(
            self._solicitations,
            Advertisements(self.cache, self.claims, self._learner, self._creates),
            self._learner,
            self.advertiser,
            self.discovery,
            ConsistencyCheck(),
        )

    # -- packets -------------------------------------------------------------------------------

    def cached(self, interface: str, address: Address) -> Mac | None:
        """The station of an address if it is known; asks nobody and changes nothing."""
        entry = self.cache.find(interface, address)
        return entry.mac if entry is not None else None

    def settled(self, interface: str, address: Address) -> Mac | None:
        """The station of an address that packets go to without more ado: the way of most."""
        entry = self.cache.find(interface, address)
        return entry.mac if entry is not None and entry.is_settled else None

    def resolve(
        self,
        interface: Interface,
        address: Address,
        waiting: Waiting,
        now: int,
        out: list[Output],
    ) -> Mac | None:
        """The station of an address, of whichever family; None: `waiting` is kept, the link asked.

        Also None where `has_failed`: then `waiting` is not kept.
        """
        return self.cache.resolve(interface, address, waiting, now, out)

    def has_failed(self, interface: str, address: Address) -> bool:
        """Whether the link was asked for an address shortly before, and nobody answered."""
        entry = self.cache.find(interface, address)
        return entry is not None and entry.state is State.FAILED

    def is_new(self, interface: str, address: Address) -> bool:
        """Whether nothing is known of an address, so that a packet for it begins a search."""
        return self.cache.find(interface, address) is None

    def take_lost(self) -> list[tuple[Waiting, Reason]]:
        """The packets that waited in vain since the last call, and why."""
        lost, self.cache.lost = self.cache.lost, []
        return lost

    def confirm(self, interface: str, address: Address, now: int, out: list[Output]) -> None:
        """Tell that an upper layer makes progress through a neighbour (RFC 4861 7.3.1)."""
        self.cache.post(self._plane.interfaces[interface], address, Event.CONFIRMED, now, out)

    # -- what routers say ----------------------------------------------------------------------

    def mtu(self, interface: Interface, version: int) -> int:
        """The MTU of a link: the interface's, or less in IPv6 if a router says so (6.3.4)."""
        if version == 4 or not self.discovery.mtus:
            return interface.mtu
        return min(interface.mtu, self.discovery.mtus.get(interface.name, interface.mtu))

    def hop_limit(self, interface: str | None) -> int:
        """The hop limit of IPv6 packets of ours that leave on an interface (6.3.4)."""
        default = self._plane.policy.default_hop_limit
        return self.discovery.hop_limits.get(interface or "", default)

    def is_usable(self, interface: str, address: Address) -> bool:
        """Whether an address of ours has been checked, and is no duplicate (RFC 4862 5.4)."""
        return (interface, address) not in self.claims.unusable

    def is_deprecated(self, interface: str, address: Address) -> bool:
        """Whether new connections should use another address of ours (RFC 4862 5.5.4)."""
        return self.discovery.autoconf.is_deprecated(interface, address)

    # -- messages ------------------------------------------------------------------------------

    def receive_arp(
        self, interface: Interface, packet: bytes, now: int, out: list[Output]
    ) -> Reason:
        """Take an ARP packet from the link (RFC 826, RFC 5227)."""
        return self.arp.receive(interface, packet, now, out)

    def receive_nd(
        self,
        interface: Interface,
        packet: Packet,
        message: NdMessage,
        now: int,
        out: list[Output],
    ) -> Reason:
        """Take a valid ND message (RFC 4861)."""
        return self._receiver.receive(interface, packet, message, now, out)

    def learn(
        self,
        interface: Interface,
        address: Address,
        station: Mac,
        now: int,
        out: list[Output],
        *,
        is_router: bool | None = None,
    ) -> None:
        """Take a neighbour's station from a redirect (RFC 4861 8.3); `is_router` None: unknown."""
        self._learner.hear(interface, address, station, now, out, is_router=is_router)

    def _is_router(self, interface: Interface) -> bool:
        return self._plane.forwards and interface.forwards

    def _creates(self, interface: Interface) -> bool:
        return self.settings.unsolicited_creates and self._is_router(interface)

    def _ask(self, entry: Entry, is_unicast: bool, now: int, out: list[Output]) -> None:  # noqa: ARG002
        interface = self._plane.interfaces[entry.interface]
        station = entry.mac if is_unicast else None
        if entry.address.version == 4:
            self.arp.ask(interface, entry.address, entry.asker, station, out)
        else:
            self.nd.ask(interface, entry.address, entry.asker, station, out)

    # -- by hand -------------------------------------------------------------------------------

    def add_static(
        self, interface: str, address: Address, mac: Mac, now: int, out: list[Output]
    ) -> None:
        """Make an entry that stays; what waited for it goes out."""
        self.cache.add_static(self._plane.interfaces[interface], address, mac, now, out)

    def remove(self, interface: str, address: Address) -> bool:
        """Forget a neighbour; whether there was one."""
        return self.cache.remove(self._plane.interfaces[interface], address)

    # -- time ----------------------------------------------------------------------------------

    def next_deadline(self) -> int | None:
        """The instant at which `advance` has something to do."""
        return earliest(
            self.cache,
            self.claims,
            self._solicitations,
            self.groups,
            self.advertiser,
            self.discovery,
        )

    def advance(self, now: int, out: list[Output]) -> None:
        """Do what is due."""
        self.cache.advance(now, out)
        self.claims.advance(now, out)
        self._solicitations.advance(self._plane.interfaces, now, out)
        self.groups.advance(now, out)
        self.advertiser.advance(now, out)
        self.discovery.advance(now, out)

    # -- looking -------------------------------------------------------------------------------

    def snapshot(self) -> list[Neighbor]:
        """All neighbours as values, by interface, then by family and address."""
        return self.cache.snapshot()
