"""One station: its connection, what it was told, and what it is owed (RFC 7854 3.3)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from fingerpost._core import bgp_best_news, bgp_close_reader, bgp_mirror, bgp_mirrored, bgp_walk
from fingerpost.bgp.bmp import heads
from fingerpost.bgp.bmp.statistics import statistics_of
from fingerpost.bgp.bmp.told import told_slices
from fingerpost.bgp.timers import jittered
from fingerpost.bmp import Termination, TerminationReason, TerminationType
from fingerpost.bmp.framing import begins
from fingerpost.forwarding.durations import SECOND
from fingerpost.protocol.events import CloseStream, OpenStream, SendStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.bgp.config import BmpStation
    from fingerpost.bgp.machine import Bgp

ROOM: Final = 32 << 20
"""Octets of messages that wait for the slowest station."""
MOST: Final = 512 << 10
"""Octets that the host may have and that did not go yet."""
CHUNK: Final = 128 << 10
WALK: Final = 2_000
"""Prefixes of a table at a time."""
RETRY: Final = 30 * SECOND
RETRY_MOST: Final = 720 * SECOND  # RFC 7854 3.2
VIEWS: Final = ("pre_policy", "post_policy", "local_rib", "adj_rib_out")
_BMP: Final = 0
_PRE, _POST, _LOC_RIB = 0, 1, 2
Task = tuple[int, int, int, bytes]  # view, peer, family, per-peer header


class Station:
    """It connects, tells who is up and what the tables have, and then what happens."""

    def __init__(self, bgp: Bgp, config: BmpStation) -> None:
        """Not connected; it is tried at once."""
        self._bgp = bgp
        self.config = config
        self.stream: int | None = None
        self.is_up = False
        self.reason = ""
        self.connected_at: int | None = None
        self.unsent = self.octets = self.messages = self.sessions = self.lost = 0
        self._retry = RETRY
        self._connect_at: int | None = bgp.now
        self._statistics_at: int | None = None
        self.cursor = 0
        self._tasks: deque[Task] = deque()
        self._told: deque[Iterator[bytes]] = deque()
        self._at = 0
        self._readers: dict[int, int] = {}
        self._has_news = True

    @property
    def due(self) -> int | None:
        """When something is to be done though nothing happens."""
        return self._statistics_at if self.is_up else self._connect_at

    @property
    def state(self) -> str:
        """In a word: "idle", "connecting", "dumping" or "up"."""
        if self.stream is None:
            return "idle"
        if not self.is_up:
            return "connecting"
        return "dumping" if self._owes_tables else "up"

    @property
    def _owes_tables(self) -> bool:
        return bool(self._tasks) or bool(self._told)

    def snapshot(self) -> dict[str, object]:
        """As plain data: `connect_at` and `connected_at` are instants, `unsent` what the host has
        and the station has not, `waiting` the entries of the log that it has not seen, `tables`
        those that are still to be told, `dropped` how often it was too slow.
        """
        config = self.config
        return {
            "name": config.name,
            "address": str(config.address),
            "port": config.port,
            "state": self.state,
            "reason": self.reason,
            "connected_at": self.connected_at,
            "connect_at": None if self.is_up else self._connect_at,
            "sessions": self.sessions,
            "messages": self.messages,
            "octets": self.octets,
            "unsent": self.unsent,
            "waiting": bgp_mirror(self._bgp.table) - self.cursor if self.is_up else 0,
            "tables": len(self._tasks) + len(self._told),
            "dropped": self.lost,
            "views": [name for name in VIEWS if getattr(config, name)],
        }

    # ---- the connection

    def connected(self) -> None:
        """It stands: tell everything from the beginning."""
        bgp, config = self._bgp, self.config
        self.is_up, self.reason, self._retry = True, "", RETRY
        self.connected_at = bgp.now
        self.sessions += 1
        self.cursor = bgp_mirror(bgp.table)
        if config.statistics_ns:
            self._statistics_at = bgp.now + config.statistics_ns
        self._send(heads.initiation(bgp.config.hostname))
        self._tell_tables()

    def _tell_tables(self) -> None:
        bgp, config = self._bgp, self.config
        instant = heads.instant_of(bgp)
        if config.local_rib:
            self._send(heads.loc_rib_up(bgp))
            best = heads.of_loc_rib(bgp).encode()
            for family in bgp.config.families:
                self._readers[family.code] = bgp.table.open_reader(family.code)
                self._tasks.append((_LOC_RIB, 0, family.code, best))
        for peer in bgp.peers.values():
            session = peer.established
            if session is None or session.agreed is None:
                continue
            self._send(heads.peer_up(peer, session, instant))
            head = heads.header_of(peer, session, instant)
            views = [(_PRE, head)] * config.pre_policy
            views += [(_POST, heads.post_policy(head))] * config.post_policy
            for view, one in views:
                for agreed in session.agreed.families:
                    self._tasks.append((view, peer.number, agreed.family.code, one.encode()))
            if config.adj_rib_out:
                out = heads.told(head).encode()
                for agreed in session.agreed.families:
                    self._told.append(told_slices(bgp, peer.number, agreed.family, out))

    def closed(self, reason: str | None) -> None:
        """It is over, or could not be opened: try again, later each time (RFC 7854 3.2)."""
        self._forget(reason or "closed by the station")
        self._connect_at = self._bgp.now + jittered(self._retry, self._bgp.rng)
        self._retry = min(2 * self._retry, RETRY_MOST)

    def went(self, octets: int) -> None:
        """The host got rid of so much."""
        self.unsent = max(self.unsent - octets, 0)

    def stop(self) -> None:
        """It is told no more."""
        self._close(TerminationReason.CLOSED, "stopped")
        self._connect_at = None

    def _close(self, reason: TerminationReason, text: str) -> None:
        stream = self.stream
        if stream is not None:
            if self.is_up:
                told = ((TerminationType.REASON, int(reason).to_bytes(2, "big")),)
                self._send(Termination(told).encode())
            self._bgp.put(CloseStream(stream))
        self._forget(text)

    def _forget(self, reason: str) -> None:
        self.stream, self.is_up, self.reason = None, False, reason
        self.connected_at = self._statistics_at = None
        self.unsent = self._at = 0
        self._tasks.clear()
        self._told.clear()
        for family, reader in self._readers.items():
            bgp_close_reader(self._bgp.table, family, reader)
        self._readers.clear()

    # ---- what it is told

    def settle(self) -> bool:
        """Do what is due, and hand out what there is room for; True: there is more and room."""
        bgp = self._bgp
        if self.stream is None:
            if self._connect_at is not None and bgp.now >= self._connect_at:
                self._connect()
            return False
        if not self.is_up:
            return False
        if self._statistics_at is not None and bgp.now >= self._statistics_at:
            self._statistics_at = bgp.now + self.config.statistics_ns
            self._send(statistics_of(bgp, loc_rib=self.config.local_rib))
        return self.unsent < MOST and self._serve()

    def _connect(self) -> None:
        bgp, config = self._bgp, self.config
        self._connect_at = None
        self.stream = bgp.streams.number()
        bgp.put(OpenStream(self.stream, config.address, config.port))

    def _serve(self) -> bool:
        """What happened comes first, then a part of the tables."""
        config, table = self.config, self._bgp.table
        octets, self.cursor, is_lost = bgp_mirrored(
            table,
            self.cursor,
            CHUNK,
            _BMP,
            pre=config.pre_policy,
            post=config.post_policy,
            sent=config.adj_rib_out,
            instant=heads.instant_of(self._bgp),
        )
        if is_lost:
            self.lost += 1
            self._close(TerminationReason.OUT_OF_RESOURCES, "it is too slow")
            self._connect_at = self._bgp.now + jittered(self._retry, self._bgp.rng)
            return False
        self._send(octets)
        has_more = len(octets) >= CHUNK
        head = heads.of_loc_rib(self._bgp).encode() if self._readers else b""
        for family, reader in self._readers.items():
            instant = heads.instant_of(self._bgp)
            news, count = bgp_best_news(table, family, reader, WALK, head, instant)
            self._send(news)
            has_more = has_more or count >= WALK
        if not has_more and self._tasks:
            self._walk()
        elif not has_more and self._told:
            self._tell_told()
        return has_more or self._owes_tables

    def _walk(self) -> None:
        view, peer, family, head = self._tasks[0]
        instant = heads.instant_of(self._bgp)
        octets, after = bgp_walk(self._bgp.table, view, peer, family, self._at, WALK, head, instant)
        self._send(octets)
        self._at = after or 0
        if after is None:
            self._tasks.popleft()
            self._send(heads.end_of_rib(family, head))

    def _tell_told(self) -> None:
        octets = next(self._told[0], None)
        if octets is None:
            self._told.popleft()
        else:
            self._send(octets)

    def _send(self, octets: bytes) -> None:
        if octets and self.stream is not None:
            self.unsent += len(octets)
            self.octets += len(octets)
            self.messages += sum(1 for _ in begins(octets))
            self._bgp.put(SendStream(self.stream, octets))
