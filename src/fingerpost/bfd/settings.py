"""What holds for a session: what the operator says, and what those want who ask for it.

It is as fast as the fastest of them wants it. What is said of a peer holds whatever they want.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fingerpost.bfd.config import BfdInterface, BfdTimers
from fingerpost.bfd.session import SessionKey, Settings
from fingerpost.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fingerpost.addr import Address
    from fingerpost.bfd.config import BfdConfig, BfdPeer
    from fingerpost.protocol.events import WatchNeighbor, WatchTimers


class Rules:
    """A configuration, found by interface and by peer."""

    def __init__(self, config: BfdConfig) -> None:
        """Look all of it up once."""
        self._default = BfdInterface("", config.timers)
        self._interfaces = {one.name: one for one in config.interfaces}
        self._peers: dict[Address, list[BfdPeer]] = {}
        for peer in config.peers:
            self._peers.setdefault(peer.address.without_zone, []).append(peer)

    def settings_of(self, key: SessionKey, watches: Sequence[WatchNeighbor]) -> Settings:
        """What holds for a session that is asked for like this."""
        interface = self._interfaces.get(key.interface or "", self._default)
        sources = [one.local for one in watches if one.local is not None]
        found = Settings(
            _fastest(interface.timers, [one.parameters for one in watches]),
            interface.is_passive,
            interface.authentication,
            source=key.local or (sources[0] if sources else None),
            hops=max((one.hops for one in watches), default=1),
        )
        peer = self._peer_of(key)
        if peer is None:
            return found
        return replace(
            found,
            timers=peer.timers or found.timers,
            is_passive=found.is_passive if peer.is_passive is None else peer.is_passive,
            authentication=peer.authentication or found.authentication,
            is_shut_down=peer.is_shut_down,
            source=peer.local or found.source,
        )

    def _peer_of(self, key: SessionKey) -> BfdPeer | None:
        """What is said of the neighbour, rather of it on this interface than on any."""
        named = [one for one in self._peers.get(key.remote, ()) if _means(one, key)]
        return min(named, key=lambda one: one.interface is None, default=None)


def _means(peer: BfdPeer, key: SessionKey) -> bool:
    if (peer.hops > 1) is not key.is_multihop:
        return False
    return peer.local == key.local if key.is_multihop else peer.interface in (None, key.interface)


def _fastest(common: BfdTimers, wanted: Iterable[WatchTimers]) -> BfdTimers:
    found: BfdTimers | None = None
    for one in wanted:
        timers = _timers(common, one)
        found = timers if found is None else _faster(found, timers)
    return found or common


def _timers(common: BfdTimers, wanted: WatchTimers) -> BfdTimers:
    """What one client wants; nothing of it where no packet could say it."""
    transmit_ns, receive_ns = wanted.min_transmit_ns, wanted.min_receive_ns
    try:
        return BfdTimers(
            common.min_transmit_ns if transmit_ns is None else transmit_ns,
            common.min_receive_ns if receive_ns is None else receive_ns,
            common.multiplier if wanted.multiplier is None else wanted.multiplier,
        )
    except UsageError:
        return common


def _faster(one: BfdTimers, other: BfdTimers) -> BfdTimers:
    return BfdTimers(
        min(one.min_transmit_ns, other.min_transmit_ns),
        min(one.min_receive_ns, other.min_receive_ns),
        min(one.multiplier, other.multiplier),
    )
