"""Messages that begin in one TCP segment and end in another, of formats that say their length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.wire.tcp import TcpFlag
from fingerpost.wire.tcp_streams import TcpStreams

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fingerpost.addr import Address
    from fingerpost.wire.tcp import Tcp
    from fingerpost.wire.tcp_streams import Piece, Way


@dataclass(frozen=True, slots=True)
class Framing:
    """How a format cuts its stream. `head` octets tell the length.

    `length` gives that of the message that octets begin with, None where they begin with none;
    `next_begin` where one begins behind the first octet, below 0 for nowhere.
    """

    head: int
    length: Callable[[bytes], int | None]
    next_begin: Callable[[bytes], int]


@dataclass(frozen=True, slots=True)
class Joined:
    """A whole message, the port that says what it is, and in how many pieces it came."""

    octets: bytes
    pieces: int
    port: int


@dataclass(slots=True)
class _Begun:
    octets: bytes = b""
    pieces: int = 0


class JoinedMessages:
    """Give it the segments of a capture in order; `framings` are by port, of either end."""

    def __init__(self, framings: Mapping[int, Framing]) -> None:
        """Nothing has begun."""
        self._framings = framings
        self._streams = TcpStreams()
        self._begun: dict[Way, _Begun] = {}

    def add(self, source: Address, destination: Address, segment: Tcp) -> Iterator[Joined]:
        """The messages that a segment brings to an end and that began in an earlier one."""
        ports = (segment.destination_port, segment.source_port)
        port = next((one for one in ports if one in self._framings), None)
        if port is None:
            return
        way = (source, segment.source_port, destination, segment.destination_port)
        for piece in self._streams.add(source, destination, segment):
            begun = self._begun.setdefault(way, _Begun())
            for octets, pieces in _go_on(self._framings[port], begun, piece):
                yield Joined(octets, pieces, port)
        if segment.flags & (TcpFlag.FIN | TcpFlag.RST):
            self._begun.pop(way, None)


def _go_on(framing: Framing, begun: _Begun, piece: Piece) -> Iterator[tuple[bytes, int]]:
    if piece.is_gap:
        begun.octets, begun.pieces = b"", 0
    octets = begun.octets + piece.octets
    was_begun, pieces = bool(begun.octets), begun.pieces + 1
    while len(octets) >= framing.head:
        length = framing.length(octets)
        if length is None:  # the capture began in the middle of a message, or this is another
            at = framing.next_begin(octets)
            octets, was_begun = (octets[at:] if at > 0 else b""), False
            continue
        if length > len(octets):
            break
        if was_begun:
            yield octets[:length], pieces
        octets, was_begun, pieces = octets[length:], False, 1
    begun.octets, begun.pieces = octets, (pieces if octets else 0)
