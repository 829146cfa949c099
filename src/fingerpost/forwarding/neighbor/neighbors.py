"""The neighbours of a router: one cache and one machine for ARP and neighbour discovery.

The life of a packet here: `resolve` finds its station, or keeps it while ARP or ND asks; an answer
comes in by `receive_arp` or `receive_nd`, runs the machine, and the packet goes out; or nobody
answers, and it comes back by `take_lost` for the ICMP error that is owed.

The life of an address: `went_up` begins its claim; when that has been checked the address is used,
announced and defended (`claims.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding.events import AddAddress
from fingerpost.forwarding.neighbor.advertiser import Advertiser
from fingerpost.forwarding.neighbor.arp import ArpSpeaker
from fingerpost.forwarding.neighbor.cache import Cache
from fingerpost.forwarding.neighbor.claim_state import (
    ANNOUNCE_IPV4,
    PROBE_IPV4,
    SILENT,
    check_ipv6,
    moved_ipv6,
)
from fingerpost.forwarding.neighbor.claims import Claims
from fingerpost.forwarding.neighbor.consistency import ConsistencyCheck
from fingerpost.forwarding.neighbor.discovery import RouterDiscovery
from fingerpost.forwarding.neighbor.groups import Groups
from fingerpost.forwarding.neighbor.nd import NdSpeaker
from fingerpost.forwarding.neighbor.settings import Claiming
from fingerpost.forwarding.neighbor.sources import Sources
from fingerpost.forwarding.neighbor.state import Event, State
from fingerpost.forwarding.reason import Reason
from fingerpost.wire.nd import (
    NeighborAdvertisement,
    NeighborSolicitation,
    RouterAdvertisement,
    RouterSolicitation,
)

if TYPE_CHECKING:
    from random import Random

    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.entry import Entry, Neighbor, Waiting
    from fingerpost.forwarding.neighbor.nd_validity import NdMessage
    from fingerpost.forwarding.packet import Packet
    from fingerpost.wire.mac import Mac

LINK_LOCAL = Prefix("fe80::/64")  # RFC 4291 2.5.6
_IPV4_PLANS = {
    Claiming.SILENT: SILENT,
    Claiming.ANNOUNCE: ANNOUNCE_IPV4,
    Claiming.PROBE: PROBE_IPV4,
}


class Neighbors:
    """The neighbours of all interfaces of one router, both families."""

    def __init__(self, plane: Forwarder, rng: Random) -> None:
        """`rng` draws the random times of RFC 4861, RFC 4862 and RFC 5227."""
        self._plane = plane
        self.settings = plane.policy.neighbors
        self.claims = Claims(rng, plane.interfaces, plane.index_addresses)
        self.cache = Cache(self.settings, rng, self._ask)
        sources = Sources(plane, self.claims)
        is_weak = self.settings.answers_for_other_interfaces
        self.arp = ArpSpeaker(self.cache, self.claims, sources, is_weak=is_weak)
        self.nd = NdSpeaker(self.cache, self.claims, sources, self.settings, rng, self._is_router)
        self.claims.speakers = {4: self.arp, 6: self.nd}
        self.claims.taken = self._taken
        self.groups = Groups(plane.interfaces, sources, rng)
        self.advertiser = Advertiser(plane.interfaces, sources, rng, self._is_router)
        self.discovery = RouterDiscovery(plane.interfaces, self.cache, sources, rng)
        self.cache.router_changed = self.discovery.routes.judge
        self.nd.router_ended = self.discovery.routes.end_router
        self._consistency = ConsistencyCheck()
        self._running: set[str] = set()

    # -- packets -------------------------------------------------------------------------------

    def cached(self, interface: str, address: Address) -> Mac | None:
        """The station of an address if it is known; asks nobody and changes nothing."""
        entry = self.cache.find(interface, address)
        return entry.mac if entry is not None else None

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

    def take_lost(self) -> list[tuple[Waiting, Reason]]:
        """The packets that waited in vain since the last call, and why."""
        lost, self.cache.lost = self.cache.lost, []
        return lost

    def confirm(self, interface: str, address: Address, now: int, out: list[Output]) -> None:
        """Tell that an upper layer makes progress through a neighbour (RFC 4861 7.3.1)."""
        self.cache.post(self._plane.interfaces[interface], address, Event.CONFIRMED, now, out)

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
        match message:
            case NeighborSolicitation():
                return self.nd.receive_solicitation(interface, packet, message, now, out)
            case NeighborAdvertisement():
                return self.nd.receive_advertisement(interface, message, now, out)
            case RouterSolicitation():
                return self._solicited(interface, packet.source, message, now, out)
            case RouterAdvertisement():
                return self._advertised(interface, packet.source, message, now, out)
        return Reason.NOT_ANSWERED

    def _solicited(
        self,
        interface: Interface,
        host: Address,
        message: RouterSolicitation,
        now: int,
        out: list[Output],
    ) -> Reason:
        """RFC 4861 6.2.6; a host drops it."""
        if not self.advertiser.is_advertising(interface.name):
            return Reason.NOT_ANSWERED
        self.nd.hear_sender(interface, host, message, now, out, is_router=False)
        self.advertiser.solicited(interface, now)
        return Reason.ANSWERED

    def _advertised(
        self,
        interface: Interface,
        router: Address,
        message: RouterAdvertisement,
        now: int,
        out: list[Output],
    ) -> Reason:
        """RFC 4861 6.3.4 for a host, 6.2.7 for a router."""
        self.nd.hear_sender(interface, router, message, now, out, is_router=True)
        if self.advertiser.is_advertising(interface.name):
            self._consistency.receive(interface, router, message, out)
        elif interface.autoconfigures and not self._plane.forwards:
            self.discovery.receive(interface, router, message, now, out)
        return Reason.DELIVERED

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
        self.nd.hear(interface, address, station, now, out, is_router=is_router)

    def _is_router(self, interface: Interface) -> bool:
        return self._plane.forwards and interface.forwards

    def _ask(self, entry: Entry, is_unicast: bool, now: int, out: list[Output]) -> None:  # noqa: ARG002
        interface = self._plane.interfaces[entry.interface]
        station = entry.mac if is_unicast else None
        if entry.address.version == 4:
            self.arp.ask(interface, entry.address, entry.asker, station, out)
        else:
            self.nd.ask(interface, entry.address, entry.asker, station, out)

    # -- interfaces ----------------------------------------------------------------------------

    def went_up(self, interface: Interface, now: int, out: list[Output]) -> None:
        """Begin to speak on a link that carries packets; once more begins anew."""
        self._running.add(interface.name)
        self._make_link_local(interface, out)
        self._report(interface, now, out)
        for own in interface.addresses:
            self._claim(interface, own.address, now, out)

    def went_down(self, interface: Interface) -> None:
        """Forget what was learned from a link that is gone."""
        self._running.discard(interface.name)
        self.cache.clear(interface)
        self.groups.went_down(interface.name)
        self.advertiser.went_down(interface.name)
        self.discovery.went_down(interface.name)
        for own in interface.addresses:
            self.claims.end(interface.name, own.address)

    def changed(
        self, before: Interface | None, interface: Interface, now: int, out: list[Output]
    ) -> None:
        """Follow a change of an interface: of its addresses, its station, what it advertises."""
        held = {own.address for own in before.addresses} if before is not None else set()
        for address in sorted(held - {own.address for own in interface.addresses}):
            self.claims.end(interface.name, address)
        if interface.name not in self._running:
            return
        self._make_link_local(interface, out)
        self._report(interface, now, out)
        has_moved = before is not None and before.mac != interface.mac
        for own in interface.addresses:
            if own.address not in held:
                self._claim(interface, own.address, now, out)
            elif has_moved and (interface.name, own.address) not in self.claims.unusable:
                retrans_ns = self.cache.links.of(interface).retrans_ns
                plan = ANNOUNCE_IPV4 if own.version == 4 else moved_ipv6(retrans_ns)
                self.claims.begin(interface, own.address, plan, now, out)
        if before != interface:
            self.advertiser.refresh(interface, now, out)

    def shut_down(self, now: int, out: list[Output]) -> None:
        """Say good-bye on all links (RFC 4861 6.2.5)."""
        self.advertiser.shut_down(out)
        for name in sorted(self._running):
            self.groups.report(self._plane.interfaces[name], (), now, out)

    def membership(
        self, interface: Interface, group: Address, now: int, out: list[Output], *, joins: bool
    ) -> None:
        """Join or leave a multicast group."""
        if joins:
            self.groups.join(interface, group)
        else:
            self.groups.leave(interface, group)
        self._plane.index_addresses()
        if interface.name in self._running:
            self._report(interface, now, out)

    def _make_link_local(self, interface: Interface, out: list[Output]) -> None:
        """RFC 4862 5.3: an interface that speaks IPv6 has a link-local address."""
        if interface.speaks_ipv6 and interface.link_local() is None:
            address = Address.from_eui64(LINK_LOCAL, interface.mac)
            out.append(AddAddress(interface.name, InterfaceAddress(address, LINK_LOCAL.length)))

    def _report(self, interface: Interface, now: int, out: list[Output]) -> None:
        joined = self.groups.joined.get(interface.name, {})
        own = self._plane.own.groups(interface.name)
        speaks = interface.speaks_ipv6
        wanted = [group for group in own if group in joined or (group.version == 6 and speaks)]
        self.groups.report(interface, wanted, now, out)

    def _taken(self, interface: Interface, address: Address, now: int, out: list[Output]) -> None:
        """An address of ours can be used."""
        if address.version == 4 or not address.is_link_local:
            return
        self.advertiser.refresh(interface, now, out)
        if interface.autoconfigures and not self._plane.forwards:
            self.discovery.begin(interface, now)

    def _claim(self, interface: Interface, address: Address, now: int, out: list[Output]) -> None:
        if interface.is_loopback:
            return
        if address.version == 4:
            plan = _IPV4_PLANS[self.settings.claiming_ipv4]
        else:
            retrans_ns = self.cache.links.of(interface).retrans_ns
            plan = check_ipv6(interface.dad_transmits, retrans_ns)
        self.claims.begin(interface, address, plan, now, out)

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
        parts = (self.cache, self.claims, self.nd, self.groups, self.advertiser, self.discovery)
        due = [part.next_deadline() for part in parts]
        return min((instant for instant in due if instant is not None), default=None)

    def advance(self, now: int, out: list[Output]) -> None:
        """Do what is due."""
        self.cache.advance(now, out)
        self.claims.advance(now, out)
        self.nd.advance(self._plane.interfaces, now, out)
        self.groups.advance(now, out)
        self.advertiser.advance(now, out)
        self.discovery.advance(now, out)

    # -- looking -------------------------------------------------------------------------------

    def snapshot(self) -> list[Neighbor]:
        """All neighbours as values, by interface, then by family and address."""
        return self.cache.snapshot()
