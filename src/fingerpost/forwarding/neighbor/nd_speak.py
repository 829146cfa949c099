"""The ND messages that a node sends of itself (RFC 4861 7.2.2, 7.2.4, 7.2.6, RFC 4862 5.4.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.addr import Address
from fingerpost.forwarding.neighbor.nd_frame import nd_frame
from fingerpost.forwarding.own import ALL_NODES, ALL_ROUTERS
from fingerpost.wire.nd import (
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
    from fingerpost.forwarding.neighbor.sources import Sources
    from fingerpost.wire.mac import Mac

    IsRouter: TypeAlias = Callable[[Interface], bool]

UNSPECIFIED = Address("::")


class NdSpeaker:
    """Asks by ND on all interfaces of one router, and says what is ours."""

    def __init__(self, sources: Sources, rng: Random, is_router: IsRouter) -> None:
        """`is_router` says whether an interface forwards: the R flag."""
        self._sources = sources
        self._rng = rng
        self._is_router = is_router
        self._nonces: dict[tuple[str, Address], Nonce] = {}

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

        A new one is told to the routers without Override (RFC 9131), one whose station
        changed to all nodes with it (RFC 4861 7.2.6).
        """
        self._nonces.pop((interface.name, address), None)
        destination = ALL_NODES if overrides else ALL_ROUTERS
        message = self.advertisement(interface, address, solicited=False, override=overrides)
        out.append(nd_frame(interface, address, destination, message))

    def is_echo(self, interface: str, message: NeighborSolicitation) -> bool:
        """Whether a question is our own one, come back (RFC 7527 4.2)."""
        sent = self._nonces.get((interface, message.target))
        return sent is not None and sent in message.options

    def advertisement(
        self, interface: Interface, target: Address, *, solicited: bool, override: bool
    ) -> NeighborAdvertisement:
        """The message that says that `target` is ours, or one that is ours among others'."""
        options = (TargetLinkLayerAddress(interface.mac),)
        is_router = self._is_router(interface)
        return NeighborAdvertisement(target, is_router, solicited, override, options)
