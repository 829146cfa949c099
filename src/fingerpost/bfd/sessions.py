"""All sessions of an instance, and how a packet finds its own (RFC 5880 6.3, RFC 5881 3)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fingerpost.bfd.authentication import Sequences
from fingerpost.bfd.constants import QUIET_PORTS, SOURCE_PORTS
from fingerpost.bfd.session import Session, SessionKey, Settings
from fingerpost.bfd.timing import begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from fingerpost.protocol.events import DatagramReceived


class Sessions:
    """The sessions by key and by discriminator. `rng` draws what no two have in common."""

    def __init__(self, rng: Random) -> None:
        """There is none."""
        self._rng = rng
        self._by_key: dict[SessionKey, Session] = {}
        self._by_discriminator: dict[int, Session] = {}
        self._ports: set[int] = set()
        self._counts: Counter[tuple[str | None, int]] = Counter()

    def __len__(self) -> int:
        """How many there are."""
        return len(self._by_key)

    def __iter__(self) -> Iterator[Session]:
        """All of them, in order of their coming; they may come and go meanwhile."""
        return iter(tuple(self._by_key.values()))

    def get(self, key: SessionKey) -> Session | None:
        """The session of a key."""
        return self._by_key.get(key)

    def find(self, discriminator: int) -> Session | None:
        """The session of one of our discriminators."""
        return self._by_discriminator.get(discriminator)

    def on(self, interface: str | None, version: int) -> list[Session]:
        """Those of an interface and a version of IP; None: the multihop ones."""
        return [
            one
            for key, one in self._by_key.items()
            if key.interface == interface and key.remote.version == version
        ]

    def has_any(self, interface: str | None, version: int) -> bool:
        """Whether there is one of an interface and a version of IP."""
        return self._counts[interface, version] > 0

    def first_of(self, datagram: DatagramReceived, *, is_alone: bool) -> Session | None:
        """The session of a neighbour that does not know our discriminator yet.

        `is_alone`: a link of two ends, where its address does not matter (RFC 5881 3).
        """
        source, local = datagram.source.without_zone, datagram.destination.without_zone
        found = self._by_key.get(SessionKey(datagram.interface, None, source))
        found = found or self._by_key.get(SessionKey(None, local, source))
        if found is None and is_alone:
            there = self.on(datagram.interface, source.version)
            return there[0] if len(there) == 1 else None
        return found

    def add(self, key: SessionKey, settings: Settings, now: int) -> Session:
        """Make a session, with a discriminator and a source port of its own (RFC 5881 4)."""
        discriminator = 0
        while not discriminator or discriminator in self._by_discriminator:
            discriminator = self._rng.getrandbits(32)
        sequences = Sequences(self._rng.getrandbits(32))
        session = Session(key, settings, discriminator, self._free_port(), sequences, now)
        session.path_fault = "it was not looked for yet"
        begin(session)
        self._by_key[key] = self._by_discriminator[discriminator] = session
        self._counts[key.interface, key.remote.version] += 1
        return session

    def _free_port(self) -> int:
        """A port that no other session has, as long as there is one."""
        count, beyond = len(SOURCE_PORTS), len(SOURCE_PORTS) - len(QUIET_PORTS)
        first = beyond + self._rng.randrange(len(QUIET_PORTS))
        turns = (SOURCE_PORTS[(first + step) % count] for step in range(count))
        port = next((one for one in turns if one not in self._ports), SOURCE_PORTS[first])
        self._ports.add(port)
        return port

    def remove(self, session: Session) -> None:
        """Let go of a session."""
        key = session.key
        del self._by_key[key], self._by_discriminator[session.discriminator]
        self._counts[key.interface, key.remote.version] -= 1
        self._ports.discard(session.source_port)
