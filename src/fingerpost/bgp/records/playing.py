"""A recorded peer speaks again: one session of BGP that tells what a dump holds, without I/O.

`Playback` is the session: it opens, keeps alive, and tells; what the other says is read and, but
for its OPEN and its NOTIFICATION, of no consequence. What it tells comes from `RecordedTable` (a
RIB dump, as few UPDATEs as its attributes allow) or `update_messages` (messages as they came, in
their times). Who drives it hands octets over: `fingerpost bgp replay` by TCP, a lab by its streams.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Final, TypeGuard

from fingerpost._core import MrtRoutes, PrefixColumn, bgp_updates
from fingerpost.addr import Address
from fingerpost.bgp.attributes import AttributeSet, NextHop
from fingerpost.bgp.constants import HEADER, LONGEST_EXTENDED, MessageType
from fingerpost.bgp.family import IPV4, IPV6, Family
from fingerpost.bgp.nlri.unicast import decode_prefix
from fingerpost.bgp.packet import Keepalive, Notification, Open
from fingerpost.bgp.packet.capabilities import As4, Multiprotocol
from fingerpost.bgp.packet.header import encode_header, first_message
from fingerpost.bgp.packet.message import decode_body
from fingerpost.bgp.records.heard import Announced, Withdrawn, heard_in
from fingerpost.errors import DecodeError, UsageError
from fingerpost.fib.load.loaded import Limits
from fingerpost.fib.load.source import open_source
from fingerpost.mrt import MessageSeen, MrtFile, StateChange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fingerpost.bgp.records.heard import Heard
    from fingerpost.fib.load.source import TableFile
    from fingerpost.mrt import TablePeer

LONGEST: Final = 4096
SLICE: Final = 5_000
KEEPALIVE: Final = Keepalive().encode()
Timed = tuple[int, bytes]
"""Nanoseconds after the session stands, and whole messages that are due then."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A peer in a file, and how many routes or messages it has there."""

    address: Address
    asn: int
    count: int


class RecordedTable:
    """A RIB dump in memory, of one peer (an address or an AS number) or of all."""

    def __init__(
        self,
        file: TableFile,
        peer: Address | int | None = None,
        *,
        limits: Limits | None = None,
    ) -> None:
        """Read it; raises `LoadError`, and `DecodeError` where nothing could be read for faults."""
        by_number = peer if isinstance(peer, int) else None
        self._routes = MrtRoutes(None if isinstance(peer, int) else peer, by_number)
        with open_source(file, limits or Limits(), None) as source:
            for chunk in source.chunks():
                self._routes.feed(chunk)
                source.check_memory(self._routes.memory)
            self._routes.end()
            name = source.name
        if self._routes.bad and not any(one.count for one in self.peers):
            raise DecodeError(f"{name}: {self._routes.bad[0][1]}")

    @property
    def peers(self) -> list[Recorded]:
        """Who said something, in the order of the file."""
        return [Recorded(*one) for one in self._routes.peers]

    @property
    def fault_count(self) -> int:
        """How many records and entries did not decode."""
        return self._routes.bad_total

    def messages(self, peer: Recorded, *next_hops: Address) -> Iterator[Timed]:
        """Give all that a peer of it said as UPDATEs that are due at once, with other next hops for
        the families of those that are given; and the ends of the tables (RFC 4724 2).
        """
        number = next(i for i, one in enumerate(self.peers) if one == peer)
        start: int | None = 0
        hop = b"".join(one.packed for one in sorted(next_hops, key=lambda one: one.version))
        while start is not None:
            octets, start = self._routes.messages(number, start, SLICE, LONGEST, next_hop=hop)
            if octets:
                yield 0, octets
        for family in (IPV4, IPV6):
            yield 0, end_of_rib(family)


def played(
    file: TableFile, peer: Address | int | None = None, speed: float = 1.0
) -> tuple[Recorded, Callable[..., Iterator[Timed]]]:
    """Say who is played of a file, whoever said most of those that `peer` names, and what gives
    its messages by the next hops that take the place of its own: `messages(*next_hops)`.

    A file is a table, or if it has none it is one of updates, which go `speed` times as fast as
    they came. Raises `DecodeError`, `LoadError`, and `UsageError` where it has nothing to tell.
    """
    table = RecordedTable(file, peer)
    found = [one for one in table.peers if one.count]
    if found:
        who = max(found, key=lambda one: one.count)
        return who, partial(table.messages, who)
    found = [one for one in recorded_updates(file) if peer in (None, one.address, one.asn)]
    if not found:
        raise UsageError(f"{file} has nothing to tell{'' if peer is None else f' of {peer}'}")
    who = max(found, key=lambda one: one.count)
    return who, partial(update_messages, file, who, speed)


def recorded_updates(file: TableFile) -> list[Recorded]:
    """Say whose messages a file of updates has; raises `DecodeError`, `LoadError`."""
    found: dict[tuple[Address, int], int] = {}
    for entry in MrtFile(file):
        if isinstance(entry, MessageSeen) and not entry.is_local:
            key = entry.ends.peer, entry.ends.peer_as
            found[key] = found.get(key, 0) + 1
    return [Recorded(*key, count) for key, count in found.items()]


def update_messages(
    file: TableFile, peer: TablePeer | Recorded, speed: float = 1.0, *next_hops: Address
) -> Iterator[Timed]:
    """Give the UPDATEs of a peer in their times, `speed` times as fast; 0: all at once.

    Those with AS numbers of two octets or path identifiers are written anew, and all of them where
    they are to have other next hops for the families of `next_hops`. Raises `DecodeError`,
    `LoadError`, and `UsageError` for a `speed` below 0.
    """
    if speed < 0:
        raise UsageError(f"speed {speed}, expected 0 (all at once) or more")
    hops = {one.version: NextHop.of(one) for one in next_hops}
    first: int | None = None
    for entry in MrtFile(file):
        if not isinstance(entry, MessageSeen) or entry.is_local:
            continue
        if (entry.ends.peer, entry.ends.peer_as) != (peer.address, peer.asn):
            continue
        octets = _as_told(entry, hops)
        if octets:
            first = entry.instant_ns if first is None else first
            yield int((entry.instant_ns - first) / speed) if speed else 0, octets


def _as_told(entry: MessageSeen, hops: Mapping[int, NextHop]) -> bytes:
    data = entry.data
    if len(data) < HEADER or data[HEADER - 1] != MessageType.UPDATE:
        return b""
    if entry.as4 and not entry.has_path_ids and len(data) <= LONGEST and not hops:
        return data
    out = b""
    for (family, attributes), alike in groupby(heard_in(entry, None), _told_by):
        if not family.is_unicast:
            continue
        prefixes = [decode_prefix(one.nlri, family.afi) for one in alike if _is_prefix(one)]
        hop = hops.get(prefixes[0].version) if prefixes else None
        if attributes is not None and hop is not None:
            attributes = AttributeSet.decode(attributes).having(hop).encode()
        out += bgp_updates(family.code, attributes, PrefixColumn(prefixes), LONGEST)
    return out


def _told_by(heard: Heard) -> tuple[Family, bytes | None]:
    """What prefixes that stand in one UPDATE have in common; None: they are withdrawn."""
    assert _is_prefix(heard)  # a message has no others
    return heard.family, heard.attributes if isinstance(heard, Announced) else None


def _is_prefix(heard: Heard) -> TypeGuard[Announced | Withdrawn]:
    return not isinstance(heard, StateChange)


def end_of_rib(family: Family) -> bytes:
    """All of a family was told (RFC 4724 2)."""
    attributes = b""
    if family != IPV4:
        attributes = bytes((0x80, 15, 3)) + family.afi.to_bytes(2, "big") + bytes((family.safi,))
    body = bytes(2) + len(attributes).to_bytes(2, "big") + attributes
    return encode_header(MessageType.UPDATE, body)


class Playback:
    """One session; `told` and `updates` count what went."""

    def __init__(
        self,
        asn: int,
        router_id: int,
        messages: Iterable[Timed],
        *,
        hold_s: int = 0,
        families: tuple[Family, ...] = (IPV4, IPV6),
    ) -> None:
        """`hold_s` 0: nobody expects KEEPALIVEs (RFC 4271 4.2)."""
        self._open = Open.of(
            asn, hold_s, router_id, (*(Multiprotocol(one) for one in families), As4(asn))
        )
        self._messages = iter(messages)
        self._next: Timed | None = None
        self._out = b""
        self._held = b""
        self._since: int | None = None
        self._keepalive_at: int | None = None
        self._keepalive_ns = 0
        self.is_done = False
        self.theirs: Open | None = None
        self.ended: Notification | None = None
        self.told = 0

    @property
    def is_established(self) -> bool:
        """Whether the other has agreed."""
        return self._since is not None

    def connected(self) -> None:
        """The connection stands."""
        self._out += self._open.encode()

    def receive(self, data: bytes, now: int) -> None:
        """Take octets of the other; raises `DecodeError` for what is no BGP."""
        self._held += data
        while (message := first_message(self._held, LONGEST_EXTENDED)) is not None:
            self._held = self._held[len(message) :]
            kind = MessageType(message[HEADER - 1])
            if kind is MessageType.OPEN:
                self._take_open(message)
            elif kind is MessageType.NOTIFICATION:
                said = decode_body(kind, message[HEADER:])
                assert isinstance(said, Notification)  # by its type
                self.ended = said
            elif kind is MessageType.KEEPALIVE and self.theirs is not None and self._since is None:
                self._since = now
                self._keepalive_at = now + self._keepalive_ns if self._keepalive_ns else None

    def _take_open(self, message: bytes) -> None:
        said = decode_body(MessageType.OPEN, message[HEADER:])
        assert isinstance(said, Open)  # by its type
        self.theirs = said
        hold_s = min(self._open.hold_s, said.hold_s)
        self._keepalive_ns = hold_s * 1_000_000_000 // 3
        self._out += KEEPALIVE

    def take(self, room: int, now: int) -> bytes:
        """Give what is to go now, about `room` octets of it."""
        if self._keepalive_at is not None and now >= self._keepalive_at:
            self._keepalive_at = now + self._keepalive_ns
            self._out += KEEPALIVE
        while self._since is not None and len(self._out) < room:
            due = self._due()
            if due is None or self._since + due > now or self._next is None:
                break
            self._out += self._next[1]
            self.told += len(self._next[1])
            self._next = None
        out, self._out = self._out, b""
        return out

    def _due(self) -> int | None:
        if self._next is None and not self.is_done:
            self._next = next(self._messages, None)
            self.is_done = self._next is None
        return None if self._next is None else self._next[0]

    def next_deadline(self, now: int) -> int | None:
        """When something is to go though nothing comes; `now`: at once."""
        if self._out:
            return now
        due = self._due() if self._since is not None else None
        wanted = [] if due is None or self._since is None else [max(self._since + due, now)]
        if self._keepalive_at is not None:
            wanted.append(self._keepalive_at)
        return min(wanted, default=None)
