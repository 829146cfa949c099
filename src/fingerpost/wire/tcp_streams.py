"""`TcpStreams`: the octets of TCP connections in order, from segments as they were captured.

Segments may come twice, overlap, or come before those in front of them. What is missing is waited
for until `AHEAD_MOST` segments stand behind it; then the stream goes on behind the gap.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from fingerpost.wire.tcp import TcpFlag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Address
    from fingerpost.wire.tcp import Tcp

AHEAD_MOST = 64
STREAMS_MOST = 10_000
"""How many streams are held; beyond them the one that was begun first is forgotten."""
_WRAP = 1 << 32

Way: TypeAlias = "tuple[Address, int, Address, int]"  # from and to


@dataclass(frozen=True, slots=True)
class Piece:
    """Octets that follow those before; `is_gap`: something in between was never captured."""

    octets: bytes
    is_gap: bool = False


@dataclass(slots=True)
class _Stream:
    expected: int
    ahead: dict[int, bytes] = field(default_factory=dict)


class TcpStreams:
    """One direction of a connection is a stream, known by both ends."""

    def __init__(self) -> None:
        """Nothing was captured."""
        self._streams: dict[Way, _Stream] = {}

    def add(self, source: Address, destination: Address, segment: Tcp) -> Iterator[Piece]:
        """Give what is next in the stream of a segment, that of later ones that waited included."""
        way = (source, segment.source_port, destination, segment.destination_port)
        is_syn = bool(segment.flags & TcpFlag.SYN)
        begins = (segment.sequence + is_syn) % _WRAP
        stream = self._streams.get(way)
        if stream is None or is_syn:
            if len(self._streams) >= STREAMS_MOST:
                del self._streams[next(iter(self._streams))]
            stream = self._streams[way] = _Stream(begins)
        if segment.payload:
            yield from _follow(stream, begins, segment.payload)


def _follow(stream: _Stream, begins: int, octets: bytes) -> Iterator[Piece]:
    held = stream.ahead.get(begins, b"")
    if len(octets) > len(held):
        stream.ahead[begins] = octets
    is_gap = False
    while stream.ahead:
        ready = [one for one in stream.ahead if _distance(stream.expected, one) <= 0]
        if not ready:
            if len(stream.ahead) <= AHEAD_MOST:
                return
            stream.expected = min(stream.ahead, key=lambda one: _distance(stream.expected, one))
            is_gap = True
            continue
        for one in sorted(ready, key=lambda one: _distance(stream.expected, one)):
            fresh = stream.ahead.pop(one)[-_distance(stream.expected, one) :]
            if fresh:
                stream.expected = (stream.expected + len(fresh)) % _WRAP
                yield Piece(fresh, is_gap)
                is_gap = False


def _distance(expected: int, begins: int) -> int:
    """How far a segment begins behind what is expected; less than 0 before it (RFC 9293 3.4)."""
    return (begins - expected + _WRAP // 2) % _WRAP - _WRAP // 2
