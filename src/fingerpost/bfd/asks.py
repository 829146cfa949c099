"""Who asks for which session; all who ask for the same neighbour share one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from fingerpost.addr import Address
from fingerpost.bfd.session import SessionKey
from fingerpost.protocol.events import UnwatchNeighbor, WatchNeighbor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.bfd.config import BfdConfig
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
