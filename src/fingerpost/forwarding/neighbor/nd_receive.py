"""Valid ND messages, each to who takes it (RFC 4861 6.2.6, 6.2.7, 6.3.4, 7.2.3, 7.2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.forwarding.reason import Reason
from fingerpost.wire.nd import (
    NeighborAdvertisement,
    NeighborSolicitation,
    RouterAdvertisement,
    RouterSolicitation,
)

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.events import Output
    from fingerpost.forwarding.interface import Interface
    from fingerpost.forwarding.neighbor.advertiser import Advertiser
    from fingerpost.forwarding.neighbor.consistency import ConsistencyCheck
    from fingerpost.forwarding.neighbor.discovery import RouterDiscovery
    from fingerpost.forwarding.neighbor.nd_advertised import Advertisements
    from fingerpost.forwarding.neighbor.nd_learn import Learner
    from fingerpost.forwarding.neighbor.nd_solicited import Solicitations
    from fingerpost.forwarding.neighbor.nd_validity import NdMessage
    from fingerpost.forwarding.packet import Packet


class NdReceiver:
    """Hands messages on. Redirects are the business of the stage that reads them."""

    def __init__(
        self,
        solicitations: Solicitations,
        advertisements: Advertisements,
        learner: Learner,
        advertiser: Advertiser,
        discovery: RouterDiscovery,
        consistency: ConsistencyCheck,
    ) -> None:
        """Who takes what."""
        self._solicitations = solicitations
        self._advertisements = advertisements
        self._learner = learner
        self._advertiser = advertiser
        self._discovery = discovery
        self._consistency = consistency

    def receive(
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
                return self._solicitations.receive(interface, packet, message, now, out)
            case NeighborAdvertisement():
                return self._advertisements.receive(interface, message, now, out)
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
        if not self._advertiser.is_advertising(interface.name):
            return Reason.NOT_ANSWERED
        self._learner.hear_sender(interface, host, message, now, out, is_router=False)
        self._advertiser.solicited(interface, now)
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
        self._learner.hear_sender(interface, router, message, now, out, is_router=True)
        if self._advertiser.is_advertising(interface.name):
            self._consistency.receive(interface, router, message, out)
        elif self._discovery.heeds(interface):
            self._discovery.receive(interface, router, message, now, out)
        return Reason.DELIVERED
