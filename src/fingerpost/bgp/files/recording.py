"""Writes the table every so often, and messages and changes of state as they happen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from fingerpost._core import bgp_mirror, bgp_mirror_note, bgp_mirrored
from fingerpost.addr import Address
from fingerpost.bgp.records.dumping import dump_slices
from fingerpost.mrt import Ends, SessionState, StateChange
from fingerpost.protocol.events import AppendFile, FinishFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.bgp.config import MrtFiles
    from fingerpost.bgp.machine import Bgp
    from fingerpost.bgp.peer import Peer
    from fingerpost.bgp.session import Session

CHUNK: Final = 256 << 10
FLUSH: Final = 1_000_000_000
"""How long messages may wait to be written."""
_MRT: Final = 1
_NS_PER_S: Final = 1_000_000_000
_NOWHERE: Final = Address("0.0.0.0")
_MESSAGE, _MESSAGE_AS4, _WITH_IDS = 1, 4, 9


class Recording:
    """One instance's files; without any it costs nothing. `lost` counts gaps in the messages."""

    def __init__(self, bgp: Bgp) -> None:
        """Nothing is written."""
        self._bgp = bgp
        self._config: MrtFiles | None = None
        self._table: Iterator[bytes] | None = None
        self._table_path = self._updates_path = ""
        self._table_at: int | None = None
        self._rotate_at: int | None = None
        self._flush_at: int | None = None
        self.cursor = 0
        self.lost = self.tables = self.octets = 0

    def snapshot(self) -> dict[str, object] | None:
        """As plain data; None: nothing is configured. `table_at` and `rotate_at` are instants,
        `octets` all that was handed over to be written, `lost` how often messages came faster.
        """
        if self._config is None:
            return None
        return {
            "table": self._config.table or None,
            "table_path": self._table_path if self._table is not None else None,
            "table_at": self._table_at,
            "tables": self.tables,
            "updates": self._config.updates or None,
            "updates_path": self._updates_path or None,
            "rotate_at": self._rotate_at,
            "octets": self.octets,
            "lost": self.lost,
        }

    @property
    def is_on(self) -> bool:
        """Whether any file is to be written."""
        return self._config is not None

    @property
    def takes_messages(self) -> bool:
        """Whether messages are recorded."""
        return self._config is not None and bool(self._config.updates)

    def configure(self) -> None:
        """Go by the configuration from now on."""
        bgp, config = self._bgp, self._bgp.config.mrt
        if config == self._config:
            return
        self.stop()
        self._config = config
        if config is None:
            return
        if config.table:
            self._table_at = bgp.now + config.table_every_ns
        if config.updates:
            self.cursor = bgp_mirror(bgp.table)
            self._rotate_at = bgp.now + config.rotate_ns
            self._flush_at = bgp.now + FLUSH
            self._updates_path = self._path(config.updates)

    def stop(self) -> None:
        """Finish what is begun; a table that is not whole is left out."""
        if self._updates_path and self._config is not None:
            self._write_messages()
            self._finish(self._updates_path)
        self._table = None
        self._updates_path = ""
        self._table_at = self._rotate_at = self._flush_at = None

    def head_of(self, peer: Peer, session: Session) -> bytes | None:
        """What stands before a message of a neighbour: the subtype and the ends (RFC 6396 4.4)."""
        agreed = session.agreed
        if not self.takes_messages or agreed is None:
            return None
        subtype = _MESSAGE_AS4
        if any(one.path_ids_in for one in agreed.families):
            subtype = _WITH_IDS
        ends = self._ends(peer, session)
        if agreed.as4:
            return subtype.to_bytes(2, "big") + ends.encode()
        narrow = min(ends.peer_as, 0xFFFF).to_bytes(2, "big")
        narrow += (ends.local_as if ends.local_as <= 0xFFFF else 23456).to_bytes(2, "big")
        return _MESSAGE.to_bytes(2, "big") + narrow + ends.encode()[8:]

    def _ends(self, peer: Peer, session: Session) -> Ends:
        ours = session.ours
        local_as = self._bgp.config.asn if ours is None else ours.asn
        local = _NOWHERE if session.local is None else session.local.without_zone
        return Ends(peer.asn, local_as, peer.address or _NOWHERE, local)

    def changed(self, peer: Peer, session: Session, before: SessionState) -> None:
        """A session came to Established, or left it."""
        if self.takes_messages:
            is_up = before is not SessionState.ESTABLISHED
            after = SessionState.ESTABLISHED if is_up else SessionState.IDLE
            instant = self._bgp.now + self._bgp.config.epoch_ns
            change = StateChange(instant, self._ends(peer, session), before, after)
            bgp_mirror_note(self._bgp.table, _MRT, change.record().encode())

    # ---- time

    def settle(self) -> bool:
        """Write what is due, a slice; True: a table is being written."""
        config, now = self._config, self._bgp.now
        if config is None:
            return False
        if self._table_at is not None and now >= self._table_at and self._table is None:
            self._table_at = now + config.table_every_ns
            self._table_path = self._path(config.table)
            instant = now + self._bgp.config.epoch_ns
            self._table = dump_slices(self._bgp, instant, is_pre_policy=config.is_pre_policy)
        if self._table is not None:
            self._write_table()
        if self._flush_at is not None and now >= self._flush_at:
            self._flush_at = now + FLUSH
            self._write_messages()
        if self._rotate_at is not None and now >= self._rotate_at:
            self._rotate_at = now + config.rotate_ns
            self._write_messages()
            self._finish(self._updates_path)
            self._updates_path = self._path(config.updates)
        return self._table is not None

    def _write_table(self) -> None:
        assert self._table is not None  # it is asked for
        octets = next(self._table, None)
        if octets is None:
            self._table = None
            self.tables += 1
            self._finish(self._table_path)
        elif octets:
            self._append(self._table_path, octets)

    def _write_messages(self) -> None:
        is_more = True
        while is_more:
            octets, self.cursor, is_lost = bgp_mirrored(
                self._bgp.table, self.cursor, CHUNK, _MRT, pre=True, post=False, sent=False
            )
            self.lost += is_lost
            is_more = len(octets) >= CHUNK
            if octets:
                self._append(self._updates_path, octets)

    def _append(self, path: str, octets: bytes) -> None:
        is_compressed = self._config is not None and self._config.is_compressed
        self.octets += len(octets)
        self._bgp.put(AppendFile(path, octets, is_compressed))

    def _finish(self, path: str) -> None:
        self._bgp.put(FinishFile(path))

    def _path(self, pattern: str) -> str:
        seconds = (self._bgp.now + self._bgp.config.epoch_ns) // _NS_PER_S
        return datetime.fromtimestamp(seconds, UTC).strftime(pattern)

    def next_deadline(self) -> int | None:
        """When something is due."""
        given = (self._table_at, self._rotate_at, self._flush_at)
        return min((one for one in given if one is not None), default=None)
