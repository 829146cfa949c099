"""From those who ask to the sessions that there are: which are made, changed, and let go.

(Demand mode of RFC 5880 6.6 is another thing; `session` knows of it.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.bfd.asks import OPERATOR, name_of, peers_as_asks, place_of
from fingerpost.bfd.reasons import UNASKED
from fingerpost.bfd.settings import Rules

if TYPE_CHECKING:
    from fingerpost.bfd.asks import Ask, Asks
    from fingerpost.bfd.complaints import Complaints
    from fingerpost.bfd.config import BfdConfig
    from fingerpost.bfd.links import Links
    from fingerpost.bfd.listening import Listening
    from fingerpost.bfd.lives import Lives
    from fingerpost.bfd.session import Session, SessionKey
    from fingerpost.bfd.sessions import Sessions
    from fingerpost.bfd.strangers import Strangers
    from fingerpost.protocol.events import UnwatchNeighbor, WatchNeighbor


class Demand:
    """Keeps `sessions` as `asks` want them, on the interfaces that there are."""

    def __init__(
        self,
        config: BfdConfig,
        asks: Asks,
        sessions: Sessions,
        links: Links,
        lives: Lives,
        listening: Listening,
        strangers: Strangers,
        complaints: Complaints,
    ) -> None:
        """Nobody asks; `configure` lets the operator."""
        self._config = config
        self._rules = Rules(config)
        self._asks = asks
        self._sessions = sessions
        self._links = links
        self._lives = lives
        self._listening = listening
        self._strangers = strangers
        self._complaints = complaints
        self._refused: dict[SessionKey, None] = {}

    # ---- who asks

    def watch(self, client: str, watch: WatchNeighbor, now: int) -> None:
        """A client asks, or asks for something else by the same names."""
        ask = self._asks.put(name_of(client, watch), watch)
        if not self._place(ask, now):
            self._settle(ask.session, now)

    def unwatch(self, client: str, watch: UnwatchNeighbor, now: int) -> None:
        """A client asks no more; one that never did is no error."""
        ask = self._asks.get(name_of(client, watch))
        if ask is not None:
            self._drop(ask, now)

    def configure(self, config: BfdConfig, now: int) -> None:
        """Let the operator ask for what a configuration has, and say what sessions are like."""
        self._config, self._rules = config, Rules(config)
        wanted = peers_as_asks(config)
        for ask in self._asks:
            if ask.name.client == OPERATOR and ask.name not in wanted:
                self._drop(ask, now)
        for name, watch in wanted.items():
            self._place(self._asks.put(name, watch), now)
        for session in self._sessions:
            self._settle(session.key, now)

    def _drop(self, ask: Ask, now: int) -> None:
        key = ask.session
        self._asks.drop(ask)
        self._settle(key, now)

    # ---- where they lead

    def link_changed(self, name: str, now: int) -> None:
        """An interface came or went, or has other addresses."""
        self._listening.update(name)
        for session in self._sessions:  # one may speak from the address of another interface
            if session.key.interface == name or session.settings.source is not None:
                self._look_for_path(session, now)
        for ask in self._asks:
            self._place(ask, now)

    def _place(self, ask: Ask, now: int) -> bool:
        """Let an ask lead to the session that it means as interfaces are now; whether that is
        another one.
        """
        before, key = ask.session, place_of(ask.watch, self._links)
        if key is None and before is not None and not self._links.is_up(before.interface):
            return False  # it may come back, and is down until then
        if key == before:
            return False
        self._asks.place(ask, key)
        self._settle(key, now)
        self._settle(before, now)
        if key is None:
            self._lives.tell(ask, None, f"no network of ours has {ask.name.remote}")
        return True

    def _look_for_path(self, session: Session, now: int) -> None:
        key, source = session.key, session.settings.source
        fault = self._links.fault(key.interface, key.remote, source)
        self._lives.set_path(session, fault, now)

    # ---- what is there for them

    def _settle(self, key: SessionKey | None, now: int) -> None:
        """Let a session be as those who ask for it want it, if any."""
        if key is None:
            return
        asks, session = self._asks.of(key), self._sessions.get(key)
        if not asks:
            self._refused.pop(key, None)
            if session is not None and not session.leaves:
                self._lives.leave(session, UNASKED, now)
            return
        settings = self._rules.settings_of(key, [one.watch for one in asks])
        if session is None:
            if len(self._sessions) >= self._config.limits.sessions:
                self._refuse(key, asks)
                return
            session = self._sessions.add(key, settings, now)
            self._strangers.forget(key.interface or "", key.remote)
            self._listening.update(key.interface)
        if session.leaves:
            self._lives.stay(session, now)
        self._lives.set_settings(session, settings, now)
        self._look_for_path(session, now)
        for ask in asks:
            self._lives.tell(ask, session, session.fell)

    def _refuse(self, key: SessionKey, asks: list[Ask]) -> None:
        """There is no room for a session; it is made once there is."""
        limit = self._config.limits.sessions
        if key not in self._refused:
            self._refused[key] = None
            self._complaints.no_room(key.remote, key.interface, limit)
        for ask in asks:
            self._lives.tell(ask, None, f"{limit} sessions are the limit")

    def fill_room(self, now: int) -> None:
        """Make the sessions for which there was no room, as far as there is now."""
        while self._refused and len(self._sessions) < self._config.limits.sessions:
            key = next(iter(self._refused))
            del self._refused[key]
            self._settle(key, now)
