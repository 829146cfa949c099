"""Messages of BGP that begin in one TCP segment and end in another, for captures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fingerpost.bgp.constants import HEADER, LONGEST_EXTENDED, MARKER, PORT
from fingerpost.bgp.packet import decode_header
from fingerpost.errors import DecodeError
from fingerpost.wire.tcp import TcpFlag
from fingerpost.wire.tcp_streams import TcpStreams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.addr import Address
    from fingerpost.wire.tcp import Tcp
    from fingerpost.wire.tcp_streams import Piece, Way


@dataclass(frozen=True, slots=True)
class Joined:
    """A whole message, and in how many pieces it came."""

    octets: bytes
    pieces: int


@dataclass(slots=True)
class _Begun:
    octets: bytes = b""
    pieces: int = 0


class JoinedMessages:
    """Give it the segments of a capture in order."""

    def __init__(self) -> None:
        """Nothing has begun."""
        self._streams = TcpStreams()
        self._begun: dict[Way, _Begun] = {}

    def add(self, source: Address, destination: Address, segment: Tcp) -> Iterator[Joined]:
        """The messages that a segment brings to an end and that began in an earlier one."""
        if PORT not in (segment.source_port, segment.destination_port):
            return
        way = (source, segment.source_port, destination, segment.destination_port)
        for piece in self._streams.add(source, destination, segment):
            begun = self._begun.setdefault(way, _Begun())
            yield from _go_on(begun, piece)
        if segment.flags & (TcpFlag.FIN | TcpFlag.RST):
            self._begun.pop(way, None)


def _go_on(begun: _Begun, piece: Piece) -> Iterator[Joined]:
    if piece.is_gap:
        begun.octets, begun.pieces = b"", 0
    octets = begun.octets + piece.octets
    was_begun, pieces = bool(begun.octets), begun.pieces + 1
    while len(octets) >= HEADER:
        try:
            length = decode_header(octets, LONGEST_EXTENDED).length
        except DecodeError:  # the capture began in the middle of a message, or this is no BGP
            at = octets.find(MARKER, 1)
            octets, was_begun = (octets[at:] if at > 0 else b""), False
            continue
        if length > len(octets):
            break
        if was_begun:
            yield Joined(octets[:length], pieces)
        octets, was_begun, pieces = octets[length:], False, 1
    begun.octets, begun.pieces = octets, (pieces if octets else 0)
