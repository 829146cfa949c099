"""Octets of a BMP session, as they come, to messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fingerpost.bmp.constants import COMMON, LONGEST, VERSION, MessageKind
from fingerpost.bmp.framing import message_length
from fingerpost.bmp.header import LAYER
from fingerpost.bmp.messages import (
    Initiation,
    Message,
    PeerDown,
    PeerUp,
    RouteMirroring,
    RouteMonitoring,
    Statistics,
    Termination,
)
from fingerpost.wire.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fingerpost.bmp.header import PeerHeader

_READ: Final[dict[int, Callable[[Reader], Message]]] = {
    MessageKind.ROUTE_MONITORING: RouteMonitoring.read,
    MessageKind.STATISTICS: Statistics.read,
    MessageKind.PEER_DOWN: PeerDown.read,
    MessageKind.PEER_UP: PeerUp.read,
    MessageKind.INITIATION: Initiation.read,
    MessageKind.TERMINATION: Termination.read,
    MessageKind.ROUTE_MIRRORING: RouteMirroring.read,
}
PEERS_MOST: Final = 100_000
"""How many peers of one sender are remembered."""


@dataclass(frozen=True, slots=True)
class UnknownMessage:
    """A message of a type that nobody here knows (RFC 7854 4.1: it is passed over)."""

    type: int
    body: bytes


def decode_message(data: bytes) -> Message | UnknownMessage:
    """Read one whole message; raises `DecodeError`."""
    reader = Reader(data, LAYER, section="RFC 7854 4")
    if reader.u8("version") != VERSION:
        reader.refuse("version", data[0], f"{VERSION}", "RFC 7854 4.1")
    length = reader.u32("message length")
    if length != len(data):
        reader.refuse("message length", length, f"{len(data)}", "RFC 7854 4.1")
    kind = reader.u8("message type")
    read = _READ.get(kind)
    return UnknownMessage(kind, reader.rest()) if read is None else read(reader)


class Receiver:
    """Cuts a stream into messages and remembers which peers are up; holds one message at most."""

    def __init__(self, longest: int = LONGEST) -> None:
        """Before the first octet. A message of more than `longest` octets ends the stream."""
        self._held = b""
        self._longest = longest
        self.peers: dict[tuple[int, int, object], PeerUp] = {}

    def receive(self, data: bytes) -> Iterator[Message | UnknownMessage]:
        """Take octets, give the messages that they complete.

        Raises `DecodeError` for what is no BMP: the stream is of no use from there on (RFC 7854 3.2
        has no way to tell the sender: close it).
        """
        self._held += data
        at = 0
        try:
            while len(self._held) - at >= COMMON:
                length = message_length(self._held, at, self._longest)
                if len(self._held) - at < length:
                    return
                message = decode_message(self._held[at : at + length])
                at += length
                self._note(message)
                yield message
        finally:
            self._held = self._held[at:]

    def _note(self, message: Message | UnknownMessage) -> None:
        if isinstance(message, PeerUp) and len(self.peers) < PEERS_MOST:
            self.peers[message.peer.key] = message
        elif isinstance(message, PeerDown):
            self.peers.pop(message.peer.key, None)

    def opens_of(self, peer: PeerHeader) -> PeerUp | None:
        """The Peer Up of a peer that is up; what it agreed on follows from the OPENs."""
        return self.peers.get(peer.key)
