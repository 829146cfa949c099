"""Sequence numbers: ours, that never go back, and the last ones of every neighbour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from fingerpost.forwarding.durations import SECOND

LAST_32: Final = 0xFFFF_FFFF
NEIGHBORS: Final = 1024
Peer = bytes  # router id, and the source address where neighbours are known by that


class SequenceNumbers:
    """The numbers of one instance, for all its interfaces and keys.

    Both rows come from the clock, so that a restart does not go back as long as the clock does not.
    32 bits (RFC 2328 D.3, nondecreasing): the seconds since 1970. Packets of one second share a
    number, so that those that overtake each other are not refused. 64 bits (RFC 7166 4.1, RFC 7474
    2, strictly increasing): the high half is the second of the first packet, in place of a boot
    count; the low half rises with every packet and at least with the seconds, because FRR wants
    each half to rise by itself.
    """

    __slots__ = ("_high", "_low", "_narrow")

    def __init__(self) -> None:
        """No number was given."""
        self._narrow = 0
        self._high = -1
        self._low = 0

    @property
    def last(self) -> tuple[int, int, int]:
        """The last that were given: the halves of the 64 bits, high first, and the 32 bits."""
        return self._high, self._low, self._narrow

    def go_on(self, last: tuple[int, int, int]) -> None:
        """Give none again of those that another gave up to `last`, whatever the clock says."""
        high, low, narrow = (min(one, LAST_32) for one in last)
        self._narrow = max(self._narrow, narrow)
        if (high, low) > (self._high, self._low):
            self._high, self._low = high, low

    def narrow(self, now: int) -> int:
        """Give the 32-bit number of a packet that leaves at a time of day in nanoseconds."""
        self._narrow = min(max(self._narrow, now // SECOND), LAST_32)
        return self._narrow

    def wide(self, now: int) -> int:
        """Give the 64-bit number of a packet that leaves at a time of day in nanoseconds."""
        second = min(max(now // SECOND, 0), LAST_32)
        if self._high < 0:
            self._high = second
        self._low = max(self._low + 1, second)
        if self._low > LAST_32:  # RFC 7474 2: when it wraps, the high half goes on
            self._high, self._low = self._high + 1, 0
        if self._high > LAST_32:  # RFC 7166 4.1.1: the last number there is; new keys are needed
            self._high, self._low = LAST_32, LAST_32
        return self._high << 32 | self._low


@dataclass(slots=True)
class Heard:
    """The last that was believed of one neighbour; `latest` by packet type or, of type 2, by 0."""

    key_id: int
    at: int
    latest: dict[int, int] = field(default_factory=dict)


class HeardNumbers:
    """The last numbers of the neighbours on one interface; who was not heard longest goes first."""

    __slots__ = ("_limit", "_peers")

    def __init__(self, limit: int = NEIGHBORS) -> None:
        """`limit` bounds the neighbours that are remembered."""
        self._peers: dict[Peer, Heard] = {}
        self._limit = limit

    def get(self, peer: Peer) -> Heard | None:
        """What was last believed of a neighbour."""
        return self._peers.get(peer)

    def last(self, peer: Peer, kind: int) -> int:
        """The last number of a neighbour's packets of a type; -1 if there was none."""
        heard = self._peers.get(peer)
        return -1 if heard is None else heard.latest.get(kind, -1)

    def note(self, peer: Peer, kind: int, sequence: int, key_id: int, now: int) -> None:
        """Keep the number of a packet that is believed."""
        heard = self._peers.get(peer)
        if heard is None:
            if len(self._peers) >= self._limit:
                del self._peers[min(self._peers, key=lambda one: self._peers[one].at)]
            heard = self._peers[peer] = Heard(key_id, now)
        heard.key_id, heard.at = key_id, now
        heard.latest[kind] = sequence

    def forget(self, peer: Peer) -> None:
        """Let a neighbour count anew."""
        self._peers.pop(peer, None)
