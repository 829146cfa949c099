"""A router's presence on its links: what begins and ends when they, or its addresses, change.

A link that comes up: the interface makes itself a link-local address (RFC 4862 5.3), joins the
groups of its addresses, and claims them. When the link-local address is ours, routers begin to
advertise and hosts to ask for routers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.addr import Address, Prefix
from fingerpost.addr import Interface as InterfaceAddress
from fingerpost.forwarding.events import AddAddress
from fingerpost.forwarding.neighbor.claim_state import (
    ANNOUNCE_IPV4,
    PROBE_IPV4,
    SILENT,
    check_ipv6,
    moved_ipv6,
)
from fingerpost.forwarding.neighbor.settings import Claiming

if TYPE_CHECKING:
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.forwarder import Forwarder
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.advertiser import Advertiser
    from fingerpost.forwarding.neighbor.cache import Cache
    from fingerpost.forwarding.neighbor.claims import Claims
    from fingerpost.forwarding.neighbor.discovery import RouterDiscovery
    from fingerpost.forwarding.neighbor.groups import Groups

LINK_LOCAL = Prefix("fe80::/64")  # RFC 4291 2.5.6
_IPV4_PLANS = {
    Claiming.SILENT: SILENT,
    Claiming.ANNOUNCE: ANNOUNCE_IPV4,
    Claiming.PROBE: PROBE_IPV4,
}


class Presence:
    """Which interfaces speak; `Neighbors` tells it what happens to them."""

    def __init__(
        self,
        plane: Forwarder,
        cache: Cache,
        claims: Claims,
        groups: Groups,
        advertiser: Advertiser,
        discovery: RouterDiscovery,
    ) -> None:
        """No interface speaks yet."""
        self._plane = plane
        self._cache = cache
        self._claims = claims
        self._groups = groups
        self._advertiser = advertiser
        self._discovery = discovery
        self._running: set[str] = set()
        claims.taken = self._taken

    def went_up(self, interface: Interface, now: int, out: list[Output]) -> None:
        """Begin to speak on a link that carries packets; once more begins anew."""
        self._running.add(interface.name)
        self._make_link_local(interface, out)
        for own in interface.addresses:
            self._claim(interface, own.address, now, out)
        self._report(interface, now, out)

    def went_down(self, interface: Interface) -> None:
        """Forget what was learned from a link that is gone."""
        self._running.discard(interface.name)
        self._cache.clear(interface)
        self._groups.went_down(interface.name)
        self._advertiser.went_down(interface.name)
        self._discovery.went_down(interface.name)
        for own in interface.addresses:
            self._claims.end(interface.name, own.address)

    def changed(
        self, before: Interface | None, interface: Interface, now: int, out: list[Output]
    ) -> None:
        """Follow a change of an interface: of its addresses, its station, what it advertises."""
        held = {own.address for own in before.addresses} if before is not None else set()
        for address in sorted(held - {own.address for own in interface.addresses}):
            self._claims.end(interface.name, address)
        if interface.name not in self._running:
            return
        self._make_link_local(interface, out)
        has_moved = before is not None and before.mac != interface.mac
        for own in interface.addresses:
            if own.address not in held:
                self._claim(interface, own.address, now, out)
            elif has_moved and (interface.name, own.address) not in self._claims.unusable:
                retrans_ns = self._cache.links.of(interface).retrans_ns
                plan = ANNOUNCE_IPV4 if own.version == 4 else moved_ipv6(retrans_ns)
                self._claims.begin(interface, own.address, plan, now, out)
        self._report(interface, now, out)
        if before != interface:
            self._advertiser.refresh(interface, now, out)

    def shut_down(self, now: int, out: list[Output]) -> None:
        """Say good-bye on all links (RFC 4861 6.2.5)."""
        self._advertiser.shut_down(out)
        for name in sorted(self._running):
            self._groups.report(self._plane.interfaces[name], (), now, out)

    def membership(
        self, interface: Interface, group: Address, now: int, out: list[Output], *, joins: bool
    ) -> None:
        """Join or leave a multicast group."""
        if joins:
            self._groups.join(interface, group)
        else:
            self._groups.leave(interface, group)
        self._plane.index_addresses()
        if interface.name in self._running:
            self._report(interface, now, out)

    def _make_link_local(self, interface: Interface, out: list[Output]) -> None:
        """RFC 4862 5.3: an interface that speaks IPv6 has a link-local address."""
        if interface.speaks_ipv6 and interface.link_local() is None:
            address = Address.from_eui64(LINK_LOCAL, interface.mac)
            out.append(AddAddress(interface.name, InterfaceAddress(address, LINK_LOCAL.length)))

    def _report(self, interface: Interface, now: int, out: list[Output]) -> None:
        joined = self._groups.joined.get(interface.name, {})
        own = self._plane.own.groups(interface.name)
        speaks = interface.speaks_ipv6
        wanted = [group for group in own if group in joined or (group.version == 6 and speaks)]
        self._groups.report(interface, wanted, now, out)

    def _taken(self, interface: Interface, address: Address, now: int, out: list[Output]) -> None:
        """An address of ours can be used."""
        if address.version == 4 or not address.is_link_local:
            return
        self._advertiser.refresh(interface, now, out)
        if self._discovery.heeds(interface):
            self._discovery.begin(interface, now)

    def _claim(self, interface: Interface, address: Address, now: int, out: list[Output]) -> None:
        if interface.is_loopback:
            return
        if address.version == 4:
            plan = _IPV4_PLANS[self._plane.policy.neighbors.claiming_ipv4]
        else:
            retrans_ns = self._cache.links.of(interface).retrans_ns
            plan = check_ipv6(interface.dad_transmits, retrans_ns)
        self._claims.begin(interface, address, plan, now, out)
