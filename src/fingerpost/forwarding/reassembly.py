"""Fragments of packets for us, put together again (RFC 791 3.2, RFC 815, RFC 8200 4.5).

The life of a packet: its first fragment to arrive opens an entry with a deadline; each further one
adds its piece; the last gap closed, the whole goes on. An entry that meets its deadline is given
up, and its sender told if the piece with offset 0 is there (RFC 792, RFC 8200 4.5). A piece that
overlaps another one costs the whole packet, in both families, and all that comes for it until its
deadline (RFC 5722 4, RFC 1858 4); one that repeats another exactly is passed over. Atomic fragments
never come here (RFC 6946 4). Entries and bytes are bounded; beyond that the oldest goes.

Deviation: RFC 791 3.2 lets a later copy overwrite an earlier one; that hides attacks.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from fingerpost.addr import Address
    from fingerpost.forwarding.packet import Packet
    from fingerpost.forwarding.policy import ForwardingPolicy

PIECE_COST = 128

# (source, destination, protocol or 0, identification, the link of link-local addresses)
Key: TypeAlias = "tuple[Address, Address, int, int, str | None]"


class Piece(NamedTuple):
    """Bytes `start` up to `start + len(data)` of what was cut; `ecn` as its header says."""

    start: int
    data: bytes
    is_last: bool
    ecn: int


@dataclass(slots=True)
class Entry:
    """The pieces of one packet so far, in order of their place."""

    key: Key
    deadline: int
    interface: str | None
    starts: list[int] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    first: Packet | None = None  # the fragment with offset 0, as it came
    total: int | None = None
    held: int = 0
    is_refused: bool = False

    def copy(self) -> Entry:
        """The same, to try something with."""
        return Entry(
            self.key,
            self.deadline,
            self.interface,
            list(self.starts),
            list(self.pieces),
            self.first,
            self.total,
            self.held,
            self.is_refused,
        )

    def add(self, piece: Piece) -> bool:
        """Put a piece into its place; False where it contradicts another one."""
        if self.is_refused:
            return False
        at = bisect_left(self.starts, piece.start)
        if at < len(self.starts) and self.pieces[at] == piece:
            return True
        end = piece.start + len(piece.data)
        if at and self._end(at - 1) > piece.start:
            return False
        if at < len(self.starts) and self.starts[at] < end:
            return False
        if self.total is not None and (end > self.total or (piece.is_last and end != self.total)):
            return False
        if piece.is_last:
            if self.starts and self._end(-1) > end:
                return False
            self.total = end
        self.starts.insert(at, piece.start)
        self.pieces.insert(at, piece)
        self.held += len(piece.data)
        return True

    def _end(self, at: int) -> int:
        return self.starts[at] + len(self.pieces[at].data)

    @property
    def cost(self) -> int:
        """What counts against the bound: the bytes, and as much for each piece as keeping it."""
        return self.held + PIECE_COST * len(self.pieces)

    @property
    def is_whole(self) -> bool:
        """Whether no byte is missing; pieces never overlap, so counting is enough."""
        return self.total is not None and self.held == self.total and self.first is not None

    def payload(self) -> bytes:
        """What was cut, whole."""
        return b"".join([piece.data for piece in self.pieces])

    def refuse(self) -> None:
        """Forget the pieces and take no more."""
        self.is_refused, self.held, self.first = True, 0, None
        self.starts, self.pieces = [], []

    def congestion(self) -> int | None:
        """The ECN field of the whole (RFC 3168 5.3); None where it must not be delivered."""
        marks = {piece.ecn for piece in self.pieces}
        if 3 not in marks:
            return self.first.traffic_class & 3 if self.first is not None else 0
        return None if 0 in marks else 3


class Reassembly:
    """All packets of one router that wait for fragments, the oldest first."""

    def __init__(self, policy: ForwardingPolicy) -> None:
        """Take bounds and timeout from `policy`."""
        self._policy = policy
        self._entries: dict[Key, Entry] = {}
        self._held = 0

    def __len__(self) -> int:
        """How many packets wait."""
        return len(self._entries)

    @property
    def held(self) -> int:
        """How many bytes wait, with what it costs to keep them."""
        return self._held

    def entry(self, key: Key, interface: str | None, now: int, *, is_dry: bool) -> Entry:
        """The entry of a packet, new if need be; of a dry walk a copy that changes nothing."""
        entry = self._entries.get(key)
        if entry is not None and is_dry:
            return entry.copy()
        if entry is None:
            entry = Entry(key, now + self._policy.reassembly_timeout_ns, interface)
        return entry

    def keep(self, entry: Entry, before: int) -> list[Entry]:
        """Store an entry that cost `before` bytes; gives the ones that had to go for it."""
        self._held += entry.cost - before
        self._entries.setdefault(entry.key, entry)
        gone = []
        policy = self._policy
        while self._entries and (
            len(self._entries) > policy.reassembly_packets or self._held > policy.reassembly_bytes
        ):
            oldest = next(iter(self._entries.values()))
            self.drop(oldest)
            gone.append(oldest)
        return gone

    def settle(self, entry: Entry, before: int) -> None:
        """Forget an entry that is whole and cost `before` bytes until now."""
        if self._entries.pop(entry.key, None) is not None:
            self._held -= before

    def drop(self, entry: Entry) -> None:
        """Forget an entry that is given up."""
        if self._entries.pop(entry.key, None) is not None:
            self._held -= entry.cost

    def next_deadline(self) -> int | None:
        """When the oldest entry is given up; all wait equally long."""
        return next((entry.deadline for entry in self._entries.values()), None)

    def advance(self, now: int) -> list[Entry]:
        """Give up what is due."""
        due = []
        for entry in self._entries.values():
            if entry.deadline > now:
                break
            due.append(entry)
        for entry in due:
            self.drop(entry)
        return due
