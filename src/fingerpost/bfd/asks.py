"""Who asks for which session, and what holds for a session that several ask for.

A session is shared by all who ask for the same neighbour: it is as fast as the fastest of them
wants it. What an operator says of a peer holds whatever they want.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.addr import Address
from fingerpost.bfd.config import BfdTimers
from fingerpost.bfd.session import SessionKey, Settings
from fingerpost.errors import UsageError
from fingerpost.protocol.events import UnwatchNeighbor, WatchNeighbor, WatchTimers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fingerpost.bfd.config import BfdConfig, BfdPeer
    from fingerpost.bfd.links import Links

OPERATOR = ""  # asks by the configuration, and is told nothing


class AskName(NamedTuple):
    """Who asks, and by which names."""

    client: str
    key: str
    interface: str | None
    remote: Address


@dataclass(slots=True)
class Ask:
    """One ask. `session` is where it leads now, None if no network of ours has the address."""

    name: AskName
    watch: WatchNeighbor
    session: SessionKey | None = None
    is_told_up: bool = False


def name_of(client: str, watch: WatchNeighbor | UnwatchNeighbor) -> AskName:
    """The names of an ask."""
    return AskName(client, watch.key, watch.interface, watch.remote.without_zone)


class Asks:
    """All asks, by name and by session."""

    def __init__(self) -> None:
        """Nobody asks."""
        self._by_name: dict[AskName, Ask] = {}
        self._by_session: dict[SessionKey, dict[AskName, Ask]] = {}

    def __iter__(self) -> Iterator[Ask]:
        """All of them; they may come and go meanwhile."""
        return iter(tuple(self._by_name.values()))

    def get(self, name: AskName) -> Ask | None:
        """One by its names."""
        return self._by_name.get(name)

    def of(self, key: SessionKey) -> list[Ask]:
        """Those that lead to a session."""
        return list(self._by_session.get(key, {}).values())

    def put(self, name: AskName, watch: WatchNeighbor) -> Ask:
        """Take an ask, or another by the same names."""
        ask = self._by_name.get(name)
        if ask is None:
            ask = self._by_name[name] = Ask(name, watch)
        ask.watch = watch
        return ask

    def drop(self, ask: Ask) -> None:
        """Let go of an ask that leads nowhere any more."""
        self.place(ask, None)
        del self._by_name[ask.name]

    def place(self, ask: Ask, key: SessionKey | None) -> None:
        """Let an ask lead to a session."""
        if ask.session is not None:
            held = self._by_session[ask.session]
            del held[ask.name]
            if not held:
                del self._by_session[ask.session]
        ask.session = key
        if key is not None:
            self._by_session.setdefault(key, {})[ask.name] = ask


def place_of(watch: WatchNeighbor, links: Links) -> SessionKey | None:
    """The session that an ask means; None if no network of ours has the address."""
    remote = watch.remote.without_zone
    if watch.hops > 1:
        return SessionKey(None, watch.local, remote)
    interface = watch.interface or links.towards(remote)
    return None if interface is None else SessionKey(interface, None, remote)


def peers_as_asks(config: BfdConfig) -> dict[AskName, WatchNeighbor]:
    """What the operator asks for."""
    found = {}
    for peer in config.peers:
        local = "" if peer.local is None else str(peer.local)
        interface = None if peer.hops > 1 else peer.interface
        watch = WatchNeighbor(local, interface, peer.local, peer.address, hops=peer.hops)
        found[name_of(OPERATOR, watch)] = watch
    return found


def settings_of(key: SessionKey, config: BfdConfig, asks: Iterable[Ask]) -> Settings:
    """What holds for a session."""
    watches = [one.watch for one in asks]
    peer = _peer_of(key, config)
    interface = config.interface(key.interface)
    sources = [one.local for one in watches if one.local is not None]
    hops = max((one.hops for one in watches), default=1)
    found = Settings(
        _fastest(interface.timers, [one.parameters for one in watches]),
        interface.is_passive,
        interface.authentication,
        source=key.local or (sources[0] if sources else None),
        hops=hops,
    )
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


def _peer_of(key: SessionKey, config: BfdConfig) -> BfdPeer | None:
    for peer in config.peers:
        if peer.address.without_zone != key.remote or (peer.hops > 1) is not key.is_multihop:
            continue
        if key.is_multihop and peer.local == key.local:
            return peer
        if not key.is_multihop and peer.interface in (None, key.interface):
            return peer
    return None


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
